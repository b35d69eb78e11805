"""The vocabulary as clients read it."""

from pydantic import BaseModel, Field

from app.kit.fields import Code

_FILLED = "Words in braces are filled in when it is said"


class WordLabel(BaseModel):
    """A coded value with its labels."""

    value: str
    ja: str
    en: str


class PolicyVocabulary(BaseModel):
    """Values that the city keeps itself: `code` of the rows at `path`, with `name` and `name_en`."""

    path: str
    members: list[str] = Field(description="Members and parameters that take these values")


class ProblemCode(BaseModel):
    """What `code` of a problem, or of one of its `errors`, says."""

    code: Code
    status: int
    ja: str
    en: str


class MemberCode(BaseModel):
    """What `errors[].code` says of a member whose form is wrong."""

    code: Code
    ja: str = Field(description=_FILLED)
    en: str = Field(description=_FILLED)


class VocabularyRead(BaseModel):
    """All coded values of the protocol, and all codes of problems."""

    words: dict[str, list[WordLabel]] = Field(description="By the name of the schema in this document, in their order")
    policy: list[PolicyVocabulary]
    problems: list[ProblemCode]
    members: list[MemberCode]
