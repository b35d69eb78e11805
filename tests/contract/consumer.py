"""What an integrator writes: a short form of the main job, with the generated client and nothing else.

test_clients.py generates `hagukumi_client`, checks this file's types against it and runs it.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hagukumi_client import AuthenticatedClient, Client
from hagukumi_client.api.course_sessions import course_sessions_change, course_sessions_plan, course_sessions_publish
from hagukumi_client.api.courses import courses_list
from hagukumi_client.api.employees import employees_list
from hagukumi_client.api.enrollments import enrollments_enroll, enrollments_read, enrollments_withdraw
from hagukumi_client.api.identity import identity_sign_in
from hagukumi_client.api.skill_gaps import skill_gaps_list
from hagukumi_client.models import (
    CourseSessionCreate,
    CourseSessionRead,
    CourseSessionUpdate,
    EnrollmentCreate,
    EnrollmentRead,
    GroupBy,
    MeetingPlan,
    Problem,
    SignInForm,
    Withdrawal,
)

T = TypeVar("T")


def got(answer: T | Problem | None) -> T:
    """The response; a problem ends the run with its own message."""
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"{answer}")
    return answer


def signed_in(address: str, username: str) -> AuthenticatedClient:
    anyone = Client(base_url=address)
    token = got(identity_sign_in.sync(client=anyone, body=SignInForm(username=username, password="demo")))
    return AuthenticatedClient(base_url=address, token=token.access_token, raise_on_unexpected_status=True)


def published_session(api: AuthenticatedClient, capacity: int) -> CourseSessionRead:
    course = got(courses_list.sync(client=api, skill_code="bpr")).results[0]
    now = datetime.now(UTC)
    wanted = CourseSessionCreate(
        course_id=course.id,
        capacity=capacity,
        needs_approval=False,
        application_opens_at=now - timedelta(hours=1),
        application_closes_at=now + timedelta(days=20),
        meetings=[MeetingPlan(starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=30, hours=3))],
    )
    planned = got(course_sessions_plan.sync(client=api, body=wanted))
    return got(course_sessions_publish.sync(planned.id, client=api))


def main(address: str) -> dict[str, object]:
    api = signed_in(address, "training")
    gap = got(skill_gaps_list.sync(client=api, group_by=[GroupBy.ROLE, GroupBy.SKILL], skill_code=["bpr"]))
    session = published_session(api, capacity=2)
    applied: list[EnrollmentRead] = []
    for person in got(employees_list.sync(client=api, role_code="leader", limit=4)).results:
        wanted = EnrollmentCreate(course_session_id=session.id, employee_id=person.id)
        applied.append(got(enrollments_enroll.sync(client=api, body=wanted)))
    left = got(enrollments_withdraw.sync(applied[0].id, client=api, body=Withdrawal(reason="災害対応のため")))
    larger = got(
        course_sessions_change.sync(session.id, client=api, body=CourseSessionUpdate(capacity=3), if_match="*")
    )
    now = [got(enrollments_read.sync(entry.id, client=api)).status for entry in applied]
    return {
        "grouped": [(row.role.code, row.skill.code) for row in gap.results if row.role and row.skill],
        "first": [(entry.status, entry.waitlist_rank) for entry in applied],
        "left": left.status,
        "seats": larger.seats_taken,
        "now": now,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
