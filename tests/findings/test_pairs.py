"""Which answers make a pair."""

from app.findings.enums import EffectDesign, Stage
from app.findings.pairs import paired_answers, stage_of
from app.surveys.enums import QuestionMoment, SurveyKind


def test_a_follow_up_counts_for_people_who_answered_both_surveys() -> None:
    answers = {
        Stage.PRE: {b"a": 1, b"b": 2, b"c": 3},
        Stage.POST: {b"a": 2, b"b": 2},
        Stage.FOLLOW_UP: {b"b": 4, b"c": 5},
    }
    assert paired_answers(EffectDesign.PRE_FOLLOW_UP, answers).pairs == [(2, 4)]
    assert paired_answers(EffectDesign.PRE_POST, answers).pairs == [(1, 2), (2, 2)]


def test_stages_follow_from_the_kind_or_the_moment() -> None:
    assert stage_of(SurveyKind.FOLLOW_UP, None) == Stage.FOLLOW_UP
    assert stage_of(SurveyKind.RETROSPECTIVE, QuestionMoment.BEFORE) == Stage.BEFORE
