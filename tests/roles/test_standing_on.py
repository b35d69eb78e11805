"""The units a person may act for: `standing_on` in `app/roles/assignments.sql`."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.models import Absence, Employee
from app.roles.enums import Decision
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given

DAY = date(2026, 6, 1)


async def standing(db: AsyncSession, person: Employee, day: date = DAY) -> tuple[list[UUID] | None, ...]:
    """The lineage of the primary unit, the units headed, those headed as acting, those led."""
    return tuple((await db.execute(text("SELECT * FROM standing_on(:id, :day)"), {"id": person.id, "day": day})).one())


async def test_everyone_stands_for_their_primary_unit(db: AsyncSession) -> None:
    city = await people.city(db)
    assert await standing(db, city.staff) == (city.team.lineage, None, None, None)


async def test_a_head_heads_the_unit_unless_on_leave(db: AsyncSession) -> None:
    city = await people.city(db)
    assert (await standing(db, city.section_head))[1] == [city.section.id]
    db.add(Absence(employee_id=city.section_head.id, kind="sick_leave", valid_from=DAY))
    await db.flush()
    assert (await standing(db, city.section_head))[1] is None
    assert (await standing(db, city.section_head, DAY - timedelta(1)))[1] == [city.section.id]


async def test_a_leader_leads_while_working_there_and_while_the_role_is_in_force(db: AsyncSession) -> None:
    city = await people.city(db)
    await given.roles(db)
    await given.appointment(db, city.leader, city.section)
    assert (await standing(db, city.leader))[3] == [city.section.id]
    await db.execute(text("UPDATE role SET valid_to = :day WHERE code = 'leader'"), {"day": DAY})
    assert (await standing(db, city.leader))[3] is None
    assert (await standing(db, city.leader, DAY - timedelta(1)))[3] == [city.section.id]
    moved = {"unit": city.other_section.id, "person": city.leader.id}
    await db.execute(text("UPDATE post SET org_unit_id = :unit WHERE employee_id = :person"), moved)
    assert (await standing(db, city.leader, DAY - timedelta(1)))[3] is None


async def nominated(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section, status=Decision.NOMINATED)


async def upcoming(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section, since=clock.today() + timedelta(1))


async def ended(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section, valid_to=clock.today())


async def lapsed(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.other_section)


async def role_ended(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section)
    await db.execute(text("UPDATE role SET valid_to = :day WHERE code = 'leader'"), {"day": clock.today()})


async def on_leave(db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section)
    await people.absence(db, city.leader.id, clock.today())


async def another_role(db: AsyncSession, city: people.City) -> None:
    await given.role(db, "observer")
    await given.appointment(db, city.leader, city.section, role_code="observer")


@pytest.mark.parametrize("given_to", [nominated, upcoming, ended, lapsed, role_ended, on_leave, another_role])
async def test_who_does_not_lead_today_sees_neither_figures_nor_the_network(
    api: SignIn, db: AsyncSession, given_to: Callable[[AsyncSession, people.City], Awaitable[None]]
) -> None:
    city = await people.city(db)
    await given.roles(db)
    await given_to(db, city)
    client = await api("employee", employee=city.leader)
    assert (await client.get("/me")).json()["led_unit_ids"] == []
    assert (await client.get("/skill_gaps")).status_code == 403
    other = await people.employee(db, city.other_section)
    code = "observer" if given_to is another_role else "leader"
    await given.appointment(db, other, city.other_section, role_code=code)
    seen = {row["employee_id"] for row in await given.rows(client, status="active,upcoming,ended,lapsed,nominated")}
    assert seen == {str(city.leader.id)}
