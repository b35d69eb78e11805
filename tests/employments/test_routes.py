"""Terms of service through the API: renewal, leaving and its withdrawal, re-employment, and what follows them."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.settings import Settings
from app.people.commands import use_numbers_of_today
from app.people.enums import PostKind
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given

TODAY = clock.today()
APRIL = date(clock.fiscal_year(TODAY) + 1, 4, 1)
NEXT_APRIL = date(APRIL.year + 1, 4, 1)
DAY = timedelta(days=1)
TERMS = {"appointment_type": "reemployed", "job_service": "administrative", "job_category": "administrative"}


async def changed(hr: AsyncClient, path: str, **changes: Any) -> dict[str, Any]:
    body = {name: str(value) if isinstance(value, date) else value for name, value in changes.items()}
    response = await hr.patch(path, json=body, headers=ANY_VERSION)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def person_on(client: AsyncClient, person: Any, day: date) -> dict[str, Any]:
    response = await client.get(f"/employees/{person.id}", params={"as_of": str(day)})
    assert response.status_code == 200, response.text
    return dict(response.json())


async def status_on(client: AsyncClient, person: Any, day: date) -> str:
    return str((await person_on(client, person, day))["status"])


async def terms_of(hr: AsyncClient, person: Any) -> list[dict[str, Any]]:
    return list((await hr.get("/employments", params={"employee_id": str(person.id)})).json()["results"])


async def posts_of(client: AsyncClient, person: Any, **params: str) -> list[dict[str, Any]]:
    return list((await client.get("/posts", params={"employee_id": str(person.id), **params})).json()["results"])


async def test_a_leaving_that_is_moved_later_moves_everything_with_it(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    for left_on in (APRIL, NEXT_APRIL):
        assert (await changed(hr, f"/employees/{city.staff.id}", left_on=left_on))["left_on"] == str(left_on)
    last = await person_on(hr, city.staff, NEXT_APRIL - DAY)
    assert (last["status"], last["appointment_type"]) == ("active", "regular")
    assert last["primary_post"]["org_unit_code"] == "T1"
    assert await status_on(hr, city.staff, NEXT_APRIL) == "left"
    post = {"employee_id": str(city.staff.id), "org_unit_id": str(city.other_section.id), "kind": "concurrent"}
    post |= {"position_rank": "staff", "valid_from": str(APRIL)}
    beyond = await hr.post("/posts", json=post)
    assert (beyond.status_code, beyond.json()["code"]) == (422, "outside_employment")
    assert (await hr.post("/posts", json=post | {"valid_to": str(NEXT_APRIL)})).status_code == 201


async def test_a_renewal_is_seen_by_every_operation(api: SignIn, city: given.City) -> None:
    """The sibling of a moved leaving: terms that are extended as rows, not through the person."""
    hr = await api("hr")
    (terms,) = await terms_of(hr, city.colleague)
    await changed(hr, f"/employments/{terms['id']}", valid_to=APRIL)
    await changed(hr, f"/employments/{terms['id']}", valid_to=NEXT_APRIL)
    assert (await person_on(hr, city.colleague, APRIL))["left_on"] == str(NEXT_APRIL)
    assert [post["valid_to"] for post in await posts_of(hr, city.colleague)] == [str(NEXT_APRIL)]


@pytest.mark.parametrize("left_on", [TODAY - DAY, TODAY, APRIL])
async def test_a_leaving_that_is_taken_back_leaves_no_trace_but_the_log(
    api: SignIn, db: AsyncSession, city: given.City, left_on: date
) -> None:
    hr = await api("hr")
    later = await given.post(db, city.staff, city.other_section, kind=PostKind.CONCURRENT, since=APRIL + DAY)
    leave = await given.absence(db, city.staff.id, APRIL - 10 * DAY, APRIL + 10 * DAY)
    before = [await posts_of(hr, city.staff), (await hr.get(f"/absences/{leave.id}")).json()]
    await changed(hr, f"/employees/{city.staff.id}", left_on=left_on)
    suspended = (await hr.get(f"/posts/{later.id}")).json()
    assert suspended["valid_from"] == suspended["valid_to"] == str(APRIL + DAY)
    cut = (await hr.get(f"/absences/{leave.id}")).json()
    assert (cut["valid_from"], cut["valid_to"]) == (str(APRIL - 10 * DAY), str(max(left_on, APRIL - 10 * DAY)))
    assert await posts_of(hr, city.staff, as_of=str(APRIL + DAY)) == []
    assert (await person_on(hr, city.staff, APRIL + DAY))["status"] == "left"
    assert (await changed(hr, f"/employees/{city.staff.id}", left_on=None))["left_on"] is None
    after = [await posts_of(hr, city.staff), (await hr.get(f"/absences/{leave.id}")).json()]
    assert undated(after) == undated(before)


def undated(value: Any) -> Any:
    if isinstance(value, list):
        return [undated(each) for each in value]
    return {name: each for name, each in value.items() if name != "updated_at"}


@pytest.mark.parametrize("gap", [timedelta(0), 366 * DAY])
@pytest.mark.parametrize("number", [None, "900503"])
async def test_one_who_is_employed_again_is_the_same_person(
    api: SignIn, city: given.City, gap: timedelta, number: str | None
) -> None:
    hr = await api("hr")
    left_on, again = TODAY - 400 * DAY, TODAY - 400 * DAY + gap
    await changed(hr, f"/employees/{city.staff.id}", left_on=left_on)
    terms = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(again), "employee_number": number}
    added = await hr.post("/employments", json=terms)
    assert added.status_code == 201, added.text
    post = {"employee_id": str(city.staff.id), "org_unit_id": str(city.section.id), "position_rank": "staff"}
    assert (await hr.post("/posts", json=post | {"valid_from": str(again)})).status_code == 201
    person = await person_on(hr, city.staff, TODAY)
    assert (person["status"], person["appointment_type"], person["left_on"]) == ("active", "reemployed", None)
    assert person["hired_on"] == str(given.START)
    assert person["primary_post"]["org_unit_code"] == "S1"
    assert person["employee_number"] == (number or city.staff.employee_number)
    assert person["former_numbers"] == ([given_number(city)] if number else [])
    if gap:
        assert await status_on(hr, city.staff, left_on) == await status_on(hr, city.staff, again - DAY) == "left"
    for known in filter(None, (number, given_number(city))):
        found = (await hr.get("/employees", params={"employee_number": known})).json()["results"]
        assert [row["id"] for row in found] == [str(city.staff.id)]


def given_number(city: given.City) -> str:
    """The number with which the person was given: the record in the test's session is changed by the API."""
    return f"{int(city.section_head.employee_number) + 2:06}"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"hired_on": str(APRIL)}, 422, "employment_order_invalid"),
        ({"hired_on": None}, 422, "employment_order_invalid"),
        ({"hired_on": "2021-04-01"}, 422, "outside_employment"),
        ({"left_on": str(given.START)}, 422, "employment_order_invalid"),
        ({"job_service": "labor", "effective_on": str(APRIL)}, 422, "outside_employment"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_changes_nothing(
    api: SignIn, city: given.City, changes: dict[str, Any], status: int, code: str
) -> None:
    hr, path = await api("hr"), f"/employees/{city.staff.id}"
    await changed(hr, path, left_on=TODAY)
    before = (await hr.get(path)).json()
    response = await hr.patch(path, json=changes | {"name": "別 名"}, headers=ANY_VERSION)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert (await hr.get(path)).json() == before


async def test_leaving_before_later_terms_names_them(api: SignIn, city: given.City) -> None:
    hr, path = await api("hr"), f"/employees/{city.staff.id}"
    await changed(hr, path, left_on=APRIL)
    again = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(NEXT_APRIL)}
    later = (await hr.post("/employments", json=again)).json()["id"]
    response = await hr.patch(path, json={"left_on": str(TODAY)}, headers=ANY_VERSION)
    assert (response.status_code, response.json()["code"]) == (409, "later_employment")
    assert later in response.json()["detail"]
    assert (await hr.delete(f"/employments/{later}", headers=ANY_VERSION)).status_code == 204
    assert (await changed(hr, path, left_on=TODAY))["left_on"] == str(TODAY)


