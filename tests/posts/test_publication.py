"""When an end and what follows it become public, where the order says so and where it does not."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.kit import clock
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given

TODAY = clock.today()
DAY = timedelta(days=1)
APRIL = date(clock.fiscal_year(TODAY) + 1, 4, 1)
ANNOUNCED = APRIL - 7 * DAY
UNSAID = object()
"""The order names no day of publication."""


async def post_of(client: AsyncClient, person: Any) -> dict[str, Any]:
    response = await client.get("/posts", params={"employee_id": str(person.id)})
    assert response.status_code == 200, response.text
    return dict(response.json()["results"][0])


async def end_post(hr: AsyncClient, person: Any, day: date | None, published_on: object = UNSAID) -> dict[str, Any]:
    changes: dict[str, Any] = {"valid_to": day and str(day)}
    if published_on is not UNSAID:
        changes["end_published_on"] = published_on and str(published_on)
    post = await post_of(hr, person)
    changed = await hr.patch(f"/posts/{post['id']}", json=changes, headers=ANY_VERSION)
    assert changed.status_code == 200, changed.text
    return dict(changed.json())


async def follow(hr: AsyncClient, city: given.City, **more: Any) -> dict[str, Any]:
    post = {"employee_id": str(city.staff.id), "org_unit_id": str(city.other_section.id), "position_rank": "staff"}
    added = await hr.post("/posts", json=post | {"valid_from": str(APRIL)} | more)
    assert added.status_code == 201, added.text
    return dict(added.json())


async def known_unit(client: AsyncClient, person: Any) -> str | None:
    """The unit in April."""
    shown = (await client.get(f"/employees/{person.id}", params={"as_of": str(APRIL)})).json()
    return shown["primary_post"] and str(shown["primary_post"]["org_unit_code"])


@pytest.mark.parametrize(
    ("published_on", "known_from"), [(UNSAID, APRIL), (None, TODAY), (ANNOUNCED, ANNOUNCED), (TODAY, TODAY)]
)
async def test_an_end_that_lies_ahead_is_hidden_unless_the_order_says_when_it_is_public(
    api: SignIn, city: given.City, published_on: object, known_from: date
) -> None:
    hr, training = await api("hr"), await api("training")
    ended = await end_post(hr, city.staff, APRIL, published_on)
    assert ended["public_valid_to"] == (str(APRIL) if known_from == TODAY else None)
    pending = (await hr.get("/posts", params={"is_pending": "true"})).json()["results"]
    assert [post["id"] for post in pending] == ([] if known_from == TODAY else [ended["id"]])
    assert (await training.get("/posts", params={"is_pending": "true"})).json()["results"] == []
    for day in (TODAY, known_from - DAY, known_from):
        if day >= TODAY:
            with clock.travel(max(clock.now(), clock.start_of(day))):
                seen = (await post_of(await api("training"), city.staff))["valid_to"]
            assert seen == (str(APRIL) if day >= known_from else None), day


async def test_an_end_that_is_taken_back_or_past_is_public_at_once(api: SignIn, city: given.City) -> None:
    hr, training = await api("hr"), await api("training")
    await end_post(hr, city.staff, APRIL, None)
    await end_post(hr, city.staff, None)
    assert (await post_of(training, city.staff))["valid_to"] is None
    await end_post(hr, city.staff, TODAY - DAY)
    assert (await post_of(training, city.staff))["valid_to"] == str(TODAY - DAY)


async def test_an_end_moved_later_is_public_when_the_former_one_would_have_come(api: SignIn, city: given.City) -> None:
    hr, training = await api("hr"), await api("training")
    await end_post(hr, city.staff, APRIL, None)
    await end_post(hr, city.staff, APRIL + 365 * DAY)
    assert (await post_of(training, city.staff))["valid_to"] == str(APRIL)
    with clock.travel(clock.start_of(APRIL)):
        assert (await post_of(await api("training"), city.staff))["valid_to"] == str(APRIL + 365 * DAY)


@pytest.mark.parametrize(
    ("end_day", "successor"),
    [
        (UNSAID, {"published_on": str(ANNOUNCED)}),
        (ANNOUNCED - 20 * DAY, {"published_on": str(ANNOUNCED)}),
        (ANNOUNCED, {}),
    ],
)
async def test_an_end_and_its_successor_are_published_on_one_day(
    api: SignIn, city: given.City, end_day: object, successor: dict[str, str]
) -> None:
    hr = await api("hr")
    await end_post(hr, city.staff, APRIL, end_day)
    await follow(hr, city, **successor)
    for day, unit in ((TODAY, "T1"), (ANNOUNCED - DAY, "T1"), (ANNOUNCED, "S2")):
        with clock.travel(max(clock.now(), clock.start_of(day))):
            assert await known_unit(await api("training"), city.staff) == unit, day


async def test_a_post_under_hidden_terms_is_as_hidden_as_they_are(api: SignIn, city: given.City) -> None:
    hr, training = await api("hr"), await api("training")
    left = {"left_on": str(TODAY), "left_published_on": None}
    await hr.patch(f"/employees/{city.staff.id}", json=left, headers=ANY_VERSION)
    terms = {"appointment_type": "reemployed", "job_service": "administrative", "job_category": "administrative"}
    terms |= {"employee_id": str(city.staff.id), "valid_from": str(APRIL), "published_on": str(ANNOUNCED)}
    assert (await hr.post("/employments", json=terms)).status_code == 201
    assert (await follow(hr, city))["published_on"] == str(ANNOUNCED)
    leave = {"employee_id": str(city.staff.id), "kind": "sick_leave", "valid_from": str(APRIL), "published_on": None}
    assert (await hr.post("/absences", json=leave)).json()["published_on"] == str(ANNOUNCED)
    for path in ("posts", "absences", "employments"):
        listed = await training.get(f"/{path}", params={"employee_id": str(city.staff.id), "as_of": str(APRIL)})
        assert listed.json()["results"] == [], path
