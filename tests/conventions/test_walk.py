"""The README's five-minute walk, run word for word in a shell against a real server process."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.environment import ROOT
from tests.served import Served, served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("city")]
MARK = "=== step"
STEP = re.compile(r"```sh\n(.*?)```\n(?:```text\n(.*?)```)?", re.DOTALL)


def readme(section: str) -> str:
    return (ROOT / "README.md").read_text().split(f"## {section}\n")[1].split("\n## ")[0]


def conventions() -> str:
    return (ROOT / "openapi" / "conventions.md").read_text()


def as_pattern(shown: str) -> str:
    """The output shown, where `…` stands for anything and blanks for any blanks."""
    words = [r"\s*".join(re.escape(word) for word in part.split()) for part in shown.split("…")]
    return r"\s*" + r"[\s\S]*?".join(rf"\s*{part}\s*" for part in words)


def check(served: Served, text: str) -> None:
    """Every output is the one that the page shows."""
    steps = STEP.findall(text)
    script = "".join(f"echo '{MARK}'\n{block}" for block, _ in steps)
    script = script.replace("127.0.0.1:8000", f"127.0.0.1:{served.port}")
    outcome = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=300, check=True)
    outputs = outcome.stdout.split(f"{MARK}\n")[1:]
    assert len(outputs) == len(steps) > 0
    for (block, shown), output in zip(steps, outputs, strict=True):
        assert re.fullmatch(as_pattern(shown), output), f"{block}\nprints\n{output}\n{outcome.stderr}\nnot\n{shown}"


def test_the_walk_does_the_main_job_in_a_new_city(tmp_path: Path) -> None:
    with served(tmp_path / "data") as untouched:
        check(untouched, readme("The main job in five minutes"))


@pytest.mark.parametrize("text", [readme("For an HR integrator"), conventions()], ids=["hr", "conventions"])
def test_the_other_pages_print_what_they_show(served_city: Served, text: str) -> None:
    check(served_city, text)


@pytest.fixture
async def training(served_city: Served) -> AsyncIterator[httpx.AsyncClient]:
    token = served_city.sign_in("training").json()["access_token"]
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{served_city.port}/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        limits=httpx.Limits(max_connections=40),
        timeout=120,
        trust_env=False,
    ) as client:
        yield client


async def a_session(training: httpx.AsyncClient, capacity: int) -> str:
    course = (await training.get("/courses", params={"code": "DX-101"})).json()["results"][0]["id"]
    now = datetime.now(UTC)
    planned = {
        "course_id": course,
        "capacity": capacity,
        "needs_approval": False,
        "application_opens_at": (now - timedelta(hours=1)).isoformat(),
        "application_closes_at": (now + timedelta(days=199)).isoformat(),
        "meetings": [
            {
                "starts_at": (now + timedelta(days=200)).isoformat(),
                "ends_at": (now + timedelta(days=200, hours=2)).isoformat(),
            }
        ],
    }
    made = await training.post("/course_sessions", json=planned)
    path = f"/course_sessions/{made.json()['id']}"
    assert (await training.post(f"{path}/publication")).status_code == 200
    return path


async def test_a_rush_takes_no_seat_twice_and_leaves_none_free_while_somebody_waits(
    training: httpx.AsyncClient,
) -> None:
    path = await a_session(training, capacity=30)
    people = (await training.get("/employees", params={"limit": 200, "in_scope": "true"})).json()["results"]
    assert len(people) == 200

    async def apply(person: dict[str, Any], number: int) -> int:
        body = {"course_session_id": path.rsplit("/", 1)[1], "employee_id": person["id"], "mode": "applied"}
        made = await training.post("/enrollments", json=body)
        if made.status_code == 201 and number % 4 == 0:
            left = await training.post(f"/enrollments/{made.json()['id']}/withdrawal", json={"reason": "公務"})
            assert left.status_code == 200, left.text
        return made.status_code

    async def resize(capacity: int) -> int:
        changed = await training.patch(path, json={"capacity": capacity}, headers={"If-Match": "*"})
        return changed.status_code

    changes = [resize(capacity) for capacity in (35, 20, 40, 28, 33, 5, 31, 30)]
    statuses = await asyncio.gather(*(apply(person, n) for n, person in enumerate(people)), *changes)
    assert set(statuses) <= {200, 201, 409}
    assert set(statuses[:200]) <= {201, 409}
    assert statuses[:200].count(201) > 150
    now = (await training.get(path)).json()
    active: dict[str, Any] = {"course_session_id": path.rsplit("/", 1)[1], "limit": 200}
    seated = (await training.get("/enrollments", params=active | {"status": "confirmed"})).json()["results"]
    waiting = (await training.get("/enrollments", params=active | {"status": "waitlisted"})).json()["results"]
    assert len(seated) == now["seats_taken"] <= now["capacity"]
    assert sorted(row["waitlist_rank"] for row in waiting) == list(range(1, len(waiting) + 1))
    assert waiting, "a rush without anybody waiting proves nothing"
    assert now["free_seats"] == 0
