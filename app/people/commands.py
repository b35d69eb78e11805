"""What personnel officers do. Writes about one person wait for each other on that person's row."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.patching import merged, revise
from app.kit.problems import InUse
from app.kit.records import add
from app.people import errors, queries, rules
from app.people.models import (
    Absence,
    AbsenceFields,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    PositionRankFields,
    Post,
    PostFields,
    ScopeRule,
    ScopeRuleFields,
)
from app.people.schemas import AbsenceUpdate, OrgUnitUpdate, PositionRankUpdate, PostUpdate, ScopeRuleUpdate


async def open_unit(db: AsyncSession, wanted: OrgUnitFields) -> OrgUnit:
    unit = OrgUnit.model_validate(wanted)
    parent = await _parent(db, wanted)
    unit.lineage = [*(parent.lineage if parent else []), unit.id]
    return await add(db, unit)


async def change_unit(db: AsyncSession, unit: OrgUnit, changes: OrgUnitUpdate) -> OrgUnit:
    """Everything but its place in the tree: a unit that moves is closed and a new one opened."""
    wanted = merged(OrgUnitFields, unit, changes)
    if wanted.parent_id != unit.parent_id:
        raise errors.ParentImmutable(pointer="/parent_id")
    await _parent(db, wanted)
    if wanted.valid_to and await queries.outlasted(db, unit.id, wanted.valid_to):
        raise errors.UnitInUse(pointer="/valid_to")
    revise(OrgUnitFields, unit, changes)
    await db.flush()
    return unit


async def _parent(db: AsyncSession, wanted: OrgUnitFields) -> OrgUnit | None:
    if wanted.parent_id is None:
        return None
    parent = await queries.unit(db, wanted.parent_id)
    if parent is None:
        raise errors.UnknownUnit(pointer="/parent_id")
    if not rules.covers(parent.valid_from, parent.valid_to, wanted.valid_from, wanted.valid_to):
        raise errors.UnitNotInForce(pointer="/parent_id")
    return parent


async def assign(db: AsyncSession, wanted: PostFields) -> Post:
    await _check_post(db, wanted)
    return await add(db, Post.model_validate(wanted))


async def change_post(db: AsyncSession, post: Post, changes: PostUpdate) -> Post:
    wanted = merged(PostFields, post, changes)
    await _check_post(db, wanted)
    revise(PostFields, post, changes)
    await db.flush()
    return post


async def record_absence(db: AsyncSession, wanted: AbsenceFields) -> Absence:
    await _check_employed(db, wanted.employee_id, wanted.valid_from, wanted.valid_to)
    return await add(db, Absence.model_validate(wanted))


async def change_absence(db: AsyncSession, absence: Absence, changes: AbsenceUpdate) -> Absence:
    wanted = merged(AbsenceFields, absence, changes)
    await _check_employed(db, wanted.employee_id, wanted.valid_from, wanted.valid_to)
    revise(AbsenceFields, absence, changes)
    await db.flush()
    return absence


async def _check_post(db: AsyncSession, wanted: PostFields) -> None:
    await _check_employed(db, wanted.employee_id, wanted.valid_from, wanted.valid_to)
    if not await queries.rank_exists(db, wanted.position_rank):
        raise errors.UnknownRank(pointer="/position_rank")
    unit = await queries.unit(db, wanted.org_unit_id)
    if unit is None:
        raise errors.UnknownUnit(pointer="/org_unit_id")
    if not rules.covers(unit.valid_from, unit.valid_to, wanted.valid_from, wanted.valid_to):
        raise errors.UnitNotInForce(pointer="/valid_from" if wanted.valid_from < unit.valid_from else "/valid_to")


async def _check_employed(db: AsyncSession, employee_id: UUID, start: date, end: date | None) -> None:
    person = await queries.locked_employee(db, employee_id)
    if person is None:
        raise errors.UnknownEmployee(pointer="/employee_id")
    if not rules.covers(person.hired_on, person.left_on, start, end):
        raise errors.OutsideEmployment(pointer="/valid_from" if start < person.hired_on else "/valid_to")


async def change_rank(db: AsyncSession, rank: PositionRank, changes: PositionRankUpdate) -> PositionRank:
    if changes.code not in {None, rank.code} and await queries.rank_in_use(db, rank.code):
        raise InUse(pointer="/code")
    revise(PositionRankFields, rank, changes)
    await db.flush()
    return rank


async def change_scope_rule(db: AsyncSession, rule: ScopeRule, changes: ScopeRuleUpdate) -> ScopeRule:
    revise(ScopeRuleFields, rule, changes)
    await db.flush()
    return rule
