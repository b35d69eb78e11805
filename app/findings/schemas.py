"""Responses for results and effectiveness, and the printed survey that the policy loader reads."""

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
    """The change of one paired question; figures are computed from people who answered both before and after."""

    pair_key: Code
    design: EffectDesign
    skill_code: Code | None
    text: Prose | None = Field(description="The question in the last survey")
    scale: ScaleFields
    minimum_group: int = Field(description="The smallest group of respondents that is shown to the caller")
    suppressed: bool
    reason: WithheldReason | None
    n_pre: int | None = None
    n_post: int | None = None
    n_paired: int | None = None
    mean_pre: float | None = None
    mean_post: float | None = None
    mean_change: float | None = Field(default=None, description="After minus before, in steps of the scale")
    improvement: Improvement | None = Field(default=None, description="The change, given the direction of the scale")
    interval: Interval | None = Field(
        default=None, description="95% confidence interval of the mean change, by Student's t"
    )
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
        default={}, description="Why a figure is null although the effect is shown, by the name of its field"
    )
    before: list[AnswerCount] = Field(default=[], description="How many people chose each step of the scale before")
    after: list[AnswerCount] = Field(default=[], description="How many people chose each step of the scale after")


class SessionEffectiveness(SQLModel):
    """The effects of one session."""

    course_session_id: UUID
    effects: list[EffectRead]


class CourseEffectiveness(SQLModel):
    """Effects over the sessions of a course; a person who took it twice gives two pairs."""

    course_id: UUID
    fiscal_year: int | None = Field(description="The fiscal year asked for; null for all years together")
    effects: list[EffectRead]


class OptionResult(SQLModel):
    """An option or a step of the scale; a figure of null is unknown or withheld, never zero."""

    code: Line = Field(description="The code of the option, or the step of the scale, such as `-1`")
    label: Line | None
    label_en: Line | None
    count: int | None
    percent: int | None


class QuestionResult(SQLModel):
    """The answers to one question."""

    code: Code
    type: QuestionType
    topic: Line | None
    text: Prose | None
    text_en: Prose | None
    skill_code: Code | None
    challenge: Code | None
    scale: ScaleFields | None
    complete: bool = Field(
        description="False if only some of the options were printed; percentages then do not add up to 100"
    )
    suppressed: bool = Field(description="No figures are shown; see `reason`")
    reason: WithheldReason | None
    n: int | None = Field(description="Number of people who answered this question")
    options: list[OptionResult]
    mean: float | None
    median: float | None
    texts: list[Prose] = Field(description="Free texts in alphabetical order; only for callers who run surveys")


class SurveyResults(SQLModel):
    """The answers to all questions of a survey, as far as they may be shown to the caller."""

    survey_id: UUID
    kind: SurveyKind
    status: SurveyStatus
    minimum_group: int = Field(description="The smallest group of respondents that is shown to the caller")
    printed: bool = Field(description="The figures were printed elsewhere; the responses are not available")
    questions: list[QuestionResult]


class PrintedOption(OptionFields):
    """An option with its printed figure; null is unknown."""

    percent: Percent | None = None
    count: int | None = Field(default=None, ge=0, le=10_000_000)


class PrintedQuestion(QuestionFields):
    """`complete` is false if the source leaves options out."""

    options: list[PrintedOption] = Field(default=[], max_length=50)
    complete: StrictBool = True


class PrintedSurvey(SurveyFields):
    """A survey of which only printed figures are available."""

    kind: SurveyKind = SurveyKind.BASELINE
    identification: Identification = Identification.ANONYMOUS
    questions: list[PrintedQuestion] = Field(max_length=100)
