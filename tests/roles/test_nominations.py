from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.enums import PostKind
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import assignment_body, rows

TODAY = clock.today()


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


async def nominate(api: SignIn, city: people.City) -> dict[str, Any]:
    head = await api("employee", employee=city.section_head)
    response = await head.post("/role_assignments", json=assignment_body(city.leader, city.section))
    assert response.status_code == 201, response.text
    nominated: dict[str, Any] = response.json()
    return nominated


async def test_the_information_division_approves_a_nomination(api: SignIn, city: people.City) -> None:
    nominated = await nominate(api, city)
    assert (nominated["status"], nominated["allowed_actions"]) == ("nominated", [])
    client = await api("information")
    waiting = (await rows(client, status="nominated"))[0]
    assert waiting["allowed_actions"] == ["approval", "rejection"]
    approved = await client.post(f"/role_assignments/{waiting['id']}/approval")
    assert (approved.json()["status"], approved.json()["allowed_actions"]) == ("active", ["end"])
    twice = await client.post(f"/role_assignments/{waiting['id']}/approval")
    assert (twice.status_code, twice.json()["code"]) == (409, "nomination_already_decided")


async def test_a_nomination_is_rejected_with_a_reason(api: SignIn, city: people.City) -> None:
    nominated = await nominate(api, city)
    client = await api("information")
    path = f"/role_assignments/{nominated['id']}/rejection"
    rejected = await client.post(path, json={"end_reason": "別の候補を"})
    assert (rejected.json()["status"], rejected.json()["end_reason"]) == ("rejected", "別の候補を")
    assert (await nominate(api, city))["status"] == "nominated"


async def test_a_head_nominates_only_members_for_their_own_unit(api: SignIn, city: people.City) -> None:
    head = await api("employee", employee=city.section_head)
    for person, unit in ((city.stranger, city.section), (city.leader, city.other_section)):
        response = await head.post("/role_assignments", json=assignment_body(person, unit))
        assert (response.status_code, response.json()["code"]) == (403, "not_your_unit")
    staff = await api("employee", employee=city.staff)
    assert (await staff.post("/role_assignments", json=assignment_body(city.staff, city.team))).status_code == 403


async def test_an_acting_head_nominates_too(api: SignIn, db: AsyncSession, city: people.City) -> None:
    await people.post(db, city.leader, city.other_section, "section_head", PostKind.ACTING)
    acting = await api("employee", employee=city.leader)
    response = await acting.post("/role_assignments", json=assignment_body(city.stranger, city.other_section))
    assert (response.status_code, response.json()["status"]) == (201, "nominated")
