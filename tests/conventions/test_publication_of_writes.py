"""What is not published yet decides nothing that somebody else writes: no 409, 422, seat, rank or flag differs."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from app.identity.permissions import GRANTS, Permission
from app.kit import clock
from app.people.models import Employment
from app.seats.models import CourseSession
from scripts.openapi.walk import operations
from tests.conventions import everyone, lifecycles
from tests.conventions.everyone import World
from tests.conventions.trials import BODIES, DOCUMENT
from tests.fixtures import SignIn
from tests.people import given as people
from tests.seats import given as seats
from tests.thoroughness import sample

pytestmark = pytest.mark.slow  # sends thousands of requests

WRITES = [
    (path, method, operation["operationId"])
    for path, method, operation in operations(DOCUMENT)
    if method in {"post", "patch", "delete"} and "/auth/" not in path
]
DAY = timedelta(days=1)
ROWS = sample(4, 10)
"""Of each resource, at most."""
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Answers = dict[tuple[str, str, str], tuple[int, str]]


class Attempts:
    """Every write of the document by everybody who must not know; each attempt is rolled back."""

    def __init__(
        self,
        connection: AsyncConnection,
        clients: Mapping[str, AsyncClient],
        world: World,
        sessions: Sequence[CourseSession] = (),
    ) -> None:
        self._connection, self._clients, self._world = connection, clients, world
        self._sessions = [str(session.id) for session in sessions]
        self._ids: dict[str, list[str]] = {}

    async def prepare(self, admin: AsyncClient) -> None:
        """The rows to act on: those about the person first."""
        for path in {path.partition("/{id}")[0] for path, _, _ in WRITES}:
            asked = DOCUMENT["paths"].get(path, {}).get("get")
            if not asked:
                continue
            by_person = "employee_id" in {each["name"] for each in asked["parameters"]}
            narrowed = {"limit": str(ROWS)} | ({"employee_id": str(self._world.person.id)} if by_person else {})
            page = await admin.get(path.removeprefix("/api/v1"), params=narrowed)
            self._ids[path] = [row["id"] for row in page.json()["results"]]

    async def answers(self) -> Answers:
        found: Answers = {}
        for (path, method, operation), (name, client) in product(WRITES, self._clients.items()):
            for at, (place, body) in enumerate(self._requests(path, operation)):
                if at == 1 and found[name, operation, "0"][0] == 403:
                    break
                found[name, operation, str(at)] = await self._send(client, method, place, body)
        return found

    async def _send(self, client: AsyncClient, method: str, place: str, body: Any) -> tuple[int, str]:
        savepoint = await self._connection.begin_nested()
        content = json.dumps(body) if body is not None else None
        headers = {"If-Match": "*", "Content-Type": "application/json"}
        response = await client.request(method, place.removeprefix("/api/v1"), headers=headers, content=content)
        await savepoint.rollback()
        return response.status_code, self._masked(response.text)

    def _masked(self, text: str) -> str:
        """Ids of new rows differ at every attempt."""
        known = {each for ids in self._ids.values() for each in ids} | set(self._sessions)
        return UUIDS.sub(lambda found: found[0] if found[0] in known else "new", text)

    def _requests(self, path: str, operation: str) -> Iterator[tuple[str, Any]]:
        parent, inner, rest = path.partition("/{id}")
        places = [f"{parent}/{row}{rest}" for row in self._ids[parent]] if inner else [path]
        yield from product(places, list(self._bodies(parent, rest, operation)))

    def _bodies(self, parent: str, rest: str, operation: str) -> Iterator[Any]:
        """What the document gives as an example, about the person, in each session and each unit."""
        given = BODIES.get((parent.rsplit("/", 1)[-1], rest.removeprefix("/")))
        body = given or _example(operation)
        city, person = self._world.city, self._world.person
        choices = {
            "employee_id": [str(person.id)],
            "course_session_id": [*self._sessions, *self._ids["/api/v1/course_sessions"]],
            "org_unit_id": [str(unit.id) for unit in (city.section, city.team, city.other_section)],
        }
        names = [name for name in choices if isinstance(body, dict) and name in body]
        for chosen in product(*(choices[name] for name in names)):
            yield (body | dict(zip(names, chosen, strict=True))) if names else body


def _example(operation: str) -> Any:
    for _, _, each in operations(DOCUMENT):
        if each["operationId"] == operation and "requestBody" in each:
            return next(iter(each["requestBody"]["content"].values())).get("example")
    return None


async def transfer(hr: AsyncClient, world: World, hidden: Mapping[str, str]) -> None:
    """To another section, from tomorrow, and to a third one besides; and an earlier return from an absence."""
    person = str(world.person.id)
    (post,) = (await hr.get("/posts", params={"employee_id": person})).json()["results"]
    tomorrow = str(clock.today() + DAY)
    end = {"valid_to": tomorrow, "end_published_on": hidden["published_on"]}
    assert (await hr.patch(f"/posts/{post['id']}", json=end, headers={"If-Match": "*"})).status_code == 200
    new = {"employee_id": person, "org_unit_id": str(world.city.other_section.id), "position_rank": "section_head"}
    other = new | {"org_unit_id": str(world.city.information.id), "kind": "concurrent"}
    for each in (new, other):
        assert (await hr.post("/posts", json=each | {"valid_from": tomorrow, **hidden})).status_code == 201
    absence = await planned_absence(hr, world)
    back = {
        "valid_to": str(date.fromisoformat(absence["valid_from"]) + DAY),
        "end_published_on": hidden["published_on"],
    }
    ended = await hr.patch(f"/absences/{absence['id']}", json=back, headers={"If-Match": "*"})
    assert ended.status_code == 200, ended.text


async def planned_absence(hr: AsyncClient, world: World) -> dict[str, Any]:
    """The one that everybody knows."""
    (found,) = (await hr.get("/absences", params={"employee_id": str(world.person.id)})).json()["results"]
    return dict(found)


async def leave(hr: AsyncClient, world: World, hidden: Mapping[str, str]) -> None:
    """From tomorrow until the absence that everybody knows."""
    absence = {"employee_id": str(world.person.id), "kind": "childcare_leave", "valid_from": str(clock.today() + DAY)}
    end = {"valid_to": (await planned_absence(hr, world))["valid_from"]}
    assert (await hr.post("/absences", json={**absence, **end, **hidden})).status_code == 201


async def leaving(hr: AsyncClient, world: World, hidden: Mapping[str, str]) -> None:
    end = {"left_on": str(clock.today() + DAY), "left_published_on": hidden["published_on"]}
    changed = await hr.patch(f"/employees/{world.person.id}", json=end, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text


CALLERS = ("training office", "information division", "section head", "the person", "clerk of the unit")


async def test_no_write_of_anybody_else_depends_on_what_is_not_published(
    app: FastAPI, connection: AsyncConnection, db: AsyncSession, api: SignIn
) -> None:
    world = await everyone.world(db)
    await lifecycles.enrollments(world)
    places = [await lifecycles.session(world, capacity=capacity, needs_approval=False) for capacity in (1, 5, 5)]
    await people.absence(db, world.person.id, clock.day_of(places[-1].starts_at) - DAY)
    for session in places:
        await seats.enrollment(db, session, world.city.colleague)
    with clock.travel(clock.now()):
        clients = await signed_in(api, world, CALLERS)
        attempts, hr = Attempts(connection, clients, world, places), await api("hr")
        await attempts.prepare(await api("admin"))
        before = await attempts.answers()
        for record in (transfer, leave, leaving):
            savepoint = await connection.begin_nested()
            await record(hr, world, {"published_on": str(clock.today() + 9 * DAY)})
            after = await attempts.answers()
            await savepoint.rollback()
            assert {key: (value, after[key]) for key, value in before.items() if after[key] != value} == {}, record
        assert {"enrollments_enroll", "enrollments_approve", "role_assignments_place"} <= {
            operation for (_, operation, _), (status, _) in before.items() if status in {200, 201}
        }


async def signed_in(api: SignIn, world: World, names: Iterable[str]) -> Mapping[str, AsyncClient]:
    callers = {name: everyone.callers(world)[name] for name in names}
    assert not any(Permission.SEE_UNPUBLISHED in GRANTS[grant] for grant, _ in callers.values())
    same = {"X-Request-Id": "same"}  # problem details repeat it
    return {name: await api(grant, employee=employee, **same) for name, (grant, employee) in callers.items()}


async def test_what_is_published_does_decide(
    app: FastAPI, connection: AsyncConnection, db: AsyncSession, api: SignIn
) -> None:
    """The same attempts differ once the leaving is public: the comparison above can fail."""
    world = await everyone.world(db)
    await lifecycles.enrollments(world)
    with clock.travel(clock.now()):
        clients = await signed_in(api, world, ["training office"])
        attempts, hr = Attempts(connection, clients, world), await api("hr")
        await attempts.prepare(await api("admin"))
        before = await attempts.answers()
        await leaving(hr, world, {"published_on": str(clock.today())})
        after = await attempts.answers()
        assert {operation for (_, operation, _), value in before.items() if value not in after.values()}


async def test_somebody_who_is_not_published_is_nobody_to_write_about(db: AsyncSession, api: SignIn) -> None:
    """What names a person who is hired in secret is answered as if it named nobody."""
    world = await everyone.world(db)
    hired = await people.employee(db, since=clock.today() + DAY)
    terms = await db.scalar(select(Employment).where(col(Employment.employee_id) == hired.id))
    assert terms
    terms.published_on = terms.valid_from
    await db.flush()
    session = await lifecycles.session(world, needs_approval=False)
    places = {"course_session_id": str(session.id), "org_unit_id": str(world.city.section.id)}
    ids, refused = [str(hired.id), str(uuid4())], set()
    for client in (await signed_in(api, world, ["training office", "information division"])).values():
        for path, _, operation in WRITES:
            example = _example(operation)
            if not isinstance(example, dict) or "employee_id" not in example:
                continue
            body = example | {name: value for name, value in places.items() if name in example}
            url = path.removeprefix("/api/v1")
            answers = [await client.post(url, json=body | {"employee_id": person}) for person in ids]
            assert answers[0].status_code == answers[1].status_code >= 400, answers[0].text
            assert answers[0].text == answers[1].text
            refused |= {operation} if answers[0].json()["code"] == "unknown_employee" else set()
    assert refused == {
        "enrollments_enroll",
        "role_assignments_place",
        "skill_records_record",
        "qualification_awards_register",
    }
