"""Every question about roles: their definitions, who holds one on a day, which units lack one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Uuid, cast, func, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.listing import Also
from app.kit.problems import NotFound
from app.people import functions as people_functions
from app.people.enums import PostKind
from app.people.models import Employee, Employment, OrgUnit, Post
from app.roles import rules
from app.roles.enums import AssignmentStatus, RoleBasis
from app.roles.functions import ASSIGNED, VACANT, roles_on
from app.roles.models import Role, RoleAssignment
from app.roles.rules import Assignment, HeldRole


async def roles_of(db: AsyncSession, ids: list[UUID], day: date, known_on: date) -> dict[UUID, list[str]]:
    held = roles_on(day, known_on)
    codes = func.array_agg(held.c.role_code.distinct())
    statement = select(held.c.employee_id, codes).where(held.c.employee_id.in_(ids)).group_by(held.c.employee_id)
    return {employee_id: sorted(roles) for employee_id, roles in await db.execute(statement)}


def roles_in_force(day: date) -> Select[Role]:
    return select(Role).where(people_functions.running(Role, day))


async def role_on(db: AsyncSession, code: str, day: date) -> Role | None:
    return await db.scalar(roles_in_force(day).where(col(Role.code) == code))


def assignments(who: Principal) -> Select[Any]:
    """Assignments of the day: one's own, those in units headed, and among leaders the network of the appointed."""
    rows = (
        select(
            *ASSIGNED.c,
            col(Employee.employee_number),
            func.coalesce(col(Employee.display_name), col(Employee.name)).label("employee_name"),
            col(OrgUnit.code).label("org_unit_code"),
            col(OrgUnit.name).label("org_unit_name"),
        )
        .join(Employee, col(Employee.id) == ASSIGNED.c.employee_id)
        .outerjoin(OrgUnit, col(OrgUnit.id) == ASSIGNED.c.org_unit_id)
    )
    if who.may(Permission.READ_PEOPLE):
        return rows
    seen = [ASSIGNED.c.employee_id == who.employee_id]
    if who.standing.headed:
        seen.append(overlaps(col(OrgUnit.lineage), who.standing.headed))
    if who.standing.led:
        seen.append((ASSIGNED.c.basis == RoleBasis.APPOINTMENT) & (ASSIGNED.c.status == AssignmentStatus.ACTIVE))
    return rows.where(or_(*seen))


async def assignment(db: AsyncSession, who: Principal, id: UUID, day: date) -> Assignment:
    """One assignment as it stands on the day, if the caller may see it."""
    bound = {"day": day, "known_on": who.known_on}
    row = (await db.execute(assignments(who).where(ASSIGNED.c.id == id), bound)).mappings().first()
    if row is None:
        raise NotFound
    return _assignment(row, who, day)


def described(who: Principal, day: date) -> Also:
    """Adds to the rows of a page what the caller may do with each."""

    async def describe(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[Assignment]:
        return [_assignment(row, who, day) for row in rows]

    return describe


def _assignment(row: Any, who: Principal, day: date) -> Assignment:
    return Assignment(**row, as_of=day, today=who.today, may_appoint=who.may(Permission.APPOINT))


def vacancies(who: Principal) -> Select[Any]:
    """Officers see all vacancies, others those of the units that they work in, head or lead."""
    rows = select(*VACANT.c)
    if who.may(Permission.READ_PEOPLE):
        return rows
    units = who.standing.headed | who.standing.led | ({who.unit_id} if who.unit_id else set())
    return rows.where(overlaps(VACANT.c.lineage, units))


async def with_units(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[Any]:
    """Nests the members of each vacancy's unit."""
    names = ("code", "name", "name_en")
    return [row | {"org_unit": {"id": row["org_unit_id"], **{name: row[name] for name in names}}} for row in rows]


async def locked_appointment(db: AsyncSession, id: UUID) -> RoleAssignment:
    statement = select(RoleAssignment).where(col(RoleAssignment.id) == id).with_for_update()
    return (await db.execute(statement)).scalars().one()


async def primary_unit(db: AsyncSession, employee_id: UUID, day: date, known_on: date) -> OrgUnit | None:
    """Where the person works on the day, as far as orders are published by `known_on`."""
    posts = people_functions.posts_on(day, known_on)
    theirs = (posts.c.employee_id == employee_id) & (posts.c.kind == PostKind.PRIMARY)
    rows = select(OrgUnit).join(posts, posts.c.org_unit_id == col(OrgUnit.id)).where(theirs)
    return (await db.execute(rows)).scalars().first()


async def held_roles(db: AsyncSession, employee_id: UUID, day: date, known_on: date) -> list[HeldRole]:
    """The person's roles on the day, a line for each source, with the day since which each role is held."""
    changes = _days_of_change(employee_id, day)
    held = roles_on(changes.c.day, known_on).lateral("held")
    rows = select(
        changes.c.day, held.c.role_code, held.c.sub_tier, held.c.basis, held.c.org_unit_id, held.c.source_id
    ).select_from(changes.outerjoin(held, held.c.employee_id == employee_id))
    return _latest((await db.execute(rows.order_by(changes.c.day, held.c.role_code))).all())


def _latest(rows: Sequence[Any]) -> list[HeldRole]:
    history: dict[date, set[str]] = {}
    for row in rows:
        history.setdefault(row.day, set()).add(row.role_code)
    entries = list(history.items())
    return [
        HeldRole(
            row.role_code,
            row.sub_tier,
            RoleBasis(row.basis),
            row.org_unit_id,
            row.source_id,
            since=rules.held_since(entries, row.role_code),
        )
        for row in rows
        if row.day == entries[-1][0] and row.role_code
    ]


def _days_of_change(employee_id: UUID, until: date) -> Any:
    """Every day up to this one on which the person's roles may have changed."""
    facts = (Post, Employment, RoleAssignment)
    theirs = [select(_ends(model).label("day")).where(col(model.employee_id) == employee_id) for model in facts]
    every = union(*theirs, select(_ends(Role)), select(cast(until, Date))).subquery("ends")
    return select(every.c.day).where(every.c.day <= until).subquery("changes")


def _ends(model: Any) -> Any:
    return func.unnest(array([col(model.valid_from), col(model.valid_to)]))


def overlaps(lineage: Any, units: Iterable[UUID]) -> ColumnElement[bool]:
    """The unit is one of these or stands below one."""
    return lineage.overlap(cast(list(units), ARRAY(Uuid)))  # type: ignore[no-any-return]
