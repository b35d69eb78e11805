"""Everybody writes at once, in real processes: no answer is an error of the server, and no invariant is broken."""

from asyncio import gather, sleep
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from random import Random
from time import monotonic
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app import jobs
from app.kit import clock
from app.kit.settings import Settings
from scripts import embedded
from tests.fixtures import ANY_VERSION
from tests.seats.invariants import broken
from tests.served import Served
from tests.thoroughness import sample

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("city")]

SECONDS = sample(6, 40)
WANTED = {200, 201, 204, 404, 409, 412, 422}
"""What is done, or refused for the state of things; 404 and 412 where another writer was faster."""
PEOPLE, SESSIONS, WRITERS = 40, 8, 10


class Town:
    """People, a course and sessions of its own, and everything that is done to them."""

    def __init__(self, training: AsyncClient, hr: AsyncClient, seed: int) -> None:
        self.training, self.hr, self.dice = training, hr, Random(seed)
        self.days, self.numbers = count(2), count(seed)
        self.people: list[str] = []
        self.sessions: list[dict[str, Any]] = []
        self.absences: list[str] = []
        self.course = ""
        self.answers: Counter[tuple[str, int]] = Counter()
        self.wrong: list[str] = []

    async def prepare(self) -> None:
        units = (await self.hr.get("/org_units", params={"level": "section", "limit": 2})).json()["results"]
        ranks = (await self.hr.get("/position_ranks", params={"limit": 200})).json()["results"]
        rank = next(one["code"] for one in ranks if not one["is_head"])
        for at in range(PEOPLE):
            await self.hire(units[at % 2]["id"], rank)
        course = {"title": "書込み試験", "provider_kind": "city", "format": "classroom", "minutes": 120}
        code = f"W-{next(self.numbers)}"
        self.course = (await self.training.post("/courses", json=course | {"code": code})).json()["id"]
        for _ in range(SESSIONS):
            await self.open_session()

    async def hire(self, unit: str, rank: str) -> None:
        terms = {"appointment_type": "regular", "job_service": "administrative", "hired_on": "2020-04-01"}
        named = {"employee_number": f"W{next(self.numbers)}", "name": "書込 太郎", "name_kana": "カキコミ タロウ"}
        category = {"job_category": "administrative"}
        response = await self.hr.post("/employees", json=terms | named | category)
        assert response.status_code == 201, response.text
        person = response.json()["id"]
        post = {"employee_id": person, "org_unit_id": unit, "kind": "primary", "position_rank": rank}
        response = await self.hr.post("/posts", json=post | {"valid_from": "2020-04-01"})
        assert response.status_code == 201, response.text
        self.people.append(person)

    async def open_session(self) -> Response:
        """One in four begins within the twelve hours before which attendance is recorded."""
        now = clock.now()
        start = now + timedelta(hours=6) if self.dice.random() < 0.25 else now + timedelta(days=next(self.days) % 6 + 2)
        meeting = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        window = {
            "application_opens_at": (now - timedelta(days=1)).isoformat(),
            "application_closes_at": start.isoformat(),
        }
        plan = {"course_id": self.course, "capacity": 6, "needs_approval": False, "meetings": [meeting], **window}
        planned = await self.training.post("/course_sessions", json=plan)
        assert planned.status_code == 201, planned.text
        self.sessions.append(planned.json())
        return await self.training.post(f"/course_sessions/{planned.json()['id']}/publication")

    def session(self) -> dict[str, Any]:
        return self.dice.choice(self.sessions[-SESSIONS:])

    async def enrollment(self, **query: str) -> str | None:
        params = {"course_session_id": self.session()["id"], "limit": "200", **query}
        rows = (await self.training.get("/enrollments", params=params)).json()["results"]
        return self.dice.choice(rows)["id"] if rows else None

    async def apply(self) -> Response:
        body = {"course_session_id": self.session()["id"], "employee_id": self.dice.choice(self.people)}
        return await self.training.post("/enrollments", json=body)

    async def act(self, action: str, body: Any = None, **query: str) -> Response | None:
        one = await self.enrollment(**query)
        return await self.training.post(f"/enrollments/{one}/{action}", json=body) if one else None

    async def withdraw(self) -> Response | None:
        return await self.act("withdrawal", status="confirmed,waitlisted")

    async def promote_out_of_turn(self) -> Response | None:
        return await self.act("approval", status="waitlisted")

    async def reconfirm(self) -> Response | None:
        return await self.act("reconfirmation", reconfirmation_reason="rescheduled")

    async def resize(self) -> Response:
        path, capacity = f"/course_sessions/{self.session()['id']}", self.dice.randint(4, 10)
        return await self.training.patch(path, json={"capacity": capacity}, headers=ANY_VERSION)

    async def move(self) -> Response:
        session = (await self.training.get(f"/course_sessions/{self.session()['id']}")).json()
        start = clock.now() + timedelta(hours=self.dice.randint(4, 150))
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        meetings = [{"id": session["meetings"][0]["id"], **times}]
        body = {"meetings": meetings, "application_closes_at": start.isoformat()}
        return await self.training.patch(f"/course_sessions/{session['id']}", json=body, headers=ANY_VERSION)

    async def cancel(self) -> Response:
        response = await self.training.post(f"/course_sessions/{self.session()['id']}/cancellation")
        await self.open_session()
        return response

    async def close_and_reopen(self) -> Response:
        path = f"/course_sessions/{self.session()['id']}"
        await self.training.post(f"{path}/closing")
        return await self.training.post(f"{path}/reopening")

    async def record(self) -> Response | None:
        session = (await self.training.get(f"/course_sessions/{self.session()['id']}")).json()
        lines = (await self.training.get(f"/course_sessions/{session['id']}/attendance")).json()["results"]
        entries = [
            {"enrollment_id": line["enrollment_id"], "attendance": self.dice.choice(["present", "absent"])}
            for line in lines
        ]
        body = {"session_meeting_id": session["meetings"][0]["id"], "entries": entries}
        return await self.training.post(f"/course_sessions/{session['id']}/attendance", json=body) if entries else None

    async def assess(self) -> Response | None:
        return await self.act("completion", {"status": "completed", "reason": "確認済み"}, status="confirmed")

    async def leave(self) -> Response:
        day = clock.today() + timedelta(days=self.dice.randint(2, 8))
        path = f"/employees/{self.dice.choice(self.people[: PEOPLE // 2])}"
        published = {"left_published_on": str(clock.today())} if self.dice.random() < 0.7 else {}
        return await self.hr.patch(path, json={"left_on": str(day), **published}, headers=ANY_VERSION)

    async def take_leave(self) -> Response:
        first = clock.today() + timedelta(days=self.dice.randint(0, 8))
        period = {"valid_from": str(first), "valid_to": str(first + timedelta(days=self.dice.randint(1, 5)))}
        body = {"employee_id": self.dice.choice(self.people), "kind": "sick_leave", **period}
        response = await self.hr.post("/absences", json=body)
        if response.status_code == 201:
            self.absences.append(response.json()["id"])
        return response

    async def come_back(self) -> Response | None:
        if not self.absences:
            return None
        absence = self.absences.pop(self.dice.randrange(len(self.absences)))
        return await self.hr.delete(f"/absences/{absence}", headers=ANY_VERSION)

    async def write(self, until: float) -> None:
        often = [self.apply] * 8 + [self.withdraw] * 3 + [self.resize] * 3 + [self.move] * 3 + [self.take_leave] * 2
        seldom = [self.come_back, self.leave, self.cancel, self.record, self.assess, self.reconfirm]
        deeds: list[Callable[[], Awaitable[Response | None]]] = [
            *often,
            *seldom,
            self.promote_out_of_turn,
            self.close_and_reopen,
        ]
        while monotonic() < until:
            deed = self.dice.choice(deeds)
            response = await deed()
            if response is not None:
                self.answers[deed.__name__, response.status_code] += 1
                if response.status_code not in WANTED:
                    self.wrong.append(f"{deed.__name__}: {response.status_code} {response.text}")
            await sleep(0)


