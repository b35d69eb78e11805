"""Answers that are not named stay apart from people, for somebody who holds all that server and database hold."""

import json
import re
import sys
from asyncio import create_subprocess_exec, gather
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlmodel import col

from app import jobs
from app.identity.models import Account
from app.kit import clock
from app.kit.database import Database
from app.kit.vault import Vault
from app.kit.write_marks import EVERYBODY, WriteMark
from app.people.models import Employee
from app.seats.models import CourseSession
from scripts import secrecy
from scripts.environment import ROOT
from scripts.secrecy import Everything
from scripts.secrecy_holdings import Holdings, key_files, read
from tests.conventions.test_contract import DOCUMENT
from tests.fixtures import account_of, client_of
from tests.surveys import given

PEOPLE = 11
"""So many that one batch of five is released while the others wait."""
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.slow


@dataclass
class Held:
    """A session whose people answer, and what somebody collects who takes a backup after each answer."""

    app: FastAPI
    office: AsyncClient
    session: CourseSession
    people: list[Employee]
    accounts: list[Account]
    backups: list[Holdings] = field(default_factory=list)
    tokens: dict[UUID, str] = field(default_factory=dict)

    async def survey(self, kind: str, identification: str, **more: Any) -> dict[str, Any]:
        session = None if kind == "baseline" else self.session
        question = given.PAIRED if session else given.CHOICE
        body = given.survey_body(session, question, kind=kind, identification=identification, minimum_group=5, **more)
        return await given.open_survey(self.office, body)

    async def answer(self, survey: dict[str, Any], count: int = PEOPLE) -> None:
        """So many people, each with the key of a retry and, where they have one, their token; a backup after each."""
        for at, account in enumerate(self.accounts[:count]):
            explained = at * (2 if survey["kind"] == "post" else 1) % 5 + 1
            answers = {"explain": explained} if survey["course_session_id"] else {"obstacle": "time"}
            token = {"pair_token": self.tokens[account.id]} if account.id in self.tokens else {}
            async with client_of(self.app, account, **{"Idempotency-Key": str(uuid4())}) as client:
                body = given.response_body(survey, **answers) | token
                response = await client.post("/survey_responses", json=body)
            assert response.status_code == 201, response.text
            if response.json()["pair_token"]:
                self.tokens[account.id] = response.json()["pair_token"]
            self.backups.append(await self.state())

    async def state(self) -> Holdings:
        connection = await asyncpg.connect(str(self.app.state.settings.embedded_url))
        try:
            return await read(connection)
        finally:
            await connection.close()

    async def found(self, *, with_session_keys: bool = False) -> dict[str, int]:
        """How many people each successful attempt finds."""
        held = Everything(await self.state(), self.backups, key_files(self.app.state.settings.keys))
        found = secrecy.attempts(held, with_session_keys=with_session_keys)
        return {attempt: len(people) for attempt, people in found.items() if people}

    async def close(self, survey: dict[str, Any], way: str) -> None:
        if way == "closed by hand":
            await given.act(self.office, survey, "closing")
        if way == "closed by the clock":
            with clock.travel(clock.now() + 2 * HOUR):
                assert await jobs.run(self.app.state.database, self.app.state.settings) == []
            assert (await self.office.get(f"/surveys/{survey['id']}")).json()["status"] == "closed"


@asynccontextmanager
async def held_by(app: FastAPI, people: int = PEOPLE) -> AsyncIterator[Held]:
    async with app.state.database.writing() as db:
        training = await given.training(db, people)
        await given.complete_all(db, training)
        accounts = [await account_of(db, "employee", person) for person in training.people]
        office = await account_of(db, "training", None)
        await db.commit()
    async with client_of(app, office) as client:
        yield Held(app, client, training.session, training.people, accounts)


@pytest.fixture
async def held(committed: FastAPI) -> AsyncIterator[Held]:
    async with held_by(committed) as given_:
        yield given_


