"""The kept facts of each day are as they would be written now, after random histories of every kind of write."""

import re
from asyncio import create_task, gather, sleep
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from sqlmodel import col

from app import tables
from app.employees.commands import rebuild_facts
from app.employees.queries import differing_facts, everybody
from app.kit import clock
from app.kit.records import Record, add
from app.people.enums import AppointmentType, PostKind
from app.people.models import Absence, Employee, EmployeeNumber, Employment, OrgUnit, Post, ScopeRule
from app.roles.enums import Decision, RoleBasis
from app.roles.models import Role, RoleAssignment
from scripts.environment import ROOT
from tests.people import given as people
from tests.roles import given
from tests.thoroughness import sample

BEGIN = date(2026, 1, 1)
HISTORIES = sample(40, 1000)
WRITES = 12
WRITERS, TRANSACTIONS = 8, sample(8, 60)

Value = Callable[[Random], object]
Values = dict[str, Value]


def day(dice: Random) -> date:
    return BEGIN + timedelta(dice.randrange(60))


def maybe_day(dice: Random) -> date | None:
    return day(dice) if dice.random() < 0.6 else None


def one_of(*values: object) -> Value:
    return lambda dice: dice.choice(values)


PUBLICATION: Values = dict.fromkeys(("published_on", "end_published_on", "public_valid_to"), maybe_day)
PERIOD: Values = {"valid_from": day, "valid_to": maybe_day}
CATEGORIES = one_of("clerk", "nursery_teacher", "nurse")
RANKS = one_of([], ["staff"], ["section_head"], ["section_head", "department_head"])
CODES = one_of([], ["S0"], ["D0"], ["S1", "T0"])
WRITTEN: dict[type[Record], Values] = {
    Employment: PERIOD | PUBLICATION | {"job_category": CATEGORIES, "job_service": one_of("administrative", "medical")},
    Post: PERIOD | PUBLICATION | {"position_rank": one_of("staff", "section_head", "department_head")},
    Absence: PERIOD | PUBLICATION,
    EmployeeNumber: {"valid_to": maybe_day},
    Employee: {"public_updated_at": lambda dice: clock.now() + timedelta(dice.randrange(60))},
    RoleAssignment: PERIOD | {"status": one_of(*Decision), "role_code": one_of("leader", "advisor")},
    OrgUnit: PERIOD | {"appointments_pass_on": one_of(True, False), "code": one_of("S0", "S1", "T0", "X")},
    Role: PERIOD | {"basis": one_of(*RoleBasis), "position_ranks": RANKS, "org_unit_codes": CODES},
    ScopeRule: PERIOD | {"except_org_unit_codes": CODES, "appointment_type": one_of(*AppointmentType)},
}
"""The tables that facts are made from, with what changes in them."""
KEPT = frozenset({OrgUnit, Employee})
"""Rows that are never deleted."""


async def small_city(db: AsyncSession, dice: Random) -> None:
    await people.ranks(db)
    await people.scope_rules(db)
    await given.roles(db)
    top = await people.unit(db, "D0", "department", valid_from=BEGIN)
    units = [top, *[await people.unit(db, code, parent=top) for code in ("S0", "S1", "S2")]]
    units.append(await people.unit(db, "T0", "team", parent=units[1]))
    units[1].successor_ids, units[1].appointments_pass_on = [units[2].id, units[3].id], True
    appointments: list[RoleAssignment] = []
    for _ in range(5):
        person = await people.employee(db, job_category=dice.choice(["clerk", "nursery_teacher"]))
        first, second = sorted(dice.sample(range(60), 2))
        start, end = BEGIN + timedelta(first), BEGIN + timedelta(second)
        await people.post(db, person, dice.choice(units), since=start, valid_to=end, published_on=maybe_day(dice))
        await people.post(db, person, dice.choice(units), "section_head", since=end, published_on=maybe_day(dice))
        await people.absence(db, person.id, day(dice), None)
        if dice.random() < 0.7:
            stood_in = dice.choice([None, *(each.id for each in appointments)])
            more: dict[str, Any] = {"home": dice.choice(units), "since": start, "stands_in_for_id": stood_in}
            appointments.append(await given.appointment(db, person, dice.choice(units), **more))


async def write(db: AsyncSession, dice: Random) -> bool:
    """Change or delete a row; False where a constraint refuses it."""
    model = dice.choice(list(WRITTEN))
    ids = (await db.scalars(select(col(model.id)).order_by(col(model.id)))).all()
    if not ids:
        return False
    row = await db.get_one(model, dice.choice(ids))
    try:
        async with db.begin_nested():
            if model not in KEPT and dice.random() < 0.15:
                await db.delete(row)
            else:
                name = dice.choice(list(WRITTEN[model]))
                setattr(row, name, WRITTEN[model][name](dice))
            await db.flush()
    except DBAPIError:
        return False
    finally:
        db.expire_all()
    return True


