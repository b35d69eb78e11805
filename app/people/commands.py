"""Commands on units, ranks and scope, and on the names and numbers of people."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.as_of import AsOf
from app.kit.fields import Period
from app.kit.patching import merged, revise
from app.kit.reading import require_existing
from app.kit.records import add, remove
from app.kit.settings import Settings
from app.kit.text import fold
from app.people import errors, queries, rules
from app.people.functions import KnownEmployment
from app.people.models import (
    Employee,
    EmployeeNumber,
    FormerName,
    NameFields,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    PositionRankFields,
    ScopeRule,
    ScopeRuleFields,
)
from app.people.schemas import NameUpdate, OrgUnitUpdate, PositionRankUpdate, ScopeRuleUpdate


async def check_known(db: AsyncSession, employee_id: UUID, as_of: AsOf) -> None:
    """Refuse a record about somebody who does not exist for the caller: nobody, or a person not published yet."""
    known = col(KnownEmployment.employee_id)
    await require_existing(db, known, {"/employee_id": employee_id}, errors.UnknownEmployee, as_of)


async def open_unit(db: AsyncSession, fields: OrgUnitFields) -> OrgUnit:
    unit = OrgUnit.model_validate(fields, update={"search_key": _search_key(fields)})
    parent = await _parent(db, fields)
    await _check_successors(db, fields, unit.id)
    unit.lineage = [*(parent.lineage if parent else []), unit.id]
    return await add(db, unit)


async def change_unit(db: AsyncSession, unit: OrgUnit, changes: OrgUnitUpdate) -> OrgUnit:
    """Everything but the parent: to move a unit, close it and open a new one."""
    fields = merged(OrgUnitFields, unit, changes)
    if fields.parent_id != unit.parent_id:
        raise errors.ParentImmutable(pointer="/parent_id")
    await _parent(db, fields)
    if fields.valid_to and await queries.is_used_after(db, unit.id, fields.valid_to):
        raise errors.UnitInUse(pointer="/valid_to")
    await _check_successors(db, fields, unit.id)
    for former in await queries.predecessors(db, unit.id):
        if not rules.succeeds(fields.valid_from, fields.valid_to, former.valid_to):
            raise errors.UnitSucceeds(pointer="/valid_from" if fields.valid_from != unit.valid_from else "/valid_to")
    revise(OrgUnitFields, unit, changes).search_key = _search_key(fields)
    await db.flush()
    return unit


def _search_key(unit: OrgUnitFields) -> str:
    return fold(unit.code, unit.name, unit.name_kana, unit.name_en)


async def _parent(db: AsyncSession, fields: OrgUnitFields) -> OrgUnit | None:
    return await unit_in_force(db, fields.parent_id, fields, "/parent_id") if fields.parent_id else None


async def _check_successors(db: AsyncSession, fields: OrgUnitFields, unit_id: UUID) -> None:
    """Each exists on the day on which the unit closes, so that it closes later itself: they make no cycle."""
    for index, successor_id in enumerate(fields.successor_ids):
        pointer = f"/successor_ids/{index}"
        successor = await queries.unit(db, successor_id)
        if successor is None:
            raise errors.UnknownUnit(pointer=pointer)
        if successor.id == unit_id or not rules.succeeds(successor.valid_from, successor.valid_to, fields.valid_to):
            raise errors.SuccessorNotInForce(pointer=pointer)


async def unit_in_force(
    db: AsyncSession, unit_id: UUID, period: Period, pointer: str, period_at: str | None = None
) -> OrgUnit:
    """The unit, which has to exist throughout the period; `period_at` points to its beginning."""
    unit = await queries.unit(db, unit_id)
    if unit is None:
        raise errors.UnknownUnit(pointer=pointer)
    if not rules.covers(unit.valid_from, unit.valid_to, period.valid_from, period.valid_to):
        begins_before = period.valid_from < unit.valid_from
        raise errors.UnitNotInForce(pointer=pointer if not period_at else period_at if begins_before else "/valid_to")
    return unit


async def change_rank(db: AsyncSession, rank: PositionRank, changes: PositionRankUpdate) -> PositionRank:
    if changes.code not in {None, rank.code}:  # whether posts use it may be confidential
        raise errors.RankCodeImmutable(pointer="/code")
    revise(PositionRankFields, rank, changes)
    await db.flush()
    return rank


async def change_scope_rule(db: AsyncSession, rule: ScopeRule, changes: ScopeRuleUpdate) -> ScopeRule:
    revise(ScopeRuleFields, rule, changes)
    await db.flush()
    return rule


async def name_person(db: AsyncSession, person: Employee, changes: NameUpdate) -> None:
    """Change names at once; the former ones are kept, and still find the person."""
    before = NameFields.model_validate(person, from_attributes=True)
    revise(NameFields, person, changes)
    after = NameFields.model_validate(person, from_attributes=True)
    if before != after:
        await add(db, FormerName(**before.model_dump(), employee_id=person.id, valid_to=clock.today()))
        person.public_updated_at = clock.now()
        await index_person(db, person)


async def renumber(
    db: AsyncSession, person: Employee, number: str, day: date | None, employment_id: UUID | None = None
) -> None:
    """Give the person a number from the day on (default: today). One that begins then, or later, is corrected."""
    day = day or clock.today()
    numbers = await queries.numbers(db, person.id)
    last = numbers[-1]
    if len(numbers) > 1 and day < last.valid_from:
        raise errors.OverlappingEmployeeNumber(pointer="/employee_number")
    if day <= last.valid_from:
        last.number = number
    else:
        last.valid_to = day
        await db.flush()
        given = EmployeeNumber(employee_id=person.id, number=number, valid_from=day, employment_id=employment_id)
        await add(db, given)
    await use_number(db, person)


async def take_back_number(db: AsyncSession, person: Employee, number: EmployeeNumber) -> None:
    """The number before it stays in use."""
    before = next(each for each in await queries.numbers(db, person.id) if each.valid_to == number.valid_from)
    end = number.valid_to
    await remove(db, number)
    before.valid_to = end
    await db.flush()
    await use_number(db, person)


async def use_number(db: AsyncSession, person: Employee) -> None:
    """Show the number that is in use today."""
    numbers = await queries.numbers(db, person.id)
    begun = [each for each in numbers if each.valid_from <= clock.today()]
    in_use = begun[-1].number if begun else numbers[0].number
    if in_use != person.employee_number:
        person.employee_number, person.public_updated_at = in_use, clock.now()
        await index_person(db, person)


async def use_numbers_of_today(db: AsyncSession, _settings: Settings) -> None:
    """Numbers recorded ahead come into use on their day."""
    for person in await queries.people_with_another_number(db, clock.today()):
        await use_number(db, person)


async def index_person(db: AsyncSession, person: Employee) -> None:
    """Write what free text finds the person by: present and former names, and numbers that are or were in use."""
    names = [person, *await queries.former_names(db, person.id)]
    numbers = [each.number for each in await queries.numbers(db, person.id) if each.valid_from <= clock.today()]
    texts = (text for each in names for text in (each.name, each.display_name, each.name_kana))
    person.search_key = fold(*texts, person.employee_number, *numbers)
    await db.flush()


async def touch(db: AsyncSession, person: Employee) -> None:
    """A new version of the person for personnel officers; others see a change when it is published."""
    person.updated_at = clock.now()
    await db.flush()
