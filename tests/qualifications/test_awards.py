from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.models import Account
from app.kit import clock
from app.people.models import Employee
from app.qualifications.enums import AwardStatus
from app.skills.models import SkillRecord
from tests.catalog.given import skills
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.qualifications import given
from tests.qualifications.given import PASSED

NEXT_MONTH = clock.add_months(clock.today(), 1)


@pytest.fixture
async def city(db: AsyncSession) -> people.City:
    """A small city that recommends IT Passport, which never expires, and a yearly licence."""
    await skills(db, "dx_basics", "information_security")
    await given.qualification(db, "IT-PASSPORT", skill_codes=["dx_basics", "information_security"], skill_level=2)
    await given.qualification(db, "YEARLY", valid_for_months=12)
    return await people.city(db)


def award_body(person: Employee, number: str = "IP-1", **more: Any) -> dict[str, Any]:
    return {
        "employee_id": str(person.id),
        "qualification_code": "IT-PASSPORT",
        "certificate_number": number,
        "passed_on": str(PASSED),
        **more,
    }


async def register(client: AsyncClient, person: Employee, number: str = "IP-1", **more: Any) -> dict[str, Any]:
    response = await client.post("/qualification_awards", json=award_body(person, number, **more))
    assert response.status_code == 201, response.text
    return dict(response.json(), url=f"/qualification_awards/{response.json()['id']}")


