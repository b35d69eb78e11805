"""Surveys, and a session whose participants answer them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.settings import Settings
from app.kit.vault import Vault
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus
from app.seats.models import CourseSession, Enrollment
from app.surveys import queries
from app.surveys.box import Box, unseal
from app.surveys.enums import ResponseTiming
from app.surveys.models import SurveyParticipation, SurveyResponse
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


async def complete_all(db: AsyncSession, training: Training) -> None:
    for enrollment in training.enrollments:
        enrollment.status, enrollment.completed_on = EnrollmentStatus.COMPLETED, clock.today()
    await db.flush()


def survey_body(session: CourseSession | None = None, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A request to draft a survey: a pre-survey of the session, or a baseline if there is none."""
    body = {
        "title": "受講前アンケート",
        "kind": "pre" if session else "baseline",
        "course_session_id": str(session.id) if session else None,
        "questions": list(questions) or [PAIRED, CHOICE],
    }
    return body | more


async def draft(office: AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    response = await office.post("/surveys", json=body)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def open_survey(office: AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    return await act(office, await draft(office, body), "opening")


async def act(office: AsyncClient, survey: dict[str, Any], action: str) -> dict[str, Any]:
    response = await office.post(f"/surveys/{survey['id']}/{action}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def response_body(survey: dict[str, Any], **answers: Any) -> dict[str, Any]:
    """A request to answer the survey."""
    return {
        "survey_id": survey["id"],
        "answers": [{"question_code": code, "value": value} for code, value in answers.items()],
    }


async def respond(api: SignIn, person: Employee, survey: dict[str, Any], **answers: Any) -> dict[str, Any]:
    response = await (await api("employee", person)).post("/survey_responses", json=response_body(survey, **answers))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def store_responses(db: AsyncSession, survey: dict[str, Any], responses: dict[int, dict[str, Any]]) -> None:
    """Responses by respondent; one number is the same person in all surveys of a session."""
    for respondent, answers in responses.items():
        row = SurveyResponse(
            survey_id=UUID(survey["id"]),
            respondent=respondent.to_bytes(4),
            timing=ResponseTiming.ON_TIME,
            answers=answers,
        )
        db.add(row)
    await db.flush()


async def opened(db: AsyncSession, settings: Settings, survey: dict[str, Any]) -> Box:
    """What waits in the survey's box; an empty one if nobody has answered."""
    stored = await queries.box_of(db, UUID(survey["id"]))
    box = unseal(stored.content, Vault(settings).key(stored.key_name or "")) if stored else Box()
    assert box
    return box


async def answers(db: AsyncSession, settings: Settings, survey: dict[str, Any]) -> dict[bytes, Any]:
    """By respondent, those that wait in the box included."""
    in_table = {row.respondent: row.answers for row in await stored(db, survey)}
    return in_table | (await opened(db, settings, survey)).waiting


async def stored(db: AsyncSession, survey: dict[str, Any]) -> list[SurveyResponse]:
    rows = select(SurveyResponse).where(col(SurveyResponse.survey_id) == UUID(survey["id"]))
    return list(await db.scalars(rows.execution_options(populate_existing=True)))


async def count_participants(db: AsyncSession, survey: dict[str, Any]) -> int:
    rows = select(SurveyParticipation).where(col(SurveyParticipation.survey_id) == UUID(survey["id"]))
    return len((await db.scalars(rows)).all())


async def refused(client: AsyncClient, survey: dict[str, Any], **answers: Any) -> tuple[int, str]:
    """Status and code of the response to answers that are refused."""
    response = await client.post("/survey_responses", json=response_body(survey, **answers))
    return response.status_code, response.json()["code"]
