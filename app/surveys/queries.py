"""Surveys and responses visible to a caller, addressees, and participation."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, exists, func, literal, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.as_of import AsOf
from app.kit.once import built_once
from app.kit.reading import one_or_404
from app.kit.records import as_attribute
from app.people.functions import WORKFORCE, workforce_on
from app.people.models import Employee
from app.people.sight import CALLER_ID, Purpose, Sight, sight
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.models import Booking, CourseSession, Enrollment
from app.seats.rules import ATTENDED, SEATED
from app.surveys import enums, errors, rules
from app.surveys.enums import Identification
from app.surveys.models import QuestionFields, Survey, SurveyBox, SurveyParticipation, SurveyResponse
from app.surveys.questions import Question, Scale
from app.surveys.schemas import QuestionCreate


def responses_visible_to(who: Principal) -> Select[SurveyResponse]:
    """Named responses: the caller's own, or all for a caller who runs surveys; heads and leaders see no others."""
    return _responses(sight(who, Purpose.ANSWERS))


@built_once
def _responses(seen: Sight) -> Select[SurveyResponse]:
    named = select(col(Survey.id)).where(col(Survey.identification) == Identification.NAMED)
    rows = select(SurveyResponse).where(col(SurveyResponse.survey_id).in_(named))
    return rows.where(seen.person(SurveyResponse.employee_id))


async def locked_for_response(db: AsyncSession, who: Principal, survey_id: UUID) -> Survey:
    """An opened survey addressed to the caller, locked against closing until the end of the transaction."""
    missing = errors.UnknownSurvey(pointer="/survey_id")
    return await one_or_404(db, _locked_addressed(), col(Survey.id), survey_id, missing, who.as_of_today)


@built_once
def _locked_addressed() -> Select[Survey]:
    return _addressed().with_for_update(read=True, of=Survey).execution_options(populate_existing=True)


async def box_of(db: AsyncSession, survey_id: UUID, *, locked: bool = False) -> SurveyBox | None:
    """As it is now, whatever the session has read before; `locked` until the end of the transaction."""
    rows = select(SurveyBox).where(col(SurveyBox.survey_id) == survey_id).execution_options(populate_existing=True)
    return (await db.scalars(rows.with_for_update() if locked else rows)).one_or_none()


async def count_responses(db: AsyncSession, survey_id: UUID) -> int:
    rows = select(func.count()).select_from(SurveyResponse).where(col(SurveyResponse.survey_id) == survey_id)
    return await db.scalar(rows) or 0


async def due_for_closing(db: AsyncSession, now: datetime) -> Sequence[Survey]:
    """Open surveys that are over, or whose session was cancelled, locked."""
    over = or_(col(Survey.closes_at) <= now, ~session_not_cancelled())
    rows = select(Survey).where(col(Survey.status) == enums.SurveyStatus.OPEN, over).order_by(col(Survey.id))
    return (await db.scalars(rows.with_for_update(of=Survey))).all()


async def closed_among(db: AsyncSession, survey_ids: Collection[UUID]) -> set[UUID]:
    rows = select(col(Survey.id)).where(col(Survey.id).in_(survey_ids), col(Survey.status) == enums.SurveyStatus.CLOSED)
    return set(await db.scalars(rows))


