"""What the effect of a training looks like."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from app.effects.rules import EffectDesign
from app.effects.statistics import EffectSize, Improvement, Interval, PairedT, SignedRank, UndefinedReason
from app.kit.fields import Code, Prose
from app.results.rules import AnswerCount, WithheldReason
from app.surveys.models import ScaleFields


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
