"""What clients send and get of surveys, where it differs from the tables."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlmodel import Field, col

from app.kit.fields import Read, Values, example
from app.kit.filters import Eq, In, ListQuery, Sorts
from app.kit.patching import Partial
from app.surveys.models import OptionFields, QuestionFields, ScaleFields, Survey, SurveyFields
from app.surveys.rules import Identification, Question, Scale, SurveyAction, SurveyKind, SurveyStatus


class QuestionAsked(QuestionFields):
    """A question with its options or its scale."""

    options: list[OptionFields] = Field(default=[], max_length=50)
    scale: ScaleFields | None = None


class SurveyAsked(SurveyFields):
    """A survey with its questions, in the order in which they are asked."""

    questions: list[QuestionAsked] = Field(default=[], max_length=100)


class SurveyUpdate(SurveyAsked, Partial):
    """Questions are replaced as a whole, as RFC 7396 says of arrays."""

    model_config = example(title="DX基礎研修 事前アンケート", closes_at="2027-06-09T12:00:00+09:00")


class QuestionRead(QuestionAsked):
    complete: bool = Field(description="False where only some of the options were printed")


class SurveyRead(SurveyFields, Read):
    status: SurveyStatus
    accepts_answers: bool = Field(description="Open, and now lies between opens_at and closes_at")
    allowed_actions: list[SurveyAction]
    questions: list[QuestionRead]


class SurveyQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"created_at": col(Survey.created_at), "title": col(Survey.title)}
    default_sort: ClassVar[str] = "-created_at"
    key: ClassVar[Any] = col(Survey.id)

    kind: Annotated[Values[SurveyKind] | None, In(col(Survey.kind))] = None
    status: Annotated[Values[SurveyStatus] | None, In(col(Survey.status))] = None
    identification: Annotated[Values[Identification] | None, In(col(Survey.identification))] = None
    course_session_id: Annotated[UUID | None, Eq(col(Survey.course_session_id))] = None


def as_rule(question: Any) -> Question:
    """A question as sent or as stored, as the plain value that rules judge."""
    asked = QuestionAsked.model_validate(question)
    return Question(
        code=asked.code,
        type=asked.type,
        text=asked.text,
        options=tuple(option.code for option in asked.options),
        scale=Scale(asked.scale.min, asked.scale.max, asked.scale.direction) if asked.scale else None,
        pair_key=asked.pair_key,
        moment=asked.moment,
        required=asked.required,
    )
