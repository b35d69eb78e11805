from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.employees.queries import employees, primary_posts
from app.employees.schemas import EmployeeRead, PrimaryPost
from app.identity.principal import Principal
from app.kit.listing import Also
from app.people import rules
from app.people.models import Employee
from app.roles.queries import roles_of


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


async def shown(db: AsyncSession, who: Principal, person: Employee, day: date) -> EmployeeRead:
    """The person with the facts of the day: what a page of one would show."""
    statement = employees(who, day, also_former=True).where(col(Employee.id) == person.id)
    rows = await db.execute(statement, {"day": day, "known_on": who.known_on})
    return (await described(who, day)(db, rows.mappings().all()))[0]  # type: ignore[no-any-return]