async def test_no_mark_for_replicas_names_who_has_given_an_answer_that_is_not_named(held: Held) -> None:
    """Beside a place in the log it would tell whose answer stands there."""
    url = held.app.state.settings.url
    before, held.app.state.database = held.app.state.database, Database(url, pool_size=3, replica_urls=[url])
    marked: dict[str, set[UUID]] = {}
    for identification in ("anonymous", "pseudonymous", "named"):
        held.tokens.clear()
        await held.answer(await held.survey("baseline", identification), 1)
        async with before.reading() as db:
            marked[identification] = set(await db.scalars(select(col(WriteMark.caller))))
    await held.app.state.database.close()
    held.app.state.database = before
    writer, office = held.accounts[0].id, marked["anonymous"] - {EVERYBODY}
    assert len(office) == 1
    assert marked["pseudonymous"] == marked["anonymous"] == {EVERYBODY} | office
    assert marked["named"] == {EVERYBODY, writer} | office


@pytest.mark.parametrize("way", ["open", "closed by hand", "closed by the clock"])
@pytest.mark.parametrize("kind", ["post", "baseline"])
@pytest.mark.parametrize("identification", ["anonymous", "pseudonymous"])
async def test_nobody_is_found(held: Held, identification: str, kind: str, way: str) -> None:
    survey = await held.survey(kind, identification, closes_at=(clock.now() + HOUR).isoformat())
    await held.answer(survey)
    await held.close(survey, way)
    assert await held.found() == {}
    if way != "open" or identification == "anonymous":
        assert await held.found(with_session_keys=True) == {}
    assert sum(map(len, (await held.state()).responses.values())) == (5 if way == "open" else PEOPLE)


async def test_the_key_of_a_session_finds_people_until_its_last_survey_has_closed_and_pairs_stay(held: Held) -> None:
    """The pre-survey is not the last one, although it has closed before the next one is drafted."""
    pre = await held.survey("pre", "pseudonymous")
    await held.answer(pre)
    await held.close(pre, "closed by hand")
    post = await held.survey("post", "pseudonymous")
    await held.answer(post)
    assert (await held.found(), await held.found(with_session_keys=True)) == (
        {},
        {"a key gives the respondent of the person": 2 * PEOPLE},
    )
    await held.close(post, "closed by hand")
    assert await held.found(with_session_keys=True) == {}
    assert Vault(held.app.state.settings).names(f"{held.session.id}*") == set()
    (effect,) = (await held.office.get(f"/course_sessions/{held.session.id}/effectiveness")).json()["effects"]
    assert effect["n_paired"] == PEOPLE


@pytest.mark.parametrize("identification", ["anonymous", "pseudonymous"])
async def test_nobody_is_found_who_alone_answered_only_one_of_two_surveys(held: Held, identification: str) -> None:
    pre = await held.survey("pre", identification)
    await held.answer(pre)
    await held.close(pre, "closed by hand")
    post = await held.survey("post", identification)
    await held.answer(post, PEOPLE - 1)
    assert await held.found() == {}
    await held.close(post, "closed by hand")
    assert await held.found(with_session_keys=True) == {}


async def test_a_key_waits_for_no_survey_for_good(held: Held) -> None:
    """Of a session with a pre-survey only, it goes some days after the end; of a cancelled one at once."""
    pre = await held.survey("pre", "pseudonymous")
    await held.answer(pre, 5)
    await held.close(pre, "closed by hand")
    vault = Vault(held.app.state.settings)
    for days, left in ((0, 1), (9, 1), (39, 1), (41, 0)):
        with clock.travel(clock.now() + timedelta(days=days)):
            assert await jobs.run(held.app.state.database, held.app.state.settings) == []
        assert len(vault.names(f"{held.session.id}.session")) == left, days


async def test_surveys_of_a_cancelled_session_close_by_themselves_and_their_key_goes(held: Held) -> None:
    pre = await held.survey("pre", "pseudonymous")
    await held.answer(pre, 5)
    async with held.app.state.database.writing() as db:
        await db.execute(text("UPDATE course_session SET status = 'cancelled'"))
        await db.commit()
    assert await jobs.run(held.app.state.database, held.app.state.settings) == []
    assert (await held.office.get(f"/surveys/{pre['id']}")).json()["status"] == "closed"
    assert Vault(held.app.state.settings).names(f"{held.session.id}.session") == set()


