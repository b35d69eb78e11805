"""Who may read which answers, who was asked, and who has answered."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, exists, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.enrollment.models import Booking, Enrollment
from app.enrollment.rules import SEATED, Attendance, EnrollmentStatus
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.listing import Also
from app.kit.reading import found
from app.people.days import FACTS
from app.people.models import Employee
from app.responses import rules
from app.responses.models import SurveyParticipation, SurveySheet
from app.responses.schemas import AnswerFields, ParticipationRead, ResponseRead
from app.surveys import queries as surveys
from app.surveys.models import Survey
from app.surveys.rules import Identification

PRESENT = (Attendance.PRESENT, Attendance.LATE, Attendance.LEFT_EARLY)


def visible_to(who: Principal) -> Select[SurveySheet]:
    """Named answers alone: the own ones, and all for those who run surveys. No head, no leader."""
    named = select(col(Survey.id)).where(col(Survey.identification) == Identification.NAMED)
    rows = select(SurveySheet).where(col(SurveySheet.survey_id).in_(named))
    return rows if who.may(Permission.RUN_SURVEYS) else rows.where(col(SurveySheet.employee_id) == who.employee_id)


def shown(sheet: SurveySheet) -> ResponseRead:
    answers = [AnswerFields(question_code=code, value=value) for code, value in sorted(sheet.answers.items())]
    return ResponseRead.model_validate(sheet, update={"identification": Identification.NAMED, "answers": answers})


def all_shown() -> Also:
    async def show(_db: AsyncSession, sheets: Sequence[SurveySheet]) -> Sequence[ResponseRead]:
        return [shown(sheet) for sheet in sheets]

    return show


async def locked_for_answers(db: AsyncSession, who: Principal, survey_id: UUID) -> Survey:
    """The survey, which cannot close before we are done; opened ones addressed to the caller alone."""
    rows = surveys.addressed_to(who.employee_id, who.today).with_for_update(read=True, of=Survey)
    rows = rows.execution_options(populate_existing=True)
    return await found(db, rows, col(Survey.id), survey_id, rules.UnknownSurvey(pointer="/survey_id"))


async def has_sheet(db: AsyncSession, survey_id: UUID, respondent: bytes) -> bool:
    theirs = exists().where(col(SurveySheet.survey_id) == survey_id, col(SurveySheet.respondent) == respondent)
    return bool(await db.scalar(select(theirs)))


def attended(session_id: UUID | None) -> Select[Any]:
    """Who completed the session or was there at one of its meetings at least."""
    there = exists().where(col(Booking.enrollment_id) == col(Enrollment.id), col(Booking.attendance).in_(PRESENT))
    return select(col(Enrollment.employee_id)).where(
        col(Enrollment.course_session_id) == session_id,
        col(Enrollment.status).in_(SEATED),
        or_(col(Enrollment.status) == EnrollmentStatus.COMPLETED, there),
    )


async def has_attended(db: AsyncSession, session_id: UUID | None, employee_id: UUID | None) -> bool:
    them = attended(session_id).where(col(Enrollment.employee_id) == employee_id)
    return await db.scalar(them.limit(1)) is not None


def addressees(survey: Survey) -> Select[Any]:
    """Everybody whom the survey asks."""
    if survey.course_session_id is None:
        return select(FACTS.c.employee_id).where(FACTS.c.in_scope)
    if survey.kind in rules.ASKED_OF_ATTENDEES:
        return attended(survey.course_session_id)
    return select(col(Enrollment.employee_id)).where(
        col(Enrollment.course_session_id) == survey.course_session_id, col(Enrollment.status).in_(SEATED)
    )


def answered(survey: Survey) -> Select[Any]:
    return select(col(SurveyParticipation.employee_id)).where(col(SurveyParticipation.survey_id) == survey.id)


async def participation(db: AsyncSession, survey: Survey, day: date) -> ParticipationRead:
    everyone: CompoundSelect[Any] = union(addressees(survey), answered(survey))
    people = everyone.subquery("people")
    has_answered = people.c.employee_id.in_(answered(survey))
    away = func.coalesce(FACTS.c.absent, False) & ~has_answered
    counts = select(
        func.count().filter(~away).label("invited"),
        func.count().filter(has_answered).label("answered"),
        func.count().filter(away).label("on_leave"),
    ).select_from(people.outerjoin(FACTS, FACTS.c.employee_id == people.c.employee_id))
    row = (await db.execute(counts, {"day": day, "known_on": day})).one()
    return ParticipationRead(
        survey_id=survey.id, as_of=day, response_rate=rules.percent(row.answered, row.invited), **row._mapping
    )


def non_respondents(survey: Survey) -> Select[Employee]:
    """Addressees who have not answered and are not on leave on the day."""
    away = select(FACTS.c.employee_id).where(FACTS.c.absent)
    return select(Employee).where(
        col(Employee.id).in_(addressees(survey)),
        col(Employee.id).not_in(answered(survey)),
        col(Employee.id).not_in(away),
    )
