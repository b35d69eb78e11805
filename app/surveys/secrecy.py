"""Answers that are not named, from their arrival to the close; README.md says what nobody can join, and what remains.

A box is sealed with a new key for each answer and the former key is destroyed, so that of all backups of the database
none can be opened. Its answers are released into the table in mixed groups. A session's surveys share a key, from
which respondents are derived; it goes when the last of these surveys has closed.
"""

import hmac
import random
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.as_of import AsOf
from app.kit.database import after_commit
from app.kit.settings import Settings
from app.kit.vault import Vault
from app.surveys import queries, rules
from app.surveys.box import Answers, Box, seal, unseal
from app.surveys.enums import Identification, ResponseTiming, SurveyStatus
from app.surveys.errors import BoxKeyMissing
from app.surveys.models import Survey, SurveyBox, SurveyResponse

_TOKEN_BYTES = 24
_RETRY_KEY_LENGTH = 22  # as long as a token: fewer characters could be guessed
_READS = 3

_dice = random.SystemRandom()


async def keep(
    db: AsyncSession, vault: Vault, survey: Survey, employee_id: UUID, token: str, answers: Answers | None
) -> None:
    """Put the answers into the box in place of the person's former ones; None only records that they have answered."""
    stored = await _locked(db, survey)
    box = _opened(vault, stored)
    if answers is not None:
        respondent = respondent_of(vault, survey, employee_id, token)
        known = respondent in box.waiting or await _take_back(db, survey, respondent)
        if survey.identification == Identification.ANONYMOUS:
            rules.check_holder(first=employee_id not in box.answered, known=known)
        box.waiting[respondent] = answers
    box.answered.add(employee_id)
    await _release(db, survey, box, rules.released(len(box.waiting), survey.minimum_group))
    await _seal(db, vault, stored, box)


def token_for(vault: Vault, survey: Survey, employee_id: UUID, retry_key: str | None) -> str:
    """A random token; the same one again for a request that is repeated with its Idempotency-Key, if that is long."""
    if retry_key is None or len(retry_key) < _RETRY_KEY_LENGTH:
        return secrets.token_urlsafe(_TOKEN_BYTES)
    digest = _mac(vault, survey, "token", survey.id.bytes + employee_id.bytes + retry_key.encode())
    return urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()


def respondent_of(vault: Vault, survey: Survey, employee_id: UUID, token: str) -> bytes:
    """The same for all surveys of a session with the same identification, and different elsewhere.

    An anonymous one depends on the person and their token together: nobody else's request gives it.
    """
    secret = token.encode() if survey.identification == Identification.ANONYMOUS else b""
    return _mac(vault, survey, survey.identification, _group(survey).bytes + employee_id.bytes + secret)


def _mac(vault: Vault, survey: Survey, purpose: str, message: bytes) -> bytes:
    key = _made(vault, f"{_group(survey)}.session")
    return hmac.digest(hmac.digest(key, f"survey:{purpose}".encode(), "sha256"), message, "sha256")


def _made(vault: Vault, name: str) -> bytes:
    key = vault.make(name)
    if key is None:
        raise BoxKeyMissing
    return key


def _group(survey: Survey) -> UUID:
    return survey.course_session_id or survey.id


async def answered(db: AsyncSession, vault: Vault, survey: Survey) -> frozenset[UUID] | None:
    """Who has answered an open survey that is not named; None where the database says it, or nobody any more."""
    if survey.identification == Identification.NAMED or survey.status == SurveyStatus.CLOSED:
        return None
    for _ in range(_READS):  # a box is sealed anew, and its former key destroyed, while this reads
        stored = await queries.box_of(db, survey.id)
        if stored is None:
            return frozenset()
        if box := _try(vault, stored):
            return frozenset(box.answered)
    raise BoxKeyMissing


async def turnout(db: AsyncSession, vault: Vault, survey: Survey, as_of: AsOf) -> tuple[date, int, int, int]:
    """The day, and the numbers of people invited, who have answered, and on leave: those of the close, if forgotten."""
    if survey.closed_at and rules.forgets_people(survey.identification, survey.status):
        return clock.day_of(survey.closed_at), survey.invited or 0, survey.answered or 0, survey.on_leave or 0
    counts = await queries.participation(db, survey, as_of, await answered(db, vault, survey))
    return as_of.day, *counts


