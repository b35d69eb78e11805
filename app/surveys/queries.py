"""Who may read which answers, who was asked, and who has answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.reading import one_or_404
from app.kit.records import as_attribute
from app.people.functions import WORKFORCE, workforce_on
from app.people.models import Employee
from app.people.sight import Purpose, sees_person
from app.seats.enums import Attendance, EnrollmentStatus, SessionStatus
from app.seats.models import Booking, CourseSession, Enrollment
from app.seats.rules import SEATED
from app.surveys import enums, errors, rules
from app.surveys.enums import Identification
from app.surveys.models import Survey, SurveyParticipation, SurveyResponse
from app.surveys.rules import Question, Scale
from app.surveys.schemas import QuestionCreate

PRESENT = (Attendance.PRESENT, Attendance.LATE, Attendance.LEFT_EARLY)


def responses_visible_to(who: Principal) -> Select[SurveyResponse]:
    """Named responses alone: one's own, and all for those who run surveys. No head and no leader sees them."""
    named = select(col(Survey.id)).where(col(Survey.identification) == Identification.NAMED)
    rows = select(SurveyResponse).where(col(SurveyResponse.survey_id).in_(named))
    return rows.where(sees_person(who, Purpose.ANSWERS, SurveyResponse.employee_id))


async def locked_for_answers(db: AsyncSession, who: Principal, survey_id: UUID) -> Survey:
    """The survey, which cannot close before we are done; opened ones addressed to the caller alone."""
    rows = addressed_to(who.employee_id, who.as_of_today).with_for_update(read=True, of=Survey)
    rows = rows.execution_options(populate_existing=True)
    return await one_or_404(db, rows, col(Survey.id), survey_id, errors.UnknownSurvey(pointer="/survey_id"))


async def has_sheet(db: AsyncSession, survey_id: UUID, respondent: bytes) -> bool:
    theirs = exists().where(col(SurveyResponse.survey_id) == survey_id, col(SurveyResponse.respondent) == respondent)
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
        return select(WORKFORCE.c.employee_id).where(WORKFORCE.c.in_scope)
    if survey.kind in rules.ASKED_OF_ATTENDEES:
        return attended(survey.course_session_id)
    return select(col(Enrollment.employee_id)).where(
        col(Enrollment.course_session_id) == survey.course_session_id, col(Enrollment.status).in_(SEATED)
    )


def answered(survey: Survey) -> Select[Any]:
    return select(col(SurveyParticipation.employee_id)).where(col(SurveyParticipation.survey_id) == survey.id)


async def participation(db: AsyncSession, survey: Survey, as_of: AsOf) -> tuple[int, int, int]:
    """How many were invited, have answered, and are on leave on the day without having answered."""
    everyone: CompoundSelect[Any] = union(addressees(survey), answered(survey))
    people = everyone.subquery("people")
    has_answered = people.c.employee_id.in_(answered(survey))
    away = func.coalesce(WORKFORCE.c.absent, False) & ~has_answered
    counts = select(func.count().filter(~away), func.count().filter(has_answered), func.count().filter(away))
    rows = counts.select_from(people.outerjoin(WORKFORCE, WORKFORCE.c.employee_id == people.c.employee_id))
    invited, has_answered_count, on_leave = (await db.execute(rows, as_of.params)).one()
    return invited, has_answered_count, on_leave


def non_respondents(survey: Survey) -> Select[Employee]:
    """Addressees who have not answered and are not on leave on the day."""
    away = select(WORKFORCE.c.employee_id).where(WORKFORCE.c.absent)
    return select(Employee).where(
        col(Employee.id).in_(addressees(survey)),
        col(Employee.id).not_in(answered(survey)),
        col(Employee.id).not_in(away),
    )


def complete() -> Select[Survey]:
    """Surveys with their questions."""
    return select(Survey).options(selectinload(as_attribute(Survey.questions)))


def visible_to(who: Principal) -> Select[Survey]:
    """All for those who run surveys or read figures; otherwise the open ones addressed to the caller."""
    if who.permissions & {Permission.RUN_SURVEYS, Permission.READ_FIGURES}:
        return complete()
    return addressed_to(who.employee_id, who.as_of_today).where(col(Survey.status) == enums.SurveyStatus.OPEN)


def addressed_to(employee_id: UUID | None, as_of: AsOf) -> Select[Survey]:
    """Surveys of the person's sessions that are not cancelled; of the organisation, for those in scope on the day."""
    workforce = workforce_on(as_of, "addressee")
    in_scope = exists().where(workforce.c.employee_id == employee_id, workforce.c.in_scope)
    seated = exists().where(
        col(Enrollment.course_session_id) == col(Survey.course_session_id),
        col(Enrollment.employee_id) == employee_id,
        col(Enrollment.status).in_(SEATED),
    )
    of_the_organisation = and_(col(Survey.course_session_id).is_(None), in_scope)
    return complete().where(
        col(Survey.status) != enums.SurveyStatus.DRAFT, or_(of_the_organisation, and_(seated, session_stands()))
    )


def session_stands() -> ColumnElement[bool]:
    """The survey's session is not cancelled; a baseline has none."""
    cancelled = exists().where(
        col(CourseSession.id) == col(Survey.course_session_id), col(CourseSession.status) == SessionStatus.CANCELLED
    )
    return ~cancelled


async def openings(db: AsyncSession, surveys: Sequence[Survey]) -> list[rules.Opening]:
    """What opening each depends on, in two statements, however many there are."""
    sessions = {survey.course_session_id for survey in surveys if survey.status == enums.SurveyStatus.DRAFT}
    off = col(CourseSession.id).in_(sessions) & (col(CourseSession.status) == SessionStatus.CANCELLED)
    cancelled = set(await db.scalars(select(col(CourseSession.id)).where(off)))
    opened = col(Survey.course_session_id).in_(sessions) & (col(Survey.status) != enums.SurveyStatus.DRAFT)
    rows = select(Survey).options(joinedload(as_attribute(Survey.questions))).where(opened)
    others = (await db.scalars(rows)).unique().all()
    return [
        rules.Opening(
            survey.status,
            survey.identification,
            asked_in(survey),
            session_cancelled=survey.course_session_id in cancelled,
            others=[
                (other.identification, asked_in(other))
                for other in others
                if other.course_session_id == survey.course_session_id
            ],
        )
        for survey in surveys
    ]


def asked_in(survey: Survey) -> list[rules.Question]:
    return [as_rule(question) for question in survey.questions]


async def session_of(db: AsyncSession, survey: Survey) -> CourseSession | None:
    return await db.get(CourseSession, survey.course_session_id) if survey.course_session_id else None


def window_of(survey: Survey) -> rules.Window:
    return rules.Window(survey.opens_at, survey.due_at, survey.closes_at)


def as_rule(question: Any) -> Question:
    """A question as sent or as stored, as the plain value that rules judge."""
    asked = QuestionCreate.model_validate(question)
    return Question(
        code=asked.code,
        type=asked.type,
        text=asked.text,
        options=tuple(option.code for option in asked.options),
        scale=Scale(asked.scale.min, asked.scale.max, asked.scale.direction) if asked.scale else None,
        pair_key=asked.pair_key,
        moment=asked.moment,
        required=asked.required,
    )
