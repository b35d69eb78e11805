"""Taking an answer and closing a survey: nothing that is kept lets the two tables be joined again."""

import secrets
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from app.identity.principal import Principal
from app.kit import clock
from app.kit.keys import Keys
from app.kit.patching import merged, sent
from app.kit.reading import require_existing
from app.kit.records import add, remove
from app.seats.errors import UnknownSession
from app.seats.models import CourseSession
from app.seats.queries import locked_session
from app.skills.errors import UnknownSkill
from app.skills.models import Skill
from app.surveys import enums, errors, queries, rules, views
from app.surveys.enums import Identification
from app.surveys.models import Survey, SurveyParticipation, SurveyQuestion, SurveyResponse
from app.surveys.queries import as_rule
from app.surveys.schemas import QuestionCreate, SurveyCreate, SurveyResponseCreate, SurveyResponseRead, SurveyUpdate

_TOKEN_BYTES = 24

# The rows are written anew in random order by one transaction, so that neither their place nor their transaction
# tells which of the participations came with which sheet.
_SHUFFLE = text("""
    WITH taken AS (DELETE FROM survey_response WHERE survey_id = :survey_id RETURNING *)
    INSERT INTO survey_response (id, survey_id, respondent, employee_id, timing, answers)
    SELECT id, survey_id, respondent, employee_id, timing, answers FROM taken ORDER BY random()
""")


async def respond(db: AsyncSession, keys: Keys, who: Principal, given: SurveyResponseCreate) -> SurveyResponseRead:
    survey = await queries.locked_for_answers(db, who, given.survey_id)
    assert who.employee_id is not None  # noqa: S101 - nothing is addressed to an account without a person
    timing = await _timing(db, survey, who.employee_id)
    answers = rules.check_answers(
        {question.code: as_rule(question) for question in survey.questions},
        [(answer.question_code, answer.value) for answer in given.answers],
    )
    rules.check_token(survey.identification, given.pair_token)
    token = given.pair_token or secrets.token_urlsafe(_TOKEN_BYTES)
    sheet = SurveyResponse(
        survey_id=survey.id,
        respondent=_respondent(keys, survey, who.employee_id, token),
        employee_id=who.employee_id if survey.identification == Identification.NAMED else None,
        timing=timing,
        answers=answers,
    )
    await _note_participation(db, survey, who.employee_id, sheet.respondent)
    sheet.id = await _keep(db, sheet)
    return views.receipt(survey, sheet, token)


async def close(db: AsyncSession, survey: Survey) -> Survey:
    """No answer comes or changes after this; figures may be shown from now on."""
    survey.status = rules.closed(survey.status)
    survey.closed_at = clock.now()
    await db.flush()
    await db.execute(_SHUFFLE, {"survey_id": survey.id})
    return survey


async def _timing(db: AsyncSession, survey: Survey, employee_id: UUID) -> enums.ResponseTiming:
    now, window = clock.now(), queries.window_of(survey)
    if not rules.takes_answers(survey.status, window, now):
        raise errors.SurveyNotOpen
    if survey.kind in rules.ASKED_OF_ATTENDEES:
        await _check_attended(db, survey, employee_id)
    session = await queries.session_of(db, survey)
    return rules.timing(survey.kind, window, session_starts_at=session.starts_at if session else None, now=now)


async def _check_attended(db: AsyncSession, survey: Survey, employee_id: UUID) -> None:
    if not await queries.has_attended(db, survey.course_session_id, employee_id):
        raise errors.NotAttended


def _respondent(keys: Keys, survey: Survey, employee_id: UUID, token: str) -> bytes:
    """The same for all surveys of a session under one identification, and for nothing else."""
    group = survey.course_session_id or survey.id
    who = token.encode() if survey.identification == Identification.ANONYMOUS else employee_id.bytes
    return keys.mac(f"survey:{survey.identification}", group.bytes + who)


async def _note_participation(db: AsyncSession, survey: Survey, employee_id: UUID, respondent: bytes) -> None:
    """One per person and survey; an anonymous answer is replaced by whoever holds its token, and only so."""
    note = insert(SurveyParticipation).values(survey_id=survey.id, employee_id=employee_id)
    first = await db.scalar(note.on_conflict_do_nothing().returning(col(SurveyParticipation.survey_id))) is not None
    if survey.identification == Identification.ANONYMOUS:
        rules.check_holder(first=first, known=await queries.has_sheet(db, survey.id, respondent))


async def _keep(db: AsyncSession, sheet: SurveyResponse) -> UUID:
    """The last sheet before the close wins; it keeps the id of the first."""
    written = insert(SurveyResponse).values(sheet.model_dump())
    replaced = written.on_conflict_do_update(
        index_elements=["survey_id", "respondent"],
        set_={"answers": written.excluded.answers, "timing": written.excluded.timing},
    )
    kept: UUID = (await db.execute(replaced.returning(col(SurveyResponse.id)))).scalar_one()
    return kept


async def draft(db: AsyncSession, wanted: SurveyCreate) -> Survey:
    await _check(db, wanted)
    survey = Survey.model_validate(wanted.model_dump(exclude={"questions"}))
    survey.questions = _rows(survey, wanted.questions)
    return await add(db, survey)


async def change(db: AsyncSession, survey: Survey, changes: SurveyUpdate) -> Survey:
    rules.check_draft(survey.status)
    wanted = merged(SurveyCreate, survey, changes)
    await _check(db, wanted)
    for name in sent(changes).keys() - {"questions"}:
        setattr(survey, name, getattr(wanted, name))
    if "questions" in sent(changes):
        survey.questions.clear()
        await db.flush()  # the old codes go before the new ones come
        survey.questions = _rows(survey, wanted.questions)
        flag_modified(survey, "title")  # its questions are part of it, so its version moves
    await db.flush()
    return survey


async def discard(db: AsyncSession, survey: Survey) -> None:
    rules.check_draft(survey.status)
    await remove(db, survey)


async def open_to_answers(db: AsyncSession, survey: Survey) -> Survey:
    if survey.course_session_id:
        await locked_session(db, survey.course_session_id)
    opening = (await queries.openings(db, [survey]))[0]
    survey.status = opening.check()
    await db.flush()
    return survey


async def _check(db: AsyncSession, wanted: SurveyCreate) -> None:
    rules.check_kind(wanted.kind, has_session=wanted.course_session_id is not None)
    rules.Window(wanted.opens_at, wanted.due_at, wanted.closes_at).check()
    rules.check_questions(wanted.kind, [as_rule(question) for question in wanted.questions])
    if wanted.course_session_id and not await db.get(CourseSession, wanted.course_session_id):
        raise UnknownSession(pointer="/course_session_id")
    await _check_skills(db, wanted.questions)


async def _check_skills(db: AsyncSession, questions: list[QuestionCreate]) -> None:
    named = {
        f"/questions/{at}/skill_code": question.skill_code
        for at, question in enumerate(questions)
        if question.skill_code
    }
    await require_existing(db, col(Skill.code), named, UnknownSkill)


def _rows(survey: Survey, questions: list[QuestionCreate]) -> list[SurveyQuestion]:
    return [
        SurveyQuestion(survey_id=survey.id, position=position, **question.model_dump())
        for position, question in enumerate(questions)
    ]
