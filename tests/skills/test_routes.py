import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.records import uuid7
from app.skills import commands
from app.skills.enums import EvidenceBasis, SkillMapStatus
from app.skills.models import SkillMap, SkillRecord
from tests.fixtures import SignIn
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given

TODAY = clock.today()

TOMORROW = TODAY + timedelta(1)

ANY = {"If-Match": "*"}

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


async def rows(client: AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


async def test_skills_are_listed_in_the_policy_s_order(api: SignIn, city: people.City) -> None:
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


async def test_a_skill_in_use_stays(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    skill = (await rows(client, "/skills", code="network"))[0]
    for request in (
        client.delete(f"/skills/{skill['id']}", headers=ANY),
        client.patch(f"/skills/{skill['id']}", json={"code": "cloud"}, headers=ANY),
    ):
        assert (await request).json()["code"] == "in_use"


@pytest.mark.parametrize(
    ("spoilt", "status", "pointer"),
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
    api: SignIn, city: people.City, spoilt: dict[str, Any], status: int, pointer: str | None
) -> None:
    answer = await (await api("training")).post("/skills", content=json.dumps(SKILL | spoilt), headers=JSON)
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json().get("errors", [])] == ([pointer] if pointer else [])


async def test_policy_is_written_by_its_offices_alone(api: SignIn, skill_map: SkillMap) -> None:
    for grant in ("employee", "hr", "auditor"):
        client = await api(grant)
        assert (await client.post("/skills", json=SKILL)).status_code == 403
        assert (await client.post(f"/skill_maps/{skill_map.id}/copy")).status_code == 403


async def test_a_map_shows_stated_and_actual_cells_of_each_row(api: SignIn, skill_map: SkillMap) -> None:
    shown = (await rows(await api("employee"), "/skill_maps"))[0]
    assert (shown["version"], shown["status"], shown["allowed_actions"]) == (1, "active", [])
    assert shown["row_counts"] == [
        {"skill_code": "leadership", "stated": None, "actual": 1},
        {"skill_code": "dx_basics", "stated": None, "actual": 4},
        {"skill_code": "security", "stated": None, "actual": 4},
        {"skill_code": "network", "stated": 1, "actual": 1},
    ]


async def test_each_cell_shows_where_it_comes_from(api: SignIn, skill_map: SkillMap) -> None:
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


async def test_a_map_in_force_is_changed_by_a_copy_activated_from_a_day(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    copied = await client.post(f"/skill_maps/{skill_map.id}/copy")
    assert copied.status_code == 201, copied.text
    draft = copied.json()
    assert (draft["version"], draft["status"], draft["valid_from"]) == (2, "draft", None)
    assert draft["allowed_actions"] == ["activation", "copy"]
    requirements = await rows(client, "/skill_requirements", skill_map_id=draft["id"], role_code="advisor")
    assert len(requirements) == 2
    assert (await client.delete(f"/skill_requirements/{requirements[0]['id']}", headers=ANY)).status_code == 204
    activated = await client.post(f"/skill_maps/{draft['id']}/activation", json={"valid_from": str(TOMORROW)})
    assert (activated.json()["status"], activated.json()["valid_from"]) == ("active", str(TOMORROW))
    former = (await client.get(f"/skill_maps/{skill_map.id}")).json()
    assert (former["status"], former["valid_to"]) == ("retired", str(TOMORROW))
    counts = [
        len(await rows(client, "/skill_requirements", role_code="advisor", as_of=str(day))) for day in (TODAY, TOMORROW)
    ]
    assert counts == [2, 1]


async def test_a_map_begins_once_and_not_in_another_s_past(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    draft = (await client.post("/skill_maps", json={"name": "次期"})).json()
    path = f"/skill_maps/{draft['id']}/activation"
    answers = [await client.post(path, json={"valid_from": str(day)}) for day in (TODAY - timedelta(1), TODAY, TODAY)]
    assert [answer.status_code for answer in answers] == [409, 200, 409]
    assert [answer.json().get("code") for answer in answers] == ["activation_in_past", None, "skill_map_not_draft"]


async def test_a_map_may_be_put_before_one_that_is_planned(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    later, sooner = [(await client.post("/skill_maps", json={"name": name})).json()["id"] for name in ("後", "先")]
    next_year = str(TODAY + timedelta(365))
    await client.post(f"/skill_maps/{later}/activation", json={"valid_from": next_year})
    between = await client.post(f"/skill_maps/{sooner}/activation", json={"valid_from": str(TOMORROW)})
    assert (between.json()["valid_from"], between.json()["valid_to"]) == (str(TOMORROW), next_year)
    same_day = (await client.post("/skill_maps", json={"name": "重複"})).json()["id"]
    answer = await client.post(f"/skill_maps/{same_day}/activation", json={"valid_from": next_year})
    assert (answer.status_code, answer.json()["code"]) == (409, "overlapping_skill_map")


async def test_of_a_map_in_force_a_cell_is_confirmed_but_not_changed(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("information")
    requirement = (await rows(client, "/skill_requirements"))[0]
    path = f"/skill_requirements/{requirement['id']}"
    confirmed = await client.patch(path, json={"provenance": "confirmed", "confidence": 100}, headers=ANY)
    assert (confirmed.status_code, confirmed.json()["provenance"]) == (200, "confirmed")
    body = {**{name: requirement[name] for name in ("skill_map_id", "skill_code", "provenance", "confidence")}}
    refused = [
        await client.patch(path, json={"grace_days": 30}, headers=ANY),
        await client.delete(path, headers=ANY),
        await client.post("/skill_requirements", json=body | {"role_code": "childcare"}),
    ]
    assert [answer.json()["code"] for answer in refused] == ["skill_map_not_draft"] * 3


async def test_a_draft_is_discarded_with_its_cells_a_map_in_force_is_not(api: SignIn, skill_map: SkillMap) -> None:
    client = await api("training")
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    assert (await client.delete(f"/skill_maps/{draft['id']}", headers=ANY)).status_code == 204
    assert await rows(client, "/skill_requirements", skill_map_id=draft["id"]) == []
    assert (await client.delete(f"/skill_maps/{skill_map.id}", headers=ANY)).json()["code"] == "skill_map_not_draft"


@pytest.mark.parametrize(
    ("spoilt", "status", "pointer"),
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
async def test_a_bad_cell_is_refused(
    api: SignIn, skill_map: SkillMap, spoilt: dict[str, Any], status: int, pointer: str | None
) -> None:
    client = await api("training")
    draft = (await client.post(f"/skill_maps/{skill_map.id}/copy")).json()
    requirement = {"skill_map_id": draft["id"], "role_code": "leader", "skill_code": "network"}
    requirement |= {"provenance": "confirmed", "confidence": 100}
    answer = await client.post("/skill_requirements", json=requirement | spoilt)
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json().get("errors", [])] == ([pointer] if pointer else [])
    assert len(await rows(client, "/skill_requirements", skill_map_id=draft["id"], role_code="leader")) == 2


async def test_stated_counts_speak_of_known_skills(api: SignIn, city: people.City) -> None:
    client = await api("training")
    answer = await client.post("/skill_maps", json={"name": "x", "stated_counts": {"magic": 1}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/stated_counts/magic")
    made = await client.post("/skill_maps", json={"name": "x", "stated_counts": {"network": 2}})
    patched = await client.patch(
        f"/skill_maps/{made.json()['id']}", json={"stated_counts": {"security": 1}}, headers=ANY
    )
    assert [(row["skill_code"], row["stated"]) for row in patched.json()["row_counts"]] == [
        ("security", 1),
        ("network", 2),
    ]


def assessing(person: Any, **more: Any) -> dict[str, Any]:
    return {
        "employee_id": str(person.id),
        "skill_code": "security",
        "basis": "assessment",
        "valid_from": str(TODAY),
        **more,
    }


async def test_the_training_office_records_and_revokes_an_assessment(api: SignIn, city: people.City) -> None:
    client = await api("training")
    made = await client.post("/skill_records", json=assessing(city.staff, level=2))
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["allowed_actions"]) == ("valid", ["revocation"])
    path = f"/skill_records/{made.json()['id']}"
    revoked = await client.post(f"{path}/revocation", json={"revoked_reason": "誤登録", "revoked_on": str(TOMORROW)})
    assert (revoked.json()["status"], revoked.json()["revoked_reason"]) == ("valid", "誤登録")
    assert (await client.get(path, params={"as_of": str(TOMORROW)})).json()["status"] == "revoked"
    twice = await client.post(f"{path}/revocation", json={"revoked_reason": "再度"})
    assert (twice.status_code, twice.json()["code"]) == (409, "evidence_already_revoked")


async def test_employees_record_their_own_self_assessment_only(api: SignIn, city: people.City) -> None:
    client = await api("employee", employee=city.staff)
    own = await client.post("/skill_records", json=assessing(city.staff, basis="self_assessment"))
    assert own.status_code == 201
    for body in (assessing(city.colleague, basis="self_assessment"), assessing(city.staff)):
        answer = await client.post("/skill_records", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "only_own_self_assessment")


@pytest.mark.parametrize(
    ("spoilt", "status", "pointer"),
    [
        ({"basis": "completion"}, 409, "/basis"),
        ({"skill_code": "magic"}, 422, "/skill_code"),
        ({"employee_id": str(uuid4())}, 422, "/employee_id"),
        ({"valid_to": str(TODAY)}, 422, "/valid_to"),
        ({"level": 2.5}, 422, "/level"),
        ({"source_id": str(uuid4())}, 422, "/source_id"),
    ],
)
async def test_bad_evidence_names_the_member(
    api: SignIn, db: AsyncSession, city: people.City, spoilt: dict[str, Any], status: int, pointer: str
) -> None:
    answer = await (await api("training")).post("/skill_records", json=assessing(city.staff) | spoilt)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await db.scalars(select(SkillRecord))).all() == []


async def test_who_sees_whose_evidence(api: SignIn, db: AsyncSession, city: people.City) -> None:
    for person in (city.staff, city.colleague, city.stranger):
        await given.shown(db, person, "security")

    async def seen_by(grant: str, person: Any = None) -> int:
        return len(await rows(await api(grant, employee=person), "/skill_records"))

    assert await seen_by("employee", city.staff) == 1
    assert await seen_by("employee", city.section_head) == 2
    assert await seen_by("employee", city.department_head) == 3
    assert await seen_by("clerk", city.colleague) == 1
    assert await seen_by("auditor") == 3
    assert await seen_by("hr") == 0


async def test_evidence_out_of_sight_does_not_exist(api: SignIn, db: AsyncSession, city: people.City) -> None:
    shown = await given.shown(db, city.staff, "security")
    stranger = await api("employee", employee=city.stranger)
    assert (await stranger.get(f"/skill_records/{shown.id}")).status_code == 404
    body = {"revoked_reason": "x"}
    assert (await stranger.post(f"/skill_records/{shown.id}/revocation", json=body)).status_code == 404


async def test_sourced_evidence_is_revoked_at_its_source(api: SignIn, db: AsyncSession, city: people.City) -> None:
    shown = await given.shown(db, city.staff, "security")
    client = await api("training")
    assert (await client.get(f"/skill_records/{shown.id}")).json()["allowed_actions"] == []
    answer = await client.post(f"/skill_records/{shown.id}/revocation", json={"revoked_reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "evidence_is_derived")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 3),
        ({"status": "valid"}, 1),
        ({"status": "expired,revoked"}, 2),
        ({"skill_code": "network"}, 0),
        ({"basis": "completion", "as_of": str(TODAY - timedelta(1)), "status": "valid"}, 3),
        ({"sort": "valid_from", "limit": "2"}, 2),
    ],
)
async def test_evidence_is_filtered_as_of_the_day(
    api: SignIn, db: AsyncSession, city: people.City, params: dict[str, str], expected: int
) -> None:
    for more in ({}, {"valid_to": TODAY}, {"revoked_on": TODAY}):
        await given.shown(db, city.staff, "security", **more)
    assert len(await rows(await api("training"), "/skill_records", **params)) == expected


async def records_from(db: AsyncSession, source: Any) -> dict[tuple[str, date], Any]:
    found = await db.scalars(select(SkillRecord).where(col(SkillRecord.source_id) == source))
    return {(shown.skill_code, shown.valid_from): shown.revoked_on for shown in found}


def completion(source: Any, city: people.City, since: date) -> commands.Source:
    return commands.Source(source, city.staff.id, EvidenceBasis.COMPLETION, since)


async def test_a_source_gives_its_evidence_once_however_often_it_is_called(db: AsyncSession, city: people.City) -> None:
    source = uuid7()
    for _ in range(3):
        levels = {"dx_basics": 1, "security": None}
        await commands.set_evidence(db, completion(source, city, TODAY), levels)
    assert await records_from(db, source) == {("dx_basics", TODAY): None, ("security", TODAY): None}


async def test_a_corrected_source_supersedes_what_it_gave_before(db: AsyncSession, city: people.City) -> None:
    source = uuid7()
    await commands.set_evidence(db, completion(source, city, TODAY), {"dx_basics": 1, "security": 1})
    await commands.set_evidence(db, completion(source, city, TOMORROW), {"dx_basics": 1})
    assert await records_from(db, source) == {
        ("dx_basics", TODAY): TODAY,
        ("security", TODAY): TODAY,
        ("dx_basics", TOMORROW): None,
    }


async def test_a_revoked_source_counts_for_the_days_before_and_may_give_evidence_again(
    db: AsyncSession, city: people.City
) -> None:
    source = uuid7()
    await commands.set_evidence(db, completion(source, city, TODAY), {"security": 1})
    await commands.withdraw_evidence(db, source, "出席の訂正", TOMORROW)
    await commands.withdraw_evidence(db, source, "出席の訂正", TODAY)
    assert await records_from(db, source) == {("security", TODAY): TOMORROW}
    await commands.set_evidence(db, completion(source, city, TOMORROW), {"security": 1})
    assert (await records_from(db, source))[("security", TOMORROW)] is None


async def test_lists_make_as_many_statements_for_one_row_as_for_all(
    api: SignIn, db: AsyncSession, skill_map: SkillMap, city: people.City, statements: Callable[[], Any]
) -> None:
    await given.skill_map(db, 2, status=SkillMapStatus.DRAFT, valid_from=None)
    for skill in given.SKILLS:
        await given.shown(db, city.staff, skill)
    client = await api("training")
    expected = {"/skills": 3, "/skill_maps": 4, "/skill_requirements": 3, "/skill_records": 3}
    for path, count in expected.items():
        for limit, told in ((1, 0), (200, 1)):  # the last page tells the count
            with statements() as seen:
                await client.get(path, params={"limit": limit})
            assert len(seen) == count - told, (path, limit)