@pytest.mark.slow
async def test_facts_are_kept_through_random_histories(db: AsyncSession) -> None:
    written = Counter[bool]()
    for seed in range(HISTORIES):
        dice = Random(seed)
        async with db.begin_nested() as history:
            await small_city(db, dice)
            for _ in range(WRITES):
                written[await write(db, dice)] += 1
            assert await differing_facts(db, await everybody(db)) == [], f"history {seed}"
            await history.rollback()
        db.expunge_all()
    assert written[True] > 4 * HISTORIES, "most writes are refused"


async def add_substitute(db: AsyncSession, dice: Random) -> None:
    """Somebody is appointed who stands in for another."""
    held = (await db.scalars(select(RoleAssignment).order_by(col(RoleAssignment.id)))).all()
    staff = (await db.scalars(select(Employee).order_by(col(Employee.id)))).all()
    unit = dice.choice((await db.scalars(select(OrgUnit).order_by(col(OrgUnit.id)))).all())
    stood_in = dice.choice(held).id if held else None
    await given.appointment(db, dice.choice(staff), unit, since=day(dice), stands_in_for_id=stood_in)


async def keep_writing(app: FastAPI, dice: Random) -> int:
    """Transactions of a few writes; those that the database gives up are left out. Returns how many were committed."""
    committed = 0
    for _ in range(TRANSACTIONS):
        async with app.state.database.writing() as db:
            try:
                for _ in range(3):
                    await (add_substitute if dice.random() < 0.2 else write)(db, dice)
                await db.commit()
            except (DBAPIError, StaleDataError, NoResultFound, ObjectDeletedError):
                continue
        committed += 1
    return committed


async def differing(app: FastAPI) -> Sequence[str]:
    async with app.state.database.reading() as db:
        return await differing_facts(db, await everybody(db))


@pytest.mark.slow
async def test_facts_are_kept_by_writers_at_once(committed: FastAPI) -> None:
    async with committed.state.database.writing() as db:
        await small_city(db, Random(0))
        await db.commit()
    done = await gather(*(keep_writing(committed, Random(seed)) for seed in range(WRITERS)))
    assert sum(done) > WRITERS * TRANSACTIONS / 2
    assert await differing(committed) == []


@dataclass
class Led:
    """A section with its leader, who is away, and somebody else."""

    city: people.City
    held: RoleAssignment
    away: Absence


Act = Callable[[AsyncSession, Led], Awaitable[object]]


async def stand_in(db: AsyncSession, here: Led) -> None:
    await given.appointment(db, here.city.staff, here.city.section, since=BEGIN, stands_in_for_id=here.held.id)


async def come_back(db: AsyncSession, here: Led) -> None:
    (await db.get_one(Absence, here.away.id)).valid_to = BEGIN + timedelta(9)


async def promote(db: AsyncSession, here: Led) -> None:
    await people.post(db, here.city.staff, here.city.section, "nursery_head", PostKind.CONCURRENT, BEGIN)


async def define(db: AsyncSession, _here: Led) -> None:
    code, ranks = "nursery_leader", ["nursery_head"]
    await add(db, Role(code=code, name=code, basis=RoleBasis.POST, position_ranks=ranks, valid_from=BEGIN))


@pytest.mark.parametrize(("first", "second"), [(stand_in, come_back), (come_back, stand_in), (promote, define)])
async def test_facts_of_two_writers_at_once_have_what_both_wrote(committed: FastAPI, first: Act, second: Act) -> None:
    """Neither sees what the other has not committed yet: the second waits."""
    async with committed.state.database.writing() as db:
        city = await people.city(db)
        await given.roles(db)
        held = await given.appointment(db, city.leader, city.section)
        here = Led(city, held, await people.absence(db, city.leader.id, BEGIN))
        await db.commit()

    async def write_after() -> None:
        async with committed.state.database.writing() as db:
            await second(db, here)
            await db.commit()

    async with committed.state.database.writing() as db:
        await first(db, here)
        await db.flush()
        later = create_task(write_after())
        await sleep(0.3)
        await db.commit()
    await later
    assert await differing(committed) == []


async def test_rows_that_differ_are_found_and_written_anew(db: AsyncSession) -> None:
    await small_city(db, Random(0))
    someone = await everybody(db)
    assert await differing_facts(db, someone) == []
    for table in ("workforce_period", "role_period", "person_change", "appointment_period"):
        await db.execute(text(f"UPDATE {table} SET known = '(,2000-01-01)'"))
        assert table in await differing_facts(db, someone)
        await rebuild_facts(db)
        assert await differing_facts(db, someone) == []


async def test_every_table_that_facts_are_made_from_is_written_here(db: AsyncSession) -> None:
    """Derived from the database: the tables whose triggers keep facts."""
    triggers = text("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_facts_%'")
    assert set(await db.scalars(triggers)) == {model.__tablename__ for model in WRITTEN}


def test_every_table_that_the_functions_read_has_triggers() -> None:
    files = ("people/workforce.sql", "roles/appointments.sql", "roles/periods.sql")
    sources = " ".join((ROOT / "app" / file).read_text() for file in files)
    read = set(re.findall(r"(?:FROM|JOIN) (\w+)\b(?! *\()", sources)) & set(tables.load().tables)
    made = {"workforce_period", "role_period", "person_change", "appointment_period"}
    assert read - made <= {model.__tablename__ for model in WRITTEN}