def assert_problem(response: Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text


async def evidence(db: AsyncSession, award: dict[str, Any]) -> list[SkillRecord]:
    records = select(SkillRecord).where(col(SkillRecord.source_id) == award["id"]).order_by(col(SkillRecord.skill_code))
    return list((await db.execute(records, execution_options={"populate_existing": True})).scalars())


async def test_employees_register_their_own_awards_and_the_training_office_verifies_them(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    employee, training = await api("employee", employee=city.staff), await api("training")
    award = await register(employee, city.staff)
    assert (award["status"], award["expires_on"], award["allowed_actions"]) == ("registered", None, [])
    assert await evidence(db, award) == []
    offered = (await training.get(award["url"])).json()
    assert offered["allowed_actions"] == ["verification", "revocation"]
    verified = (await training.post(f"{award['url']}/verification")).json()
    officer = (await db.execute(select(Account).where(col(Account.username) == "training"))).scalar_one()
    assert (verified["status"], verified["verified_by"]) == ("verified", str(officer.id))
    assert verified["allowed_actions"] == ["revocation"]
    assert_problem(await training.post(f"{award['url']}/verification"), 409, "award_settled")


async def test_a_verified_award_is_evidence_of_its_skills_while_it_counts(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    training = await api("training")
    award = await register(training, city.staff, expires_on="2029-06-14")
    await training.post(f"{award['url']}/verification")
    records = await evidence(db, award)
    assert [record.skill_code for record in records] == ["dx_basics", "information_security"]
    for record in records:
        assert (record.employee_id, record.basis, record.level) == (city.staff.id, "qualification", 2)
        assert (str(record.valid_from), str(record.valid_to)) == (award["passed_on"], "2029-06-15")
        assert record.revoked_on is None


async def test_a_revoked_award_no_longer_counts_and_frees_its_number(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    training = await api("training")
    award = await register(training, city.staff)
    await training.post(f"{award['url']}/verification")
    why = {"revoked_on": "2026-07-01", "revoked_reason": "証書番号の誤登録"}
    revoked = await training.post(f"{award['url']}/revocation", json=why)
    assert revoked.status_code == 200, revoked.text
    assert {name: revoked.json()[name] for name in why} == why
    assert revoked.json()["allowed_actions"] == []
    assert {str(record.revoked_on) for record in await evidence(db, award)} == {"2026-07-01"}
    assert_problem(await training.post(f"{award['url']}/revocation", json=why), 409, "award_already_revoked")
    await register(training, city.colleague, award["certificate_number"])


async def test_expiry_is_derived_from_the_qualification_unless_sent(api: SignIn, city: people.City) -> None:
    training = await api("training")
    leap = {"qualification_code": "YEARLY", "passed_on": "2024-02-29"}
    assert (await register(training, city.staff, "1", **leap))["expires_on"] == "2025-02-27"
    assert (await register(training, city.staff, "2", **leap, expires_on="2024-12-01"))["expires_on"] == "2024-12-01"
    forever = await register(training, city.staff, "3", **leap, expires_on=None)
    assert forever["expires_on"] is None
    moved = await training.patch(forever["url"], json={"passed_on": "2025-04-01"}, headers=ANY_VERSION)
    assert moved.json()["expires_on"] == "2026-03-31"


async def test_a_certificate_number_is_registered_once_for_a_qualification(api: SignIn, city: people.City) -> None:
    training = await api("training")
    await register(training, city.staff, "IP-1")
    assert_problem(
        await training.post("/qualification_awards", json=award_body(city.colleague, "IP-1")),
        409,
        "duplicate_certificate",
    )
    await register(training, city.colleague, "IP-1", qualification_code="YEARLY")


async def test_a_registration_is_renewed_under_its_number(api: SignIn, city: people.City) -> None:
    """The printed last day of the former one counts, and the next day is the renewed one's."""
    training, yearly = await api("training"), {"qualification_code": "YEARLY", "passed_on": "2025-04-01"}
    first = await register(training, city.staff, "第1号", **yearly)
    await training.post(f"{first['url']}/verification")
    renewed = await register(training, city.staff, "第1号", **yearly | {"passed_on": "2026-04-01"})
    await training.post(f"{renewed['url']}/verification")
    assert (first["expires_on"], renewed["expires_on"]) == ("2026-03-31", "2027-03-31")
    for day, held in (("2026-03-31", [first["id"]]), ("2026-04-01", [renewed["id"]]), ("2027-04-01", [])):
        listed = (await training.get("/qualification_awards", params={"held_on": day})).json()["results"]
        assert [row["id"] for row in listed] == held, day


@pytest.mark.parametrize(("more", "code"), [({}, "award_already_registered"), ({"expires_on": None}, None)])
async def test_a_renewal_has_another_expiry(
    api: SignIn, city: people.City, more: dict[str, Any], code: str | None
) -> None:
    training, yearly = await api("training"), {"qualification_code": "YEARLY", "passed_on": "2025-04-01"}
    await register(training, city.staff, "1", **yearly)
    again = await training.post("/qualification_awards", json=award_body(city.staff, "1", **yearly | more))
    assert again.json().get("code") == code


async def test_a_number_stays_its_persons_in_renewals_and_corrections(api: SignIn, city: people.City) -> None:
    training, yearly = await api("training"), {"qualification_code": "YEARLY", "passed_on": "2025-04-01"}
    await register(training, city.staff, "1", **yearly)
    later = award_body(city.colleague, "1", **yearly | {"passed_on": "2026-04-01"})
    assert_problem(await training.post("/qualification_awards", json=later), 409, "duplicate_certificate")
    other = await register(training, city.colleague, "2", **yearly)
    changed = await training.patch(other["url"], json={"certificate_number": "1"}, headers=ANY_VERSION)
    assert_problem(changed, 409, "duplicate_certificate")


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"employee_id": str(uuid4())}, "/employee_id", "unknown_employee"),
        ({"employee_id": "000123"}, "/employee_id", "uuid_parsing"),
        ({"qualification_code": "MAGIC"}, "/qualification_code", "unknown_qualification"),
        ({"passed_on": str(NEXT_MONTH)}, "/passed_on", "passed_in_future"),
        ({"passed_on": "2026-02-30"}, "/passed_on", "date_from_datetime_parsing"),
        ({"expires_on": "2026-06-13"}, "/expires_on", "expiry_order_invalid"),
        ({"certificate_number": ""}, "/certificate_number", "string_too_short"),
        ({"certificate_number": "1\u0000"}, "/certificate_number", "unusable_character"),
        ({"status": "verified"}, "/status", "extra_forbidden"),
    ],
)
async def test_bad_input_names_the_member_and_writes_nothing(
    api: SignIn, city: people.City, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    training = await api("training")
    response = await training.post("/qualification_awards", json=award_body(city.staff) | wrong)
    assert response.status_code == 422, response.text
    error = response.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert (await training.get("/qualification_awards")).json()["results"] == []


async def test_nobody_registers_for_others_or_verifies_their_own(api: SignIn, city: people.City) -> None:
    employee = await api("employee", employee=city.staff)
    assert_problem(await employee.post("/qualification_awards", json=award_body(city.colleague)), 403, "not_your_award")
    officer = await api("training", employee=city.advisor)
    own = await register(officer, city.advisor)
    assert own["allowed_actions"] == ["revocation"]
    assert_problem(await officer.post(f"{own['url']}/verification"), 403, "own_verification")
    for action in ("verification", "revocation"):
        body = {"revoked_reason": "x"} if action == "revocation" else None
        assert (await employee.post(f"{own['url']}/{action}", json=body)).status_code in {403, 404}


async def test_a_registration_is_corrected_or_withdrawn_until_it_is_verified(api: SignIn, city: people.City) -> None:
    employee, training = await api("employee", employee=city.staff), await api("training")
    award = await register(employee, city.staff)
    assert (await employee.patch(award["url"], json={"certificate_number": "IP-2"})).status_code == 428
    change = {"certificate_number": "IP-2"}
    assert (await employee.patch(award["url"], json=change, headers=ANY_VERSION)).json()["certificate_number"] == "IP-2"
    moved = await employee.patch(award["url"], json={"employee_id": str(city.colleague.id)}, headers=ANY_VERSION)
    assert moved.status_code == 422
    await training.post(f"{award['url']}/verification")
    assert_problem(await employee.patch(award["url"], json=change, headers=ANY_VERSION), 409, "award_settled")
    assert_problem(await employee.delete(award["url"], headers=ANY_VERSION), 409, "award_settled")
    other = await register(employee, city.staff, "IP-3")
    assert (await employee.delete(other["url"], headers=ANY_VERSION)).status_code == 204
    assert (await employee.get(other["url"])).status_code == 404


async def test_who_sees_whose_awards(api: SignIn, db: AsyncSession, city: people.City) -> None:
    for number, person in enumerate((city.staff, city.colleague, city.stranger)):
        await given.award(db, person, f"IP-{number}")

    async def seen(grant: str, person: Employee | None = None) -> tuple[int, int]:
        client = await api(grant, employee=person)
        held = (await client.get("/qualifications", params={"code": "IT-PASSPORT"})).json()["results"][0]["holders"]
        return (await client.get("/qualification_awards")).json()["metadata"]["resultset"]["count"], held

    assert await seen("training") == await seen("auditor") == (3, 3)
    assert await seen("employee", city.staff) == await seen("clerk", city.colleague) == (1, 1)
    assert await seen("employee", city.section_head) == (2, 2)
    assert await seen("employee", city.department_head) == (3, 3)
    assert await seen("employee", city.leader) == await seen("hr") == (0, 0)


async def test_an_award_out_of_sight_does_not_exist(api: SignIn, db: AsyncSession, city: people.City) -> None:
    award = await given.award(db, city.stranger, "IP-1")
    head = await api("employee", employee=city.section_head)
    assert (await head.get(f"/qualification_awards/{award.id}")).status_code == 404
    assert (await head.delete(f"/qualification_awards/{award.id}", headers=ANY_VERSION)).status_code == 404


async def test_a_head_sees_an_award_of_the_unit_but_cannot_change_it(
    api: SignIn, db: AsyncSession, city: people.City
) -> None:
    award = await given.award(db, city.staff, "IP-1", AwardStatus.REGISTERED)
    head, url = await api("employee", employee=city.section_head), f"/qualification_awards/{award.id}"
    assert (await head.get(url)).json()["allowed_actions"] == []
    assert_problem(await head.patch(url, json={"certificate_number": "X"}, headers=ANY_VERSION), 403, "not_your_award")
    assert (await head.post(f"{url}/verification")).status_code == 403


async def test_expired_awards_stay_and_are_found(api: SignIn, db: AsyncSession, city: people.City) -> None:
    training = await api("training")
    for number, (status, more) in enumerate(
        (
            (AwardStatus.VERIFIED, {}),
            (AwardStatus.VERIFIED, {"expires_on": "2026-10-01"}),
            (AwardStatus.VERIFIED, {"expires_on": "2027-10-01"}),
            (AwardStatus.REGISTERED, {}),
            (AwardStatus.VERIFIED, {"status": AwardStatus.REVOKED, "revoked_on": "2026-08-01"}),
        )
    ):
        state = more.pop("status", status)
        days = {name: date.fromisoformat(day) for name, day in more.items()}
        award = await given.award(db, city.staff, str(number), status, **days)
        award.status = AwardStatus(state)
    await db.flush()

    async def numbers(**params: str) -> list[str]:
        response = await training.get("/qualification_awards", params={"sort": "passed_on", **params})
        return sorted(row["certificate_number"] for row in response.json()["results"])

    assert await numbers() == ["0", "1", "2", "3", "4"]
    assert await numbers(held_on="2026-06-13") == []
    assert await numbers(held_on="2026-06-14") == ["0", "1", "2", "4"]
    assert await numbers(held_on="2026-08-01") == ["0", "1", "2"]
    assert await numbers(held_on="2026-10-01") == ["0", "1", "2"]
    assert await numbers(held_on="2026-10-02") == ["0", "2"]
    assert await numbers(expiring_before="2026-10-02") == ["1"]
    assert await numbers(expiring_before="2026-10-01") == []
    assert await numbers(status="revoked,registered") == ["3", "4"]
    assert await numbers(certificate_number="2", employee_id=str(city.staff.id)) == ["2"]
    assert await numbers(passed_from="2026-06-15") == await numbers(passed_to="2026-06-14") == []
