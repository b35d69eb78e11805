"""Every SELECT of people. A read starts from what the caller may see."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.kit.listing import Also
from app.kit.reading import found
from app.people import days, rules
from app.people.models import Absence, Employee, Employment, NumberHeld, OrgUnit, PositionRank, Post
from app.people.schemas import EmployeeRead, PostRead, PrimaryPost

FACTS = days.FACTS


def within_sight(who: Principal, employee_id: Any, day: Any, *all_for: Permission) -> ColumnElement[bool]:
    """The caller may see this person's rows: all with one of the permissions, else the own, else those of the units
    that the caller heads or serves as clerk."""
    if who.permissions.intersection(all_for):
        return employee_id.is_not(None)  # type: ignore[no-any-return]
    own = employee_id == who.employee_id if who.employee_id else employee_id.is_(None)
    units = who.standing.headed | ({who.unit_id} if who.unit_id and who.may(Permission.APPLY_FOR_UNIT) else set())
    return or_(own, days.works_under(employee_id, frozenset(units), day, who.known_on)) if units else own


def employees(who: Principal, day: date, *, also_former: bool = False) -> Select[Any]:
    """People with their facts of the day; one who is not employed then has none."""
    seen = within_sight(who, col(Employee.id), day, Permission.READ_PEOPLE)
    facts = (FACTS.c.appointment_type, FACTS.c.job_service, FACTS.c.job_category, FACTS.c.in_scope, FACTS.c.absent)
    joined = select(Employee, *facts).join(FACTS, FACTS.c.employee_id == col(Employee.id), isouter=also_former)
    return joined.where(seen)


def described(who: Principal, day: date) -> Also:
    """The step that completes a page of people: posts and roles of the day, one statement each."""

    async def complete(db: AsyncSession, rows: Sequence[Any]) -> Sequence[EmployeeRead]:
        ids = [row["Employee"].id for row in rows]
        posts = await primary_posts(db, ids, day, who.known_on)
        roles = await roles_of(db, ids, day, who.known_on)
        return [describe(row, posts.get(row["Employee"].id), roles.get(row["Employee"].id, []), day) for row in rows]

    return complete


def describe(row: dict[str, Any], post: PrimaryPost | None, roles: list[str], day: date) -> EmployeeRead:
    person: Employee = row["Employee"]
    employed = row["appointment_type"] is not None
    return EmployeeRead.model_validate(
        {
            **person.model_dump(exclude={"search_key", "version"}),
            "display_name": person.shown_name,
            **{name: row[name] for name in ("appointment_type", "job_service", "job_category")},
            "in_scope": bool(row["in_scope"]),
            "status": rules.status_on(day, person.hired_on, employed=employed, absent=bool(row["absent"])),
            "primary_post": post,
            "roles": roles,
            "as_of": day,
        }
    )


async def primary_posts(db: AsyncSession, ids: list[UUID], day: date, known_on: date) -> dict[UUID, PrimaryPost]:
    posts = days.posts_on(day, known_on)
    statement = (
        select(posts, col(OrgUnit.code).label("org_unit_code"), col(OrgUnit.name).label("org_unit_name"))
        .join(OrgUnit, col(OrgUnit.id) == posts.c.org_unit_id)
        .where(posts.c.employee_id.in_(ids), posts.c.kind == rules.PostKind.PRIMARY)
    )
    return {row.employee_id: PrimaryPost.model_validate(row) for row in await db.execute(statement)}


async def roles_of(db: AsyncSession, ids: list[UUID], day: date, known_on: date) -> dict[UUID, list[str]]:
    held = days.roles_on(day, known_on)
    codes = func.array_agg(held.c.role_code.distinct())
    statement = select(held.c.employee_id, codes).where(held.c.employee_id.in_(ids)).group_by(held.c.employee_id)
    return {employee_id: sorted(roles) for employee_id, roles in await db.execute(statement)}


def posts(who: Principal) -> Select[Post]:
    """Posts of the people in sight, and of orders that the caller may know."""
    seen = within_sight(who, col(Post.employee_id), who.today, Permission.READ_PEOPLE)
    return select(Post).where(seen, days.published(who.known_on))


def as_known(who: Principal, post: Post) -> PostRead:
    """The post without an end that is not published yet."""
    read = PostRead.model_validate(post)
    if post.end_published_on and post.end_published_on > who.known_on:
        read.valid_to = read.end_published_on = None
    return read


def all_as_known(who: Principal) -> Also:
    async def mask(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[PostRead]:
        return [as_known(who, post) for post in rows]

    return mask


def absences(who: Principal) -> Select[Absence]:
    return select(Absence).where(within_sight(who, col(Absence.employee_id), who.today, Permission.READ_PEOPLE))


async def locked_employee(db: AsyncSession, employee_id: UUID) -> Employee | None:
    """Personnel writes of one person follow one another: whoever changes posts or absences next waits here."""
    statement = select(Employee).where(col(Employee.id) == employee_id).with_for_update()
    return (await db.execute(statement)).scalars().first()


async def employments(db: AsyncSession, employee_id: UUID) -> Sequence[Employment]:
    statement = (
        select(Employment).where(col(Employment.employee_id) == employee_id).order_by(col(Employment.valid_from))
    )
    return (await db.execute(statement)).scalars().all()


async def open_rows(db: AsyncSession, employee_id: UUID, day: date) -> Sequence[Post | Absence | NumberHeld]:
    """What still runs on or after the day and must end when the person leaves."""
    found: list[Any] = []
    for model in (Post, Absence, NumberHeld):
        theirs = select(model).where(col(model.employee_id) == employee_id, _beyond(model, day))
        found += (await db.execute(theirs)).scalars()
    return found


async def unit(db: AsyncSession, unit_id: UUID) -> OrgUnit | None:
    return await db.get(OrgUnit, unit_id)


async def outlasted(db: AsyncSession, unit_id: UUID, day: date) -> bool:
    """A post in the unit, or a unit under it, runs on beyond the day."""
    posts = select(col(Post.id)).where(col(Post.org_unit_id) == unit_id, _beyond(Post, day))
    units = select(col(OrgUnit.id)).where(col(OrgUnit.parent_id) == unit_id, _beyond(OrgUnit, day))
    return await db.scalar(posts.union_all(units).limit(1)) is not None


def _beyond(model: Any, day: date) -> ColumnElement[bool]:
    return or_(col(model.valid_to).is_(None), col(model.valid_to) > day)


async def rank_exists(db: AsyncSession, code: str) -> bool:
    return await db.scalar(select(col(PositionRank.id)).where(col(PositionRank.code) == code)) is not None


async def rank_in_use(db: AsyncSession, code: str) -> bool:
    return await db.scalar(select(col(Post.id)).where(col(Post.position_rank) == code).limit(1)) is not None


async def person(db: AsyncSession, who: Principal, employee_id: UUID, day: date) -> Employee:
    """The person, if in sight on that day."""
    seen = within_sight(who, col(Employee.id), day, Permission.READ_PEOPLE)
    return await found(db, select(Employee).where(seen), col(Employee.id), employee_id)


async def shown(db: AsyncSession, who: Principal, person: Employee, day: date) -> EmployeeRead:
    """The person with the facts of the day: what a page of one would show."""
    statement = employees(who, day, also_former=True).where(col(Employee.id) == person.id)
    rows = await db.execute(statement, {"day": day, "known_on": who.known_on})
    return (await described(who, day)(db, rows.mappings().all()))[0]  # type: ignore[no-any-return]


def units_on(day: date) -> Select[OrgUnit]:
    return select(OrgUnit).where(days.running(OrgUnit, day))
