from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import rows

TODAY = clock.today()
JSON = {"Content-Type": "application/json"}
MANAGER = {
    "code": "steward",
    "name": "データ管理者",
    "basis": "post",
    "position_ranks": ["section_head"],
    "valid_from": "2027-04-01",
}


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


async def test_the_roles_of_the_day_are_read_by_everyone(api: SignIn, city: people.City) -> None:
    listed = await rows(await api("employee"), "/roles", sort="ordinal")
    assert [role["code"] for role in listed] == list(given.ROLES)
    assert listed[0]["sub_tiers"][0]["position_ranks"] == ["department_head"]


async def test_a_role_is_closed_and_followed_by_another_definition(api: SignIn, city: people.City) -> None:
    client = await api("information")
    manager = (await rows(client, "/roles", code="manager"))[0]
    successor = MANAGER | {"code": "manager"}
    assert (await client.post("/roles", json=successor)).json()["code"] == "duplicate_role_code"
    closed = await client.patch(f"/roles/{manager['id']}", json={"valid_to": "2027-04-01"}, headers={"If-Match": "*"})
    assert closed.status_code == 200, closed.text
    assert (await client.post("/roles", json=successor)).status_code == 201
    then = await rows(client, "/roles", code="manager", as_of="2027-04-01")
    assert then[0]["position_ranks"] == ["section_head"]


async def test_sub_tiers_are_patched_as_a_whole(api: SignIn, city: people.City) -> None:
    client = await api("information")
    manager = (await rows(client, "/roles", code="manager"))[0]
    changed = await client.patch(
        f"/roles/{manager['id']}", json={"sub_tiers": given.SUB_TIERS[:1]}, headers={"If-Match": "*"}
    )
    assert [tier["code"] for tier in changed.json()["sub_tiers"]] == ["department_head"]


async def test_a_role_keeps_its_code(api: SignIn, city: people.City) -> None:
    client = await api("information")
    role = (await rows(client, "/roles"))[0]
    response = await client.patch(f"/roles/{role['id']}", json={"code": "boss"}, headers={"If-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (422, "role_code_immutable")


async def test_only_a_role_that_has_not_begun_is_deleted(api: SignIn, city: people.City) -> None:
    client = await api("information")
    coming = (await client.post("/roles", json=MANAGER)).json()
    etag = (await client.get(f"/roles/{coming['id']}")).headers["ETag"]
    assert (await client.delete(f"/roles/{coming['id']}", headers={"If-Match": etag})).status_code == 204
    running = (await rows(client, "/roles"))[0]
    refused = await client.delete(f"/roles/{running['id']}", headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (409, "role_in_force")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"position_ranks": ["section_head", "mayor"]}, "/position_ranks/1"),
        ({"basis": "unit", "position_ranks": [], "org_unit_codes": ["NOWHERE"]}, "/org_unit_codes/0"),
        ({"position_ranks": []}, "/position_ranks"),
        ({"job_categories": ["nurse"]}, "/job_categories"),
        ({"sub_tiers": [{"code": "a", "name": "a", "position_ranks": ["chief"]}]}, "/sub_tiers"),
        ({"sub_tiers": [{"code": "a", "name": "a\0", "position_ranks": ["chief"]}]}, "/sub_tiers/0/name"),
        ({"sub_tiers": [{"code": "a", "name": "a", "position_ranks": ["chief"], "x": 1}]}, "/sub_tiers/0/x"),
        ({"basis": "wish"}, "/basis"),
        ({"ordinal": 2**40}, "/ordinal"),
        ({"valid_to": "2027-04-01"}, "/valid_to"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_bad_role_names_the_field(
    api: SignIn, city: people.City, changes: dict[str, Any], pointer: str
) -> None:
    response = await (await api("training")).post("/roles", json=MANAGER | changes)
    assert response.status_code == 422, response.text
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_only_policy_offices_edit_roles(api: SignIn, city: people.City) -> None:
    for grant in ("employee", "hr", "auditor", "clerk"):
        assert (await (await api(grant)).post("/roles", json=MANAGER)).status_code == 403


async def test_lists_take_no_more_statements_for_a_longer_page(
    api: SignIn, city: people.City, statements: Callable[[], Any]
) -> None:
    client = await api("information")
    for path in ("/roles", "/role_assignments", "/role_vacancies"):
        counted = []
        for limit in (1, 200):
            with statements() as seen:
                await client.get(path, params={"limit": limit})
            counted.append(len(seen))
        assert counted == [3, 2], path  # the caller, the page, and the count unless the page shows it
