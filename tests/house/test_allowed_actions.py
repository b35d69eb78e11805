"""`allowed_actions` tells the truth to everyone: what it offers succeeds, what it does not offer is refused."""

from itertools import product

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from tests.conftest import SignIn
from tests.house.everyone import callers, world
from tests.house.lifecycles import BUILDERS
from tests.house.trials import OFFERS, Trial, posts

pytestmark = pytest.mark.slow


def test_every_resource_with_actions_is_tried() -> None:
    assert set(OFFERS) == set(BUILDERS)


@pytest.mark.parametrize("resource", OFFERS)
def test_whatever_can_be_posted_to_can_be_offered(resource: str) -> None:
    assert OFFERS[resource] == posts(resource)


@pytest.mark.parametrize("resource", OFFERS)
async def test_what_is_offered_succeeds_and_nothing_else(
    resource: str, api: SignIn, db: AsyncSession, connection: AsyncConnection
) -> None:
    here = await world(db)
    await BUILDERS[resource](here)
    trial = Trial(resource, connection, await api("admin"))
    everyone = {name: await api(*caller) for name, caller in callers(here).items()}
    await db.commit()
    known = await trial.prepare()
    for name, client in everyone.items():
        seen = await trial.listed(client)
        for one, shown in seen.items():
            await single_read_agrees(client, resource, one, shown["allowed_actions"])
        hidden = {known[one]["status"]: one for one in known.keys() - seen.keys()}  # one in each state will do
        for one in hidden.values():
            assert (await client.get(f"/{resource}/{one}")).status_code == 404
        for one, noun in product([*seen, *hidden.values()], OFFERS[resource]):
            offered = one in seen and noun in seen[one]["allowed_actions"]
            await trial.attempt(name, client, one, noun, offered=offered)
    assert trial.lies == []
    assert set(trial.met) == set(product(OFFERS[resource], (True, False)))


async def single_read_agrees(client: AsyncClient, resource: str, id: str, actions: list[str]) -> None:
    answer = await client.get(f"/{resource}/{id}")
    assert (answer.status_code, answer.json()["allowed_actions"]) == (200, actions)
