"""Surveys and their questions; and responses, named ones apart from those that nothing must join to a person."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

from pydantic import JsonValue, StrictBool
from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from app.kit.fields import CODE, Code, Fields, Instant, Line, Prose, integer
from app.kit.records import Record, enum_column, instant, jsonb, relationship, well_formed
from app.surveys.enums import (
    Identification,
    QuestionMoment,
    QuestionType,
    ResponseTiming,
    ScaleDirection,
    SurveyKind,
    SurveyStatus,
)
from app.surveys.questions import Value
from app.surveys.rules import DEFAULT_MINIMUM_GROUP, SMALLEST_MINIMUM_GROUP


class SurveyParticipation(SQLModel, table=True):
    """The fact that a person has answered a named survey."""

    __tablename__ = "survey_participation"
    __audited__: ClassVar[bool] = False

    survey_id: UUID = Field(primary_key=True, foreign_key="survey.id")
    employee_id: UUID = Field(primary_key=True, foreign_key="employee.id", index=True)


class SurveyBox(SQLModel, table=True):
    """Of an open survey that is not named: who has answered, and answers that wait; sealed, its key is elsewhere."""

    __tablename__ = "survey_box"

    survey_id: UUID = Field(primary_key=True, foreign_key="survey.id")
    key_name: str | None = None
    content: bytes = Field(sa_type=LargeBinary)


class SurveyResponse(SQLModel, table=True):
    """One person's answers by question code; only a named response has the person's id.

    `respondent` is the person of a named response, and otherwise a digest by a key that is destroyed (`secrecy.py`).
    """

    __tablename__ = "survey_response"
    __audited__: ClassVar[bool] = False
    __table_args__ = (
        UniqueConstraint("survey_id", "respondent"),
        Index("ix_survey_response_survey_id", "survey_id", "id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    survey_id: UUID = Field(foreign_key="survey.id")
    respondent: bytes = Field(sa_type=LargeBinary)
    employee_id: UUID | None = Field(default=None, foreign_key="employee.id", index=True)
    timing: ResponseTiming = enum_column()
    answers: dict[str, Value] = jsonb()

    @property
    def row_version(self) -> int:
        """Constant, so that nothing tells whether a response was replaced: the ETag depends on its content only."""
        return 1


MinimumGroup = Annotated[int, integer(SMALLEST_MINIMUM_GROUP, 1000)]

ScaleEnd = Annotated[int, integer(-1_000_000_000, 1_000_000_000)]


class SurveyFields(Fields):
    """A survey; nothing can be changed once it is open, least of all the identification."""

    title: Line
    title_en: Line | None = None
    description: Prose | None = None
    kind: SurveyKind = enum_column()
    course_session_id: UUID | None = Field(default=None, foreign_key="course_session.id")
    identification: Identification = enum_column(default=Identification.PSEUDONYMOUS)
    opens_at: Instant | None = instant(default=None)
    due_at: Instant | None = instant(default=None)
    closes_at: Instant | None = instant(default=None)
    minimum_group: MinimumGroup = DEFAULT_MINIMUM_GROUP


class Survey(SurveyFields, Record, table=True):
    __table_args__ = (
        UniqueConstraint("course_session_id", "kind"),
        CheckConstraint("(kind = 'baseline') = (course_session_id IS NULL)", name="ck_survey_baseline"),
        CheckConstraint(f"minimum_group >= {SMALLEST_MINIMUM_GROUP}", name="ck_survey_minimum_group"),
        CheckConstraint("opens_at <= due_at AND due_at <= closes_at", name="ck_survey_due"),
        CheckConstraint("opens_at < closes_at", name="ck_survey_window"),
        Index("ix_survey_created_at", "created_at", "id"),
    )
    status: SurveyStatus = enum_column(default=SurveyStatus.DRAFT)
    closed_at: datetime | None = instant(default=None)
    invited: int | None = None
    answered: int | None = None
    on_leave: int | None = None
    questions: list["SurveyQuestion"] = relationship(cascade="all, delete-orphan", order_by="SurveyQuestion.position")


class QuestionFields(Fields):
    """`pair_key` joins a question asked before with one asked after; another wording or scale needs another key."""

    code: Code
    type: QuestionType = enum_column()
    topic: Line | None = None
    text: Prose | None = None
    text_en: Prose | None = None
    pair_key: Code | None = None
    moment: QuestionMoment | None = enum_column(default=None, nullable=True)
    skill_code: Code | None = Field(default=None, foreign_key="skill.code", index=True)
    challenge: Code | None = None
    required: StrictBool = True


class ScaleFields(Fields):
    """Whole steps from `min` to `max`; for a number, the range of its value."""

    min: ScaleEnd
    max: ScaleEnd
    direction: ScaleDirection
    min_label: Line | None = None
    max_label: Line | None = None


class OptionFields(Fields):
    code: Code
    label: Line
    label_en: Line | None = None


class SurveyQuestion(QuestionFields, Record, table=True):
    __tablename__ = "survey_question"
    __table_args__ = (UniqueConstraint("survey_id", "code"), well_formed("ck_survey_question_code", "code", CODE))
    survey_id: UUID = Field(foreign_key="survey.id")
    position: int
    complete: StrictBool = Field(default=True, description="False if only some of the options were printed")
    scale: dict[str, JsonValue] | None = jsonb(default=None, nullable=True)
    options: list[dict[str, JsonValue]] = jsonb(default_factory=list, sa_column_kwargs={"server_default": sql("'[]'")})
