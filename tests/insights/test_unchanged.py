"""Figures are remembered while nothing changes that they are counted from, and never longer."""

import asyncio
import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import SQLModel, col

from app import jobs
from app.identity.principal import Principal, Standing
from app.insights.functions import FIGURES, READINGS
from app.insights.models import FigureChange
from app.kit import clock
from app.kit.records import uuid7
from app.people.models import Employee
from app.people.sight import Purpose, sees_person
from tests.fixtures import SignIn, account_of, client_of
from tests.insights import given
from tests.people.given import City
from tests.skills import given as skills

STATE = select(func.bit_xor(col(FigureChange.token)))
NOTED = """
    SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = 'note_figure_change' AND t.tgtype = 60 AND t.tgenabled = 'O'"""
"""Tables with a trigger after each statement that inserts, deletes, updates or truncates (4 + 8 + 16 + 32)."""
BODIES = """
    SELECT proname, string_agg(prosrc, ' ') AS body FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace GROUP BY proname"""


async def test_an_unchanged_figure_is_not_counted_again(api: SignIn, db: AsyncSession, statements: Any) -> None:
    city = await given.city(db)
    office, other = await api("training"), await api("training", city.staff)
    query: dict[str, Any] = {"group_by": "skill", "limit": 1}
    first = await office.get("/skill_gaps", params=query)
    with statements() as seen:
        again = [await client.get("/skill_gaps", params=query) for client in (office, other)]
    assert len(seen) == 4, "two for each: the caller, and the state of what is counted from"
    assert {(each.content, each.headers["Link"]) for each in again} == {(first.content, first.headers["Link"])}
    await skills.skill_record(db, city.staff, "dx_basics")
    changed = await office.get("/skill_gaps", params=query)
    assert changed.content != first.content


async def test_callers_with_other_people_in_sight_do_not_share_figures(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    heads = city.section_head, city.department_head
    clients = [await api("training"), *[await api("employee", head) for head in heads]]
    found = [await given.by_skill(client) for client in clients]
    assert len({counts["security"] for counts in found}) == 2
    assert [await given.by_skill(client) for client in clients] == found


CALLED, NAMED = re.compile(r"\b(\w+)\s*\("), re.compile(r"\b(?:FROM|JOIN|FROM\s+\w+(?:\s+\w+)?,)\s+(\w+)\b(?!\s*\()")


def read_by(bodies: dict[str, str], statements: Iterable[str]) -> set[str]:
    """What the statements read by name, and the functions that they call."""
    names: set[str] = set()
    called: set[str] = set()
    ahead = list(statements)
    while ahead:
        plain = re.sub(r"--.*|'[^']*'", "", ahead.pop())
        names |= set(NAMED.findall(plain))
        new = (set(CALLED.findall(plain)) & bodies.keys()) - called
        called |= new
        ahead += [bodies[name] for name in new]
    return names


async def test_a_change_of_each_table_that_figures_read_is_noted(connection: AsyncConnection) -> None:
    head = Principal(
        uuid7(), "", "", (), frozenset(), clock.today(), uuid7(), None, Standing(headed=frozenset([uuid7()]))
    )
    in_sight = select(col(Employee.id)).where(sees_person(head, Purpose.SKILLS, Employee.id))
    asked = [str(each.compile(connection.sync_connection)) for each in (select(FIGURES), select(READINGS), in_sight)]
    bodies = {row.proname: row.body for row in await connection.execute(text(BODIES))}
    read = read_by(bodies, asked) & SQLModel.metadata.tables.keys()
    noted = set((await connection.execute(text(NOTED))).scalars())
    assert {"role_period", "workforce_period", "skill_record", "skill_requirement", "absence", "org_unit"} <= read
    assert read == noted, "a table that figures read needs a trigger in insights/changes.sql, another none"


async def test_merged_notes_give_the_same_state(app: FastAPI, db: AsyncSession) -> None:
    await given.city(db)
    await db.execute(text("INSERT INTO figure_change VALUES (1), (2), (4)"))
    before = await db.scalar(STATE)
    for _ in range(2):
        assert await jobs.run(app.state.database, app.state.settings, [jobs.JOBS[-1]]) == []
        assert await db.scalar(STATE) == before
        assert await db.scalar(select(func.count()).select_from(FigureChange)) == 1


async def missing(app: FastAPI) -> int:
    async with app.state.database.writing() as db:
        account = await account_of(db, "training", None)
        await db.commit()
    async with client_of(app, account) as office:
        return (await given.by_skill(office))["security"][2] or 0


async def committed_city(app: FastAPI) -> City:
    async with app.state.database.writing() as db:
        city = await given.city(db)
        await db.commit()
    return city


async def test_a_change_that_is_committed_late_is_in_the_next_figure(committed: FastAPI) -> None:
    """The figure is counted while the change is under way; another writer does not wait for it."""
    city = await committed_city(committed)
    before = await missing(committed)
    async with committed.state.database.writing() as late, committed.state.database.writing() as other:
        await skills.skill_record(late, city.staff, "security")
        await skills.skill_record(other, city.colleague, "security")
        await other.commit()
        assert await missing(committed) == before - 1
        await late.commit()
    assert await missing(committed) == before - 2


async def test_a_change_after_one_that_was_taken_back_is_noted(committed: FastAPI) -> None:
    city = await committed_city(committed)
    before = await missing(committed)
    async with committed.state.database.writing() as db:
        async with db.begin_nested() as savepoint:
            await skills.skill_record(db, city.colleague, "security")
            await savepoint.rollback()
        await skills.skill_record(db, city.staff, "security")
        await db.commit()
    assert await missing(committed) == before - 1


async def test_no_reader_misses_a_change_while_many_write(committed: FastAPI) -> None:
    """Each reader sees all that was committed before they asked, whatever others compute or remember meanwhile."""
    city = await committed_city(committed)
    before, done = await missing(committed), 0
    seen: list[tuple[int, int, int]] = []

    async def write(person: Employee) -> None:
        nonlocal done
        for skill in ("dx_basics", "dx_basics", "security"):
            async with committed.state.database.writing() as db:
                await skills.skill_record(db, person, skill)
                await asyncio.sleep(0.01)
                await db.commit()
        done += 1

    async def read() -> None:
        while done < len(people):
            known = done
            found = before - await missing(committed)
            seen.append((known, found, len(people)))

    people = [city.staff, city.colleague, city.section_head, city.leader]
    await asyncio.gather(*(write(person) for person in people), *(read() for _ in range(6)))
    assert [each for each in seen if not each[0] <= each[1] <= each[2]] == []
    assert before - await missing(committed) == len(people)
