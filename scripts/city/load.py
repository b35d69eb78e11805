"""Loads the policy and the made-up city in one transaction: an interrupted load leaves nothing."""

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.identity import commands as identity
from app.identity import passwords
from app.identity.models import Account
from app.seed import policy
from scripts.city import programme
from scripts.city.city import City, Known, draw, inhabit
from scripts.city.tables import Copier, Table, tables
from scripts.city.units import Unit

Report = Callable[[str, int, int], None]
"""Told what is being written, how many rows are in and how many there will be."""

PASSWORD: Final = "demo"  # noqa: S105 - public, and accepted with the embedded database only
_OFFICES: Final = {
    "admin": "システム管理者",
    "training": "研修担当",
    "information": "情報政策課",
    "hr": "人事担当",
    "auditor": "監査担当",
}


async def is_loaded(db: AsyncSession) -> bool:
    """The demonstration accounts are there, and all else came in the same transaction."""
    return await db.scalar(select(col(Account.id)).where(col(Account.demonstration)).limit(1)) is not None


async def load(db: AsyncSession, people: int, *, seed: int, today: date, report: Report) -> City:
    """Units, policy, people and trainings of a city of so many people, and the demonstration accounts."""
    report("units", 0, 1)
    drawn = draw(people, seed=seed, today=today)
    copier = await Copier.of(db)
    await copier.copy(Table("org_unit", Unit._fields, drawn.units.units), lambda _count: None)
    report("policy", 0, 1)
    await policy.load(db)
    offices = {name: await _open(db, name, name, shown) for name, shown in _OFFICES.items()}
    report("people", 0, 1)
    city = inhabit(drawn, await _known(db, training=offices["training"], information=offices["information"]))
    await _copy(copier, tables(city, passwords.hashed(PASSWORD)), report)
    for name, person in city.cast.items():
        await _open(db, name, "clerk" if name == "clerk" else "employee", person.name.written, person.id)
    await db.execute(text("ANALYZE"))
    return city


async def _open(db: AsyncSession, name: str, grant: str, shown: str, employee_id: UUID | None = None) -> UUID:
    account = await identity.open_account(
        db, name, PASSWORD, [grant], display_name=shown, employee_id=employee_id, demonstration=True
    )
    return account.id


async def _known(db: AsyncSession, *, training: UUID, information: UUID) -> Known:
    keys = {row.code: row.id for row in await db.execute(select(col(Course.code), col(Course.id)))}
    return Known(training, information, programme.courses(keys), programme.qualifications())


async def _copy(copier: Copier, wanted: list[Table], report: Report) -> None:
    total, done = sum(len(table.rows) for table in wanted), 0
    for table in wanted:

        def written(count: int, name: str = table.name) -> None:
            nonlocal done
            done += count
            report(name, done, total)

        await copier.copy(table, written)
