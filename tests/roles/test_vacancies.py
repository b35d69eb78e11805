from datetime import date, timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.roles.enums import Decision
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import rows

TODAY = clock.today()


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


async def vacancies(client: AsyncClient, day: date = TODAY) -> dict[str, int]:
    found = await rows(client, "/role_vacancies", as_of=str(day))
    return {row["org_unit"]["code"]: row["days_open"] for row in found}


async def test_a_unit_without_a_leader_is_vacant_since_it_began(api: SignIn, city: people.City) -> None:
    days = (TODAY - people.START).days
    assert await vacancies(await api("information")) == {"S1": days, "S2": days}


async def test_a_vacancy_counts_from_the_day_the_last_leader_left(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    moved = await people.employee(db)
    await people.post(db, moved, city.section, valid_to=TODAY - timedelta(10))
    await people.post(db, moved, city.medical_center, since=TODAY - timedelta(10))
    await given.appointment(db, moved, city.section)
    await given.appointment(db, city.stranger, city.other_section, valid_to=TODAY - timedelta(3))
    client = await api("information")
    assert await vacancies(client) == {"S1": 10, "S2": 3}
    assert "S1" not in await vacancies(client, TODAY - timedelta(11))


async def test_a_leader_of_the_department_covers_its_sections_and_one_may_lead_two(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    client = await api("information")
    await given.appointment(db, city.staff, city.other_section, home=city.team)
    await given.appointment(db, city.leader, city.section)
    await given.appointment(db, city.staff, city.section)
    assert await vacancies(client) == {}
    assert len(await rows(client, role_code="leader", org_unit_id=str(city.section.id))) == 2
    await given.appointment(db, city.department_head, city.department)
    assert await vacancies(client) == {}


async def test_a_nomination_fills_no_vacancy(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await given.appointment(db, city.leader, city.section, status=Decision.NOMINATED)
    assert set(await vacancies(await api("information"))) == {"S1", "S2"}


async def test_heads_see_the_vacancies_of_their_own_units(api: SignIn, city: people.City) -> None:
    assert set(await vacancies(await api("employee", employee=city.section_head))) == {"S1"}
    assert set(await vacancies(await api("employee", employee=city.department_head))) == {"S1", "S2"}
    assert await vacancies(await api("employee", employee=city.advisor)) == {}
