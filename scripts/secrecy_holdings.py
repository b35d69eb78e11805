"""What the database holds about survey answers and people, read with its system columns; for `scripts.secrecy`."""

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from app.surveys.box import Box, unseal

Keys = Mapping[str, bytes]
"""By file name."""

_SURVEYS = "SELECT id, course_session_id, identification, minimum_group FROM survey WHERE identification <> 'named'"
_RESPONSES = "SELECT survey_id, respondent, answers::text AS answers, xmin::text::bigint AS xid FROM {table}"
_PARTICIPANTS = "SELECT survey_id, employee_id, xmin::text::bigint AS xid FROM survey_participation"
_BOXES = "SELECT survey_id, key_name, content, xmin::text::bigint AS xid FROM survey_box"
_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type = 'uuid' AND table_name <> ALL($1)"""
_NAMED = 'SELECT "{column}" AS named, xmin::text::bigint AS xmin, xmax::text::bigint AS xmax FROM "{table}"'
_NEAR = ' WHERE "{column}" IS NOT NULL AND (xmin::text::bigint = ANY($1) OR xmax::text::bigint = ANY($1))'
_TOKENS = """
    SELECT caller, convert_from(body, 'UTF8')::jsonb ->> 'pair_token' FROM {table}
    WHERE convert_from(body, 'UTF8') LIKE '%"pair_token":"%'"""

_OF_RESPONSES, _OF_RETRIES = ("survey_response", "survey_sheet"), ("stored_response", "replay")
"""Tables by their name now, and in 0.1.0."""


@dataclass(frozen=True)
class Survey:
    """One that is not named; `group` is its course session, or itself."""

    id: UUID
    group: UUID
    identification: str
    minimum_group: int


@dataclass(frozen=True)
class Response:
    """Answers as JSON; `xid` is the transaction that wrote the row, 0 for one that waits in a box."""

    respondent: bytes
    answers: str
    xid: int = 0


@dataclass(frozen=True)
class Holdings:
    """One state of the database; `named_by` has the people that rows written or locked by a transaction name."""

    people: Sequence[UUID]
    surveys: Sequence[Survey]
    responses: Mapping[UUID, Sequence[Response]]
    participants: Mapping[UUID, Sequence[tuple[int, UUID]]]
    boxes: Mapping[UUID, tuple[str | None, bytes, int]]
    named_by: Mapping[int, set[UUID]]
    tokens: Sequence[tuple[UUID, str]]

    def box(self, survey: Survey, keys: Keys) -> Box | None:
        """An empty one where there is none, None where no key opens it."""
        name, content, _ = self.boxes.get(survey.id, (None, b'{"answered": [], "waiting": {}}', 0))
        return unseal(content, keys.get(name) if name else None) if name is None or name in keys else None

    def all_responses(self, survey: Survey, keys: Keys) -> list[Response]:
        box = self.box(survey, keys)
        waiting = box.waiting.items() if box else ()
        in_table = self.responses.get(survey.id, ())
        return [*in_table, *(Response(who, json.dumps(answers, sort_keys=True)) for who, answers in waiting)]

    def answered(self, survey: Survey, keys: Keys) -> set[UUID] | None:
        """Who has answered; None where that cannot be read."""
        box = self.box(survey, keys)
        return None if box is None else box.answered | {person for _, person in self.participants.get(survey.id, ())}


async def read(connection: asyncpg.Connection) -> Holdings:
    accounts = dict(await connection.fetch("SELECT id, employee_id FROM account WHERE employee_id IS NOT NULL"))
    people = [row["id"] for row in await connection.fetch("SELECT id FROM employee")]
    surveys = [
        Survey(row["id"], row["course_session_id"] or row["id"], row["identification"], row["minimum_group"])
        for row in await connection.fetch(_SURVEYS)
    ]
    known = {survey.id for survey in surveys}
    responses = _by_survey(known, await _of(connection, _RESPONSES, *_OF_RESPONSES))
    boxes = await _of(connection, _BOXES, "survey_box")
    written = {row["xid"] for rows in responses.values() for row in rows} | {row["xid"] for row in boxes}
    participants = _by_survey(known, await connection.fetch(_PARTICIPANTS))
    return Holdings(
        people,
        surveys,
        {
            survey: [Response(row["respondent"], _plain(row["answers"]), row["xid"]) for row in rows]
            for survey, rows in responses.items()
        },
        {survey: [(row["xid"], row["employee_id"]) for row in rows] for survey, rows in participants.items()},
        {row["survey_id"]: (row["key_name"], row["content"], row["xid"]) for row in boxes},
        await _named_by(connection, accounts | {person: person for person in people}, written),
        [
            (accounts[caller], token)
            for caller, token in await _of(connection, _TOKENS, *_OF_RETRIES)
            if caller in accounts
        ],
    )


async def _of(connection: asyncpg.Connection, query: str, *tables: str) -> list[asyncpg.Record]:
    """From the table of these that the database has; nothing where it has none."""
    for table in tables:
        if await connection.fetchval("SELECT to_regclass($1)", table):
            return list(await connection.fetch(query.format(table=table)))
    return []


def _plain(answers: str) -> str:
    return json.dumps(json.loads(answers), sort_keys=True)


def _by_survey(known: set[UUID], rows: Iterable[asyncpg.Record]) -> dict[UUID, list[asyncpg.Record]]:
    found: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        if row["survey_id"] in known:
            found[row["survey_id"]].append(row)
    return found


async def _named_by(
    connection: asyncpg.Connection, persons: Mapping[UUID, UUID], written: set[int]
) -> dict[int, set[UUID]]:
    """People by the transactions that wrote responses, and by those just before and after, whatever the table."""
    near = [xid + step for xid in written for step in (-1, 0, 1)]
    named: dict[int, set[UUID]] = defaultdict(set)
    for table, column in await connection.fetch(_COLUMNS, _OF_RESPONSES):
        for row in await connection.fetch((_NAMED + _NEAR).format(table=table, column=column), near):
            if row["named"] in persons:
                named[row["xmin"]].add(persons[row["named"]])
                named[row["xmax"]].add(persons[row["named"]])
    return named


def key_files(directory: Path) -> dict[str, bytes]:
    """Every file below the directory by its name; one of hexadecimal digits as the bytes that they stand for."""
    found = {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    return {name: _from_hex(content) for name, content in found.items()}


def _from_hex(content: bytes) -> bytes:
    try:
        return bytes.fromhex(content.decode())
    except ValueError:
        return content


def digests(key: bytes, survey: Survey, person: UUID, token: str = "") -> set[bytes]:
    """Respondents that the service, of this version or an earlier one, would derive for the person and the token."""
    purpose = hmac.digest(key, f"survey:{survey.identification}".encode(), "sha256")
    messages = (person.bytes + token.encode(), token.encode()) if token else (person.bytes,)
    return {hmac.digest(purpose, survey.group.bytes + message, "sha256") for message in messages}
