"""Who sees which survey, to whom it is addressed, and the locks that answers and closing share."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from app.course_sessions.models import CourseSession
from app.course_sessions.rules import SessionStatus
from app.enrollment.models import Enrollment
from app.enrollment.rules import SEATED
from app.identity.gate import Caller
from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit import clock
from app.kit.database import Db
from app.kit.listing import Also
from app.kit.reading import found
from app.kit.records import related
from app.people.days import scope_on
from app.surveys import rules
from app.surveys.models import Survey
from app.surveys.schemas import SurveyRead, as_rule


def complete() -> Select[Survey]:
    """Surveys with their questions."""
    return select(Survey).options(selectinload(related(Survey.questions)))


def visible_to(who: Principal) -> Select[Survey]:
    """All for those who run surveys or read figures; otherwise the open ones addressed to the caller."""
    if who.permissions & {Permission.RUN_SURVEYS, Permission.READ_FIGURES}:
        return complete()
    return addressed_to(who.employee_id, who.today).where(col(Survey.status) == rules.SurveyStatus.OPEN)


def addressed_to(employee_id: UUID | None, day: date) -> Select[Survey]:
    """Surveys of the person's sessions that are not cancelled; of the organisation, for those in scope on the day."""
    facts = scope_on(day, day, "addressee")
    in_scope = exists().where(facts.c.employee_id == employee_id, facts.c.in_scope)
    seated = exists().where(
        col(Enrollment.course_session_id) == col(Survey.course_session_id),
        col(Enrollment.employee_id) == employee_id,
        col(Enrollment.status).in_(SEATED),
    )
    of_the_organisation = and_(col(Survey.course_session_id).is_(None), in_scope)
    return complete().where(
        col(Survey.status) != rules.SurveyStatus.DRAFT, or_(of_the_organisation, and_(seated, session_stands()))
    )


def session_stands() -> ColumnElement[bool]:
    """The survey's session is not cancelled; a baseline has none."""
    cancelled = exists().where(
        col(CourseSession.id) == col(Survey.course_session_id), col(CourseSession.status) == SessionStatus.CANCELLED
    )
    return ~cancelled


async def openings(db: AsyncSession, surveys: Sequence[Survey]) -> list[rules.Opening]:
    """What opening each depends on, in two statements, however many there are."""
    sessions = {survey.course_session_id for survey in surveys if survey.status == rules.SurveyStatus.DRAFT}
    off = col(CourseSession.id).in_(sessions) & (col(CourseSession.status) == SessionStatus.CANCELLED)
    cancelled = set(await db.scalars(select(col(CourseSession.id)).where(off)))
    opened = col(Survey.course_session_id).in_(sessions) & (col(Survey.status) != rules.SurveyStatus.DRAFT)
    rows = select(Survey).options(joinedload(related(Survey.questions))).where(opened)
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


async def shown(db: AsyncSession, who: Principal, survey: Survey) -> SurveyRead:
    """The survey as it stands now for the caller."""
    return (await all_shown(who)(db, [survey]))[0]  # type: ignore[no-any-return]


def all_shown(who: Principal) -> Also:
    async def show(db: AsyncSession, surveys: Sequence[Survey]) -> Sequence[SurveyRead]:
        if not who.may(Permission.RUN_SURVEYS):
            return [_read(survey, []) for survey in surveys]
        known = await openings(db, surveys)
        return [_read(survey, rules.actions(opening)) for survey, opening in zip(surveys, known, strict=True)]

    return show


def _read(survey: Survey, actions: list[rules.SurveyAction]) -> SurveyRead:
    accepts = rules.takes_answers(survey.status, window_of(survey), clock.now())
    return SurveyRead.model_validate(survey, update={"accepts_answers": accepts, "allowed_actions": actions})


def window_of(survey: Survey) -> rules.Window:
    return rules.Window(survey.opens_at, survey.due_at, survey.closes_at)


async def visible(id: UUID, db: Db, who: Caller) -> Survey:
    """The survey that a route's path names."""
    return await found(db, visible_to(who), col(Survey.id), id)
