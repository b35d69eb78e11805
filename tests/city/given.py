"""Made-up cities, without a database."""

from datetime import date
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from app.seed.source import policy
from scripts.city import programme
from scripts.city.city import City, Drawn, Known, draw, inhabit

TODAY = date(2026, 11, 23)


def key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def known() -> Known:
    """As if the policy were loaded, with ids that follow from codes."""
    courses = programme.courses({entry["code"]: key(entry["code"]) for entry in policy()["courses"]})
    return Known(key("training"), key("information"), courses, programme.qualifications())


def town(people: int = 400, *, seed: int = 1, today: date = TODAY) -> tuple[Drawn, City]:
    drawn = draw(people, seed=seed, today=today)
    return drawn, inhabit(drawn, known())


@cache
def a_town() -> tuple[Drawn, City]:
    """One town for tests that only look."""
    return town(1500)
