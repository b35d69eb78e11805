"""Somebody who is not employed does not call, but for some days after leaving to read their own certificates."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import passwords
from app.identity.permissions import Grant
from app.kit import clock
from app.people.models import Employee
from tests.fixtures import SignIn, account_of
from tests.people import given
from tests.qualifications import given as qualifications

TODAY = clock.today()
DAY = timedelta(days=1)


async def left(api: SignIn, person: Employee, day: date, **more: Any) -> None:
    changes = {"left_on": str(day), **more}
    hr = await api("hr")
    response = await hr.patch(f"/employees/{person.id}", json=changes, headers={"If-Match": "*"})
    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    ("left_on", "published_on", "status"),
    [
        (TODAY + DAY, None, 200),
        (TODAY, None, 401),
        (TODAY - 300 * DAY, None, 401),
        (TODAY, TODAY + DAY, 200),  # nobody may know yet
    ],
)
async def test_a_token_ends_with_the_service(
    api: SignIn, city: given.City, left_on: date, published_on: date | None, status: int
) -> None:
    staff = await api("employee", employee=city.staff)
    await left(api, city.staff, left_on, left_published_on=str(published_on) if published_on else None)
    assert (await staff.get("/me")).status_code == status


async def test_a_person_cannot_call_before_the_first_day(api: SignIn, db: AsyncSession, city: given.City) -> None:
    upcoming = await given.employee(db, since=TODAY + DAY)
    client = await api("employee", employee=upcoming)
    assert (await client.get("/me")).status_code == 401
    with clock.travel(clock.start_of(TODAY + DAY)):
        assert (await (await api("employee", employee=upcoming)).get("/me")).status_code == 200


async def test_a_leaver_cannot_sign_in_and_a_wrong_password_looks_the_same(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    account = await account_of(db, "employee", city.staff)
    account.password_hash, account.demonstration = passwords.hashed("right"), False
    await db.flush()
    client, form = await api(**{"X-Request-Id": "same"}), {"grant_type": "password", "username": account.username}
    assert (await client.post("/auth/token", data=form | {"password": "right"})).status_code == 200
    await left(api, city.staff, TODAY)
    answers = [await client.post("/auth/token", data=form | {"password": word}) for word in ("right", "wrong")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content


async def test_in_the_days_of_grace_a_leaver_reads_their_own_certificates_and_nothing_else(
    app: FastAPI, api: SignIn, db: AsyncSession, city: given.City
) -> None:
    await qualifications.qualification(db)
    await qualifications.award(db, city.staff, "IP-1")
    await left(api, city.staff, TODAY - 9 * DAY)
    for grace, status in ((9, 401), (10, 200)):
        app.state.settings = app.state.settings.model_copy(update={"leavers_grace_days": grace})
        clients = [await api(grant, employee=city.staff) for grant in (Grant.EMPLOYEE, Grant.TRAINING)]
        assert [(await client.get("/qualification_awards")).status_code for client in clients] == [status, status]
    for client in clients:
        assert (await client.get("/me")).json()["grants"] == []
        assert len((await client.get("/qualification_awards")).json()["results"]) == 1
        assert (await client.get("/employees")).json()["results"] == []
        assert (await client.post("/courses", json={})).status_code == 403


async def test_a_gap_in_service_closes_the_account_and_the_next_terms_open_it(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    await left(api, city.staff, TODAY - 20 * DAY)
    staff = await api("employee", employee=city.staff)
    assert (await staff.get("/me")).status_code == 401
    await given.terms(db, city.staff, TODAY)
    assert (await staff.get("/me")).status_code == 200


async def test_a_leaver_is_no_holder_of_a_qualification_from_the_day_on(
    api: SignIn, db: AsyncSession, city: given.City
) -> None:
    await qualifications.qualification(db)
    await qualifications.award(db, city.staff, "IP-1")
    await qualifications.award(db, city.colleague, "IP-2")
    await left(api, city.staff, TODAY)
    training = await api("training")
    for day, holders in ((TODAY - DAY, 2), (TODAY, 1)):
        listed = await training.get("/qualifications", params={"as_of": str(day)})
        assert [row["holders"] for row in listed.json()["results"]] == [holders]
