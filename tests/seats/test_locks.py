"""Locks are taken in one order: sessions in one statement by id, then people in one statement by id, then no more."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.kit import clock
from app.kit.settings import Settings
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.models import CourseSession, Enrollment
from migrations import functions
from scripts.export_openapi import document
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.people import given as people
from tests.seats import given

RELEASE = [job for job in jobs.JOBS if job.name == "release_seats"]

LOCKED = re.compile(r"FROM (course_session|employee)\b.*FOR (?:NO KEY )?UPDATE", re.DOTALL)
"""The locks of rows; a plain UPDATE of a row that is locked already adds none."""


QUEUED = re.compile(
    r"pg_advisory_xact_lock\(hashtextextended\(.*"
    r"FROM course_session\b.*(ORDER BY course_session.id|course_session.id = session_id)",
    re.DOTALL,
)
"""Where writers wait in the order in which they came."""


@dataclass
class Scene:
    """A session, and somebody with a seat and somebody without, who both wait for other sessions."""

    own: CourseSession
    seat: Enrollment
    waiting: Enrollment

    @property
    def meeting(self) -> dict[str, Any]:
        first = self.own.meetings[0]
        hour = sessions.HOUR
        return {
            "id": str(first.id),
            "starts_at": (first.starts_at + hour).isoformat(),
            "ends_at": (first.ends_at + hour).isoformat(),
        }


Call = tuple[str, dict[str, Any] | None]

OPERATIONS: Mapping[str, Callable[[Scene], Call]] = {
    "enrollments_approve": lambda scene: (f"POST /enrollments/{scene.waiting.id}/approval", None),
    "enrollments_reject": lambda scene: (f"POST /enrollments/{scene.seat.id}/rejection", {"reason": "調整"}),
    "enrollments_withdraw": lambda scene: (f"POST /enrollments/{scene.seat.id}/withdrawal", None),
    "course_sessions_change": lambda scene: (
        f"PATCH /course_sessions/{scene.own.id}",
        {"capacity": 5, "meetings": [scene.meeting]},
    ),
    "course_sessions_reopen": lambda scene: (f"POST /course_sessions/{scene.own.id}/reopening", None),
    "course_sessions_cancel": lambda scene: (f"POST /course_sessions/{scene.own.id}/cancellation", None),
}
"""What gives or frees a seat; `enrollments_enroll` besides, which needs a person without one."""
SEATS_STAY = {
    "course_sessions_plan": "nobody is in it yet",
    "course_sessions_discard": "a draft has no people",
    "course_sessions_publish": "nobody is in it yet",
    "course_sessions_close": "ends what was pending",
    "course_sessions_record_attendance": "a seat that is held stays held",
    "enrollments_record_attendance": "a seat that is held stays held",
    "enrollments_complete": "a seat that is held stays held",
    "enrollments_reconfirm": "a seat that is held stays held",
}


@pytest.fixture
async def scene(db: AsyncSession) -> Scene:
    city, course = await people.city(db), await catalog.course(db)
    own = await sessions.session(db, course, capacity=2)
    others = [await sessions.session(db, course, clock.now() + (40 + n) * sessions.DAY) for n in range(3)]
    seat = await given.enrollment(db, own, city.staff)
    waiting = await given.enrollment(db, own, city.colleague, EnrollmentStatus.WAITLISTED)
    for other in others:
        await given.enrollment(db, other, city.staff, EnrollmentStatus.WAITLISTED)
        await given.enrollment(db, other, city.colleague, EnrollmentStatus.WAITLISTED)
    return Scene(own, seat, waiting)


def test_every_operation_that_writes_a_session_or_an_enrollment_is_here() -> None:
    writes = {
        operation["operationId"]
        for path, item in document_paths().items()
        for method, operation in item.items()
        if method in {"post", "patch", "put", "delete"} and path.split("/")[3] in {"course_sessions", "enrollments"}
    }
    assert writes == OPERATIONS.keys() | SEATS_STAY.keys() | {"enrollments_enroll"}


def document_paths() -> dict[str, Any]:
    return dict(json.loads(document())["paths"])


def in_order(seen: list[str]) -> list[str]:
    """The tables locked, repetitions of a table left out; each lock of several rows has to name its order, and the
    queue comes first."""
    locks = [(found[1], statement) for statement in seen if (found := LOCKED.search(statement))]
    tables = [table for table, _ in locks]
    assert tables.count("employee") <= 1
    first = seen.index(locks[0][1])
    assert any(QUEUED.search(statement) for statement in seen[:first]), seen[:first]
    for table, statement in locks:
        by_one_id = re.search(r"course_session.id = (\$|session_id)", statement)
        assert by_one_id or f"ORDER BY {table}.id" in statement, statement
    return [table for at, table in enumerate(tables) if at == 0 or tables[at - 1] != table]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_sessions_are_locked_before_people_and_people_once(
    db: AsyncSession, office: AsyncClient, scene: Scene, statements: Any, operation: str
) -> None:
    scene.own.status = SessionStatus.CLOSED if operation == "course_sessions_reopen" else SessionStatus.PUBLISHED
    await db.flush()
    call, body = OPERATIONS[operation](scene)
    method, path = call.split()
    with statements() as seen:
        response = await office.request(method, path, json=body, headers={"If-Match": "*"})
    assert response.status_code == 200, response.text
    assert in_order(seen) == ["course_session", "employee"]


async def test_applying_locks_the_session_and_then_everybody_who_waits_in_one_call(
    db: AsyncSession, office: AsyncClient, scene: Scene, statements: Any
) -> None:
    person = await people.employee(db)
    body = {"course_session_id": str(scene.own.id), "employee_id": str(person.id)}
    with statements() as seen:
        assert (await office.post("/enrollments", json=body)).status_code == 201
    assert [sql for sql in seen if LOCKED.search(sql) or QUEUED.search(sql)] == []
    assert "FROM locked_application(" in next(sql for sql in seen if "account" not in sql)
    (text,) = [text for text in functions.definitions() if "FUNCTION locked_application(" in text]
    assert in_order(text.split(";")) == ["course_session", "employee"]


@pytest.mark.parametrize("status", [SessionStatus.PUBLISHED, SessionStatus.CLOSED])
async def test_where_no_seat_moves_only_the_session_is_locked(
    db: AsyncSession, office: AsyncClient, scene: Scene, statements: Any, status: SessionStatus
) -> None:
    scene.own.status = status
    await db.flush()
    with statements() as seen, clock.travel(scene.own.ends_at):
        assert (await office.post(f"/course_sessions/{scene.own.id}/closing")).status_code == 200
    assert in_order(seen) == ["course_session"]


async def test_the_release_by_the_clock_takes_the_same_order(
    app: FastAPI, db: AsyncSession, scene: Scene, statements: Any
) -> None:
    await people.absence(db, scene.seat.employee_id, clock.today())
    with statements() as seen:
        assert await jobs.run(app.state.database, Settings(release_unconfirmed_days=400), RELEASE) == []
    await db.refresh(scene.seat)
    assert scene.seat.status == EnrollmentStatus.WITHDRAWN
    assert in_order(seen) == ["course_session", "employee"]