@asynccontextmanager
async def signed_in(served_city: Served, username: str) -> AsyncIterator[AsyncClient]:
    token = served_city.sign_in(username).json()["access_token"]
    address, headers = f"http://127.0.0.1:{served_city.port}/api/v1", {"Authorization": f"Bearer {token}"}
    async with AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
        yield client


async def flagged(training: AsyncClient) -> list[str]:
    """The ids of enrollments that the service says need a new confirmation."""
    ids: list[str] = []
    params = {"needs_reconfirmation": "true", "limit": "200"}
    while True:
        page = (await training.get("/enrollments", params=params)).json()
        ids += [row["id"] for row in page["results"]]
        if page["metadata"]["next_cursor"] is None:
            return ids
        params["cursor"] = page["metadata"]["next_cursor"]


async def test_mixed_writers_break_nothing(served_city: Served) -> None:
    """Six seconds, or forty with HAGUKUMI_THOROUGH=1; the served_city is there before and stays."""
    async with signed_in(served_city, "training") as training, signed_in(served_city, "hr") as hr:
        town = Town(training, hr, seed=int(clock.now().timestamp()))
        await town.prepare()
        until = monotonic() + SECONDS
        await gather(*(town.write(until) for _ in range(WRITERS)))
        assert town.wrong == []
        assert town.answers["apply", 201], town.answers
        url = embedded.start(served_city.data / "postgres")
        settings = Settings(embedded_url=url, release_unconfirmed_days=None)
        engine = create_async_engine(settings.url, poolclass=NullPool)
        async with AsyncSession(engine) as db:
            assert await broken(db, await flagged(training)) == {}, town.answers
        assert await jobs.once(settings) == []
        async with AsyncSession(engine) as db:
            assert await broken(db, await flagged(training), after_jobs=True) == {}, town.answers
        await engine.dispose()
        print(dict(town.answers))
