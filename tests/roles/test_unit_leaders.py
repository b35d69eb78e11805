"""Who leads a unit, for everybody who works there."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import rows

TODAY = clock.today()


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    await given.appointment(db, city.leader, city.section)
    await given.appointment(db, city.stranger, city.other_section)
    return city


async def test_an_employee_sees_who_leads_the_unit_and_no_more(api: SignIn, city: people.City) -> None:
    colleague = await api("employee", employee=city.colleague)
    assert await rows(colleague, "/unit_leaders") == [
        {
            "role_code": "leader",
            "employee_number": city.leader.employee_number,
            "employee_name": "佐藤 三郎",
            "org_unit_code": "S1",
            "org_unit_name": "S1課",
            "org_unit_name_en": None,
        }
    ]
    assert {row["employee_id"] for row in await rows(colleague)} == {str(city.colleague.id)}


async def test_a_leader_of_a_unit_above_leads_too(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.department_head, city.department)
    seen = await rows(await api("employee", employee=city.staff), "/unit_leaders")
    assert [row["org_unit_code"] for row in seen] == ["D1", "S1"]


@pytest.mark.parametrize(("grant", "units"), [("information", ["S1", "S2"]), ("hr", ["S1", "S2"]), ("employee", [])])
async def test_offices_see_all_leaders_and_an_account_without_a_unit_none(
    api: SignIn, city: people.City, grant: str, units: list[str]
) -> None:
    assert [row["org_unit_code"] for row in await rows(await api(grant), "/unit_leaders")] == units


async def test_neither_other_roles_nor_other_days_are_mixed_in(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    await given.role(db, "observer")
    await given.appointment(db, city.staff, city.section, role_code="observer")
    await db.execute(text("UPDATE role_assignment SET valid_to = :day"), {"day": TODAY + timedelta(1)})
    client = await api("employee", employee=city.colleague)
    assert len(await rows(client, "/unit_leaders")) == 1
    assert await rows(client, "/unit_leaders", as_of=str(TODAY + timedelta(1))) == []
    assert await rows(client, "/unit_leaders", as_of=str(people.START - timedelta(1))) == []


async def test_a_hidden_transfer_of_the_leader_shows_on_the_day_of_publication(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    moves, published = TODAY + timedelta(30), TODAY + timedelta(20)
    hidden = {"moves": moves, "published": published, "person": city.leader.id}
    await db.execute(
        text("UPDATE post SET valid_to = :moves, end_published_on = :published WHERE employee_id = :person"), hidden
    )
    client = await api("employee", employee=city.colleague)
    assert len(await rows(client, "/unit_leaders", as_of=str(moves))) == 1
    with clock.travel(clock.start_of(published)):
        client = await api("employee", employee=city.colleague)
        assert await rows(client, "/unit_leaders", as_of=str(moves)) == []
