"""Surveys to test with, and a session whose participants answer them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus
from app.seats.models import CourseSession, Enrollment
from app.surveys.enums import ResponseTiming
from app.surveys.models import SurveyResponse
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import SignIn
from tests.people import given as people
from tests.people.given import City
from tests.seats import given as enrollments

DAY = timedelta(days=1)

SCALE = {"min": 1, "max": 5, "direction": "higher_is_better"}

PAIRED: dict[str, Any] = {
    "code": "explain",
    "type": "scale",
    "text": "説明できる",
    "scale": SCALE,
    "pair_key": "explain",
}

CHOICE: dict[str, Any] = {
    "code": "obstacle",
    "type": "single",
    "text": "支障は何ですか",
    "options": [{"code": "time", "label": "時間"}, {"code": "paper", "label": "紙"}],
    "required": False,
}


@dataclass
class Training:
    """A session in ten days, with people who hold a seat."""

    city: City
    session: CourseSession
    people: list[Employee]
    enrollments: list[Enrollment]

    @property
    def starts_at(self) -> datetime:
        return self.session.starts_at


async def training(db: AsyncSession, seats: int = 3, city: City | None = None, **more: Any) -> Training:
    city = city or await people.city(db)
    course = more.pop("course", None) or await catalog.course(db)
    session = await sessions.session(db, course, clock.now() + 10 * DAY, capacity=max(seats, 1), **more)
    learners = [await people.employee(db, city.team) for _ in range(seats)]
    taken = [await enrollments.enrollment(db, session, person) for person in learners]
    return Training(city, session, learners, taken)


async def all_attended(db: AsyncSession, training: Training) -> None:
    for enrollment in training.enrollments:
        enrollment.status = EnrollmentStatus.COMPLETED
    await db.flush()


def survey(session: CourseSession | None = None, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a client sends to draft a survey: a pre of the session, or a baseline without one."""
    members = {
        "title": "受講前アンケート",
        "kind": "pre" if session else "baseline",
        "course_session_id": str(session.id) if session else None,
        "questions": list(questions) or [PAIRED, CHOICE],
    }
    return members | more


async def drafted(office: AsyncClient, wanted: dict[str, Any]) -> dict[str, Any]:
    answer = await office.post("/surveys", json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def opened(office: AsyncClient, wanted: dict[str, Any]) -> dict[str, Any]:
    made = await drafted(office, wanted)
    return await done(office, made, "opening")


async def done(office: AsyncClient, survey: dict[str, Any], noun: str) -> dict[str, Any]:
    answer = await office.post(f"/surveys/{survey['id']}/{noun}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def sheet(survey: dict[str, Any], **answers: Any) -> dict[str, Any]:
    """What a client sends to answer."""
    return {
        "survey_id": survey["id"],
        "answers": [{"question_code": code, "value": value} for code, value in answers.items()],
    }


async def answered(api: SignIn, person: Employee, survey: dict[str, Any], **answers: Any) -> dict[str, Any]:
    answer = await (await api("employee", person)).post("/survey_responses", json=sheet(survey, **answers))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def filled(db: AsyncSession, survey: dict[str, Any], sheets: dict[int, dict[str, Any]]) -> None:
    """Sheets by respondent, as answers leave them; one number is one person in all surveys of a session."""
    for respondent, answers in sheets.items():
        key = respondent.to_bytes(4)
        made = SurveyResponse(
            survey_id=UUID(survey["id"]), respondent=key, timing=ResponseTiming.ON_TIME, answers=answers
        )
        db.add(made)
    await db.flush()