async def settle(db: AsyncSession, vault: Vault, survey: Survey) -> None:
    """At the close: the answers that still wait enter the table, who has answered becomes three numbers."""
    stored = await _locked(db, survey)
    box = _try(vault, stored) or Box()
    await _release(db, survey, box, len(box.waiting))
    today = clock.today()
    counts = await queries.participation(db, survey, AsOf(today, published_by=today), box.answered)
    stored_answers = await queries.count_responses(db, survey.id)  # more than people where the key was missing
    survey.invited, survey.on_leave = max(counts[0], stored_answers), counts[2]
    survey.answered = max(counts[1], stored_answers)
    await db.delete(stored)
    await db.flush()
    spent = await queries.spent_groups(db, {_group(survey)}, clock.now())
    keys = vault.names(f"{survey.id}.*.box") | {f"{group}.session" for group in spent}
    after_commit(db, partial(vault.destroy, *keys))


async def destroy_spent_keys(db: AsyncSession, settings: Settings) -> None:
    """A job: the keys of surveys that have closed, and of sessions whose last survey has; what nobody knows stays."""
    vault = Vault(settings)
    sessions, boxes = vault.names("*.session"), vault.names("*.*.box")
    spent = await queries.spent_groups(db, {UUID(name.split(".")[0]) for name in sessions}, clock.now())
    closed = await queries.closed_among(db, {UUID(name.split(".")[0]) for name in boxes})
    vault.destroy(*(name for name in sessions | boxes if UUID(name.split(".")[0]) in spent | closed))


async def _locked(db: AsyncSession, survey: Survey) -> SurveyBox:
    """The survey's box, locked until the end of the transaction; an empty one for the first answer."""
    empty = {"survey_id": survey.id, "content": b'{"answered": [], "waiting": {}}'}
    await db.execute(insert(SurveyBox).values(empty).on_conflict_do_nothing())
    stored = await queries.box_of(db, survey.id, locked=True)
    assert stored is not None  # noqa: S101 - inserted above, unless it was there
    return stored


def _try(vault: Vault, stored: SurveyBox) -> Box | None:
    key = vault.key(stored.key_name) if stored.key_name else None
    return unseal(stored.content, key) if key or not stored.key_name else None


def _opened(vault: Vault, stored: SurveyBox) -> Box:
    box = _try(vault, stored)
    if box is None:
        raise BoxKeyMissing
    return box


async def _seal(db: AsyncSession, vault: Vault, stored: SurveyBox, box: Box) -> None:
    """With a new key. Keys that requests without a commit have left go now, the former one when this is committed."""
    vault.destroy(*(vault.names(f"{stored.survey_id}.*.box") - {stored.key_name}))
    former, stored.key_name = stored.key_name, f"{stored.survey_id}.{secrets.token_hex(8)}.box"
    stored.content = seal(box, _made(vault, stored.key_name))
    await db.flush()
    if former:
        after_commit(db, partial(vault.destroy, former))


async def _take_back(db: AsyncSession, survey: Survey, respondent: bytes) -> bool:
    """Remove the respondent's answers from the table, to be mixed anew; whether there were any."""
    own = (col(SurveyResponse.survey_id) == survey.id, col(SurveyResponse.respondent) == respondent)
    return await db.scalar(delete(SurveyResponse).where(*own).returning(col(SurveyResponse.id))) is not None


async def _release(db: AsyncSession, survey: Survey, box: Box, count: int) -> None:
    """Move so many of the waiting answers, drawn by lot, into the table, in no order."""
    drawn: Sequence[bytes] = _dice.sample(sorted(box.waiting), count)
    if drawn:
        rows = [
            {
                "survey_id": survey.id,
                "respondent": who,
                "timing": ResponseTiming.ON_TIME,
                "answers": box.waiting.pop(who),
            }
            for who in drawn
        ]
        await db.execute(insert(SurveyResponse), rows)
