from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.kit.records import uuid7
from app.skills import commands
from app.skills.enums import EvidenceBasis
from app.skills.models import SkillRecord
from tests.fixtures import SignIn
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


def record_body(person: Any, **more: Any) -> dict[str, Any]:
    return {
        "employee_id": str(person.id),
        "skill_code": "security",
        "basis": "assessment",
        "valid_from": str(TODAY),
        **more,
    }


async def test_the_training_office_records_and_revokes_an_assessment(api: SignIn, city: people.City) -> None:
    client = await api("training")
    created = await client.post("/skill_records", json=record_body(city.staff, level=2))
    assert created.status_code == 201, created.text
    assert (created.json()["status"], created.json()["allowed_actions"]) == ("valid", ["revocation"])
    path = f"/skill_records/{created.json()['id']}"
    revoked = await client.post(f"{path}/revocation", json={"revoked_reason": "誤登録", "revoked_on": str(TOMORROW)})
    assert (revoked.json()["status"], revoked.json()["revoked_reason"]) == ("valid", "誤登録")
    assert (await client.get(path, params={"as_of": str(TOMORROW)})).json()["status"] == "revoked"
    twice = await client.post(f"{path}/revocation", json={"revoked_reason": "再度"})
    assert (twice.status_code, twice.json()["code"]) == (409, "evidence_already_revoked")


async def test_employees_record_their_own_self_assessment_only(api: SignIn, city: people.City) -> None:
    client = await api("employee", employee=city.staff)
    own = await client.post("/skill_records", json=record_body(city.staff, basis="self_assessment"))
    assert own.status_code == 201
    for body in (record_body(city.colleague, basis="self_assessment"), record_body(city.staff)):
        response = await client.post("/skill_records", json=body)
        assert (response.status_code, response.json()["code"]) == (403, "only_own_self_assessment")


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"basis": "completion"}, 409, "/basis"),
        ({"skill_code": "magic"}, 422, "/skill_code"),
        ({"employee_id": str(uuid4())}, 422, "/employee_id"),
        ({"valid_to": str(TODAY)}, 422, "/valid_to"),
        ({"level": 2.5}, 422, "/level"),
        ({"source_id": str(uuid4())}, 422, "/source_id"),
    ],
)
async def test_bad_evidence_names_the_field(
    api: SignIn, db: AsyncSession, city: people.City, changes: dict[str, Any], status: int, pointer: str
) -> None:
    response = await (await api("training")).post("/skill_records", json=record_body(city.staff) | changes)
    assert response.status_code == status, response.text
    assert response.json()["errors"][0]["pointer"] == pointer
    assert (await db.scalars(select(SkillRecord))).all() == []


async def test_who_sees_whose_evidence(api: SignIn, db: AsyncSession, city: people.City) -> None:
    for person in (city.staff, city.colleague, city.stranger):
        await given.skill_record(db, person, "security")

    async def seen_by(grant: str, person: Any = None) -> int:
        return len(await rows(await api(grant, employee=person), "/skill_records"))

    assert await seen_by("employee", city.staff) == 1
    assert await seen_by("employee", city.section_head) == 2
    assert await seen_by("employee", city.department_head) == 3
    assert await seen_by("clerk", city.colleague) == 1
    assert await seen_by("auditor") == 3
    assert await seen_by("hr") == 0


async def test_evidence_out_of_sight_does_not_exist(api: SignIn, db: AsyncSession, city: people.City) -> None:
    evidence = await given.skill_record(db, city.staff, "security")
    stranger = await api("employee", employee=city.stranger)
    assert (await stranger.get(f"/skill_records/{evidence.id}")).status_code == 404
    body = {"revoked_reason": "x"}
    assert (await stranger.post(f"/skill_records/{evidence.id}/revocation", json=body)).status_code == 404


async def test_derived_evidence_is_revoked_at_its_source(api: SignIn, db: AsyncSession, city: people.City) -> None:
    evidence = await given.skill_record(db, city.staff, "security")
    client = await api("training")
    assert (await client.get(f"/skill_records/{evidence.id}")).json()["allowed_actions"] == []
    response = await client.post(f"/skill_records/{evidence.id}/revocation", json={"revoked_reason": "x"})
    assert (response.status_code, response.json()["code"]) == (409, "evidence_is_derived")


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
        await given.skill_record(db, city.staff, "security", **more)
    assert len(await rows(await api("training"), "/skill_records", **params)) == expected


async def records_from(db: AsyncSession, source: Any) -> dict[tuple[str, date], Any]:
    found = await db.scalars(select(SkillRecord).where(col(SkillRecord.source_id) == source))
    return {(record.skill_code, record.valid_from): record.revoked_on for record in found}


def completion(source: Any, city: people.City, since: date) -> commands.Source:
    return commands.Source(source, city.staff.id, EvidenceBasis.COMPLETION, since)


async def test_setting_evidence_again_changes_nothing(db: AsyncSession, city: people.City) -> None:
    source = uuid7()
    for _ in range(3):
        levels = {"dx_basics": 1, "security": None}
        await commands.set_evidence(db, completion(source, city, TODAY), levels)
    assert await records_from(db, source) == {("dx_basics", TODAY): None, ("security", TODAY): None}


async def test_a_corrected_source_supersedes_its_earlier_evidence(db: AsyncSession, city: people.City) -> None:
    source = uuid7()
    await commands.set_evidence(db, completion(source, city, TODAY), {"dx_basics": 1, "security": 1})
    await commands.set_evidence(db, completion(source, city, TOMORROW), {"dx_basics": 1})
    assert await records_from(db, source) == {
        ("dx_basics", TODAY): TODAY,
        ("security", TODAY): TODAY,
        ("dx_basics", TOMORROW): None,
    }


async def test_evidence_of_a_revoked_source_counts_on_earlier_days_and_may_be_set_again(
    db: AsyncSession, city: people.City
) -> None:
    source = uuid7()
    await commands.set_evidence(db, completion(source, city, TODAY), {"security": 1})
    await commands.withdraw_evidence(db, source, "出席の訂正", TOMORROW)
    await commands.withdraw_evidence(db, source, "出席の訂正", TODAY)
    assert await records_from(db, source) == {("security", TODAY): TOMORROW}
    await commands.set_evidence(db, completion(source, city, TOMORROW), {"security": 1})
    assert (await records_from(db, source))[("security", TOMORROW)] is None
