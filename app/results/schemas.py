"""What a survey's results look like, and how printed ones are loaded."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from app.kit.fields import Code, Line, Percent, Prose
from app.results.rules import WithheldReason
from app.surveys.models import OptionFields, QuestionFields, ScaleFields, SurveyFields
from app.surveys.rules import Identification, QuestionType, SurveyKind, SurveyStatus


class OptionResult(SQLModel):
    """An option or a step of the scale; a figure that is null is unknown or withheld, never zero."""

    code: Line = Field(description="Of a scale the step, like `-1`")
    label: Line | None
    label_en: Line | None
    count: int | None
    percent: int | None


class QuestionResult(SQLModel):
    code: Code
    type: QuestionType
    topic: Line | None
    text: Prose | None
    text_en: Prose | None
    skill_code: Code | None
    challenge: Code | None
    scale: ScaleFields | None
    complete: bool = Field(description="False where only some of the options were printed: shares need not add up")
    suppressed: bool = Field(description="Nothing is shown; `reason` says why, as far as it may")
    reason: WithheldReason | None
    n: int | None = Field(description="Answers to this question")
    options: list[OptionResult]
    mean: float | None
    median: float | None
    texts: list[Prose] = Field(description="Free texts in alphabetical order, for those who run surveys")


class SurveyResults(SQLModel):
    survey_id: UUID
    kind: SurveyKind
    status: SurveyStatus
    minimum_group: int = Field(description="The smallest group that is shown to the caller")
    printed: bool = Field(description="Figures as printed, of a survey whose answers nobody has")
    questions: list[QuestionResult]


class PrintedOption(OptionFields):
    percent: Percent | None = None
    count: int | None = Field(default=None, ge=0, le=10_000_000)


class PrintedQuestion(QuestionFields):
    """`complete` is false where the source leaves options out."""

    options: list[PrintedOption] = Field(default=[], max_length=50)
    complete: bool = True


class PrintedSurvey(SurveyFields):
    """A survey of which only figures are left."""

    kind: SurveyKind = SurveyKind.BASELINE
    identification: Identification = Identification.ANONYMOUS
    questions: list[PrintedQuestion] = Field(max_length=100)
