"""One kind of resource tried by everyone: the actions that the document allows it to offer, and every POST below it."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kit import clock, contract
from app.kit.records import uuid7
from app.roles.enums import AssignmentStatus
from tests.people.given import START

DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())

ROOT, REFUSED = "/api/v1/", {403, 404, 409, 422}

BODIES = {
    ("skill_records", "revocation"): {"revoked_reason": "誤登録"},
    ("qualification_awards", "revocation"): {"revoked_reason": "誤登録"},
    ("skill_maps", "activation"): {"valid_from": str(clock.today() + timedelta(days=400))},
    ("role_assignments", "rejection"): {"end_reason": "見送り"},
    ("role_assignments", "renewal"): {"valid_from": str(clock.today())},
    ("role_assignments", "end"): {"end_reason": "担当替え", "valid_to": str(START + timedelta(days=1))},
    ("enrollments", "rejection"): {"reason": "定員のため"},
}


def _named(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return DOCUMENT["components"]["schemas"][part["$ref"].rsplit("/", 1)[-1]]  # type: ignore[no-any-return]


def _offers() -> dict[str, set[str]]:
    """The actions that each resource with `allowed_actions` may offer."""
    offers = {}
    for path, item in DOCUMENT["paths"].items():
        if path.endswith("/{id}") and "get" in item:
            read = _named(item["get"]["responses"]["200"]["content"]["application/json"]["schema"])
            if actions := read["properties"].get("allowed_actions"):
                offers[path.removeprefix(ROOT).removesuffix("/{id}")] = set(_named(actions["items"])["enum"])
    return offers


OFFERS = _offers()


def posts(resource: str) -> set[str]:
    """What can be posted to below one resource."""
    below = f"{ROOT}{resource}/{{id}}/"
    paths = {path for path, item in DOCUMENT["paths"].items() if "post" in item}
    return {path.removeprefix(below) for path in paths if path.startswith(below)}


class Trial:
    """The resource in all its states; each attempt is rolled back."""

    def __init__(self, resource: str, connection: AsyncConnection, admin: AsyncClient) -> None:
        self.resource, self.connection, self.admin = resource, connection, admin
        self.bodies: dict[tuple[str, str], Any] = {}
        self.before: Any = None
        self.met: Counter[tuple[str, bool]] = Counter()
        self.mismatches: list[str] = []

    async def prepare(self) -> Mapping[str, Any]:
        """All resources, by id."""
        known = await self.listed(self.admin)
        self.bodies = {
            (one, noun): await self.body(noun, shown) for one, shown in known.items() for noun in OFFERS[self.resource]
        }
        self.before = await self.stored()
        return known

    async def listed(self, client: AsyncClient) -> dict[str, Any]:
        every = f"&status={','.join(AssignmentStatus)}" if self.resource == "role_assignments" else ""
        response = await client.get(f"/{self.resource}?limit=200{every}")
        assert response.status_code == 200, response.text
        return {resource["id"]: resource for resource in response.json()["results"]}

    async def stored(self) -> Any:
        """The rows of the table, and how many changes were ever logged."""
        table = self.resource.removesuffix("s")
        rows = f"SELECT array_agg(one::text ORDER BY id), (SELECT count(*) FROM audit_entry) FROM {table} one"
        return (await self.connection.execute(text(rows))).one()

    async def attempt(self, name: str, client: AsyncClient, id: str, noun: str, *, offered: bool) -> None:
        savepoint = await self.connection.begin_nested()
        response = await client.post(f"/{self.resource}/{id}/{noun}", json=self.bodies[id, noun])
        changed = await self.stored() != self.before
        await savepoint.rollback()
        self.met[noun, offered] += 1
        right = response.is_success and changed if offered else response.status_code in REFUSED and not changed
        if not right:
            self.mismatches.append(
                f"{name}: {noun} of {id} {offered=} {changed=} {response.status_code} {response.text}"
            )

    async def body(self, noun: str, shown: dict[str, Any]) -> Any:
        """A body that can only be refused for the state or the caller."""
        match self.resource, noun:
            case "enrollments", "completion":
                other = "absent" if shown["status"] == "completed" else "completed"
                return {"status": other, "reason": "出欠簿を確認した"}
            case "course_sessions", "reopening":
                return {"application_closes_at": shown["starts_at"]}
            case "enrollments", "attendance":
                return await self.at_first_meeting(shown["course_session_id"]) | {"attendance": "present"}
            case "course_sessions", "attendance":
                return await self.at_first_meeting(shown["id"]) | {"entries": await self.sheet(shown["id"])}
        return BODIES.get((self.resource, noun))

    async def at_first_meeting(self, session_id: str) -> dict[str, Any]:
        session = (await self.admin.get(f"/course_sessions/{session_id}")).json()
        return {"session_meeting_id": session["meetings"][0]["id"]}

    async def sheet(self, session_id: str) -> list[dict[str, str]]:
        lines = (await self.admin.get(f"/course_sessions/{session_id}/attendance")).json()["results"]
        ids = {line["enrollment_id"] for line in lines} or {str(uuid7())}
        return [{"enrollment_id": seat, "attendance": "present"} for seat in ids]
