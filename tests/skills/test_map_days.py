"""The state of a map on a day, withdrawal of one to come, confirmation with its history, and who sees drafts."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.skills.models import SkillMap
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given
from tests.skills.given import rows

TODAY = clock.today()
NEXT_YEAR = TODAY + timedelta(120)
OFFICES = ("training", "information", "admin", "auditor")
OTHERS = ("employee", "clerk", "hr")


@pytest.fixture
async def skill_map(db: AsyncSession) -> SkillMap:
    await people.city(db)
    await roles.roles(db)
    await given.skills(db)
    return await given.skill_map(db)


async def next_year_s(client: AsyncClient, skill_map: SkillMap, day: date = NEXT_YEAR) -> dict[str, Any]:
    """A copy that is activated for a later day."""
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    activated = await client.post(f"/skill_maps/{draft['id']}/activation", json={"valid_from": str(day)})
    assert activated.status_code == 200, activated.text
    shown: dict[str, Any] = activated.json()
    return shown


async def versions(client: AsyncClient, status: str, day: date = TODAY) -> list[int]:
    return [shown["version"] for shown in await rows(client, "/skill_maps", status=status, as_of=str(day))]


async def test_todays_map_is_active_until_the_next_one_begins(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    coming = await next_year_s(client, skill_map)
    assert (coming["status"], coming["as_of"], coming["allowed_actions"]) == (
        "upcoming",
        str(TODAY),
        ["withdrawal", "copy"],
    )
    assert await versions(client, "active") == await versions(client, "active", NEXT_YEAR - timedelta(1)) == [1]
    assert (await versions(client, "active", NEXT_YEAR), await versions(client, "retired", NEXT_YEAR)) == ([2], [1])
    assert (await versions(client, "upcoming"), await versions(client, "retired")) == ([2], [])
    then = (await client.get(f"/skill_maps/{skill_map.id}", params={"as_of": str(NEXT_YEAR)})).json()
    assert (then["status"], then["as_of"], then["allowed_actions"]) == ("retired", str(NEXT_YEAR), ["copy"])


async def test_no_map_is_active_before_the_first_one_begins(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("employee")
    assert await versions(client, "active", given.START - timedelta(1)) == []
    assert await versions(client, "upcoming", given.START - timedelta(1)) == [1]


@pytest.mark.parametrize("which", ["in force", "to come"])
async def test_cells_are_confirmed_until_the_map_is_over(api: SignIn, skill_map: SkillMap, which: str) -> None:
    client = await api("training")
    coming = await next_year_s(client, skill_map)
    chosen = str(skill_map.id) if which == "in force" else coming["id"]
    cell = (await rows(client, "/skill_requirements", skill_map_id=chosen))[0]
    body = {"provenance": "confirmed", "confidence": 100}
    path = f"/skill_requirements/{cell['id']}"
    assert (await client.patch(path, json=body, headers=ANY_VERSION)).status_code == 200
    assert (await client.patch(path, json={"target_level": 2}, headers=ANY_VERSION)).json()[
        "code"
    ] == "skill_map_not_draft"
    with clock.travel(clock.start_of(NEXT_YEAR)):
        later = await (await api("training")).patch(path, json={"confidence": 90}, headers=ANY_VERSION)
    assert later.status_code == (409 if which == "in force" else 200)


async def test_a_cell_s_history_says_who_changed_what_and_when(api: SignIn, skill_map: SkillMap) -> None:
    training, information = await api("training"), await api("information")
    cell = (await rows(training, "/skill_requirements", role_code="advisor", skill_code="network"))[0]
    path = f"/skill_requirements/{cell['id']}"
    await training.patch(path, json={"confidence": 90}, headers=ANY_VERSION)
    await information.patch(path, json={"provenance": "confirmed", "confidence": 100}, headers=ANY_VERSION)
    await information.patch(path, json={"confidence": 100}, headers=ANY_VERSION)
    history = await rows(await api("auditor"), f"{path}/history")
    assert [(entry["action"], entry["by"], entry["changes"]) for entry in history] == [
        (
            "updated",
            "information",
            [
                {"field": "provenance", "before": "reconstructed", "after": "confirmed"},
                {"field": "confidence", "before": 90, "after": 100},
            ],
        ),
        ("updated", "training", [{"field": "confidence", "before": 80, "after": 90}]),
        (
            "created",
            None,
            [
                {"field": "target_level", "before": None, "after": None},
                {"field": "provenance", "before": None, "after": "reconstructed"},
                {"field": "confidence", "before": None, "after": 80},
                {"field": "grace_days", "before": None, "after": 0},
            ],
        ),
    ]
    assert [entry["at"] for entry in history] == sorted((entry["at"] for entry in history), reverse=True)


@pytest.mark.parametrize("grant", OTHERS)
async def test_only_the_offices_read_the_history_of_a_cell(api: SignIn, skill_map: SkillMap, grant: str) -> None:
    cell = (await rows(await api("training"), "/skill_requirements"))[0]
    assert (await (await api(grant)).get(f"/skill_requirements/{cell['id']}/history")).status_code == 403


async def test_a_future_map_is_withdrawn_and_the_present_one_stays(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    coming = await next_year_s(client, skill_map)
    withdrawn = await client.post(f"/skill_maps/{coming['id']}/withdrawal")
    assert (withdrawn.status_code, withdrawn.json()["status"], withdrawn.json()["valid_from"]) == (200, "draft", None)
    assert withdrawn.json()["allowed_actions"] == ["activation", "copy"]
    present = (await client.get(f"/skill_maps/{skill_map.id}")).json()
    assert (present["status"], present["valid_to"]) == ("active", None)
    assert await versions(client, "active", NEXT_YEAR) == [1]
    again = await client.post(f"/skill_maps/{coming['id']}/withdrawal")
    assert (again.status_code, again.json()["code"]) == (409, "skill_map_not_upcoming")
    assert (await client.delete(f"/skill_maps/{coming['id']}", headers=ANY_VERSION)).status_code == 204


async def test_a_map_between_two_others_is_withdrawn_without_a_gap(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    last = await next_year_s(client, skill_map, NEXT_YEAR)
    between = await next_year_s(client, skill_map, TODAY + timedelta(30))
    assert (between["valid_to"], last["valid_to"]) == (str(NEXT_YEAR), None)
    assert (await client.post(f"/skill_maps/{between['id']}/withdrawal")).status_code == 200
    assert (await client.get(f"/skill_maps/{skill_map.id}")).json()["valid_to"] == str(NEXT_YEAR)
    assert await versions(client, "active", NEXT_YEAR - timedelta(1)) == [1]
    assert await versions(client, "active", NEXT_YEAR) == [2]


async def test_a_map_is_not_withdrawn_from_its_first_day_on(api: SignIn, skill_map: SkillMap) -> None:
    coming = await next_year_s(await api("training"), skill_map)
    path = f"/skill_maps/{coming['id']}"
    for moment, status in ((clock.start_of(NEXT_YEAR), 409), (clock.start_of(NEXT_YEAR) - timedelta(seconds=1), 200)):
        with clock.travel(moment):
            client = await api("training")
            offered = (await client.get(path)).json()["allowed_actions"]
            assert ("withdrawal" in offered) is (status == 200)
            assert (await client.post(f"{path}/withdrawal")).status_code == status


async def test_a_map_with_cells_of_a_role_that_has_ended_is_not_activated(
    api: SignIn, db: AsyncSession, skill_map: SkillMap
) -> None:
    client = await api("training")
    advisor = (await rows(client, "/roles", code="advisor"))[0]
    ended = await client.patch(f"/roles/{advisor['id']}", json={"valid_to": str(NEXT_YEAR)}, headers=ANY_VERSION)
    assert ended.status_code == 200
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    path = f"/skill_maps/{draft['id']}/activation"
    refused = await client.post(path, json={"valid_from": str(NEXT_YEAR)})
    assert (refused.status_code, refused.json()["code"]) == (422, "role_not_in_force")
    assert "advisor" in refused.json()["detail"]
    for cell in await rows(client, "/skill_requirements", skill_map_id=draft["id"], role_code="advisor"):
        await client.delete(f"/skill_requirements/{cell['id']}", headers=ANY_VERSION)
    assert (await client.post(path, json={"valid_from": str(NEXT_YEAR)})).status_code == 200


@pytest.mark.parametrize("grant", [*OFFICES, *OTHERS])
async def test_drafts_and_their_cells_exist_for_the_offices_only(api: SignIn, skill_map: SkillMap, grant: str) -> None:
    draft = (await (await api("training")).post(f"/skill_maps/{skill_map.id}/copy")).json()
    client, sees = await api(grant), grant in OFFICES
    cell = (await rows(await api("training"), "/skill_requirements", skill_map_id=draft["id"]))[0]
    listed = (await client.get("/skill_maps")).json()
    assert listed["metadata"]["resultset"]["count"] == len(listed["results"]) == 1 + sees
    assert await versions(client, "draft") == [2] * sees
    assert bool(await rows(client, "/skill_requirements", skill_map_id=draft["id"])) is sees
    for path in (f"/skill_maps/{draft['id']}", f"/skill_requirements/{cell['id']}"):
        assert (await client.get(path)).status_code == (200 if sees else 404)


async def test_a_map_changes_when_its_cells_do(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    cell = (await rows(client, "/skill_requirements", skill_map_id=draft["id"]))[0]
    moment = clock.now()
    await client.delete(f"/skill_requirements/{cell['id']}", headers=ANY_VERSION)
    changed = await rows(client, "/skill_maps", since=moment.isoformat())
    assert [shown["version"] for shown in changed] == [2]
    entries = await rows(await api("admin"), "/audit_entries", record_id=draft["id"])
    assert [entry["action"] for entry in entries] == ["created"]
