"""Two files as they come from personnel, applied by single calls in any order and twice: one state on every day."""

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.kit import clock
from app.people.models import OrgUnit, Post
from tests.employments.clerk import Clerk, Row
from tests.fixtures import SignIn
from tests.people import given
from tests.thoroughness import sample

FILES = Path(__file__).parent / "files"
NOW = datetime(2027, 2, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
POSTED = date(2021, 4, 1)
State = tuple[str, str | None, str | None, tuple[str, ...]]
"""Status, type of appointment, unit and rank of the primary post, units of the other posts."""
ENDS = {
    "900501": date(2028, 4, 1),
    "000502": None,
    "000503": date(2028, 4, 1),
    "000601": None,
    "000603": date(2027, 4, 1),
    "000604": None,
}
"""The last day of service and one, when both files are applied."""


def rows_of(name: str) -> list[Row]:
    with (FILES / name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


TERMS, ORDERS = rows_of("hr_terms_2027.csv"), rows_of("transfers_20270401.csv")


async def people(db: AsyncSession) -> dict[str, str]:
    """The city before the files, and its units by code."""
    await given.ranks(db)
    units = {code: await given.unit(db, code) for code in ("GA01", "GA02", "GA03", "GA05")}
    fiscal = {"appointment_type": "fiscal_year_appointed", "left_on": date(2027, 4, 1)}
    await person(db, "900501", units["GA01"], date(2026, 4, 1), fiscal)
    await person(db, "000502", units["GA01"], date(2005, 4, 1), {"left_on": date(2027, 4, 1)})
    await person(db, "000503", units["GA01"], date(2021, 4, 1), {"left_on": date(2026, 4, 1)})
    for number in ("000601", "000603", "000604"):
        await person(db, number, units["GA01"], date(2021, 4, 1), {})
    return {code: str(unit.id) for code, unit in units.items()}


async def person(db: AsyncSession, number: str, unit: OrgUnit, since: date, more: dict[str, Any]) -> Post:
    made = await given.employee(db, since=since, employee_number=number, **more)
    return await given.post(db, made, unit, since=max(since, POSTED), valid_to=more.get("left_on"))


def expected(number: str, day: date) -> State:
    """From reading the files as a person would, not from what the service does."""
    began = {"900501": date(2026, 4, 1), "000502": date(2005, 4, 1)}.get(number, POSTED)
    away = number == "000503" and date(2026, 4, 1) <= day < date(2027, 4, 1)
    ends = ENDS[number]
    if day < began or away or (ends is not None and day >= ends):
        return ("upcoming" if day < began else "left", None, None, ())
    kind = "fiscal_year_appointed" if number == "900501" else "regular"
    if number == "000503" and day >= date(2027, 4, 1):
        return ("active", "reemployed", None, ())  # employed again, without a post in the files
    moved = {"000601": (date(2027, 4, 1), "GA03/section_head"), "000604": (date(2026, 10, 1), "GA02/chief")}
    start, place = moved.get(number, (date.max, ""))
    ended = number in {"900501", "000502"} and day >= date(2027, 4, 1)  # posts that were ordered until then
    return ("active", kind, place if day >= start else None if ended or day < POSTED else "GA01/staff", ())


async def state(client: AsyncClient, numbers: Sequence[str], day: date) -> dict[str, State]:
    found = await client.get("/employees", params={"employee_number": ",".join(numbers), "as_of": str(day)})
    posts = await client.get("/posts", params={"as_of": str(day), "kind": "concurrent,acting"})
    others = [(post["employee_id"], post["org_unit_id"]) for post in posts.json()["results"]]
    return {
        number: (
            row["status"],
            row["appointment_type"],
            row["primary_post"] and f"{row['primary_post']['org_unit_code']}/{row['primary_post']['position_rank']}",
            tuple(unit for person, unit in others if person == row["id"]),
        )
        for row in found.json()["results"]
        for number in numbers
        if number in {row["employee_number"], *row["former_numbers"]}
    }


def days() -> list[date]:
    """Every day around those of the files."""
    published = date(2027, 3, 25)
    starts = [date(2021, 4, 1), date(2026, 4, 1), date(2026, 10, 1), date(2027, 4, 1), date(2028, 4, 1)]
    around = [*starts, published]
    return [day + n * DAY for day in around for n in (-2, -1, 0, 1)]


def orders_of(rows: Sequence[Row], chosen: int) -> list[tuple[Row, ...]]:
    """Some of the orders in which the rows may come, each with rows that come twice."""
    every, dice = list(permutations(rows)), Random(len(rows))
    return [(*order, *dice.sample(order, len(order))) for order in dice.sample(every, min(chosen, len(every)))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "apply", "numbers"),
    [
        (TERMS, Clerk.apply_terms, ["900501", "000502", "000503"]),
        (ORDERS, Clerk.apply_order, ["000601", "000603", "000604"]),
    ],
)
async def test_rows_in_any_order_and_twice_end_in_one_state(
    connection: AsyncConnection,
    db: AsyncSession,
    api: SignIn,
    rows: list[Row],
    apply: Callable[[Clerk, Row], Any],
    numbers: list[str],
) -> None:
    units = await people(db)
    with clock.travel(NOW):
        hr, training = await api("hr"), await api("training")
        before = [await state(training, numbers, day) for day in days()]
        for order in orders_of(rows, sample(3, 24)):
            savepoint = await connection.begin_nested()
            clerk = Clerk(hr, units)
            for row in order:
                await apply(clerk, row)
            for day in days():
                right = {number: expected(number, day) for number in numbers}
                assert await state(hr, numbers, day) == right, (day, order)
            if rows is ORDERS:
                hidden = [row for row in order if row["公表日"] > "2027-02-01"]
                assert hidden
                after = [await state(training, numbers, day) for day in days()]
                pairs = list(zip(before, after, strict=True))
                changed = {name for was, now in pairs for name in was if was[name] != now[name]}
                assert changed == {"000604"}  # published last year
            await savepoint.rollback()
