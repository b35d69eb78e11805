"""Commands of personnel officers. Writes about one person are serialized by a lock on the employee's row."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.fields import Period
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

_PUBLICATION = frozenset({"published_on", "valid_to", "end_published_on"})


async def open_unit(db: AsyncSession, fields: OrgUnitFields) -> OrgUnit:
    unit = OrgUnit.model_validate(fields)
    parent = await _parent(db, fields)
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
    revise(OrgUnitFields, unit, changes)
    await db.flush()
    return unit


async def _parent(db: AsyncSession, fields: OrgUnitFields) -> OrgUnit | None:
    return await unit_in_force(db, fields.parent_id, fields, "/parent_id") if fields.parent_id else None


async def unit_in_force(db: AsyncSession, unit_id: UUID, period: Period, pointer: str) -> OrgUnit:
    """The unit, which has to exist throughout the period."""
    unit = await queries.unit(db, unit_id)
    if unit is None:
        raise errors.UnknownUnit(pointer=pointer)
    if not rules.covers(unit.valid_from, unit.valid_to, period.valid_from, period.valid_to):
        raise errors.UnitNotInForce(pointer=pointer)
    return unit


async def assign(db: AsyncSession, fields: PostFields) -> Post:
    await _check_post(db, fields)
    return await add(db, Post.model_validate(fields))


async def change_post(db: AsyncSession, post: Post, changes: PostUpdate) -> Post:
    fields = merged(PostFields, post, changes)
    await _check_post(db, fields)
    _revise_post(post, fields)
    await db.flush()
    return post


def end_post(post: Post, day: date) -> None:
    _revise_post(post, merged(PostFields, post, PostUpdate.model_validate({"valid_to": day})))


def _revise_post(post: Post, fields: PostFields) -> None:
    """Write the fields, and the former end and time of change for callers who do not see unpublished orders."""
    today = clock.today()
    before = _order(post, rules.End(post.public_valid_to, post.public_end_published_on))
    former = rules.former_end(before, rules.End(fields.valid_to, fields.end_published_on), today)
    if before.known(today) != _order(fields, former).known(today):
        post.public_updated_at = clock.now()
    for name in PostFields.model_fields:
        setattr(post, name, getattr(fields, name))
    post.public_valid_to, post.public_end_published_on = former.valid_to, former.published_on


def _order(post: PostFields, former_end: rules.End) -> rules.Order:
    terms = tuple(getattr(post, name) for name in PostFields.model_fields if name not in _PUBLICATION)
    return rules.Order(terms, post.published_on, rules.End(post.valid_to, post.end_published_on), former_end)


async def record_absence(db: AsyncSession, fields: AbsenceFields) -> Absence:
    await _check_employed(db, fields.employee_id, fields.valid_from, fields.valid_to)
    return await add(db, Absence.model_validate(fields))


async def change_absence(db: AsyncSession, absence: Absence, changes: AbsenceUpdate) -> Absence:
    fields = merged(AbsenceFields, absence, changes)
    await _check_employed(db, fields.employee_id, fields.valid_from, fields.valid_to)
    revise(AbsenceFields, absence, changes)
    await db.flush()
    return absence


async def _check_post(db: AsyncSession, fields: PostFields) -> None:
    await _check_employed(db, fields.employee_id, fields.valid_from, fields.valid_to)
    if not await queries.rank_exists(db, fields.position_rank):
        raise errors.UnknownRank(pointer="/position_rank")
    unit = await queries.unit(db, fields.org_unit_id)
    if unit is None:
        raise errors.UnknownUnit(pointer="/org_unit_id")
    if not rules.covers(unit.valid_from, unit.valid_to, fields.valid_from, fields.valid_to):
        raise errors.UnitNotInForce(pointer="/valid_from" if fields.valid_from < unit.valid_from else "/valid_to")


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
