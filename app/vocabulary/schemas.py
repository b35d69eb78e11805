"""The vocabulary as clients read it."""

from pydantic import BaseModel, Field

from app.kit.fields import example

_FILLED = "Words in braces are filled in when it is said"


class WordLabel(BaseModel):
    """A coded value with its labels."""

    model_config = example(value="confirmed", ja="受講決定", en="Confirmed")

    value: str
    ja: str
    en: str


class PolicyVocabulary(BaseModel):
    """Values that the city keeps itself: `code` of the rows at `path`, with `name` and `name_en`."""

    model_config = example(path="/api/v1/skills", members=["skill_code", "skill_codes"])

    path: str
    members: list[str] = Field(description="Members and parameters that take these values")


class ProblemCode(BaseModel):
    """What `code` of a problem, or of one of its `errors`, says."""

    model_config = example(code="session_full", status=409, ja="この実施回に空席はありません。", en="No seat is free.")

    code: str
    status: int
    ja: str
    en: str


class MemberCode(BaseModel):
    """What `errors[].code` says of a member whose form is wrong."""

    model_config = example(code="missing", ja="必須の項目です。", en="This member is required.")

    code: str
    ja: str = Field(description=_FILLED)
    en: str = Field(description=_FILLED)


class VocabularyRead(BaseModel):
    """All coded values of the protocol, and all codes of problems."""

    model_config = example(
        words={"EnrollmentMode": [{"value": "designated", "ja": "指名", "en": "Designated"}]},
        policy=[{"path": "/api/v1/skills", "members": ["skill_code", "skill_codes"]}],
        problems=[
            {"code": "session_full", "status": 409, "ja": "この実施回に空席はありません。", "en": "No seat is free."}
        ],
        members=[{"code": "missing", "ja": "必須の項目です。", "en": "This member is required."}],
    )

    words: dict[str, list[WordLabel]] = Field(description="By the name of the schema in this document, in their order")
    policy: list[PolicyVocabulary]
    problems: list[ProblemCode]
    members: list[MemberCode]
