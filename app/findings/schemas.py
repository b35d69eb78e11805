"""What the effect of a training looks like."""

from uuid import UUID

from pydantic import StrictBool
from sqlmodel import Field, SQLModel

from app.findings.enums import EffectDesign, WithheldReason
from app.findings.rules import AnswerCount
from app.findings.statistics import EffectSize, Improvement, Interval, PairedT, SignedRank, UndefinedReason
from app.kit.fields import Code, Line, Percent, Prose
from app.surveys.enums import Identification, QuestionType, SurveyKind, SurveyStatus
from app.surveys.models import OptionFields, QuestionFields, ScaleFields, SurveyFields


class EffectRead(SQLModel):
    """The paired change of one question; its figures are of those who answered both times."""

    pair_key: Code
    design: EffectDesign
    skill_code: Code | None
    text: Prose | None = Field(description="The question as asked last")
    scale: ScaleFields
    minimum_group: int = Field(description="The smallest group that is shown to the caller")
    suppressed: bool
    reason: WithheldReason | None
    n_pre: int | None = None
    n_post: int | None = None
    n_paired: int | None = None
    mean_pre: float | None = None
    mean_post: float | None = None
    mean_change: float | None = Field(default=None, description="After minus before, whatever the scale's direction")
    improvement: Improvement | None = Field(default=None, description="The change in the light of the direction")
    interval: Interval | None = Field(default=None, description="95 % interval of the mean change, by Student's t")
    effect_size: EffectSize | None = Field(
        default=None, description="Cohen's d_z, and g_z: d_z times Hedges' exact small-sample correction (1981)"
    )
    paired_t: PairedT | None = Field(default=None, description="Student's paired t test, two-sided")
    wilcoxon: SignedRank | None = Field(
        default=None,
        description="Wilcoxon's signed-rank test, two-sided: zero changes dropped, ties by mean ranks; exact up to 50 "
        "changes without ties or zeros, else the normal approximation with tie and continuity correction",
    )
    undefined: dict[str, UndefinedReason] = Field(
        default={}, description="Why a figure is null although pairs are shown"
    )
    before: list[AnswerCount] = Field(default=[], description="Steps of the scale with how many chose them before")
    after: list[AnswerCount] = Field(default=[], description="The same afterwards")


class SessionEffectiveness(SQLModel):
    course_session_id: UUID
    effects: list[EffectRead]


class CourseEffectiveness(SQLModel):
    """Sessions pooled; a person who took the course twice gives two pairs."""

    course_id: UUID
    effects: list[EffectRead]


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
    complete: StrictBool = True


class PrintedSurvey(SurveyFields):
    """A survey of which only figures are left."""

    kind: SurveyKind = SurveyKind.BASELINE
    identification: Identification = Identification.ANONYMOUS
    questions: list[PrintedQuestion] = Field(max_length=100)
