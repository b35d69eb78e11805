"""Every GET of the document with the parameters that matter, and the responses that each caller gets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import FastAPI
from httpx import AsyncClient, Response

from app.identity.models import Account
from app.reconfirmation.enums import ReconfirmationReason
from app.roles.enums import VacancyReason
from scripts.openapi.walk import operations, resolved
from tests.fixtures import client_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Subjects:
    """What the orders are about; `rows` are ids by the path of their list."""

    rows: Mapping[str, Sequence[str]]
    people: Sequence[str]
    units: Sequence[str]
    roles: Sequence[str]
    words: Sequence[str]
    numbers: Sequence[str]
    ranks: Sequence[str]
    categories: Sequence[str]
    now: datetime
    days: Sequence[date]


FILTERS: Mapping[str, Callable[[Subjects], Sequence[object]]] = {
    "employee_id": lambda about: about.people,
    "org_unit_id": lambda about: about.units,
    "under": lambda about: about.units[:1],
    "role_code": lambda about: about.roles,
    "q": lambda about: about.words,
    "since": lambda about: [about.now.isoformat()],
    "employee_number": lambda about: about.numbers,
    "order_number": lambda about: about.numbers,
    "position_rank": lambda about: about.ranks,
    "job_category": lambda about: about.categories,
    "is_pending": lambda _: ["true"],
    "reason": lambda _: list(VacancyReason),
    "reconfirmation_reason": lambda _: list(ReconfirmationReason),
    "needs_reconfirmation": lambda _: ["true"],
}
"""Values of the filters that select by people, units and times; each is sent alone."""
BROAD = frozenset({"status", "sort", "include_count"})
"""Sent together: every status, by time of change, counted."""
UNRELATED = frozenset(
    """actor appointment_type at_since at_until attendance basis certificate_number code completed_from completed_to
    completion_fiscal_year course_id course_session_id cursor expires_within expiring_before fiscal_year format
    group_by has_free_seats held_on identification in_scope job_service kind level limit
    mandatory_fiscal_year mode needs_leader offered_on offset open_for_application parent_id passed_from passed_to
    plan_item provenance provider_kind qualification_code record_id request_id resource
    session_meeting_id skill_code skill_map_id source_id starts_from starts_to submitted_by survey_id theme until
    version""".split()  # noqa: SIM905 - a list of one word a line is longer than the module
)
"""Filters by what no post decides, or by fields that each row shows anyway."""
SAFE_HEADERS = ("ratelimit", "date")


class Snapshot(NamedTuple):
    """What a client receives."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Request = tuple[str, str]
"""The caller's name and the URL."""


class Gets:
    """The operations of the document that read."""

    def __init__(self, document: Json) -> None:
        self._schemas = document["components"]["schemas"]
        self.operations = {path: found for path, method, found in operations(document) if method == "get"}

    def parents(self) -> set[str]:
        return {path.split("/{")[0] for path in self.operations if "{" in path}

    def path_of(self, url: str) -> str:
        """The operation's path."""
        parts = url.partition("?")[0].split("/")
        return next(path for path in self.operations if _matches(path.split("/"), parts))

    def urls(self, path: str, ids: Mapping[str, Sequence[str]], about: Subjects) -> Iterator[str]:
        """The operation without parameters, then with each day and each filter; for each of the ids."""
        parent, _, rest = path.partition("/{id}")
        places = [f"{parent}/{row_id}{rest}" for row_id in ids[parent]] if "{" in path else [path]
        for place in places:
            queries = (urlencode(parameters) for parameters in self._parameters(path, about))
            yield from dict.fromkeys(f"{place}?{query}" if query else place for query in queries)

    def _parameters(self, path: str, about: Subjects) -> Iterator[Mapping[str, object]]:
        given = [each for each in self.operations[path]["parameters"] if each["in"] == "query"]
        found = {each["name"]: each["schema"] for each in given}
        assert found.keys() <= FILTERS.keys() | BROAD | UNRELATED | {"as_of"}, "add it to FILTERS or to UNRELATED"
        by_default = any(each["name"] == "as_of" and "default: today" in each.get("description", "") for each in given)
        days: list[dict[str, object]] = [{"as_of": day} for day in about.days[by_default:] if "as_of" in found]
        late = days[-1] if days else {}
        yield from ({}, *days)
        if "{" in path:
            return
        yield {**late, **self._broad(found)}
        for name in FILTERS.keys() & found:
            for value in FILTERS[name](about):
                yield {name: value, **late}

    def _broad(self, found: Mapping[str, Json]) -> Mapping[str, object]:
        chosen: dict[str, object] = {"include_count": "true"} if "include_count" in found else {}
        if "updated_at" in found.get("sort", {}).get("pattern", ""):
            chosen["sort"] = "-updated_at"
        if "items" in found.get("status", {}):
            chosen["status"] = ",".join(resolved(found["status"]["items"], self._schemas)["enum"])
        return chosen


def _matches(template: Sequence[str], parts: Sequence[str]) -> bool:
    return len(template) == len(parts) and all(own in {"{id}", part} for own, part in zip(template, parts, strict=True))


@asynccontextmanager
async def signed_in(app: FastAPI, accounts: Mapping[str, Account | None]) -> AsyncIterator[Mapping[str, AsyncClient]]:
    same = {"X-Request-Id": "same"}  # problem details repeat it
    clients = {name: client_of(app, account, **same) for name, account in accounts.items()}
    for client in clients.values():
        client.base_url = "http://test"
    yield clients
    for client in clients.values():
        await client.aclose()


async def responses(clients: Mapping[str, AsyncClient], requests: Iterable[Request]) -> dict[Request, Snapshot]:
    """The responses to all of them, some at a time."""
    few, found = asyncio.Semaphore(6), dict[Request, Snapshot]()

    async def send(name: str, url: str) -> None:
        async with few:
            found[name, url] = _snapshot(await clients[name].get(url))

    await asyncio.gather(*(send(name, url) for name, url in requests))
    return found


def _snapshot(response: Response) -> Snapshot:
    headers = {name: value for name, value in response.headers.items() if not name.startswith(SAFE_HEADERS)}
    return Snapshot(response.status_code, tuple(sorted(headers.items())), response.content)
