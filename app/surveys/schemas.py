"""Requests and responses of surveys and survey responses."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field as Bounds
from pydantic import (
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError
from sqlmodel import Field, SQLModel, col

from app.kit.fields import Code, Email, Fields, Line, Prose, Read, Reading, Values
from app.kit.filters import Column, Few, In
from app.kit.list_query import ChangedQuery, DatedQuery, ListQuery, Sorts
from app.kit.patching import partial
from app.people.models import Employee, Number
from app.surveys.enums import Identification, ResponseTiming, SurveyAction, SurveyKind, SurveyStatus
from app.surveys.errors import AnswerTypeInvalid
from app.surveys.models import OptionFields, QuestionFields, ScaleFields, Survey, SurveyFields, SurveyResponse

_BOUND = 1_000_000_000


def _as_one_error(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """One error for the value, instead of one for each type of the union."""
    try:
        return validate(value)
    except ValidationError as error:
        titles = {"ja": AnswerTypeInvalid.ja, "en": AnswerTypeInvalid.title_en()}
        raise PydanticCustomError("answer_type_invalid", AnswerTypeInvalid.title_en(), titles) from error


Integer = Annotated[StrictInt, Bounds(ge=-_BOUND, le=_BOUND)]

Decimal = Annotated[StrictFloat, Bounds(ge=-_BOUND, le=_BOUND, allow_inf_nan=False)]

Codes = Annotated[list[Code], Bounds(max_length=50)]

PairToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,64}$", max_length=64)]


class AnswerFields(Fields):
    """The value is an option code, an array of option codes, a step of the scale, a number, or a text."""

    question_code: Code
    value: Annotated[Integer | Decimal | Prose | Codes, WrapValidator(_as_one_error)]


class SurveyResponseCreate(Fields):
    """All answers of one person; a further response before the survey closes replaces the former one."""

    survey_id: UUID
    answers: list[AnswerFields] = Field(max_length=100)
    pair_token: PairToken | None = Field(
        default=None,
        description="Anonymous surveys: your token, to replace your response or to pair a later one with it",
    )


class SurveyResponseRead(SQLModel):
    """Only a named response is returned with its answers; an anonymous one is returned once with its token."""

    id: UUID | None = Field(default=None, description="Named responses only")
    survey_id: UUID
    identification: Identification
    employee_id: UUID | None = None
    timing: ResponseTiming
    answers: list[AnswerFields] | None = None
    pair_token: str | None = Field(default=None, description="Anonymous surveys: keep it, as it is not stored")


class SurveyResponseQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"survey_id": col(SurveyResponse.survey_id)}
    default_sort: ClassVar[str] = "survey_id"
    key: ClassVar[Column] = col(SurveyResponse.id)

    survey_id: Annotated[UUID | None, Few(col(SurveyResponse.survey_id))] = None
    employee_id: Annotated[UUID | None, Few(col(SurveyResponse.employee_id))] = None


class ParticipationRead(SQLModel):
    """How many people are invited and have answered.

    Invited are addressees not on leave on the day, and everyone who has answered.
    """

    survey_id: UUID
    as_of: date
    invited: int
    answered: int
    on_leave: int = Field(description="Addressees on leave who have not answered; not counted in `invited`")
    response_rate: int | None = Field(description="Whole percent of `invited`; null when nobody is invited")


class NonRespondentRead(SQLModel):
    id: UUID
    employee_number: Number
    name: Line
    name_kana: Reading
    display_name: Line = Bounds(validation_alias="shown_name")
    email: Email | None


class NonRespondentQuery(DatedQuery, ChangedQuery):
    sorts: ClassVar[Sorts] = {"name_kana": col(Employee.kana_order), "employee_number": col(Employee.employee_number)}
    default_sort: ClassVar[str] = "employee_number"
    key: ClassVar[Column] = col(Employee.id)
    updated: ClassVar[Column] = col(Employee.updated_at)


class QuestionCreate(QuestionFields):
    """A question with its options or scale."""

    options: list[OptionFields] = Field(default=[], max_length=50)
    scale: ScaleFields | None = None


class SurveyCreate(SurveyFields):
    """A survey with its questions in order."""

    questions: list[QuestionCreate] = Field(default=[], max_length=100)


@partial
class SurveyUpdate(SurveyCreate):
    """The array of questions is replaced as a whole, as in RFC 7396."""


class QuestionRead(QuestionCreate):
    complete: StrictBool = Field(description="False if only some of the options were printed")


class SurveyRead(SurveyFields, Read):
    status: SurveyStatus
    accepts_answers: StrictBool = Field(description="The survey is open, and now is between `opens_at` and `closes_at`")
    allowed_actions: list[SurveyAction]
    questions: list[QuestionRead]


class SurveyQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"created_at": col(Survey.created_at), "title": col(Survey.title)}
    default_sort: ClassVar[str] = "-created_at"
    key: ClassVar[Column] = col(Survey.id)
    updated: ClassVar[Column] = col(Survey.updated_at)

    kind: Annotated[Values[SurveyKind] | None, In(col(Survey.kind))] = None
    status: Annotated[Values[SurveyStatus] | None, In(col(Survey.status))] = None
    identification: Annotated[Values[Identification] | None, In(col(Survey.identification))] = None
    course_session_id: Annotated[UUID | None, Few(col(Survey.course_session_id))] = None
