"""What personnel officers do. Writes about one person wait for each other on that person's row."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.patching import revise, sent, whole
from app.kit.problems import InUse
from app.kit.records import add
from app.kit.text import fold
from app.people import queries, rules
from app.people.models import (
    Absence,
    AbsenceFields,
    Employee,
    EmployeeFields,
    Employment,
    EmploymentFields,
    NumberHeld,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    Post,
    PostFields,
)
from app.people.schemas import (
    AbsenceUpdate,
    EmployeeCreate,
    EmployeeDetails,
    EmployeeUpdate,
    OrgUnitUpdate,
    PositionRankUpdate,
    PostUpdate,
)


async def open_unit(db: AsyncSession, wanted: OrgUnitFields) -> OrgUnit:
    unit = OrgUnit.model_validate(wanted)
    parent = await _parent(db, wanted)
    unit.lineage = [*(parent.lineage if parent else []), unit.id]
    return await add(db, unit)


async def change_unit(db: AsyncSession, unit: OrgUnit, changes: OrgUnitUpdate) -> OrgUnit:
    """Everything but its place in the tree: a unit that moves is closed and a new one opened."""
    merged = whole(unit, changes)
    assert isinstance(merged, OrgUnitFields)  # noqa: S101 - what OrgUnitUpdate completes to
    if merged.parent_id != unit.parent_id:
        raise rules.UnitNeverMoves(pointer="/parent_id")
    await _parent(db, merged)
    if merged.valid_to and await queries.outlasted(db, unit.id, merged.valid_to):
        raise rules.HasMembers(pointer="/valid_to")
    revise(unit, changes)
    await db.flush()
    return unit


async def _parent(db: AsyncSession, wanted: OrgUnitFields) -> OrgUnit | None:
    if wanted.parent_id is None:
        return None
    parent = await queries.unit(db, wanted.parent_id)
    if parent is None:
        raise rules.UnknownUnit(pointer="/parent_id")
    if not rules.covers(parent.valid_from, parent.valid_to, wanted.valid_from, wanted.valid_to):
        raise rules.UnitClosed(pointer="/parent_id")
    return parent


async def hire(db: AsyncSession, wanted: EmployeeCreate) -> Employee:
    members = wanted.model_dump()
    own = {name: members[name] for name in EmployeeFields.model_fields}
    person = Employee.model_validate({**own, "search_key": _search_key(wanted)})
    await add(db, person)
    await add(db, NumberHeld(employee_id=person.id, number=person.employee_number, valid_from=person.hired_on))
    terms = {name: members[name] for name in EmploymentFields.model_fields}
    await add(db, Employment(employee_id=person.id, valid_from=person.hired_on, **terms))
    return person


async def change_person(db: AsyncSession, person: Employee, changes: EmployeeUpdate) -> Employee:
    """Names and numbers at once; changed terms from `effective_on`; `left_on` ends what still runs."""
    await queries.locked_employee(db, person.id)
    given = sent(changes)
    terms = {name: given.pop(name) for name in EmploymentFields.model_fields if name in given}
    left_on, effective_on = given.pop("left_on", None), given.pop("effective_on", None) or clock.today()
    number = person.employee_number
    revise(person, EmployeeDetails.model_validate(given))
    person.search_key = _search_key(person)
    if person.employee_number != number:
        await add(db, NumberHeld(employee_id=person.id, number=person.employee_number, valid_from=effective_on))
    if terms:
        await _change_terms(db, person, terms, effective_on)
    if left_on:
        await _leave(db, person, left_on)
    await db.flush()
    return person


async def _change_terms(db: AsyncSession, person: Employee, terms: dict[str, str], day: date) -> None:
    """The running terms end on the day and the changed ones begin: past days keep their answer."""
    for employment in await queries.employments(db, person.id):
        if rules.covers(employment.valid_from, employment.valid_to, day, day):
            if employment.valid_from == day:
                for name, value in terms.items():
                    setattr(employment, name, value)
                return
            kept = {name: getattr(employment, name) for name in EmploymentFields.model_fields}
            end, employment.valid_to = employment.valid_to, day
            await db.flush()
            await add(db, Employment(employee_id=person.id, valid_from=day, valid_to=end, **(kept | terms)))
            return
    raise rules.OutsideEmployment(pointer="/effective_on")


async def _leave(db: AsyncSession, person: Employee, day: date) -> None:
    if day <= person.hired_on:
        raise rules.LeavesBeforeHired(pointer="/left_on")
    person.left_on = day
    for row in [*await queries.employments(db, person.id), *await queries.open_rows(db, person.id, day)]:
        if row.valid_from >= day:
            await db.delete(row)
        elif row.valid_to is None or row.valid_to > day:
            row.valid_to = day


def _search_key(person: EmployeeFields) -> str:
    return fold(person.name, person.display_name, person.name_kana, person.employee_number)


async def assign(db: AsyncSession, wanted: PostFields) -> Post:
    await _check_post(db, wanted)
    return await add(db, Post.model_validate(wanted))


async def change_post(db: AsyncSession, post: Post, changes: PostUpdate) -> Post:
    merged = whole(post, changes)
    assert isinstance(merged, PostFields)  # noqa: S101 - what PostUpdate completes to
    await _check_post(db, merged)
    revise(post, changes)
    await db.flush()
    return post


async def record_absence(db: AsyncSession, wanted: AbsenceFields) -> Absence:
    await _check_employed(db, wanted.employee_id, wanted.valid_from, wanted.valid_to)
    return await add(db, Absence.model_validate(wanted))


async def change_absence(db: AsyncSession, absence: Absence, changes: AbsenceUpdate) -> Absence:
    merged = whole(absence, changes)
    assert isinstance(merged, AbsenceFields)  # noqa: S101 - what AbsenceUpdate completes to
    await _check_employed(db, merged.employee_id, merged.valid_from, merged.valid_to)
    revise(absence, changes)
    await db.flush()
    return absence


async def _check_post(db: AsyncSession, wanted: PostFields) -> None:
    await _check_employed(db, wanted.employee_id, wanted.valid_from, wanted.valid_to)
    if not await queries.rank_exists(db, wanted.position_rank):
        raise rules.UnknownRank(pointer="/position_rank")
    unit = await queries.unit(db, wanted.org_unit_id)
    if unit is None:
        raise rules.UnknownUnit(pointer="/org_unit_id")
    if not rules.covers(unit.valid_from, unit.valid_to, wanted.valid_from, wanted.valid_to):
        raise rules.UnitClosed(pointer="/valid_from" if wanted.valid_from < unit.valid_from else "/valid_to")


async def _check_employed(db: AsyncSession, employee_id: UUID, start: date, end: date | None) -> None:
    person = await queries.locked_employee(db, employee_id)
    if person is None:
        raise rules.UnknownEmployee(pointer="/employee_id")
    if not rules.covers(person.hired_on, person.left_on, start, end):
        raise rules.OutsideEmployment(pointer="/valid_from" if start < person.hired_on else "/valid_to")


async def change_rank(db: AsyncSession, rank: PositionRank, changes: PositionRankUpdate) -> PositionRank:
    if changes.code not in {None, rank.code} and await queries.rank_in_use(db, rank.code):
        raise InUse(pointer="/code")
    revise(rank, changes)
    await db.flush()
    return rank