async def test_terms_do_not_overlap_and_are_not_empty(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    terms = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(APRIL)}
    assert (await hr.post("/employments", json=terms)).json()["code"] == "overlapping_employment"
    await changed(hr, f"/employees/{city.staff.id}", left_on=TODAY)
    empty = await hr.post("/employments", json=terms | {"valid_to": str(APRIL)})
    assert empty.json()["errors"][0]["code"] == "period_order"


async def test_terms_recorded_by_mistake_are_taken_back_with_their_number(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    await changed(hr, f"/employees/{city.staff.id}", left_on=TODAY - 20 * DAY)
    number = city.staff.employee_number
    terms = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(TODAY - DAY), "employee_number": "900777"}
    mistake = (await hr.post("/employments", json=terms)).json()["id"]
    assert (await person_on(hr, city.staff, TODAY))["employee_number"] == "900777"
    post = {"employee_id": str(city.staff.id), "org_unit_id": str(city.section.id), "position_rank": "staff"}
    post_id = (await hr.post("/posts", json=post | {"valid_from": str(TODAY)})).json()["id"]
    in_use = await hr.delete(f"/employments/{mistake}", headers=ANY_VERSION)
    assert (in_use.status_code, in_use.json()["code"]) == (409, "employment_in_use")
    assert (await hr.delete(f"/posts/{post_id}", headers=ANY_VERSION)).status_code == 204
    assert (await hr.delete(f"/employments/{mistake}", headers=ANY_VERSION)).status_code == 204
    person = await person_on(hr, city.staff, TODAY)
    assert (person["status"], person["employee_number"]) == ("left", number)
    (only,) = await terms_of(hr, city.staff)
    refused = await hr.delete(f"/employments/{only['id']}", headers=ANY_VERSION)
    assert refused.json()["code"] == "only_employment"


