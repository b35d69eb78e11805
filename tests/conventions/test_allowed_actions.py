"""`allowed_actions` tells the truth to everyone: what it offers succeeds, what it does not offer is refused."""

from itertools import product

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from tests.conventions.everyone import callers, world
from tests.conventions.lifecycles import BUILDERS
from tests.conventions.trials import OFFERS, Trial, posts
from tests.fixtures import SignIn
from tests.thoroughness import THOROUGH

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
    tried: list[dict[str, list[str] | None]] = []
    for name, client in everyone.items():
        seen = await trial.listed(client)
        offers = {one: seen[one]["allowed_actions"] if one in seen else None for one in known}
        # Who is offered nothing, or just what another was offered, is tried once in each state.
        alike = {(known[one]["status"], str(actions)): one for one, actions in offers.items()}
        for one in alike.values() if not THOROUGH or offers in tried or not any(offers.values()) else offers:
            assert await actions_read(client, f"/{resource}/{one}") == offers[one]
            for noun in OFFERS[resource]:
                await trial.attempt(name, client, one, noun, offered=noun in (offers[one] or []))
        tried.append(offers)
    assert trial.mismatches == []
    assert set(trial.met) == set(product(OFFERS[resource], (True, False)))


async def actions_read(client: AsyncClient, path: str) -> list[str] | None:
    """What the single read offers; nothing where it finds nothing."""
    answer = await client.get(path)
    assert answer.status_code in {200, 404}
    return answer.json()["allowed_actions"] if answer.status_code == 200 else None
