"""The policy, loaded into the database."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import recorder
from app.seed import policy
from tests.fixtures import SignIn


@pytest.fixture
async def loaded(db: AsyncSession) -> AsyncSession:
    recorder.install()
    await policy.load(db)
    return db


async def test_the_map_is_in_force_with_its_29_requirements(loaded: AsyncSession) -> None:
    requirements = """
        SELECT count(*) FROM skill_requirement r JOIN skill_map m ON m.id = r.skill_map_id
        WHERE m.valid_from = '2024-04-01'
    """
    assert await loaded.scalar(text(requirements)) == 29
    printed = "SELECT count(*) FROM skill_requirement WHERE provenance = 'seed_text'"
    assert await loaded.scalar(text(printed)) == 10


async def test_the_policy_is_loaded_once(loaded: AsyncSession) -> None:
    async def entries() -> Any:
        return await loaded.scalar(text("SELECT count(*) FROM audit_entry"))

    before = await entries()
    await policy.load(loaded)
    assert await entries() == before > 0


async def test_the_printed_baseline_is_returned_by_the_api(loaded: AsyncSession, api: SignIn) -> None:
    client = await api("training")
    survey = (await client.get("/surveys", params={"kind": "baseline"})).json()["results"][0]
    results = (await client.get(f"/surveys/{survey['id']}/results")).json()
    shares = {
        question["code"]: [option["percent"] for option in question["options"]] for question in results["questions"]
    }
    assert shares["dx_understanding"] == [5, 48, 42, 5]
    assert shares["city_dx_progress"] == [41, 35, 21]
    assert shares["learning"] == [56, 20, 4]
    assert shares["digital_environment"] == [51, 27, 13]
    assert shares["wanted_people"] == [None, None]
    assert all(question["n"] is None for question in results["questions"])
