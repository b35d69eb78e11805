"""Draft, open, answer and close surveys; `secrecy.py` has what happens to answers that are not named."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from app.identity.principal import Principal
from app.kit import clock
from app.kit.idempotency import RetryState
from app.kit.patching import merged, sent
from app.kit.reading import require_existing
from app.kit.records import add, remove
from app.kit.settings import Settings
from app.kit.vault import Vault
from app.seats.errors import UnknownSession
from app.seats.models import CourseSession
from app.seats.queries import locked_session
from app.skills.errors import UnknownSkill
from app.skills.models import Skill
from app.surveys import enums, errors, queries, rules, secrecy, views
from app.surveys.box import Answers
from app.surveys.enums import Identification
from app.surveys.models import Survey, SurveyParticipation, SurveyQuestion, SurveyResponse
from app.surveys.queries import as_rule
from app.surveys.questions import check_answers, check_questions
from app.surveys.schemas import QuestionCreate, SurveyCreate, SurveyResponseCreate, SurveyResponseRead, SurveyUpdate

# Rewrites the rows in random order in one transaction, so that neither their physical order nor their transaction ids
# tell when an answer came.
_SHUFFLE = text("""
    WITH removed AS (DELETE FROM survey_response WHERE survey_id = :survey_id RETURNING *)
    INSERT INTO survey_response (id, survey_id, respondent, employee_id, timing, answers)
    SELECT id, survey_id, respondent, employee_id, timing, answers FROM removed ORDER BY random()
""")


async def respond(
    db: AsyncSession, vault: Vault, retry: RetryState, who: Principal, fields: SurveyResponseCreate
) -> SurveyResponseRead:
    """Store the response, or replace the person's former one; raises where the survey does not accept it."""
    if who.employee_id is None:  # nothing is addressed to an account without a person
        raise errors.UnknownSurvey(pointer="/survey_id")
    survey = await queries.locked_for_response(db, who, fields.survey_id)
    timing = await _timing(db, survey, who.employee_id)
    answers = check_answers(
        {question.code: as_rule(question) for question in survey.questions},
        [(answer.question_code, answer.value) for answer in fields.answers],
    )
    rules.check_token(survey.identification, fields.pair_token)
    if survey.identification == Identification.NAMED:
        return views.response(await _store_named(db, survey, who.employee_id, timing, answers))
    retry.forget()
    token = fields.pair_token or secrecy.token_for(vault, survey, who.employee_id, retry.key)
    kept = None if timing == enums.ResponseTiming.AFTER_START else answers
    await secrecy.keep(db, vault, survey, who.employee_id, token, kept)
    return views.receipt(survey, timing, token)


async def close(db: AsyncSession, vault: Vault, survey: Survey) -> Survey:
    """No response is accepted or replaced after this; results may be shown."""
    survey.status = rules.closed(survey.status)
    survey.closed_at = clock.now()
    await db.flush()
    if survey.identification != Identification.NAMED:
        await secrecy.settle(db, vault, survey)
    await db.execute(_SHUFFLE, {"survey_id": survey.id})
    return survey


async def close_due(db: AsyncSession, settings: Settings) -> None:
    """A job: surveys that are over, and those of cancelled sessions; each has a box of its own to empty."""
    for survey in await queries.due_for_closing(db, clock.now()):
        await close(db, Vault(settings), survey)


async def _timing(db: AsyncSession, survey: Survey, employee_id: UUID) -> enums.ResponseTiming:
    now, window = clock.now(), queries.window_of(survey)
    if not rules.accepts_responses(survey.status, window, now):
        raise errors.SurveyNotOpen
    if survey.kind in rules.FOR_ATTENDEES:
        await _check_attended(db, survey, employee_id)
    session = await queries.session_of(db, survey)
    return rules.timing(survey.kind, window, session_starts_at=session.starts_at if session else None, now=now)


async def _check_attended(db: AsyncSession, survey: Survey, employee_id: UUID) -> None:
    if not await queries.has_attended(db, survey.course_session_id, employee_id):
        raise errors.NotAttended


async def _store_named(
    db: AsyncSession, survey: Survey, employee_id: UUID, timing: enums.ResponseTiming, answers: Answers
) -> SurveyResponse:
    """Insert, or replace the former response and keep its id."""
    participation = insert(SurveyParticipation).values(survey_id=survey.id, employee_id=employee_id)
    await db.execute(participation.on_conflict_do_nothing())
    response = SurveyResponse(
        survey_id=survey.id,
        respondent=employee_id.bytes,
        employee_id=employee_id,
        timing=timing,
        answers=answers,
    )
    row = insert(SurveyResponse).values(response.model_dump())
    upsert = row.on_conflict_do_update(
        index_elements=["survey_id", "respondent"],
        set_={"answers": row.excluded.answers, "timing": row.excluded.timing},
    )
    response.id = (await db.execute(upsert.returning(col(SurveyResponse.id)))).scalar_one()
    return response


async def draft(db: AsyncSession, fields: SurveyCreate) -> Survey:
    await _check(db, fields)
    survey = Survey.model_validate(fields.model_dump(exclude={"questions"}))
    survey.questions = _rows(survey, fields.questions)
    return await add(db, survey)


async def change(db: AsyncSession, survey: Survey, changes: SurveyUpdate) -> Survey:
    rules.check_draft(survey.status)
    fields = merged(SurveyCreate, survey, changes)
    await _check(db, fields)
    for name in sent(changes).keys() - {"questions"}:
        setattr(survey, name, getattr(fields, name))
    if "questions" in sent(changes):
        survey.questions.clear()
        await db.flush()  # deletes the old codes before the new ones are inserted
        survey.questions = _rows(survey, fields.questions)
        flag_modified(survey, "title")  # the version of a survey also covers its questions
    await db.flush()
    return survey


async def discard(db: AsyncSession, survey: Survey) -> None:
    rules.check_draft(survey.status)
    await remove(db, survey)


async def open_survey(db: AsyncSession, survey: Survey) -> Survey:
    if survey.course_session_id:
        await locked_session(db, survey.course_session_id)
    opening = (await queries.openings(db, [survey]))[0]
    survey.status = opening.check()
    await db.flush()
    return survey


async def _check(db: AsyncSession, fields: SurveyCreate) -> None:
    rules.check_kind(fields.kind, has_session=fields.course_session_id is not None)
    rules.Window(fields.opens_at, fields.due_at, fields.closes_at).check()
    check_questions(fields.kind, [as_rule(question) for question in fields.questions])
    if fields.course_session_id and not await db.get(CourseSession, fields.course_session_id):
        raise UnknownSession(pointer="/course_session_id")
    await _check_skills(db, fields.questions)


async def _check_skills(db: AsyncSession, questions: list[QuestionCreate]) -> None:
    codes = {
        f"/questions/{at}/skill_code": question.skill_code
        for at, question in enumerate(questions)
        if question.skill_code
    }
    await require_existing(db, col(Skill.code), codes, UnknownSkill)


def _rows(survey: Survey, questions: list[QuestionCreate]) -> list[SurveyQuestion]:
    return [
        SurveyQuestion(survey_id=survey.id, position=position, **question.model_dump())
        for position, question in enumerate(questions)
    ]
