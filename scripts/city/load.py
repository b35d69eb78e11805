"""Loads the policy and the city in one transaction: an interrupted load leaves nothing."""

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.employees.commands import rebuild_facts
from app.identity import commands as identity
from app.identity import passwords
from app.identity.models import Account
from app.kit import clock
from app.kit.text import fold
from app.seed import policy
from scripts.city import programme
from scripts.city.generate import City, Existing, lay_out, populate
from scripts.city.tables import Copier, Table, tables
from scripts.city.units import Unit

Report = Callable[[str, int, int], None]
"""Called with the stage, the rows written so far and the rows in total."""

PASSWORD: Final = "demo"  # noqa: S105 - public, and accepted with the embedded database only
_OFFICES: Final = {
    "admin": "システム管理者",
    "training": "研修担当",
    "information": "情報政策課",
    "hr": "人事担当",
    "auditor": "監査担当",
}


async def is_loaded(db: AsyncSession) -> bool:
    """Whether the demonstration accounts exist: they are written in the same transaction as everything else."""
    return await db.scalar(select(col(Account.id)).where(col(Account.demonstration)).limit(1)) is not None


async def load(db: AsyncSession, people: int, *, seed: int, today: date, report: Report) -> City:
    """Load units, policy, people and trainings of a city, and the demonstration accounts."""
    layout = lay_out(people, seed=seed, today=today)
    copier = await Copier.of(db)
    await db.execute(text("SET LOCAL hagukumi.facts_later = on"))
    units = [(*unit, fold(unit.code, unit.name, unit.name_kana, unit.name_en)) for unit in layout.organization.units]
    await _copy(copier, [Table("org_unit", (*Unit._fields, "search_key"), units)], report)
    report("policy", 0, 1)
    await policy.load(db)
    offices = {name: await _open(db, name, name, display_name) for name, display_name in _OFFICES.items()}
    report("people", 0, 1)
    city = populate(layout, await _existing(db, training=offices["training"], information=offices["information"]))
    await _copy(copier, tables(city, passwords.hashed(PASSWORD), clock.now()), report)
    for name, person in city.cast.items():
        await _open(db, name, "clerk" if name == "clerk" else "employee", person.name.written, person.id)
    report("facts of each day", 0, 1)
    await rebuild_facts(db)
    await db.execute(text("SET LOCAL hagukumi.facts_later = off"))
    await db.execute(text("ANALYZE"))
    return city


async def _open(db: AsyncSession, name: str, grant: str, display_name: str, employee_id: UUID | None = None) -> UUID:
    account = await identity.open_account(
        db, name, PASSWORD, [grant], display_name=display_name, employee_id=employee_id, demonstration=True
    )
    return account.id


async def _existing(db: AsyncSession, *, training: UUID, information: UUID) -> Existing:
    keys = {row.code: row.id for row in await db.execute(select(col(Course.code), col(Course.id)))}
    return Existing(training, information, programme.courses(keys), programme.qualifications())


async def _copy(copier: Copier, several: list[Table], report: Report) -> None:
    total, done = sum(len(table.rows) for table in several), 0
    for table in several:
        async for count in copier.copy(table):
            done += count
            report(table.name, done, total)
