"""Commands of personnel officers on terms of service, and what follows for posts and absences."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.employments import errors, queries, rules
from app.employments.schemas import EmploymentCreate, EmploymentUpdate
from app.kit import clock
from app.kit.records import add, remove
from app.orders.commands import locked_person, revise, write
from app.orders.queries import employments, terms
from app.orders.rules import End, Service, is_published, later, services
from app.orders.views import public_valid_to
from app.people.commands import renumber, take_back_number, touch
from app.people.models import Absence, Employment, EmploymentFields, Post


async def appoint(db: AsyncSession, fields: EmploymentCreate) -> Employment:
    """Add terms of service: renewal or re-employment. What former terms have cut stays cut."""
    person = await locked_person(db, fields.employee_id)
    row = Employment(**{name: getattr(fields, name) for name in EmploymentFields.model_fields})
    await add(db, row)
    await _publish_with_predecessor(db, row, None)
    if fields.employee_number and fields.employee_number != person.employee_number:
        await renumber(db, person, fields.employee_number, later(row.valid_from, row.published_on), row.id)
    await touch(db, person)
    return row


async def change(db: AsyncSession, row: Employment, changes: EmploymentUpdate) -> Employment:
    """Correct, extend, shorten or end terms; posts and absences follow."""
    person, published_on = await locked_person(db, row.employee_id), row.published_on
    revise(row, changes)
    await db.flush()
    await _publish_with_predecessor(db, row, published_on)
    await _refit(db, row)
    await touch(db, person)
    return row


async def leave(
    db: AsyncSession, employee_id: UUID, left_on: date | None, published_on: date | None, *, given: bool
) -> None:
    """End the last terms on the day, or take the end back; `given`: the day of publication was sent."""
    last = (await employments(db, employee_id))[-1]
    if left_on is not None and left_on <= last.valid_from:
        first = (await employments(db, employee_id))[0]
        if first is last or left_on <= first.valid_from:
            raise errors.EmploymentOrderInvalid(pointer="/left_on")
        raise errors.LaterEmployment(pointer="/left_on", employment_id=last.id)
    publication = {"end_published_on": published_on} if given else {}
    await change(db, last, EmploymentUpdate.model_validate({"valid_to": left_on, **publication}))


async def begin(db: AsyncSession, employee_id: UUID, hired_on: date | None) -> None:
    """Correct the beginning of the first terms."""
    first = (await employments(db, employee_id))[0]
    if hired_on is None or (first.valid_to is not None and first.valid_to <= hired_on):
        raise errors.EmploymentOrderInvalid(pointer="/hired_on")
    await change(db, first, EmploymentUpdate.model_validate({"valid_from": hired_on}))


async def split(db: AsyncSession, row: Employment, day: date, published_on: date | None) -> Employment:
    """End the terms on the day and let equal ones follow, which then end the person's service in their place. The end
    is published with what follows, and this with the terms at the earliest."""
    following = Employment(**{name: getattr(row, name) for name in EmploymentFields.model_fields} | {"valid_from": day})
    following.public_valid_to, following.public_end_published_on = row.public_valid_to, row.public_end_published_on
    following.published_on, today = later(row.published_on, published_on), clock.today()
    hidden = not is_published(following.published_on, today)
    write(row, valid_to=day, end_published_on=following.published_on if hidden else None)
    if row.published_on and not is_published(row.published_on, today):
        row.public_valid_to = public_valid_to(following, row.published_on)
    await db.flush()
    await add(db, following)
    for held in await queries.held_rows(db, row.employee_id):
        if held.cut_by == row.id:
            held.cut_by = following.id
    await db.flush()
    return following


async def take_back(db: AsyncSession, row: Employment) -> None:
    """Remove terms that were recorded by mistake, with the number that came with them."""
    person = await locked_person(db, row.employee_id)
    others = [each for each in await employments(db, person.id) if each.id != row.id]
    if not others:
        raise errors.OnlyEmployment
    held = await queries.held_rows(db, person.id)
    if any(row.valid_from <= each.valid_from and _begins_before(each, row.valid_to) for each in held):
        raise errors.EmploymentInUse
    affected = [each for each in held if each.cut_by == row.id or _lasts_beyond(each, row.valid_from)]
    await _fit(db, affected, services(map(terms, others)), row, row.published_on)
    if number := await queries.number_of(db, row.id):
        await take_back_number(db, person, number)
    await remove(db, row)
    await touch(db, person)


async def _publish_with_predecessor(db: AsyncSession, row: Employment, published_on: date | None) -> None:
    """Terms that follow others without a gap imply an end of these that others do not know: they are published with it
    at the earliest. An end that was published with them until now, on `published_on`, stays so."""
    every, today = await employments(db, row.employee_id), clock.today()
    before = next((each for each in every if each.valid_to == row.valid_from and each.id != row.id), None)
    if before is None or is_published(before.end_published_on, today) or before.end_published_on == row.published_on:
        return
    known = public_valid_to(before, today)
    if known is not None and known <= row.valid_from:
        return
    if before.end_published_on == published_on:
        write(before, end_published_on=row.published_on)
    else:
        write(row, published_on=later(row.published_on, before.end_published_on))
    await db.flush()


def _begins_before(row: Post | Absence, end: date | None) -> bool:
    return end is None or row.valid_from < end


def _lasts_beyond(row: Post | Absence, day: date) -> bool:
    return row.valid_from < day and (row.valid_to is None or row.valid_to > day)


async def _refit(db: AsyncSession, changed: Employment) -> None:
    """Cut posts and absences by the changed terms, or give back what these cut before."""
    service = services(map(terms, await employments(db, changed.employee_id)))
    held = await queries.held_rows(db, changed.employee_id)
    concerned = [row for row in held if row.cut_by in {None, changed.id}]
    hidden = None if is_published(changed.published_on, clock.today()) else changed.published_on
    await _fit(db, concerned, service, changed, later(hidden, changed.end_published_on))


async def _fit(
    db: AsyncSession,
    rows: Iterable[Post | Absence],
    service: list[Service],
    changed: Employment,
    published_on: date | None,
) -> None:
    """Shorten rows before others are given back, so that no two of them overlap at any time."""
    chosen = sorted(rows, key=lambda row: row.cut_by is not None)
    ends = await queries.unit_ends(db, chosen)
    for row in chosen:
        _fit_row(row, service, changed, published_on, ends)
        await db.flush()


def _fit_row(
    row: Post | Absence,
    service: list[Service],
    changed: Employment,
    published_on: date | None,
    unit_ends: Mapping[UUID, date | None],
) -> None:
    ordered = End(row.valid_to, row.end_published_on)
    if row.cut_by is not None:
        ordered = End(row.ordered_to, row.ordered_end_published_on)
    possible = rules.earlier(ordered.valid_to, unit_ends.get(row.id))
    valid_to, cut_by = rules.cut(row.valid_from, possible, service, terms(changed))
    if (valid_to, cut_by) == (row.valid_to, row.cut_by):
        return
    write(row, valid_to=valid_to, end_published_on=later(published_on, None if cut_by else ordered.published_on))
    row.cut_by = cut_by
    row.ordered_to, row.ordered_end_published_on = (ordered.valid_to, ordered.published_on) if cut_by else (None, None)
