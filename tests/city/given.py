"""Made-up cities, without a database."""

from datetime import date
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from app.seed.source import policy
from scripts.city import programme
from scripts.city.generate import City, Existing, Layout, lay_out, populate

TODAY = date(2026, 11, 23)


def key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def existing() -> Existing:
    """As if the policy were loaded, with ids derived from codes."""
    courses = programme.courses({entry["code"]: key(entry["code"]) for entry in policy()["courses"]})
    return Existing(key("training"), key("information"), courses, programme.qualifications())


def town(people: int = 400, *, seed: int = 1, today: date = TODAY) -> tuple[Layout, City]:
    layout = lay_out(people, seed=seed, today=today)
    return layout, populate(layout, existing())


@cache
def a_town() -> tuple[Layout, City]:
    """One town for tests that only read it."""
    return town(1500)
