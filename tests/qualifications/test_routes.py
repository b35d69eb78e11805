from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.qualifications.enums import AwardStatus
from tests.catalog.given import skills
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.qualifications import given


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    """A small city that recommends IT Passport, which never expires, and a yearly licence."""
    await skills(db, "dx_basics", "information_security")
    await given.qualification(db, "IT-PASSPORT", skill_codes=["dx_basics", "information_security"], skill_level=2)
    await given.qualification(db, "YEARLY", valid_for_months=12)
    return await people.city(db)


def assert_problem(response: Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text


async def test_holders_are_counted_once_on_the_day(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await given.award(db, city.staff, "1")
    await given.award(db, city.staff, "2")
    await given.award(db, city.colleague, "3", expires_on=date(2026, 9, 1))
    await given.award(db, city.stranger, "4", AwardStatus.REGISTERED)
    training = await api("training")
    for day, holders in (("2026-06-13", 0), ("2026-06-14", 2), ("2026-09-01", 2), ("2026-09-02", 1)):
        page = (await training.get("/qualifications", params={"as_of": day})).json()
        counts = {row["code"]: row["holders"] for row in page["results"]}
        assert (page["metadata"]["as_of"], counts) == (day, {"IT-PASSPORT": holders, "YEARLY": 0})
        one = (await training.get(f"/qualifications/{page['results'][0]['id']}", params={"as_of": day})).json()
        assert (one["as_of"], one["holders"]) == (day, holders)


async def test_lists_take_no_more_statements_for_a_longer_page(
    api: SignIn, db: AsyncSession, city: people.City, statements: Callable[[], Any]
) -> None:
    for number, person in enumerate((city.staff, city.colleague, city.stranger)):
        await given.award(db, person, f"IP-{number}")
    training = await api("training")
    for path, expected in (("/qualifications", 4), ("/qualification_awards", 3)):
        for limit, saved in ((1, 0), (200, 1)):  # the last page shows the count
            with statements() as seen:
                await training.get(path, params={"limit": limit})
            assert len(seen) == expected - saved, path


async def test_the_training_office_maintains_qualifications(api: SignIn, city: people.City) -> None:
    training, employee = await api("training"), await api("employee", employee=city.staff)
    body = {"code": "DS", "name": "DS検定", "issuer": "協会", "skill_codes": ["dx_basics"], "valid_for_months": 24}
    assert (await employee.post("/qualifications", json=body)).status_code == 403
    created = (await training.post("/qualifications", json=body)).json()
    assert (created["skill_level"], created["holders"]) == (1, 0)
    url = f"/qualifications/{created['id']}"
    assert (await employee.get(url)).status_code == 200
    assert_problem(await training.post("/qualifications", json=body), 409, "duplicate_qualification_code")
    changed = await training.patch(url, json={"valid_for_months": None}, headers=ANY_VERSION)
    assert (changed.json()["valid_for_months"], changed.json()["issuer"]) == (None, "協会")
    for wrong, pointer in (
        ({"skill_codes": ["dx_basics", "magic"]}, "/skill_codes/1"),
        ({"valid_for_months": 0}, "/valid_for_months"),
        ({"issuer": None}, "/issuer"),
        ({"price": 1}, "/price"),
    ):
        response = await training.patch(url, json=wrong, headers=ANY_VERSION)
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await training.delete(url, headers=ANY_VERSION)).status_code == 204


async def test_a_qualification_with_awards_cannot_be_deleted(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await given.award(db, city.staff, "IP-1")
    training = await api("training")
    listed = (await training.get("/qualifications", params={"code": "IT-PASSPORT"})).json()["results"][0]
    response = await training.delete(f"/qualifications/{listed['id']}", headers=ANY_VERSION)
    assert_problem(response, 409, "qualification_in_use")
