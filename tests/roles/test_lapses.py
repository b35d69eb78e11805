"""An appointment that the person has left lapses for good: a return needs a new decision."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.people.models import Employee
from app.roles.models import RoleAssignment
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.roles import given
from tests.roles.given import assignment_body, rows
from tests.roles.test_standing_on import standing

TODAY = clock.today()
LEFT, BACK = TODAY - timedelta(60), TODAY - timedelta(20)


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    city = await people.city(db)
    await given.roles(db)
    return city


async def returned(db: AsyncSession, city: people.City) -> RoleAssignment:
    """The appointment of somebody who worked in another section for a while."""
    person = await people.employee(db)
    await people.post(db, person, city.section, valid_to=LEFT)
    await people.post(db, person, city.other_section, since=LEFT, valid_to=BACK)
    await people.post(db, person, city.team, since=BACK)
    return await given.appointment(db, person, city.section)


async def states(client: AsyncClient, key: Any, *days: date) -> list[tuple[str, str | None, str | None]]:
    found = [(await client.get(f"/role_assignments/{key}", params={"as_of": str(day)})).json() for day in days]
    return [(one["status"], one["lapsed_on"], one["end_cause"]) for one in found]


ACTIVE, LAPSED = ("active", None, None), ("lapsed", str(LEFT), "left_unit")


async def test_a_lapsed_appointment_does_not_revive_on_return(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await returned(db, city)
    client = await api("information")
    days = (LEFT - timedelta(1), LEFT, BACK, TODAY, TODAY + timedelta(400))
    assert await states(client, appointment.id, *days) == [ACTIVE, LAPSED, LAPSED, LAPSED, LAPSED]
    vacant = await rows(client, "/role_vacancies", org_unit_id=str(city.section.id))
    assert [(row["reason"], row["days_open"]) for row in vacant] == [("left_unit", 60)]


async def test_a_renewal_is_a_new_decision_and_past_days_stay(api: SignIn, db: AsyncSession, city: people.City) -> None:
    appointment = await returned(db, city)
    client = await api("information")
    assert (await client.get(f"/role_assignments/{appointment.id}")).json()["allowed_actions"] == ["renewal", "end"]
    since = TODAY - timedelta(5)
    body = {"valid_from": str(since), "letter_number": "第7号"}
    renewed = await client.post(f"/role_assignments/{appointment.id}/renewal", json=body)
    assert (renewed.status_code, renewed.json()["status"]) == (201, "active"), renewed.text
    assert renewed.json()["id"] != str(appointment.id)
    assert renewed.json()["letter_number"] == "第7号"
    days = (LEFT - timedelta(1), LEFT, BACK, since - timedelta(1))
    assert await states(client, appointment.id, *days) == [ACTIVE, LAPSED, LAPSED, LAPSED]
    assert await states(client, appointment.id, TODAY) == [("ended", str(LEFT), "left_unit")]
    assert await rows(client, "/role_vacancies", org_unit_id=str(city.section.id)) == []
    held = await given.held_roles(db, appointment.employee_id)
    assert [(role.role_code, role.since) for role in held] == [("leader", since)]


@pytest.mark.parametrize(
    ("since", "code"), [(LEFT - timedelta(1), "renewal_before_lapse"), (people.START, "renewal_before_lapse")]
)
async def test_a_renewal_does_not_change_the_days_before_the_lapse(
    api: SignIn, db: AsyncSession, city: people.City, since: date, code: str
) -> None:
    appointment = await returned(db, city)
    path = f"/role_assignments/{appointment.id}/renewal"
    refused = await (await api("information")).post(path, json={"valid_from": str(since)})
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_only_those_who_may_appoint_renew_and_only_what_has_lapsed(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    lapsed, running = await returned(db, city), await given.appointment(db, city.leader, city.section)
    body = {"valid_from": str(TODAY)}
    head = await api("employee", employee=city.section_head)
    assert (await head.post(f"/role_assignments/{lapsed.id}/renewal", json=body)).status_code == 403
    refused = await (await api("information")).post(f"/role_assignments/{running.id}/renewal", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "appointment_not_lapsed")


async def test_after_an_end_a_new_appointment_is_a_decision_too(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    appointment = await returned(db, city)
    client = await api("information")
    person = await db.get_one(Employee, appointment.employee_id)
    taken = await client.post("/role_assignments", json=assignment_body(person, city.section))
    assert taken.json()["code"] == "already_appointed"
    end = {"valid_to": str(TODAY), "end_reason": "異動"}
    assert (await client.post(f"/role_assignments/{appointment.id}/end", json=end)).status_code == 200
    placed = await client.post("/role_assignments", json=assignment_body(person, city.section))
    assert (placed.status_code, placed.json()["status"]) == (201, "active")


@pytest.mark.parametrize(("gap", "status"), [(0, "active"), (1, "lapsed")])
async def test_a_new_post_in_the_unit_keeps_the_appointment_only_without_a_gap(
    api: SignIn, db: AsyncSession, city: people.City, gap: int, status: str
) -> None:
    person = await people.employee(db)
    await people.post(db, person, city.section, valid_to=LEFT)
    await people.post(db, person, city.team, since=LEFT + timedelta(gap))
    appointment = await given.appointment(db, person, city.section)
    assert (await states(await api("information"), appointment.id, TODAY))[0][0] == status


async def test_somebody_who_has_left_the_city_holds_no_role(api: SignIn, db: AsyncSession, city: people.City) -> None:
    person = await people.employee(db, left_on=LEFT)
    await people.post(db, person, city.section, valid_to=LEFT)
    appointment = await given.appointment(db, person, city.section)
    assert await states(await api("information"), appointment.id, LEFT - timedelta(1), LEFT) == [ACTIVE, LAPSED]
    assert (await standing(db, person, LEFT))[3] is None


async def test_a_hidden_transfer_shows_no_lapse_before_it_is_published(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    moves, published = TODAY + timedelta(30), TODAY + timedelta(20)
    person = await people.employee(db)
    await people.post(db, person, city.section, valid_to=moves, end_published_on=published)
    await people.post(db, person, city.other_section, since=moves, published_on=published)
    appointment = await given.appointment(db, person, city.section)
    path, then = f"/role_assignments/{appointment.id}", {"as_of": str(moves)}
    assert (await (await api("admin")).get(path, params=then)).json()["status"] == "lapsed"
    seen = []
    for moment in (clock.start_of(published) - timedelta(seconds=1), clock.start_of(published)):
        with clock.travel(moment):
            seen.append(await (await api("information")).get(path, params=then))
    hidden, known = [response.json() for response in seen]
    assert (hidden["status"], hidden["end_cause"], known["status"]) == ("active", None, "lapsed")
    assert seen[0].headers["ETag"] != seen[1].headers["ETag"]
    assert hidden["updated_at"] < known["updated_at"]
    assert datetime.fromisoformat(known["updated_at"]) == clock.start_of(published)


@pytest.mark.parametrize(
    ("gap", "status", "cause"),
    [(0, "active", None), (1, "ended", "role_ended"), (None, "ended", "role_ended")],
)
async def test_an_appointment_ends_with_its_role_unless_the_role_is_defined_anew_the_next_day(
    api: SignIn, db: AsyncSession, city: people.City, gap: int | None, status: str, cause: str | None
) -> None:
    appointment = await given.appointment(db, city.leader, city.section)
    client = await api("information")
    role = (await rows(client, "/roles", code="leader"))[0]
    closed = await client.patch(f"/roles/{role['id']}", json={"valid_to": str(LEFT)}, headers=ANY_VERSION)
    assert closed.status_code == 200, closed.text
    if gap is not None:
        await given.role(db, "leader", since=LEFT + timedelta(gap))
    shown = (await client.get(f"/role_assignments/{appointment.id}")).json()
    assert (shown["status"], shown["end_cause"]) == (status, cause)
    assert (await standing(db, city.leader, TODAY))[3] == ([city.section.id] if status == "active" else None)


@pytest.mark.parametrize("change", [{"basis": "residual", "leads_unit": False}, {"valid_from": str(TODAY)}, None])
async def test_a_role_stays_defined_where_appointments_begin(
    api: SignIn, db: AsyncSession, city: people.City, change: dict[str, Any] | None
) -> None:
    coming = await given.role(db, "coach", since=TODAY + timedelta(9))
    since = coming.valid_from if change is None else people.START
    await given.appointment(db, city.leader, city.section, since=since, role_code="leader" if change else "coach")
    client = await api("information")
    role = (await rows(client, "/roles", code="leader"))[0] if change else {"id": coming.id}
    request = (
        client.patch(f"/roles/{role['id']}", json=change, headers=ANY_VERSION)
        if change
        else client.delete(f"/roles/{role['id']}", headers=ANY_VERSION)
    )
    refused = await request
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