async def test_of_the_keys_of_a_box_only_the_last_one_is_left(held: Held) -> None:
    """Also where a process ended before it could destroy the former one, or before it could commit."""
    survey = await held.survey("post", "anonymous")
    vault = Vault(held.app.state.settings)
    vault.make(f"{survey['id']}.left.box")
    await held.answer(survey, 3)
    assert len(vault.names(f"{survey['id']}.*")) == 1
    await held.close(survey, "closed by hand")
    assert vault.names(f"{survey['id']}.*") == set()
    vault.make(f"{survey['id']}.left.box")
    vault.make(f"{uuid4()}.unknown.box")
    assert await jobs.run(held.app.state.database, held.app.state.settings) == []
    assert (vault.names(f"{survey['id']}.*"), len(vault.names("*.unknown.box"))) == (set(), 1)


async def test_a_survey_whose_key_is_lost_can_only_be_closed(held: Held) -> None:
    survey = await held.survey("post", "anonymous")
    await held.answer(survey, PEOPLE - 1)
    vault = Vault(held.app.state.settings)
    vault.destroy(*vault.names(f"{survey['id']}.*"))
    async with client_of(held.app, held.accounts[-1]) as client:
        refused = await given.refused(client, survey, explain=2)
    assert refused == (409, "box_key_missing")
    assert (await held.office.get(f"/surveys/{survey['id']}/participation")).json()["code"] == "box_key_missing"
    await held.close(survey, "closed by hand")
    assert (await held.office.get(f"/surveys/{survey['id']}/participation")).json()["answered"] == 5


async def test_a_key_that_was_cut_is_not_used(held: Held) -> None:
    """A digest by a short key could be computed by anybody."""
    survey = await held.survey("post", "pseudonymous")
    directory = held.app.state.settings.keys / "surveys"
    directory.mkdir(exist_ok=True)
    (directory / f"{held.session.id}.session").write_bytes(b"")
    async with client_of(held.app, held.accounts[0]) as client:
        assert await given.refused(client, survey, explain=2) == (409, "box_key_missing")
    assert (await held.state()).boxes == {}


async def test_the_program_prints_whom_it_finds(held: Held) -> None:
    survey = await held.survey("post", "pseudonymous")
    await held.answer(survey, 6)
    settings = held.app.state.settings
    environment = {"APP_EMBEDDED_URL": str(settings.embedded_url), "APP_KEYS": str(settings.keys), "PYTHONPATH": "."}
    for argument, code, line in (((), 0, "     0 found"), (("--with-session-keys",), 1, "     6 found: a key gives")):
        command = [sys.executable, "-m", "scripts.secrecy", *argument]
        run = await create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=PIPE)
        output, _ = await run.communicate()
        assert (run.returncode, line in output.decode()) == (code, True), output


def test_an_operation_that_returns_a_secret_is_known() -> None:
    """Its response is not kept for retries beside the caller: a new one needs the same care."""
    secret = re.compile("token|secret|password", re.IGNORECASE)
    schemas = {
        name: schema
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if any(secret.search(member) for member in schema.get("properties", {}))
    }
    answering = {
        operation["operationId"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        if any(f'/schemas/{name}"' in json.dumps(operation.get("responses", {})) for name in schemas)
    }
    assert answering - {"survey_responses_list", "survey_responses_read"} == {
        "identity_sign_in",
        "survey_responses_respond",
    }


async def test_people_who_answer_at_once_are_all_counted(held: Held) -> None:
    survey = await held.survey("post", "anonymous")

    async def answers(account: Account) -> int:
        async with client_of(held.app, account) as client:
            return (await client.post("/survey_responses", json=given.response_body(survey, explain=2))).status_code

    assert await gather(*map(answers, held.accounts)) == [201] * PEOPLE
    counts = (await held.office.get(f"/surveys/{survey['id']}/participation")).json()
    assert counts["answered"] == PEOPLE
    await held.close(survey, "closed by hand")
    assert sum(map(len, (await held.state()).responses.values())) == PEOPLE
