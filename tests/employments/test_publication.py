"""What is recorded ahead of terms, leavings and absences is hidden from others until its day of publication."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.settings import Settings
from app.people.commands import use_numbers_of_today
from app.people.models import Employee
from tests.employments.test_routes import APRIL, DAY, NEXT_APRIL, TERMS, TODAY, changed, person_on, posts_of, terms_of
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given

PUBLISHED = APRIL - 7 * DAY
MOMENT = timedelta(microseconds=1)
NOW = clock.start_of(TODAY + DAY)
CHANGED = {"job_category": "clerk", "effective_on": APRIL}
Shown = Sequence[tuple[int, str, str | None]]


async def shown(client: AsyncClient, person: Employee) -> Shown:
    """Status, body and version of what is read about the person, on days around the change and since now."""
    (terms, *_) = await terms_of(client, person)
    own, about = f"/employees/{person.id}", {"employee_id": str(person.id)}
    lists = [(f"/{name}", params) for name in ("employments", "posts", "absences") for params in (about, since(NOW))]
    requests: list[tuple[str, dict[str, str]]] = [(own, {}), (f"/employments/{terms['id']}", {}), *lists]
    requests += [(own, {"as_of": str(day)}) for day in (PUBLISHED, APRIL - DAY, APRIL, APRIL + DAY)]
    requests += [("/employees", since(NOW)), ("/employees", {"job_category": "clerk", "as_of": str(APRIL + DAY)})]
    requests += [("/employees", {"employee_number": "900555"}), ("/employments", {"is_pending": "true"})]
    answers = [await client.get(path, params=params) for path, params in requests]
    return [(answer.status_code, answer.text, answer.headers.get("ETag")) for answer in answers]


def since(moment: datetime) -> dict[str, str]:
    return {"since": moment.isoformat()}


async def ids_since(client: AsyncClient, path: str, moment: datetime) -> set[str]:
    response = await client.get(f"/{path}", params=since(moment))
    assert response.status_code == 200, response.text
    rows = response.json()["results"]
    assert {datetime.fromisoformat(row["updated_at"]) for row in rows} <= {moment}
    return {row["id"] for row in rows}


async def categories(client: AsyncClient, person: Employee) -> list[str]:
    """On the days around the change."""
    return [str((await person_on(client, person, day))["job_category"]) for day in (APRIL - DAY, APRIL)]


@pytest.mark.parametrize(
    ("more", "published"),
    [({"published_on": PUBLISHED}, PUBLISHED), ({}, APRIL), ({"published_on": APRIL + DAY}, APRIL + DAY)],
)
async def test_changed_terms_show_on_their_day_of_publication(
    api: SignIn, city: given.City, more: dict[str, date], published: date
) -> None:
    """A change that names no day of publication is public on the day on which it takes effect."""
    with clock.travel(NOW):
        hr, training = await api("hr"), await api("training")
        before = await shown(training, city.staff)
        await changed(hr, f"/employees/{city.staff.id}", **CHANGED, **more)
        assert await shown(training, city.staff) == before
        assert await categories(hr, city.staff) == ["administrative", "clerk"]
        former, following = await terms_of(hr, city.staff)
        assert former["valid_to"] == following["valid_from"] == str(APRIL)
        assert former["end_published_on"] == following["published_on"] == str(published)
        assert (former["public_valid_to"], following["valid_to"]) == (None, None)
    midnight = clock.start_of(published)
    tags = []
    for moment, known in ((midnight - MOMENT, False), (midnight, True)):
        with clock.travel(moment):
            training = await api("training")
            assert await categories(training, city.staff) == ["administrative", "clerk" if known else "administrative"]
            rows = {former["id"], following["id"]} if known else set()
            assert await ids_since(training, "employments", midnight) == rows
            assert await ids_since(training, "employees", midnight) == ({str(city.staff.id)} if known else set())
            answers = [await training.get(f"/employments/{row['id']}") for row in (former, following)]
            assert [answer.status_code for answer in answers] == [200, 200 if known else 404]
            tags.append(
                [(await training.get(f"/employees/{city.staff.id}")).headers["ETag"], answers[0].headers["ETag"]]
            )
    assert all(earlier != later for earlier, later in zip(*tags, strict=True))


@pytest.mark.parametrize("more", [{"effective_on": APRIL, "published_on": None}, {"effective_on": TODAY - DAY}, {}])
async def test_changed_terms_are_public_at_once_if_they_say_so_or_have_begun(
    api: SignIn, city: given.City, more: dict[str, Any]
) -> None:
    hr, training = await api("hr"), await api("training")
    await changed(hr, f"/employees/{city.staff.id}", job_category="clerk", **more)
    assert (await person_on(training, city.staff, APRIL))["job_category"] == "clerk"
    assert [row["published_on"] for row in await terms_of(hr, city.staff)] == [None, None]


async def test_terms_that_are_corrected_before_publication_stay_hidden(api: SignIn, city: given.City) -> None:
    """And are published with the end before them on another day, if one is given for them."""
    path = f"/employees/{city.staff.id}"
    with clock.travel(NOW):
        hr, training = await api("hr"), await api("training")
        before = await shown(training, city.staff)
        await changed(hr, path, **CHANGED, published_on=PUBLISHED)
        await changed(hr, path, job_category="administrative", job_service="labor", effective_on=APRIL)
        await changed(hr, path, **CHANGED, published_on=PUBLISHED + DAY)
        former, following = await terms_of(hr, city.staff)
        assert former["end_published_on"] == following["published_on"] == str(PUBLISHED + DAY)
        await changed(hr, f"/employments/{following['id']}", published_on=PUBLISHED)
        former, following = await terms_of(hr, city.staff)
        assert former["end_published_on"] == following["published_on"] == str(PUBLISHED)
        assert await shown(training, city.staff) == before


async def test_terms_that_are_public_cannot_be_corrected_in_secret(api: SignIn, city: given.City) -> None:
    hr, path = await api("hr"), f"/employees/{city.staff.id}"
    await changed(hr, path, **CHANGED, published_on=None)
    body = {"job_category": "administrative", "effective_on": str(APRIL), "published_on": str(PUBLISHED)}
    refused = await hr.patch(path, json=body, headers=ANY_VERSION)
    assert (refused.status_code, refused.json()["code"]) == (409, "terms_published")
    assert await categories(await api("training"), city.staff) == ["administrative", "clerk"]


async def test_what_follows_hidden_terms_is_as_confidential(api: SignIn, city: given.City) -> None:
    """A leaving that ends changed terms cuts posts, which do not show it before the terms are published."""
    with clock.travel(NOW):
        hr, training = await api("hr"), await api("training")
        before = await shown(training, city.staff)
        await changed(hr, f"/employees/{city.staff.id}", **CHANGED, published_on=PUBLISHED)
        await changed(hr, f"/employees/{city.staff.id}", left_on=NEXT_APRIL, left_published_on=TODAY)
        assert [post["valid_to"] for post in await posts_of(hr, city.staff)] == [str(NEXT_APRIL)]
        assert await shown(training, city.staff) == before
    with clock.travel(clock.start_of(PUBLISHED)):
        assert [post["valid_to"] for post in await posts_of(await api("training"), city.staff)] == [str(NEXT_APRIL)]


async def test_terms_changed_before_they_are_public_keep_their_end_until_then(api: SignIn, city: given.City) -> None:
    """Somebody is hired for two years, and the terms of the second year are published with its beginning."""
    end = str(date(APRIL.year + 2, 4, 1))
    terms = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(APRIL), "valid_to": end}
    with clock.travel(NOW):
        hr = await api("hr")
        await changed(hr, f"/employees/{city.staff.id}", left_on=TODAY)
        assert (await hr.post("/employments", json=terms | {"published_on": str(PUBLISHED)})).status_code == 201
        await changed(hr, f"/employees/{city.staff.id}", job_category="clerk", effective_on=NEXT_APRIL)
    expected = {PUBLISHED - DAY: [], PUBLISHED: [end], NEXT_APRIL - DAY: [end], NEXT_APRIL: [str(NEXT_APRIL), end]}
    for day, ends in expected.items():
        with clock.travel(clock.start_of(day)):
            _, *known = await terms_of(await api("training"), city.staff)
            assert [row["valid_to"] for row in known] == ends


async def test_a_post_under_changed_terms_keeps_its_own_day_of_publication(api: SignIn, city: given.City) -> None:
    """The person is known to be employed then: the post tells nothing of the terms."""
    hr, training = await api("hr"), await api("training")
    await changed(hr, f"/employees/{city.staff.id}", **CHANGED)
    post = {"employee_id": str(city.staff.id), "org_unit_id": str(city.other_section.id), "kind": "concurrent"}
    post |= {"position_rank": "staff", "valid_from": str(APRIL)}
    added = (await hr.post("/posts", json=post)).json()
    assert added["published_on"] is None
    assert (await training.get(f"/posts/{added['id']}")).status_code == 200


async def test_an_end_that_new_terms_imply_is_published_with_them(api: SignIn, city: given.City) -> None:
    hr, training = await api("hr"), await api("training")
    before = await shown(training, city.staff)
    await changed(hr, f"/employees/{city.staff.id}", left_on=APRIL, left_published_on=PUBLISHED)
    again = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(APRIL)}
    assert (await hr.post("/employments", json=again)).json()["published_on"] == str(PUBLISHED)
    assert await shown(training, city.staff) == before


@pytest.mark.parametrize(("more", "used"), [({}, APRIL), ({"published_on": APRIL + DAY}, APRIL + DAY)])
async def test_a_number_recorded_ahead_is_hidden_until_it_is_used(
    api: SignIn, db: AsyncSession, city: given.City, more: dict[str, date], used: date
) -> None:
    with clock.travel(NOW):
        hr, training = await api("hr"), await api("training")
        before = await shown(training, city.staff)
        number = (await person_on(hr, city.staff, TODAY))["employee_number"]
        await changed(hr, f"/employees/{city.staff.id}", employee_number="900555", effective_on=APRIL, **more)
        assert await shown(training, city.staff) == before
        assert len((await hr.get("/employees", params={"employee_number": "900555"})).json()["results"]) == 1
    for moment, numbers in (
        (clock.start_of(used) - MOMENT, (number, [])),
        (clock.start_of(used), ("900555", [number])),
    ):
        with clock.travel(moment):
            await use_numbers_of_today(db, Settings())
            person = await person_on(await api("training"), city.staff, APRIL)
            assert (person["employee_number"], person["former_numbers"]) == numbers


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("employees", {"left_on": str(APRIL)}),
        ("employments", {"valid_to": str(APRIL)}),
        ("absences", {"valid_to": str(APRIL)}),
        ("posts", {"valid_to": str(APRIL)}),
    ],
)
async def test_an_end_ahead_that_names_no_day_is_hidden_until_it_makes_a_difference(
    api: SignIn, db: AsyncSession, city: given.City, path: str, change: dict[str, Any]
) -> None:
    staff = city.staff
    absence = await given.absence(db, staff.id, TODAY - DAY)
    with clock.travel(NOW):
        hr, training = await api("hr"), await api("training")
        before = await shown(training, staff)
        (terms,), (post,) = await terms_of(hr, staff), await posts_of(hr, staff)
        row = {"employees": staff.id, "absences": absence.id, "employments": terms["id"], "posts": post["id"]}[path]
        end = "left_on" if path == "employees" else "valid_to"
        assert (await changed(hr, f"/{path}/{row}", **change))[end] == str(APRIL)
        assert await shown(training, staff) == before
    for moment, known in ((clock.start_of(APRIL) - MOMENT, None), (clock.start_of(APRIL), str(APRIL))):
        with clock.travel(moment):
            training = await api("training")
            assert (await training.get(f"/{path}/{row}")).json()[end] == known
            assert await ids_since(training, path, clock.start_of(APRIL)) == ({str(row)} if known else set())
