import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

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
JSON = {"Content-Type": "application/json"}
SKILL = {"code": "bpr", "name": "BPR", "definition": "業務フロー等を再構築することができる。"}


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await roles.roles(db)
    await given.skills(db)
    return city


@pytest.fixture
async def skill_map(db: AsyncSession, city: people.City) -> SkillMap:
    return await given.skill_map(db)


async def test_skills_are_listed_in_the_order_of_the_policy(api: SignIn, city: people.City) -> None:
    listed = await rows(await api("employee"), "/skills")
    assert [skill["code"] for skill in listed] == list(given.SKILLS)


async def test_a_skill_is_added_changed_and_deleted(api: SignIn, city: people.City) -> None:
    client = await api("training")
    added = await client.post("/skills", json=SKILL)
    assert added.status_code == 201, added.text
    path = f"/skills/{added.json()['id']}"
    changed = await client.patch(path, json={"name_en": "BPR"}, headers={"If-Match": added.headers["ETag"]})
    assert changed.json()["name_en"] == "BPR"
    assert (await client.delete(path, headers={"If-Match": added.headers["ETag"]})).status_code == 412
    assert (await client.delete(path, headers={"If-Match": changed.headers["ETag"]})).status_code == 204
    assert (await client.get(path)).status_code == 404


async def test_a_skill_in_use_cannot_change_its_code_or_be_deleted(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    skill = (await rows(client, "/skills", code="network"))[0]
    for request in (
        client.delete(f"/skills/{skill['id']}", headers=ANY_VERSION),
        client.patch(f"/skills/{skill['id']}", json={"code": "cloud"}, headers=ANY_VERSION),
    ):
        assert (await request).json()["code"] == "in_use"


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"code": "dx_basics"}, 409, None),
        ({"code": "b p r"}, 422, "/code"),
        ({"definition": ""}, 422, "/definition"),
        ({"name": "x\0"}, 422, "/name"),
        ({"name": "\ud800"}, 422, "/name"),
        ({"ordinal": -1}, 422, "/ordinal"),
        ({"level": 1}, 422, "/level"),
    ],
)
async def test_a_bad_skill_is_refused(
    api: SignIn, city: people.City, changes: dict[str, Any], status: int, pointer: str | None
) -> None:
    response = await (await api("training")).post("/skills", content=json.dumps(SKILL | changes), headers=JSON)
    assert response.status_code == status, response.text
    assert [error["pointer"] for error in response.json().get("errors", [])] == ([pointer] if pointer else [])


async def test_only_policy_offices_edit_skills(api: SignIn, skill_map: SkillMap) -> None:
    for grant in ("employee", "hr", "auditor"):
        client = await api(grant)
        assert (await client.post("/skills", json=SKILL)).status_code == 403
        assert (await client.post(f"/skill_maps/{skill_map.id}/copy")).status_code == 403


async def test_lists_take_no_more_statements_for_a_longer_page(
    api: SignIn, db: AsyncSession, skill_map: SkillMap, city: people.City, statements: Callable[[], Any]
) -> None:
    await given.skill_map(db, 2, valid_from=None)
    for skill in given.SKILLS:
        await given.skill_record(db, city.staff, skill)
    client = await api("training")
    expected = {"/skills": 3, "/skill_maps": 4, "/skill_requirements": 3, "/skill_records": 3}
    for path, count in expected.items():
        for limit, saved in ((1, 0), (200, 1)):  # the last page shows the count
            with statements() as seen:
                await client.get(path, params={"limit": limit})
            assert len(seen) == count - saved, (path, limit)
