"""Read models of the vocabulary."""

from pydantic import BaseModel, Field

from app.kit.fields import Code

_PLACEHOLDERS = "Words in braces are placeholders for values"


class ValueLabel(BaseModel):
    """A coded value with its labels."""

    value: str
    ja: str
    en: str


class PolicyVocabulary(BaseModel):
    """Values that the city maintains: `code` of the rows at `path`, with `name` and `name_en`."""

    path: str
    members: list[str] = Field(description="Fields and parameters that take these values")


class ProblemCode(BaseModel):
    """What `code` of a problem, or of one of its `errors`, means."""

    code: Code
    status: int
    ja: str
    en: str


class FieldErrorCode(BaseModel):
    """What `errors[].code` means for a field whose form is wrong."""

    code: Code
    ja: str = Field(description=_PLACEHOLDERS)
    en: str = Field(description=_PLACEHOLDERS)


class VocabularyRead(BaseModel):
    """All coded values of the API, and all problem codes."""

    words: dict[str, list[ValueLabel]] = Field(description="By the name of their schema in this document, in its order")
    policy: list[PolicyVocabulary]
    problems: list[ProblemCode]
    members: list[FieldErrorCode]