async def test_people_outside_today_are_found(api: SignIn, city: given.City) -> None:
    hr = await api("hr")
    hired = {"employee_number": "912345", "name": "髙橋 花子", "name_kana": "タカハシ ハナコ", "hired_on": str(APRIL)}
    upcoming = (await hr.post("/employees", json=hired | TERMS)).json()
    await changed(hr, f"/employees/{city.staff.id}", left_on=TODAY)

    async def found(**params: str) -> set[str]:
        return {row["id"] for row in (await hr.get("/employees", params=params)).json()["results"]}

    assert await found(employee_number="912345") == await found(status="upcoming") == {upcoming["id"]}
    assert await found(employee_number=city.staff.employee_number) == await found(status="left") == {str(city.staff.id)}
    assert {upcoming["id"], str(city.staff.id)} <= await found(status="upcoming,active,left")
    assert {upcoming["id"], str(city.staff.id)}.isdisjoint(await found())
    assert {upcoming["id"], str(city.staff.id)} <= await found(since=str(upcoming["created_at"]))


async def test_former_names_and_numbers_find_the_person(api: SignIn, city: given.City) -> None:
    hr, path = await api("hr"), f"/employees/{city.staff.id}"
    number = city.staff.employee_number
    await changed(hr, path, name="髙木 花子", name_kana="タカギ ハナコ", employee_number="900888")
    person = await changed(hr, path, name="林 花子", name_kana="ハヤシ ハナコ")
    assert [each["name"] for each in person["former_names"]] == ["𠮷田 花子", "髙木 花子"]
    assert person["former_numbers"] == [number]
    for text in ("吉田", "たかぎ", "林", number, "900888"):
        rows = (await hr.get("/employees", params={"q": text})).json()["results"]
        assert [row["id"] for row in rows] == [str(city.staff.id)], text


async def test_a_number_recorded_ahead_comes_into_use_on_its_day(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    hr, training = await api("hr"), await api("training")
    await changed(hr, f"/employees/{city.staff.id}", left_on=TODAY)
    terms = TERMS | {"employee_id": str(city.staff.id), "valid_from": str(APRIL), "employee_number": "900503"}
    assert (await hr.post("/employments", json=terms | {"published_on": str(TODAY + DAY)})).status_code == 201
    for client, known in ((hr, 1), (training, 0)):
        found = await client.get("/employees", params={"employee_number": "900503"})
        assert found.json()["metadata"]["resultset"]["count"] == known
    assert (await person_on(hr, city.staff, APRIL))["employee_number"] == given_number(city)
    with clock.travel(clock.start_of(APRIL)):
        await use_numbers_of_today(db, Settings())
        person = await person_on(await api("training"), city.staff, APRIL)
    assert (person["employee_number"], person["former_numbers"]) == ("900503", [given_number(city)])
