"""Coded values of results and effectiveness, each with its Japanese and English label."""

from enum import StrEnum

from app.kit.enums import LabelledEnum


class Stage(StrEnum):
    """When an answer was given, or the time that it refers to."""

    PRE = "pre"
    POST = "post"
    FOLLOW_UP = "follow_up"
    BEFORE = "before"
    AFTER = "after"


class EffectDesign(LabelledEnum):
    """Two surveys; three, for people who answered all of them; or one retrospective survey for both times."""

    PRE_POST = "pre_post", "事前・事後", "Before and after"
    PRE_FOLLOW_UP = "pre_follow_up", "事前・事後・追跡", "Before, after and follow-up"
    RETROSPECTIVE = "retrospective", "事後の振り返り", "Retrospective"


class WithheldReason(LabelledEnum):
    """Why no figures are shown; `would_disclose` does not tell whether answers are too few or too similar."""

    STILL_OPEN = "still_open", "回答受付中", "Still open"
    SESSION_CANCELLED = "session_cancelled", "研修中止", "Session cancelled"
    WOULD_DISCLOSE = "would_disclose", "個人の回答が推定されるため秘匿", "Would disclose a person's answer"
    SHOWN_AS_EFFECT = "shown_as_effect", "研修効果として表示", "Shown as an effect"
