"""Surveys before and after trainings, with the responses of participants."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from app.surveys.enums import Identification, QuestionType, ResponseTiming, ScaleDirection, SurveyKind, SurveyStatus
from scripts.city import rows
from scripts.city.ids import Ids
from scripts.city.timetable import Course, Session

_SCALE: Final = {
    "min": 1,
    "max": 5,
    "direction": ScaleDirection.HIGHER_IS_BETTER,
    "min_label": "できない",
    "max_label": "できる",
}

_MINIMUM_GROUP: Final = 10

_MINIMUM_GROUP_OF_NAMED: Final = 5

_ANSWERS_BEFORE: Final = 0.88

_ANSWERS_AFTER: Final = 0.82

_BEFORE: Final = (2.5, 0.9)

_CHANGE: Final = (0.9, 0.8)

_SATISFIED: Final = (4.0, 0.7)

_OPEN_FOR: Final = timedelta(days=14)


class Question(NamedTuple):
    code: str
    text: str
    text_en: str
    is_paired: bool
    is_satisfaction: bool = False


_PAIRED: Final = (
    Question("understand", "研修の内容を同僚に説明できる", "I can explain the subject to a colleague", is_paired=True),
    Question("use", "研修の内容を自分の業務で活用できる", "I can use it in my own work", is_paired=True),
)

_AFTERWARDS: Final = (
    Question("satisfied", "研修に満足した", "I am satisfied with the training", is_paired=False, is_satisfaction=True),
)


@dataclass
class Questionnaires:
    surveys: list[rows.Survey] = field(default_factory=list)
    questions: list[rows.SurveyQuestion] = field(default_factory=list)
    participations: list[rows.SurveyParticipation] = field(default_factory=list)
    responses: list[rows.SurveyResponse] = field(default_factory=list)


def questionnaires(attended: list[tuple[Session, list[UUID]]], rng: Random, ids: Ids) -> Questionnaires:
    """A pre- and a post-survey, both closed, of each session that taught a skill in person."""
    result = Questionnaires()
    for session, people in attended:
        if session.course.skills and not session.course.online and people:
            levels = {person: rng.gauss(*_BEFORE) for person in people}
            respondents = {person: rng.randbytes(32) for person in people}
            for kind, rate, change in (
                (SurveyKind.PRE, _ANSWERS_BEFORE, (0.0, 0.3)),
                (SurveyKind.POST, _ANSWERS_AFTER, _CHANGE),
            ):
                survey = _survey(session, kind, ids)
                result.questions.extend(_questions(survey, session.course, ids))
                answering = [person for person in people if rng.random() < rate]
                if survey.identification == Identification.NAMED:
                    result.participations.extend(rows.SurveyParticipation(survey.id, person) for person in answering)
                else:
                    survey = survey._replace(invited=len(people), answered=len(answering), on_leave=0)
                result.surveys.append(survey)
                responses = [
                    _response(survey, person, respondents[person], levels[person], change, rng) for person in answering
                ]
                rng.shuffle(responses)
                result.responses.extend(responses)
    return result


def _survey(session: Session, kind: SurveyKind, ids: Ids) -> rows.Survey:
    named = session.course.designated
    opens = session.row.starts_at - _OPEN_FOR if kind is SurveyKind.PRE else session.row.ends_at
    closes = session.row.starts_at if kind is SurveyKind.PRE else session.row.ends_at + _OPEN_FOR
    return rows.Survey(
        ids(), "受講前アンケート" if kind is SurveyKind.PRE else "受講後アンケート", kind, session.row.id,
        Identification.NAMED if named else Identification.PSEUDONYMOUS, opens, closes, closes, closes,
        _MINIMUM_GROUP_OF_NAMED if named else _MINIMUM_GROUP, SurveyStatus.CLOSED,
    )  # fmt: skip


def _questions(survey: rows.Survey, course: Course, ids: Ids) -> Iterator[rows.SurveyQuestion]:
    for position, question in enumerate(_questions_of(survey)):
        skill = course.skills[0] if question.is_paired else None
        yield rows.SurveyQuestion(
            ids(), survey.id, position, question.code, QuestionType.SCALE, question.text, question.text_en,
            question.code if question.is_paired else None, skill, True, True, json.dumps(_SCALE, ensure_ascii=False),
        )  # fmt: skip


def _questions_of(survey: rows.Survey) -> tuple[Question, ...]:
    return _PAIRED if survey.kind == SurveyKind.PRE else _PAIRED + _AFTERWARDS


def _response(
    survey: rows.Survey, person: UUID, respondent: bytes, level: float, change: tuple[float, float], rng: Random
) -> rows.SurveyResponse:
    """Answers about the person's level; `respondent` links the two responses of one person without a name."""
    answers = {
        question.code: _on_scale(rng.gauss(*_SATISFIED) if question.is_satisfaction else level + rng.gauss(*change))
        for question in _questions_of(survey)
    }
    key = UUID(int=rng.getrandbits(128), version=4)
    named = person if survey.identification == Identification.NAMED else None
    who = named.bytes if named else respondent
    return rows.SurveyResponse(key, survey.id, who, named, ResponseTiming.ON_TIME, json.dumps(answers))


def _on_scale(value: float) -> int:
    return min(5, max(1, round(value)))
