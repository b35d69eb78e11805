"""Resources with a life cycle, in every state, and where an action depends on more than the state."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.catalog.models import CoursePrerequisite
from app.kit import clock
from app.kit.records import add
from app.qualifications.enums import AwardStatus
from app.roles.enums import Decision
from app.seats.enums import EnrollmentStatus, SessionStatus
from app.seats.models import CourseSession
from app.skills.enums import EvidenceBasis
from app.surveys.enums import SurveyStatus
from app.surveys.models import Survey, SurveyQuestion
from tests.catalog import given as catalog
from tests.conventions.everyone import DAY, World
from tests.course_sessions import given as sessions
from tests.people import given as people
from tests.qualifications import given as qualifications
from tests.roles import given as roles
from tests.seats import given as seats
from tests.skills import given as skills
from tests.surveys import given as surveys

HOUR = timedelta(hours=1)

E, S = EnrollmentStatus, SessionStatus

NOT_SEATED = (E.NOT_SELECTED, E.DECLINED, E.WITHDRAWN)

RESULTS = (E.COMPLETED, E.NOT_COMPLETED, E.ABSENT)


async def session(world: World, *starts: datetime, status: SessionStatus = S.PUBLISHED, **more: Any) -> CourseSession:
    return await sessions.session(world.db, world.course, *(starts or (world.ahead(),)), status=status, **more)


async def enrollments(world: World) -> None:
    db, person, now = world.db, world.person, clock.now()
    for status in (E.APPLIED, E.WAITLISTED, E.CONFIRMED, *NOT_SEATED):
        await seats.enrollment(db, await session(world), person, status)
    for status in (E.APPLIED, E.WAITLISTED, E.CONFIRMED, *RESULTS):
        await seats.enrollment(db, await session(world, world.past(), status=S.CLOSED), person, status)
    for status in (E.NOT_SELECTED, E.COMPLETED):
        await seats.enrollment(db, await session(world, world.past(), status=S.HELD), person, status)
    await seats.enrollment(db, await session(world, world.past(), status=S.CANCELLED), person, E.WITHDRAWN)
    await seats.enrollment(db, await session(world, withdrawal_closes_at=now - HOUR), person)
    await seats.enrollment(db, await session(world, now + 6 * HOUR), person)
    await seats.enrollment(db, await session(world, now - HOUR, world.ahead()), person)
    for status in (E.APPLIED, E.WAITLISTED):
        full = await session(world, capacity=1)
        await seats.enrollment(db, full, world.city.stranger)
        await seats.enrollment(db, full, person, status)
    for head in (world.city.section_head, world.city.department_head):
        await seats.enrollment(db, await session(world), head, E.APPLIED)
    await blocked_enrollments(world)
    await changed_enrollments(world)


async def blocked_enrollments(world: World) -> None:
    """Another seat at the time, no employment then, a course to be completed first: each applied and waiting."""
    db, person = world.db, world.person
    leaver = await people.employee(db, world.city.team, left_on=clock.today() + DAY)
    advanced = await catalog.course(db, "ADVANCED")
    await add(db, CoursePrerequisite(course_id=advanced.id, required_course_id=(await catalog.course(db, "FIRST")).id))
    for status in (E.APPLIED, E.WAITLISTED):
        taken = await session(world)
        await seats.enrollment(db, taken, person)
        await seats.enrollment(db, await session(world, taken.starts_at + HOUR), person, status)
        await seats.enrollment(db, await session(world), leaver, status)
        await seats.enrollment(db, await sessions.session(db, advanced, world.ahead()), person, status)


async def changed_enrollments(world: World) -> None:
    """Seats to which something has happened: of a person who came from another section, of one who leaves."""
    elsewhere = world.city.other_section.id
    for starts in (world.ahead(), world.past()):
        await seats.enrollment(world.db, await session(world, starts), world.person, org_unit_id=elsewhere)
    leaver = await people.employee(world.db, world.city.team, left_on=clock.today() + DAY)
    await seats.enrollment(world.db, await session(world), leaver)


async def course_sessions(world: World) -> None:
    now, ahead = clock.now(), world.ahead()
    for status in S:
        for starts in ((ahead,), (now - 10 * DAY,), (now - DAY, ahead)):
            seated = await session(world, *starts, status=status)
            learner = await people.employee(world.db, world.city.team)
            await seats.enrollment(world.db, seated, learner, E.WITHDRAWN if status == S.DRAFT else E.COMPLETED)
    for status in (S.PUBLISHED, S.CLOSED):
        await session(world, now - DAY, status=status)
        learner = await people.employee(world.db, world.city.team)
        await seats.enrollment(world.db, await session(world, now + 6 * HOUR, status=status), learner)


async def survey(
    world: World, *questions: dict[str, Any], of: SessionStatus | None = S.PUBLISHED, **more: Any
) -> Survey:
    where = (await session(world, status=of)) if of else None
    if where and of != S.CANCELLED:
        await seats.enrollment(world.db, where, world.person)
    made = Survey(**{"title": "受講前アンケート", "course_session_id": where and where.id, "kind": "pre"} | more)
    asked = [SurveyQuestion(survey_id=made.id, position=at, **asked) for at, asked in enumerate(questions)]
    made.questions = asked
    return await add(world.db, made)


async def all_surveys(world: World) -> None:
    asked, now = surveys.PAIRED, clock.now()
    for status in SurveyStatus:
        await survey(world, asked, status=status)
        await survey(world, asked, status=status, of=None, kind="baseline")
        await survey(world, asked, status=status, closes_at=now - HOUR)
        await survey(world, asked, status=status, of=S.CANCELLED)
    await survey(world)
    for scale in (asked["scale"], asked["scale"] | {"max": 7}):
        pre = await survey(world, asked, status=SurveyStatus.OPEN)
        await survey(world, asked | {"scale": scale}, of=None, kind="post", course_session_id=pre.course_session_id)


async def skill_maps(world: World) -> None:
    today = clock.today()
    await skills.skill_map(world.db, 1, valid_to=today)
    await skills.skill_map(world.db, 2, valid_from=today, valid_to=today + 30 * DAY)
    await skills.skill_map(world.db, 3, valid_from=None)
    await skills.skill_map(world.db, 4, requirements={}, valid_from=None)
    await skills.skill_map(world.db, 5, valid_from=today + 30 * DAY)


async def skill_records(world: World) -> None:
    today = clock.today()
    for basis in EvidenceBasis:
        for days in ({}, {"valid_to": today}, {"since": today + DAY}, {"revoked_on": today}):
            more: dict[str, Any] = dict(days)
            if "revoked_on" in days:
                more |= {"revoked_at": clock.now(), "revoked_reason": "誤登録"}
            await skills.skill_record(world.db, world.person, "dx_basics", basis=basis, **more)


async def qualification_awards(world: World) -> None:
    await qualifications.qualification(world.db, skill_codes=["dx_basics"])
    for status in AwardStatus:
        for number, more in (("in-force", {}), ("expired", {"expires_on": qualifications.PASSED + DAY})):
            await qualifications.award(world.db, world.person, f"{status}-{number}", status, **more)


async def role_assignments(world: World) -> None:
    """Beside the leader's own: one of each decision, one to come, one that is over, one left behind by a transfer."""
    db, city, today = world.db, world.city, clock.today()
    await roles.appointment(db, world.person, city.team, status=Decision.NOMINATED)
    await roles.appointment(db, world.person, city.section, status=Decision.REJECTED)
    await roles.appointment(db, world.person, city.department, status=Decision.CANCELLED)
    await roles.appointment(db, city.colleague, city.team, since=today + 30 * DAY)
    await roles.appointment(db, city.colleague, city.section, valid_to=today)
    await roles.appointment(db, city.colleague, city.department, valid_to=today + DAY)
    await roles.appointment(db, city.stranger, city.team, valid_to=today - DAY, status=Decision.NOMINATED)
    await roles.appointment(db, city.stranger, city.information)


BUILDERS: Mapping[str, Callable[[World], Awaitable[None]]] = {
    "enrollments": enrollments,
    "course_sessions": course_sessions,
    "surveys": all_surveys,
    "skill_maps": skill_maps,
    "skill_records": skill_records,
    "qualification_awards": qualification_awards,
    "role_assignments": role_assignments,
}
