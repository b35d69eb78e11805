"""The units a person may act for: `standing_on` in `app/roles/assignments.sql`."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.enums import AbsenceKind
from app.people.models import Absence, Employee
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
    db.add(Absence(employee_id=city.section_head.id, kind=AbsenceKind.SICK_LEAVE, valid_from=DAY))
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