async def spent_groups(db: AsyncSession, ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Of these baselines and sessions, the ones whose last survey has closed.

    A pre-survey is not the last one of its session: the key waits for a later survey, or for some days after the end.
    """
    secret = select(Survey).where(
        col(Survey.course_session_id) == col(CourseSession.id), col(Survey.identification) != Identification.NAMED
    )
    cancelled = col(CourseSession.status) == SessionStatus.CANCELLED
    draft = and_(col(Survey.status) == enums.SurveyStatus.DRAFT, ~cancelled)
    coming = secret.where(or_(draft, col(Survey.status) == enums.SurveyStatus.OPEN)).exists()
    later = secret.where(col(Survey.kind) != enums.SurveyKind.PRE).exists()
    over = col(CourseSession.ends_at) < now - rules.AWAITS_LATER_SURVEY
    sessions = select(col(CourseSession.id)).where(col(CourseSession.id).in_(ids), ~coming, or_(later, over, cancelled))
    return set(await db.scalars(sessions)) | await closed_among(db, ids)


def attendees(session_id: UUID | None) -> Select[UUID]:
    """Ids of people who completed the session or were present at one of its meetings."""
    was_present = exists().where(
        col(Booking.enrollment_id) == col(Enrollment.id), col(Booking.attendance).in_(ATTENDED)
    )
    return select(col(Enrollment.employee_id)).where(
        col(Enrollment.course_session_id) == session_id,
        col(Enrollment.status).in_(SEATED),
        or_(col(Enrollment.status) == EnrollmentStatus.COMPLETED, was_present),
    )


async def has_attended(db: AsyncSession, session_id: UUID | None, employee_id: UUID | None) -> bool:
    attendee = attendees(session_id).where(col(Enrollment.employee_id) == employee_id)
    return await db.scalar(attendee.limit(1)) is not None


def addressees(survey: Survey) -> Select[UUID]:
    """Ids of all people whom the survey is addressed to."""
    if survey.course_session_id is None:
        return select(WORKFORCE.c.employee_id).where(WORKFORCE.c.in_scope)
    if survey.kind in rules.FOR_ATTENDEES:
        return attendees(survey.course_session_id)
    return select(col(Enrollment.employee_id)).where(
        col(Enrollment.course_session_id) == survey.course_session_id, col(Enrollment.status).in_(SEATED)
    )


def participants(survey: Survey, answered: Collection[UUID] | None) -> Select[UUID]:
    """Ids of people who have answered; `answered` has them unless the survey is named."""
    if answered is not None:
        return select(func.unnest(literal(list(answered), ARRAY(Uuid))).label("employee_id"))
    return select(col(SurveyParticipation.employee_id)).where(col(SurveyParticipation.survey_id) == survey.id)


async def participation(
    db: AsyncSession, survey: Survey, as_of: AsOf, answered: Collection[UUID] | None
) -> tuple[int, int, int]:
    """The numbers of people invited, of those who have answered, and of those on leave who have not."""
    have_answered = participants(survey, answered)
    people = union(addressees(survey), have_answered).subquery("people")
    has_answered = people.c.employee_id.in_(have_answered)
    away = func.coalesce(WORKFORCE.c.absent, False) & ~has_answered
    gone = WORKFORCE.c.employee_id.is_(None) & ~has_answered
    counts = select(func.count().filter(~away & ~gone), func.count().filter(has_answered), func.count().filter(away))
    rows = counts.select_from(people.outerjoin(WORKFORCE, WORKFORCE.c.employee_id == people.c.employee_id))
    invited, has_answered_count, on_leave = (await db.execute(rows, as_of.params)).one()
    return invited, has_answered_count, on_leave


def non_respondents(survey: Survey, answered: Collection[UUID] | None) -> Select[Employee]:
    """Addressees who have not answered, and who are employed and not on leave on the day; nobody once that is not
    known any more."""
    present = select(WORKFORCE.c.employee_id).where(~WORKFORCE.c.absent)
    return select(Employee).where(
        col(Employee.id).in_(addressees(survey)),
        col(Employee.id).not_in(participants(survey, answered)),
        col(Employee.id).in_(present),
        literal(not rules.forgets_people(survey.identification, survey.status)),
    )


def with_questions() -> Select[Survey]:
    """All surveys, with their questions."""
    return select(Survey).options(selectinload(as_attribute(Survey.questions)))


def visible_to(who: Principal) -> Select[Survey]:
    """All for a caller who runs surveys or reads figures; otherwise the open ones addressed to the caller."""
    return _visible(every_survey=bool(who.permissions & {Permission.RUN_SURVEYS, Permission.READ_FIGURES}))


@built_once
def _visible(*, every_survey: bool) -> Select[Survey]:
    return with_questions() if every_survey else _addressed().where(col(Survey.status) == enums.SurveyStatus.OPEN)


def _addressed() -> Select[Survey]:
    """Opened surveys of sessions, not cancelled, where the caller has a seat; baselines if in scope on the day."""
    workforce = workforce_on(name="addressee")
    in_scope = exists().where(workforce.c.employee_id == CALLER_ID, workforce.c.in_scope)
    seated = exists().where(
        col(Enrollment.course_session_id) == col(Survey.course_session_id),
        col(Enrollment.employee_id) == CALLER_ID,
        col(Enrollment.status).in_(SEATED),
    )
    baseline = and_(col(Survey.course_session_id).is_(None), in_scope)
    return with_questions().where(
        col(Survey.status) != enums.SurveyStatus.DRAFT, or_(baseline, and_(seated, session_not_cancelled()))
    )


def session_not_cancelled() -> ColumnElement[bool]:
    """The session of the survey is not cancelled; also true of a baseline, which has no session."""
    cancelled = exists().where(
        col(CourseSession.id) == col(Survey.course_session_id), col(CourseSession.status) == SessionStatus.CANCELLED
    )
    return ~cancelled


async def openings(db: AsyncSession, surveys: Sequence[Survey]) -> list[rules.Opening]:
    """What opening each survey depends on, in two statements for any number of surveys."""
    sessions = {survey.course_session_id for survey in surveys if survey.status == enums.SurveyStatus.DRAFT}
    is_cancelled = col(CourseSession.id).in_(sessions) & (col(CourseSession.status) == SessionStatus.CANCELLED)
    cancelled = set(await db.scalars(select(col(CourseSession.id)).where(is_cancelled)))
    opened = col(Survey.course_session_id).in_(sessions) & (col(Survey.status) != enums.SurveyStatus.DRAFT)
    rows = select(Survey).options(joinedload(as_attribute(Survey.questions))).where(opened)
    others = (await db.scalars(rows)).unique().all()
    return [
        rules.Opening(
            survey.status,
            survey.identification,
            questions_of(survey),
            session_cancelled=survey.course_session_id in cancelled,
            others=[
                (other.identification, questions_of(other))
                for other in others
                if other.course_session_id == survey.course_session_id
            ],
        )
        for survey in surveys
    ]


def questions_of(survey: Survey) -> list[Question]:
    return [as_rule(question) for question in survey.questions]


async def session_of(db: AsyncSession, survey: Survey) -> CourseSession | None:
    return await db.get(CourseSession, survey.course_session_id) if survey.course_session_id else None


def window_of(survey: Survey) -> rules.Window:
    return rules.Window(survey.opens_at, survey.due_at, survey.closes_at)


def as_rule(question: QuestionFields) -> Question:
    """A question, sent or stored, as the plain value that the rules take."""
    fields = QuestionCreate.model_validate(question)
    return Question(
        code=fields.code,
        type=fields.type,
        text=fields.text,
        options=tuple(option.code for option in fields.options),
        scale=Scale(fields.scale.min, fields.scale.max, fields.scale.direction) if fields.scale else None,
        pair_key=fields.pair_key,
        moment=fields.moment,
        required=fields.required,
    )
