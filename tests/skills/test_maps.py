from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.skills.models import SkillMap
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given
from tests.skills.given import rows

TODAY = clock.today()
TOMORROW = TODAY + timedelta(1)


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await roles.roles(db)
    await given.skills(db)
    return city


@pytest.fixture
async def skill_map(db: AsyncSession, city: people.City) -> SkillMap:
    return await given.skill_map(db)


async def test_a_map_shows_stated_and_actual_counts_per_skill(api: SignIn, skill_map: SkillMap) -> None:
    current = (await rows(await api("employee"), "/skill_maps"))[0]
    assert (current["version"], current["status"], current["allowed_actions"]) == (1, "active", [])
    assert current["row_counts"] == [
        {"skill_code": "leadership", "stated": None, "actual": 1},
        {"skill_code": "dx_basics", "stated": None, "actual": 4},
        {"skill_code": "security", "stated": None, "actual": 4},
        {"skill_code": "network", "stated": 1, "actual": 1},
    ]


async def test_a_requirement_shows_its_provenance(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("employee")
    requirements = await rows(client, "/skill_requirements", role_code="advisor", sort="-skill_code")
    assert [requirement["skill_code"] for requirement in requirements] == ["network", "dx_basics"]
    assert {name: requirements[0][name] for name in ("provenance", "confidence", "required", "map_version")} == {
        "provenance": "reconstructed",
        "confidence": 80,
        "required": True,
        "map_version": 1,
    }
    assert await rows(client, "/skill_requirements", as_of=str(given.START - timedelta(1))) == []


async def test_a_map_in_force_is_succeeded_by_an_activated_copy(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    copied = await client.post(f"/skill_maps/{skill_map.id}/copy")
    assert copied.status_code == 201, copied.text
    draft = copied.json()
    assert (draft["version"], draft["status"], draft["valid_from"]) == (2, "draft", None)
    assert draft["allowed_actions"] == ["activation", "copy"]
    requirements = await rows(client, "/skill_requirements", skill_map_id=draft["id"], role_code="advisor")
    assert len(requirements) == 2
    assert (await client.delete(f"/skill_requirements/{requirements[0]['id']}", headers=ANY_VERSION)).status_code == 204
    activated = await client.post(f"/skill_maps/{draft['id']}/activation", json={"valid_from": str(TOMORROW)})
    assert (activated.json()["status"], activated.json()["valid_from"]) == ("upcoming", str(TOMORROW))
    former = (await client.get(f"/skill_maps/{skill_map.id}")).json()
    assert (former["status"], former["valid_to"]) == ("active", str(TOMORROW))
    counts = [
        len(await rows(client, "/skill_requirements", role_code="advisor", as_of=str(day))) for day in (TODAY, TOMORROW)
    ]
    assert counts == [2, 1]


async def test_a_map_is_activated_once_and_not_in_the_past_of_another(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    draft = (await client.post("/skill_maps", json={"name": "次期"})).json()
    path = f"/skill_maps/{draft['id']}/activation"
    responses = [await client.post(path, json={"valid_from": str(day)}) for day in (TODAY - timedelta(1), TODAY, TODAY)]
    assert [response.status_code for response in responses] == [409, 200, 409]
    assert [response.json().get("code") for response in responses] == [
        "activation_in_past",
        None,
        "skill_map_not_draft",
    ]


async def test_a_map_may_be_activated_before_a_planned_one(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    later, sooner = [(await client.post("/skill_maps", json={"name": name})).json()["id"] for name in ("後", "先")]
    next_year = str(TODAY + timedelta(365))
    await client.post(f"/skill_maps/{later}/activation", json={"valid_from": next_year})
    between = await client.post(f"/skill_maps/{sooner}/activation", json={"valid_from": str(TOMORROW)})
    assert (between.json()["valid_from"], between.json()["valid_to"]) == (str(TOMORROW), next_year)
    same_day = (await client.post("/skill_maps", json={"name": "重複"})).json()["id"]
    response = await client.post(f"/skill_maps/{same_day}/activation", json={"valid_from": next_year})
    assert (response.status_code, response.json()["code"]) == (409, "overlapping_skill_map")


async def test_a_requirement_in_force_is_confirmed_but_not_changed(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("information")
    requirement = (await rows(client, "/skill_requirements"))[0]
    path = f"/skill_requirements/{requirement['id']}"
    confirmed = await client.patch(path, json={"provenance": "confirmed", "confidence": 100}, headers=ANY_VERSION)
    assert (confirmed.status_code, confirmed.json()["provenance"]) == (200, "confirmed")
    body = {**{name: requirement[name] for name in ("skill_map_id", "skill_code", "provenance", "confidence")}}
    refused = [
        await client.patch(path, json={"grace_days": 30}, headers=ANY_VERSION),
        await client.delete(path, headers=ANY_VERSION),
        await client.post("/skill_requirements", json=body | {"role_code": "childcare"}),
    ]
    assert [response.json()["code"] for response in refused] == ["skill_map_not_draft"] * 3


async def test_only_a_draft_is_discarded_with_its_requirements(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    assert (await client.delete(f"/skill_maps/{draft['id']}", headers=ANY_VERSION)).status_code == 204
    assert await rows(client, "/skill_requirements", skill_map_id=draft["id"]) == []
    assert (await client.delete(f"/skill_maps/{skill_map.id}", headers=ANY_VERSION)).json()[
        "code"
    ] == "skill_map_not_draft"


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"skill_map_id": str(uuid4())}, 422, "/skill_map_id"),
        ({"role_code": "wizard"}, 422, "/role_code"),
        ({"skill_code": "magic"}, 422, "/skill_code"),
        ({"required": False}, 422, "/required"),
        ({"confidence": 101}, 422, "/confidence"),
        ({"provenance": "rumour"}, 422, "/provenance"),
        ({"target_level": 0}, 422, "/target_level"),
        ({"grace_days": 10**12}, 422, "/grace_days"),
        ({"skill_code": "security"}, 409, None),
    ],
)
async def test_a_bad_requirement_is_refused(
    api: SignIn, skill_map: SkillMap, changes: dict[str, Any], status: int, pointer: str | None
) -> None:
    client = await api("training")
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    requirement = {"skill_map_id": draft["id"], "role_code": "leader", "skill_code": "network"}
    requirement |= {"provenance": "confirmed", "confidence": 100}
    response = await client.post("/skill_requirements", json=requirement | changes)
    assert response.status_code == status, response.text
    assert [error["pointer"] for error in response.json().get("errors", [])] == ([pointer] if pointer else [])
    assert len(await rows(client, "/skill_requirements", skill_map_id=draft["id"], role_code="leader")) == 2


async def test_stated_counts_refer_to_known_skills(api: SignIn, city: people.City) -> None:
    client = await api("training")
    response = await client.post("/skill_maps", json={"name": "x", "stated_counts": {"magic": 1}})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/stated_counts/magic")
    created = await client.post("/skill_maps", json={"name": "x", "stated_counts": {"network": 2}})
    patched = await client.patch(
        f"/skill_maps/{created.json()['id']}", json={"stated_counts": {"security": 1}}, headers=ANY_VERSION
    )
    assert [(row["skill_code"], row["stated"]) for row in patched.json()["row_counts"]] == [
        ("security", 1),
        ("network", 2),
    ]
