"""(b') An application with Hagukumi's duties, in the usual SQLModel way; the rules are Hagukumi's own functions."""

import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from app.audit.models import AuditEntry
from app.catalog.enums import EnrollmentMode
from app.catalog.models import Course, CoursePrerequisite
from app.enrollments.rules import Situation, allowed_actions
from app.enrollments.schemas import EnrollmentCreate, EnrollmentRead
from app.identity.models import Account
from app.kit import clock, keys
from app.kit.records import Record, as_attribute
from app.kit.settings import Settings
from app.people.models import OrgUnit
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.models import Booking, CourseSession, Enrollment, EnrollmentEvent
from scripts.bench.peers import facts
from scripts.bench.peers.database import SessionDep

router = APIRouter()
_settings = Settings()


@lru_cache
def _public_pem() -> str:
    return keys.load(Path(os.environ["BENCH_KEYS"])).public_pem


async def current_user(session: SessionDep, token: Annotated[str, Depends(OAuth2PasswordBearer("/token"))]) -> Account:
    try:
        claims = jwt.decode(token, _public_pem(), ["RS256"], audience=_settings.audience, issuer=_settings.issuer)
    except JWTError:
        raise HTTPException(401) from None
    account = await session.get(Account, UUID(claims["sub"]))
    if account is None or account.disabled_at or "training" not in account.grants:
        raise HTTPException(403)
    return account


@router.post("/enrollments", response_model=EnrollmentRead, status_code=201)
async def enroll(
    wanted: EnrollmentCreate, session: SessionDep, user: Annotated[Account, Depends(current_user)]
) -> EnrollmentRead:
    day = clock.today()
    held = await _locked(session, wanted.course_session_id)
    unit, heads = await _line(session, wanted.employee_id, day)
    await _check(session, held, wanted.employee_id, day)
    free = held.seats_taken < held.capacity
    enrollment = Enrollment(
        course_session_id=held.id,
        employee_id=wanted.employee_id,
        mode=EnrollmentMode.DESIGNATED,
        submitted_by=user.id,
        org_unit_id=unit,
        status=EnrollmentStatus.CONFIRMED if free else EnrollmentStatus.WAITLISTED,
    )
    if free:
        await _confirm(session, held, enrollment, day)
    else:
        last = select(func.max(col(Enrollment.waitlist_order))).where(col(Enrollment.course_session_id) == held.id)
        enrollment.waitlist_order = (await session.scalar(last) or 0) + 1
    bookings = _bookings(held, enrollment) if free else []
    session.add(enrollment)
    session.add_all(bookings)
    session.add(
        EnrollmentEvent(enrollment_id=enrollment.id, enrollment=enrollment, by=user.id, to_status=enrollment.status)
    )
    await session.flush()
    session.add_all(_logged(user, row) for row in (enrollment, *bookings))
    await session.commit()
    await session.refresh(enrollment)
    return _shown(enrollment, held, heads)


async def _locked(session: AsyncSession, id: UUID) -> CourseSession:
    statement = (
        select(CourseSession)
        .options(joinedload(as_attribute(CourseSession.course)), selectinload(as_attribute(CourseSession.meetings)))
        .where(col(CourseSession.id) == id)
        .with_for_update(of=CourseSession)
    )
    held = (await session.scalars(statement)).first()
    if held is None or held.status != SessionStatus.PUBLISHED or clock.now() >= held.ends_at:
        raise HTTPException(404)
    return held


async def _line(session: AsyncSession, employee_id: UUID, day: date) -> tuple[UUID | None, list[UUID]]:
    """The person's unit, and the heads in office of it and the units above."""
    posts, heads = facts.posts(day), facts.heads(day)
    theirs = (
        select(OrgUnit)
        .join(posts, posts.c.org_unit_id == col(OrgUnit.id))
        .where(posts.c.employee_id == employee_id, posts.c.kind == "primary")
    )
    unit = (await session.scalars(theirs)).first()
    if unit is None:
        return None, []
    found = await session.scalars(select(heads.c.employee_id).where(heads.c.org_unit_id.in_(unit.lineage)))
    return unit.id, list(found)


