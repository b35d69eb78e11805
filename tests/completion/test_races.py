"""Attendance, completion, changed meetings and a cancellation at the same moment, with real transactions."""

from asyncio import gather
from collections.abc import Coroutine
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import select
from sqlmodel import col

from app.kit import clock
from app.seats.enums import SessionStatus
from app.seats.models import CourseSession, Enrollment
from app.skills.models import SkillRecord
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.seats import given as seats
from tests.seats.test_races import committed_data, employees, office
from tests.thoroughness import sample

pytestmark = pytest.mark.slow

HELD = clock.now() - timedelta(days=3)

HOUR = timedelta(hours=1)


def attend(client: AsyncClient, session: CourseSession, seat: Enrollment, noted: str) -> Coroutine[Any, Any, Response]:
    body = {"session_meeting_id": str(session.meetings[0].id), "attendance": noted}
    return client.post(f"/enrollments/{seat.id}/attendance", json=body)


def move(client: AsyncClient, session: CourseSession, by: timedelta) -> Coroutine[Any, Any, Response]:
    times = {"starts_at": HELD + by, "ends_at": HELD + by + 2 * HOUR}
    meeting = {"id": str(session.meetings[0].id)} | {name: at.isoformat() for name, at in times.items()}
    body = {"meetings": [meeting], "application_closes_at": (HELD - HOUR).isoformat()}
    return client.patch(f"/course_sessions/{session.id}", json=body, headers={"If-Match": "*"})


async def check(app: FastAPI, session_id: object) -> SessionStatus:
    """Everybody who is completed has valid evidence from that day, nobody else has any, and none if it is cancelled."""
    async with app.state.database.reading() as db:
        session = await db.get_one(CourseSession, session_id)
        rows = (await db.scalars(select(Enrollment).where(col(Enrollment.course_session_id) == session_id))).all()
        valid = await db.scalars(select(SkillRecord).where(col(SkillRecord.revoked_on).is_(None)))
        evidence = {record.source_id: record.valid_from for record in valid}
    completed = {row.id: row.completed_on for row in rows if row.status == "completed"}
    assert completed == evidence
    assert set(completed.values()) <= {clock.day_of(session.ends_at)}
    assert session.status != SessionStatus.CANCELLED or not completed
    assert session.ends_at <= clock.now() or not completed
    return SessionStatus(session.status)


@pytest.mark.parametrize("seed", range(sample(2, 10)))
async def test_completions_and_evidence_agree_whatever_happens_at_once(committed: FastAPI, seed: int) -> None:
    random = Random(seed)
    async with committed_data(committed) as db:
        await catalog.skills(db, "dx_basics")
        session = await sessions.session(db, await catalog.course(db, "AP1", "dx_basics"), HELD)
        taken = [await seats.enrollment(db, session, person) for person in await employees(db, 4)]
    client = await office(committed)
    for cancelled in (False, True):
        calls = [attend(client, session, seat, random.choice(["present", "absent"])) for seat in taken * 2]
        calls += [client.post(f"/enrollments/{seat.id}/completion", json={}) for seat in taken * 2]
        calls += [move(client, session, timedelta(days=days)) for days in random.sample([0, 1, 2, 9], 3)]
        if cancelled:
            calls.append(client.post(f"/course_sessions/{session.id}/cancellation"))
        random.shuffle(calls)
        for response in await gather(*calls):
            assert response.status_code in {200, 409, 422}, response.text
        assert await check(committed, session.id) == ("cancelled" if cancelled else "published")
