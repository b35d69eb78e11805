"""What a call of the API enters and sends, traced in process on a made-up city; the calls of `scripts.figures`."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import CodeType, FrameType

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import event

from app.kit import keys
from app.kit.settings import Settings
from app.main import build_app
from scripts import embedded
from scripts.city.filled import fill
from scripts.environment import ROOT

APP = ROOT / "app"
PEOPLE = 600
SHARED = {"kit", "identity", "audit", "main", "api"}
"""What every call goes through; the other packages are the domain."""


@dataclass
class Trace:
    """What one call has entered and sent."""

    entered: set[CodeType] = field(default_factory=set)
    statements: int = 0

    @property
    def functions(self) -> set[CodeType]:
        return {code for code in self.entered if not code.co_name.startswith("<")}

    @property
    def domain(self) -> set[CodeType]:
        return {code for code in self.functions if package(Path(code.co_filename)) not in SHARED}

    def note_entry(self, frame: FrameType, happened: str, _argument: object) -> None:
        if happened == "call" and frame.f_code.co_filename.startswith(f"{APP}/"):
            self.entered.add(frame.f_code)

    def note_statement(self, *_arguments: object) -> None:
        self.statements += 1


def traced_calls() -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        url = embedded.start(data / "postgres", embedded.THROWAWAY)
        try:
            settings = Settings(database_url=None, embedded_url=url, keys=data / "keys")
            keys.ensure(settings.keys)
            fill(settings, PEOPLE)
            return asyncio.run(calls(build_app(settings)))
        finally:
            embedded.stop(data / "postgres")


async def calls(app: FastAPI) -> dict[str, int]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://figures/api/v1") as client:
        form = {"username": "training", "password": "demo", "grant_type": "password"}
        token = (await client.post("/auth/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        found: dict[str, int] = {}
        for path in ("/employees", "/skill_gaps"):
            found |= figures(f"GET {path}", await second(app, [client.get(path), client.get(path)]))
        enrolled = await second(app, [client.post("/enrollments", json=body) for body in await applications(client)])
        found |= figures("POST /enrollments", enrolled) | {
            "POST /enrollments: functions of the domain": len(enrolled.domain),
            "POST /enrollments: files of the domain": len({code.co_filename for code in enrolled.domain}),
            "POST /enrollments: packages of the domain": len({package(Path(c.co_filename)) for c in enrolled.domain}),
        }
    await app.state.database.close()
    return found


def figures(call: str, trace: Trace) -> dict[str, int]:
    return {
        f"{call}: functions": len(trace.functions),
        f"{call}: functions with comprehensions": len(trace.entered),
        f"{call}: statements": trace.statements,
    }


async def applications(client: AsyncClient) -> list[dict[str, str]]:
    """Two leaders, for a published session that needs no approval: each gets a seat at once."""
    course = (await client.get("/courses?skill_code=bpr")).json()["results"][0]["id"]
    hours = [(datetime.now(UTC) + timedelta(hours=hour)).isoformat() for hour in (-1, 1, 2, 3)]
    session = {
        "course_id": course,
        "capacity": 20,
        "needs_approval": False,
        "application_opens_at": hours[0],
        "application_closes_at": hours[1],
        "meetings": [{"starts_at": hours[2], "ends_at": hours[3], "place": "本庁舎"}],
    }
    made = succeeded(await client.post("/course_sessions", json=session)).json()["id"]
    succeeded(await client.post(f"/course_sessions/{made}/publication"))
    people = (await client.get("/employees?role_code=leader&limit=2")).json()["results"]
    return [{"course_session_id": made, "employee_id": person["id"]} for person in people]


def package(path: Path) -> str:
    """The folder right under `app`, or the name of a module that stands there itself."""
    return path.relative_to(APP).with_suffix("").parts[0]


async def second(app: FastAPI, pair: Sequence[Awaitable[Response]]) -> Trace:
    """The first call fills what is kept for later ones; the second is measured."""
    first, measured = pair
    succeeded(await first)
    with traced(app) as trace:
        response = await measured
    succeeded(response)
    return trace


@contextmanager
def traced(app: FastAPI) -> Iterator[Trace]:
    trace = Trace()
    database = app.state.database
    engines = [engine.sync_engine for engine in {database.reads, database.reads_for_values, database.writes}]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", trace.note_statement)
    sys.setprofile(trace.note_entry)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        for engine in engines:
            event.remove(engine, "before_cursor_execute", trace.note_statement)


def succeeded(response: Response) -> Response:
    if not response.is_success:
        raise SystemExit(
            f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text}"
        )
    return response