async def _check(session: AsyncSession, held: CourseSession, employee_id: UUID, day: date) -> None:
    """Refuse people who cannot come, are there already or have not completed what the course requires."""
    asked = facts.admissions(held.id, day)
    admission = (await session.execute(select(asked).where(asked.c.employee_id == employee_id))).first()
    there = select(Enrollment).where(
        col(Enrollment.course_session_id) == held.id, col(Enrollment.employee_id) == employee_id
    )
    required = select(col(CoursePrerequisite.required_course_id)).where(
        col(CoursePrerequisite.course_id) == held.course_id
    )
    completed = (
        select(col(Course.id))
        .join(CourseSession, col(CourseSession.course_id) == col(Course.id))
        .join(Enrollment, col(Enrollment.course_session_id) == col(CourseSession.id))
        .where(col(Enrollment.employee_id) == employee_id, col(Enrollment.status) == EnrollmentStatus.COMPLETED)
    )
    if admission is None or not admission.can_come or (await session.scalars(there)).first():
        raise HTTPException(409)
    if missing := (
        await session.scalars(required.where(col(CoursePrerequisite.required_course_id).not_in(completed)))
    ).all():
        raise HTTPException(409, f"{len(missing)} courses are missing")


async def _confirm(session: AsyncSession, held: CourseSession, enrollment: Enrollment, day: date) -> None:
    asked = facts.circumstances(held.id, day)
    found = (await session.execute(select(asked).where(asked.c.employee_id == enrollment.employee_id))).one()
    enrollment.confirmed_at = clock.now()
    enrollment.confirmed_section_ids = found.section_ids
    enrollment.confirmed_leave_days = found.leave_days
    enrollment.confirmed_out_of_target = found.out_of_target


def _bookings(held: CourseSession, enrollment: Enrollment) -> list[Booking]:
    return [
        Booking(
            enrollment_id=enrollment.id,
            enrollment=enrollment,
            session_meeting_id=meeting.id,
            employee_id=enrollment.employee_id,
            during=Range(meeting.starts_at, meeting.ends_at),
        )
        for meeting in held.meetings
    ]


def _logged(user: Account, row: Record) -> AuditEntry:
    housekeeping = {"created_at", "updated_at", "row_version"}
    after = row.model_dump(exclude=housekeeping | {"during"}) | (
        {"during": str(row.during)} if hasattr(row, "during") else {}
    )
    return AuditEntry(
        actor_id=user.id,
        actor=user.username,
        action="created",
        resource=str(row.__tablename__),
        record_id=row.id,
        request_id="",
        after={name: value if value is None else str(value) for name, value in after.items()},
    )


def _shown(enrollment: Enrollment, held: CourseSession, heads: list[UUID]) -> EnrollmentRead:
    situation = Situation(
        status=EnrollmentStatus(enrollment.status),
        session_status=held.status,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        withdrawal_closes_at=held.withdrawal_closes_at,
        has_free_seat=held.seats_taken < held.capacity,
        now=clock.now(),
        employee_id=enrollment.employee_id,
        caller_id=None,
        heads=heads,
        by_office=True,
        by_clerk=False,
        records_attendance=True,
    )
    stored = set(EnrollmentRead.model_fields) & set(Enrollment.model_fields)
    return EnrollmentRead.model_validate(
        {
            **{name: getattr(enrollment, name) for name in stored},
            "waitlist_rank": None,
            "fiscal_year": held.fiscal_year,
            "completion_fiscal_year": None,
            "needs_reconfirmation": False,
            "reconfirmation_reasons": [],
            "allowed_actions": allowed_actions(situation),
        }
    )
