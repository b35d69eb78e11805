"""Taking an answer and closing a survey: nothing that is kept lets the two tables be joined again."""

import secrets
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit import clock
from app.kit.keys import Keys
from app.responses import queries, rules
from app.responses.models import SurveyParticipation, SurveySheet
from app.responses.schemas import ResponseFields, ResponseRead
from app.surveys import queries as surveys
from app.surveys import rules as survey_rules
from app.surveys.models import Survey
from app.surveys.rules import Identification
from app.surveys.schemas import as_rule

_TOKEN_BYTES = 24

# The rows are written anew in random order by one transaction, so that neither their place nor their transaction
# tells which of the participations came with which sheet.
_SHUFFLE = text("""
    WITH taken AS (DELETE FROM survey_sheet WHERE survey_id = :survey_id RETURNING *)
    INSERT INTO survey_sheet (id, survey_id, respondent, employee_id, timing, answers)
    SELECT id, survey_id, respondent, employee_id, timing, answers FROM taken ORDER BY random()
""")


async def respond(db: AsyncSession, keys: Keys, who: Principal, given: ResponseFields) -> ResponseRead:
    survey = await queries.locked_for_answers(db, who, given.survey_id)
    assert who.employee_id is not None  # noqa: S101 - nothing is addressed to an account without a person
    timing = await _timing(db, survey, who.employee_id)
    answers = rules.check_answers(
        {question.code: as_rule(question) for question in survey.questions},
        [(answer.question_code, answer.value) for answer in given.answers],
    )
    rules.check_token(survey.identification, given.pair_token)
    token = given.pair_token or secrets.token_urlsafe(_TOKEN_BYTES)
    sheet = SurveySheet(
        survey_id=survey.id,
        respondent=_respondent(keys, survey, who.employee_id, token),
        employee_id=who.employee_id if survey.identification == Identification.NAMED else None,
        timing=timing,
        answers=answers,
    )
    await _note_participation(db, survey, who.employee_id, sheet.respondent)
    sheet.id = await _keep(db, sheet)
    return _receipt(survey, sheet, token)


async def close(db: AsyncSession, survey: Survey) -> Survey:
    """No answer comes or changes after this; figures may be shown from now on."""
    survey.status = survey_rules.closed(survey.status)
    survey.closed_at = clock.now()
    await db.flush()
    await db.execute(_SHUFFLE, {"survey_id": survey.id})
    return survey


async def _timing(db: AsyncSession, survey: Survey, employee_id: UUID) -> rules.ResponseTiming:
    now, window = clock.now(), surveys.window_of(survey)
    if not survey_rules.takes_answers(survey.status, window, now):
        raise survey_rules.SurveyNotOpen
    if survey.kind in rules.ASKED_OF_ATTENDEES:
        await _check_attended(db, survey, employee_id)
    session = await surveys.session_of(db, survey)
    return rules.timing(survey.kind, window, session_starts_at=session.starts_at if session else None, now=now)


async def _check_attended(db: AsyncSession, survey: Survey, employee_id: UUID) -> None:
    if not await queries.has_attended(db, survey.course_session_id, employee_id):
        raise rules.NotAttended


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


async def _keep(db: AsyncSession, sheet: SurveySheet) -> UUID:
    """The last sheet before the close wins; it keeps the id of the first."""
    written = insert(SurveySheet).values(sheet.model_dump())
    replaced = written.on_conflict_do_update(
        index_elements=["survey_id", "respondent"],
        set_={"answers": written.excluded.answers, "timing": written.excluded.timing},
    )
    kept: UUID = (await db.execute(replaced.returning(col(SurveySheet.id)))).scalar_one()
    return kept


def _receipt(survey: Survey, sheet: SurveySheet, token: str) -> ResponseRead:
    if survey.identification == Identification.NAMED:
        return queries.shown(sheet)
    anonymous = survey.identification == Identification.ANONYMOUS
    return ResponseRead(
        survey_id=survey.id,
        identification=survey.identification,
        timing=sheet.timing,
        pair_token=token if anonymous else None,
    )
