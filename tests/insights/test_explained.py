"""One person's gap over HTTP: as of which day, the requirements, the evidence, and sessions that would close it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import CoursePrerequisite, CourseSkill
from app.kit import clock
from app.kit.records import add
from app.people.enums import PostKind
from app.people.models import Employee
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.skills.enums import EvidenceBasis
from tests.catalog import given as catalog
from tests.course_sessions import given as sessions
from tests.fixtures import SignIn
from tests.insights import given
from tests.people import given as people
from tests.roles import given as roles
from tests.seats import given as enrollments
from tests.skills import given as skills

TODAY = clock.today()

DAY = timedelta(1)

GENERAL = {"dx_basics": "missing", "security": "missing"}


async def test_each_skill_has_its_roles_requirement_map_and_evidence(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    evidence = await skills.skill_record(db, city.staff, "dx_basics", level=2)
    gap = await given.gap(await api("training"), city.staff, TODAY)
    assert gap["as_of"] == f"{TODAY}"
    assert gap["employee"]["employee_number"] == city.staff.employee_number
    assert gap["employee"]["org_unit"]["code"] == "T1"
    assert (gap["in_scope"], gap["absent"], gap["skill_map"]["version"]) == (True, False, 1)
    assert [(role["role_code"], role["basis"]) for role in gap["roles"]] == [("general", "residual")]
    first, second = gap["skills"]
    assert (first["skill"]["code"], first["status"], second["status"]) == ("dx_basics", "satisfied", "missing")
    (demand,) = first["demanded_by"]
    assert (demand["role_code"], demand["skill_map_version"], demand["met"]) == ("general", 1, True)
    assert (demand["provenance"], demand["confidence"]) == ("reconstructed", 80)
    requirement = await (await api("training")).get(f"/skill_requirements/{demand['skill_requirement_id']}")
    assert requirement.json()["skill_code"] == "dx_basics"
    (found,) = first["evidence"]
    assert (found["id"], found["level"], found["basis"]) == (f"{evidence.id}", 2, "completion")
    assert found["source_id"] == f"{evidence.source_id}"


async def test_a_post_changes_the_gap_for_exactly_its_days(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    period = {"since": TODAY - 10 * DAY, "valid_to": TODAY}
    await people.post(db, city.staff, city.section, "section_head", PostKind.ACTING, **period)
    office = await api("training")
    found = [await given.states(office, city.staff, TODAY - n * DAY) for n in (11, 10, 1, 0)]
    manager = {"leadership": "missing", **GENERAL}
    assert found == [GENERAL, manager, manager, GENERAL]


async def test_an_appointment_changes_the_gap_for_exactly_its_days(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db, requirements={"general": ("security",), "leader": ("network",)})
    await roles.appointment(db, city.staff, city.section, since=TODAY - 10 * DAY, valid_to=TODAY)
    office = await api("training")
    found = [list(await given.states(office, city.staff, TODAY - n * DAY)) for n in (11, 10, 1, 0)]
    assert found == [["security"], ["network"], ["network"], ["security"]]


async def test_the_skill_map_of_the_day_applies(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db, valid_to=TODAY)
    await skills.skill_map(db, 2, {"general": ("network",)}, valid_from=TODAY)
    office = await api("training")
    yesterday, today = [await given.gap(office, city.staff, day) for day in (TODAY - DAY, TODAY)]
    assert (yesterday["skill_map"]["version"], len(yesterday["skills"])) == (1, 2)
    assert (today["skill_map"]["version"], [line["skill"]["code"] for line in today["skills"]]) == (2, ["network"])
    before = await given.gap(office, city.staff, people.START - DAY)
    assert (before["skill_map"], before["skills"], before["in_scope"]) == (None, [], False)


async def test_evidence_satisfies_on_exactly_its_days(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    evidence = await skills.skill_record(db, city.staff, "security", TODAY - 10 * DAY, valid_to=TODAY)
    office = await api("training")
    found = [(await given.states(office, city.staff, TODAY - n * DAY))["security"] for n in (11, 10, 1, 0)]
    assert found == ["missing", "satisfied", "satisfied", "expired"]
    line = (await given.gap(office, city.staff, TODAY))["skills"][1]
    assert (line["evidence"], [one["id"] for one in line["expired_evidence"]]) == ([], [f"{evidence.id}"])


async def test_revoked_evidence_and_self_assessments_satisfy_nothing(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await skills.skill_record(db, city.staff, "security", revoked_on=TODAY)
    await skills.skill_record(db, city.staff, "dx_basics", basis=EvidenceBasis.SELF_ASSESSMENT)
    office = await api("training")
    assert await given.states(office, city.staff, TODAY) == GENERAL
    assert (await given.states(office, city.staff, TODAY - DAY))["security"] == "satisfied"


async def test_a_skill_required_of_two_roles_is_listed_once(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.section_head, city.section)
    gap = await given.gap(await api("training"), city.section_head, TODAY)
    demanded = {line["skill"]["code"]: [one["role_code"] for one in line["demanded_by"]] for line in gap["skills"]}
    assert demanded == {
        "leadership": ["manager"],
        "dx_basics": ["leader", "manager"],
        "security": ["leader", "manager"],
    }


async def test_grace_runs_from_the_role_and_restarts_at_the_return_from_leave(api: SignIn, db: AsyncSession) -> None:
    city = await given.unmapped(db)
    skill_map = await skills.skill_map(db, requirements={})
    await skills.requirement(db, skill_map, "leader", "network", grace_days=30)
    await roles.appointment(db, city.staff, city.section, since=TODAY - 60 * DAY)
    office = await api("training")
    found = [await given.states(office, city.staff, TODAY - n * DAY) for n in (60, 31, 30)]
    assert [one["network"] for one in found] == ["in_grace", "in_grace", "missing"]
    await people.absence(db, city.staff.id, TODAY - 20 * DAY, TODAY - 10 * DAY)
    (line,) = (await given.gap(office, city.staff, TODAY))["skills"]
    assert (line["status"], line["demanded_by"][0]["due_on"]) == ("in_grace", f"{TODAY + 20 * DAY}")


async def test_grace_runs_from_the_first_day_of_a_requirement_and_not_again_with_each_map(
    api: SignIn, db: AsyncSession
) -> None:
    """A map that only succeeds another is no new requirement; one with a higher level is."""
    city = await given.unmapped(db)
    first = await skills.skill_map(db, requirements={}, valid_to=TODAY - 20 * DAY)
    second = await skills.skill_map(db, 2, {}, valid_from=TODAY - 20 * DAY)
    for skill_map, levels in ((first, {"security": 2, "network": 1}), (second, {"security": 1, "network": 2})):
        for code, level in levels.items():
            await skills.requirement(db, skill_map, "general", code, target_level=level, grace_days=30)
    await skills.requirement(db, second, "general", "dx_basics", grace_days=30)
    office = await api("training")
    found = [await given.states(office, city.staff, TODAY + n * DAY) for n in (0, 9, 10)]
    assert found[0] == found[1] == {"dx_basics": "in_grace", "security": "missing", "network": "in_grace"}
    assert found[2] == dict.fromkeys(found[0], "missing")


async def test_grace_runs_from_the_end_of_evidence_that_met_the_requirement(api: SignIn, db: AsyncSession) -> None:
    """Evidence below the level, or revoked, gives none."""
    city = await given.unmapped(db)
    skill_map = await skills.skill_map(db, requirements={})
    await skills.requirement(db, skill_map, "general", "security", target_level=2, grace_days=30)
    await skills.skill_record(db, city.staff, "security", level=2, valid_to=TODAY - 10 * DAY)
    await skills.skill_record(db, city.colleague, "security", level=1, valid_to=TODAY - 10 * DAY)
    await skills.skill_record(db, city.stranger, "security", level=2, revoked_on=TODAY - 10 * DAY)
    office = await api("training")
    states = [
        (await given.states(office, one, TODAY))["security"] for one in (city.staff, city.colleague, city.stranger)
    ]
    assert states == ["in_grace", "missing", "missing"]
    (line,) = (await given.gap(office, city.staff, TODAY + 20 * DAY))["skills"]
    assert (line["status"], line["demanded_by"][0]["due_on"]) == ("expired", f"{TODAY + 20 * DAY}")


async def test_skills_of_a_person_out_of_scope_are_listed_and_marked(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    firefighter = await people.employee(db, city.section, job_service="fire")
    gap = await given.gap(await api("training"), firefighter, TODAY)
    assert (gap["in_scope"], len(gap["skills"])) == (False, 2)


async def test_the_next_sessions_would_close_the_gap(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    course = await catalog.course(db, skill_code="security")
    now = clock.now()
    later = [now + (30 + n) * DAY for n in range(5)]
    fitting = [await sessions.session(db, course, start) for start in later]
    opens_later = await sessions.session(db, course, now + 20 * DAY, application_opens_at=now + 10 * DAY)
    for more in ({"status": SessionStatus.DRAFT}, {"status": SessionStatus.CLOSED}, {"application_closes_at": now}):
        await sessions.session(db, course, now + 5 * DAY, **more)
    full = await sessions.session(db, course, now + 6 * DAY, capacity=1)
    await enrollments.enrollment(db, full, city.colleague)
    await enrollments.enrollment(db, fitting[0], city.staff, EnrollmentStatus.APPLIED)
    gap = await given.gap(await api("training"), city.staff, TODAY)
    offered = gap["skills"][1]["next_sessions"]
    assert [one["id"] for one in offered] == [f"{one.id}" for one in (opens_later, *fitting[1:3])]
    assert (offered[0]["code"], offered[0]["free_seats"], offered[0]["mode"]) == (course.code, 20, "applied")
    assert datetime.fromisoformat(offered[0]["starts_at"]) == opens_later.starts_at
    assert gap["skills"][0]["next_sessions"] == []


@pytest.mark.parametrize("obstacle", ["left", "on leave", "clash", "outside the target group", "prerequisite"])
async def test_a_session_that_would_refuse_the_person_is_not_offered(
    api: SignIn, db: AsyncSession, obstacle: str
) -> None:
    city = await given.city(db)
    leaders: dict[str, Any] = (
        {"mode": "designated", "target": {"role_codes": ["leader"]}} if "target" in obstacle else {}
    )
    course = await catalog.course(db, "AP1", "security", **leaders)
    session = await sessions.session(db, course)
    left_on = clock.today() + 10 * DAY if obstacle == "left" else None
    person = await people.employee(db, city.team, left_on=left_on)
    colleague = await people.employee(db, city.team)
    if obstacle == "on leave":
        await people.absence(db, person.id, clock.today() + 25 * DAY)
    if obstacle == "clash":
        other = await sessions.session(db, await catalog.course(db, "AP2"))
        await enrollments.enrollment(db, other, person)
    if obstacle == "prerequisite":
        required = await catalog.course(db, "AP0")
        await add(db, CoursePrerequisite(course_id=course.id, required_course_id=required.id))
    if obstacle == "outside the target group":
        await roles.appointment(db, colleague, city.section)
    office = await api("training")

    async def offered(one: Employee) -> list[str]:
        gap = await given.gap(office, one, TODAY)
        return [found["id"] for line in gap["skills"] for found in line["next_sessions"]]

    body = {"course_session_id": str(session.id), "employee_id": str(person.id)}
    assert await offered(person) == []
    assert (await office.post("/enrollments", json=body)).status_code == 409
    if obstacle != "prerequisite":
        assert str(session.id) in await offered(colleague)


@pytest.mark.parametrize("status", [EnrollmentStatus.APPLIED, EnrollmentStatus.WAITLISTED, EnrollmentStatus.CONFIRMED])
async def test_what_runs_already_is_shown_with_its_status(
    api: SignIn, db: AsyncSession, status: EnrollmentStatus
) -> None:
    city = await given.city(db)
    course = await catalog.course(db, skill_code="security")
    session = await sessions.session(db, course)
    enrollment = await enrollments.enrollment(db, session, city.staff, status)
    over = await sessions.session(db, course, clock.now() + 40 * DAY)
    await enrollments.enrollment(db, over, city.staff, EnrollmentStatus.WITHDRAWN)
    line = (await given.gap(await api("employee", employee=city.staff), city.staff, TODAY))["skills"][1]
    (running,) = line["enrollments"]
    assert (running["id"], running["status"]) == (str(enrollment.id), status)
    assert (running["course_session_id"], running["code"]) == (str(session.id), course.code)
    assert [one["id"] for one in line["next_sessions"]] == [str(over.id)]


async def test_a_session_below_the_required_level_is_not_offered(api: SignIn, db: AsyncSession) -> None:
    city = await given.unmapped(db)
    await skills.requirement(db, await skills.skill_map(db, requirements={}), "general", "security", target_level=2)
    courses = [await catalog.course(db, f"C{level}") for level in (1, 2, 3)]
    for level, course in enumerate(courses, 1):
        await add(db, CourseSkill(course_id=course.id, skill_code="security", level=level))
        await sessions.session(db, course)
    (line,) = (await given.gap(await api("training"), city.staff, TODAY))["skills"]
    assert {session["code"] for session in line["next_sessions"]} == {"C2", "C3"}


async def test_a_gap_is_visible_to_the_person_heads_and_offices(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.leader, city.section)
    path = f"/employees/{city.staff.id}/skill_gap"
    seeing = [city.staff, city.section_head, city.department_head]
    not_seeing = [city.colleague, city.leader, city.stranger]
    clients = [await api("employee", employee=one) for one in (*seeing, *not_seeing)]
    clients += [await api(grant) for grant in ("training", "information", "admin", "auditor", "hr")]
    clients.append(await api("clerk", employee=await people.employee(db, city.team)))
    statuses = [(await client.get(path)).status_code for client in clients]
    assert statuses == [200] * 3 + [404] * 3 + [200] * 4 + [404] * 2


async def test_an_unpublished_order_counts_only_for_callers_who_see_it(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    april = TODAY + 100 * DAY
    secret = {"published_on": TODAY + 50 * DAY}
    await people.post(db, city.staff, city.section, "section_head", PostKind.ACTING, april, **secret)
    training, auditor = await api("training"), await api("auditor")
    assert await given.states(training, city.staff, april) == GENERAL
    assert "leadership" in await given.states(auditor, city.staff, april)


async def test_unknown_people_and_invalid_days_are_refused(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    office = await api("training")
    assert (await office.get(f"/employees/{uuid4()}/skill_gap")).status_code == 404
    for query, pointer in (("as_of=2026-13-01", "as_of"), ("as_of=1800-01-01", "as_of"), ("day=2026-01-01", "day")):
        response = await office.get(f"/employees/{city.staff.id}/skill_gap?{query}")
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"/query/{pointer}"
    assert (await office.get("/employees/x/skill_gap")).status_code == 422
    assert (await (await api()).get(f"/employees/{city.staff.id}/skill_gap")).status_code == 401


@pytest.mark.parametrize("roles_held", [0, 1])
async def test_a_gap_takes_three_statements(api: SignIn, db: AsyncSession, statements: Any, roles_held: int) -> None:
    city = await given.city(db)
    office = await api("training")
    for _ in range(roles_held):
        await roles.appointment(db, city.staff, city.section)
        await skills.skill_record(db, city.staff, "security", valid_to=TODAY)
        await sessions.session(db, await catalog.course(db, skill_code="security"))
    with statements() as seen:
        await given.gap(office, city.staff, TODAY)
    assert len(seen) == 3
