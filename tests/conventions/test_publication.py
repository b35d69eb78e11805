"""An order that is not published yet shows itself in no response to anybody but those who may know it."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.models import Account
from app.identity.permissions import GRANTS, Grant, Permission
from app.kit import clock, contract
from app.kit.settings import Settings
from app.main import build_app
from app.people.models import Absence, Employment
from scripts.city.load import load
from tests.conventions.gets import Gets, Request, Snapshot, Subjects, responses, signed_in
from tests.fixtures import copied
from tests.thoroughness import sample

pytestmark = [  # makes a city and sends thousands of requests, once
    pytest.mark.slow,
    pytest.mark.xdist_group("publication"),
]

LOADED = datetime(2027, 2, 10, 2, tzinfo=UTC)
NOW = LOADED + timedelta(hours=1)
PUBLISHED, CHANGE = date(2027, 3, 25), date(2027, 4, 1)
HIRED, AGAIN = "990001", "990002"
"""Numbers that belong to hidden orders."""
RANK, CATEGORY = "section_head", "nurse"
"""What somebody becomes by a hidden order."""
MIDNIGHT, AFTER = clock.start_of(PUBLISHED), CHANGE + timedelta(1)
GETS = Gets(json.loads(contract.FILES["en"].read_text()))
CAST = {name: name for name in ("clerk", "section-head", "department-head", "leader")} | {"transferred": "employee"}
OFFICES = ("training", "information")
MAY_KNOW = ("admin", "hr")

PEOPLE = """
    SELECT e.id, e.name, p.id AS post, p.org_unit_id AS unit, p.valid_to, u.parent_id AS parent, a.id AS account
    FROM posts_on(:day, 'infinity') p
    JOIN org_unit u ON u.id = p.org_unit_id
    JOIN employee e ON e.id = p.employee_id
    JOIN account a ON a.employee_id = e.id AND a.username = e.employee_number
    WHERE p.kind = 'primary' AND p.end_published_on IS NULL ORDER BY p.id"""


@dataclass
class City:
    """The city, its accounts by name, and each response before and after personnel recorded the orders."""

    app: FastAPI
    accounts: Mapping[str, Account | None]
    people: dict[str, Any]
    unit: str
    absence: str
    terms: str
    posts: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    """Path of the list and id of each new row that is not published yet."""
    before: Mapping[Request, Snapshot] = field(default_factory=dict)
    after: Mapping[Request, Snapshot] = field(default_factory=dict)

    @property
    def about(self) -> Subjects:
        moved = self.people["transferred"]
        return Subjects(
            rows={
                "/api/v1/employees": [
                    str(self.people[name].id) for name in ("transferred", "leader", "leaver", "reclassified")
                ],
                "/api/v1/employments": [self.terms],
                "/api/v1/absences": [self.absence],
                "/api/v1/posts": [str(moved.post), str(self.people["annual"].post)],
            },
            people=[str(moved.id)],
            units=[self.unit, str(moved.unit)],
            roles=["manager"],
            words=[moved.name, HIRED, AGAIN],
            numbers=[HIRED, AGAIN],
            ranks=[RANK],
            categories=[CATEGORY],
            now=NOW,
            days=[clock.day_of(NOW), AFTER],
        )

    def requests(self, path: str) -> set[Request]:
        return {request for request in self.before if self.paths[request[1]] == path}

    @cached_property
    def paths(self) -> Mapping[str, str]:
        return {url: GETS.path_of(url) for _, url in self.before}

    @cached_property
    def changed(self) -> set[Request]:
        """Requests whose response is not the same as before."""
        return {request for request, response in self.before.items() if response != self.after[request]}


@pytest.fixture(scope="module")
async def city(template: Settings) -> AsyncIterator[City]:
    app = build_app(await copied(template, "publication"))
    with clock.travel(LOADED):
        async with app.state.database.writing() as db:
            made = await inhabited(db, app)
            await db.commit()
    with clock.travel(NOW):
        async with signed_in(app, made.accounts) as clients:
            callers = {name: client for name, client in clients.items() if name != "hr"}
            made.before = await first_responses(callers, made)
            await record(clients["hr"], made)
            made.after = await responses(callers, made.before)
    yield made
    await app.state.database.close()


async def inhabited(db: AsyncSession, app: FastAPI) -> City:
    layout = await load(db, 150, seed=1, today=clock.today(), report=lambda *_: None)
    rows = (await db.execute(text(PEOPLE), {"day": clock.today()})).all()
    by_id = {row.id: row for row in rows}
    people = {name: by_id[layout.cast[part].id] for name, part in CAST.items()}
    cast, moved = {row.id for row in people.values()}, people["transferred"]
    others = [row for row in rows if row.id not in cast]
    people["colleague"] = next(row for row in others if row.parent == moved.parent and row.valid_to is None)
    people["annual"] = next(row for row in others if row.valid_to == CHANGE)
    free = (row for row in others if row.valid_to is None and row.id != people["colleague"].id)
    for name in ("leaver", "away", "absentee", "reclassified"):
        people[name] = next(free)
    away = Absence(employee_id=people["away"].id, kind="sick_leave", valid_from=clock.today())
    db.add(away)
    await db.flush()
    terms = await db.scalar(select(col(Employment.id)).where(col(Employment.employee_id) == people["leaver"].id))
    unit = next(row.unit for row in others if row.parent != moved.parent and row.unit != people["leader"].unit)
    names = [*CAST.values(), *OFFICES, *MAY_KNOW]
    accounts: dict[str, Account | None] = {"anonymous": None}
    accounts |= {a.username: a for a in await db.scalars(select(Account).where(col(Account.username).in_(names)))}
    accounts["transferred"] = accounts.pop("employee")
    accounts["colleague"] = await db.get(Account, people["colleague"].account)
    return City(app, accounts, people, str(unit), str(away.id), str(terms))


async def first_responses(clients: Mapping[str, AsyncClient], made: City) -> Mapping[Request, Snapshot]:
    """Of every request, or of the administrator's and every fourth of each other caller, in turn, so that some caller
    sends each; a caller who is refused an operation without parameters does not send any to it."""
    ids = {parent: await ids_of(clients["admin"], parent, made.about) for parent in GETS.parents()}
    urls = {path: list(GETS.urls(path, ids, made.about)) for path in GETS.operations}
    plain = await responses(clients, [(name, found[0]) for name in clients for found in urls.values()])
    allowed = [
        (turn, name, found)
        for turn, name in enumerate(clients)
        for found in urls.values()
        if plain[name, found[0]].status not in {401, 403}
    ]
    step = sample(4, 1)
    return plain | await responses(
        clients,
        [
            (name, url)
            for turn, name, found in allowed
            for at, url in enumerate(found[1:], turn)
            if name == "admin" or at % step == 0
        ],
    )


async def ids_of(admin: AsyncClient, path: str, about: Subjects) -> Sequence[str]:
    """Of rows about the subjects, else of any row."""
    if path in about.rows:
        return about.rows[path]
    by_person = "employee_id" in {each["name"] for each in GETS.operations[path]["parameters"]}
    narrowed: list[dict[str, Any]] = [{"employee_id": person} for person in about.people] if by_person else []
    for parameters in [*narrowed, {}]:
        response = await admin.get(path, params=parameters | {"limit": 1})
        assert response.status_code == 200, response.text
        if found := [row["id"] for row in response.json()["results"]]:
            return found
    raise AssertionError(f"the city has no row at {path}")


async def record(hr: AsyncClient, made: City) -> None:
    """A transfer with promotion, a concurrent post, an end, an end in place of one that is public; a leaving with
    re-employment under another number, an absence, the end of another, changed terms, and somebody who is hired."""
    hidden = {"valid_to": str(CHANGE), "end_published_on": str(PUBLISHED)}
    for name in ("transferred", "leader", "annual"):
        earlier = {"valid_to": str(CHANGE - timedelta(3))} if name == "annual" else {}
        changed = await hr.patch(
            f"/api/v1/posts/{made.people[name].post}", json=hidden | earlier, headers={"If-Match": "*"}
        )
        assert changed.status_code == 200, changed.text
    post = {"org_unit_id": made.unit, "valid_from": str(CHANGE), "published_on": str(PUBLISHED)}
    for name, more in (
        ("transferred", {"position_rank": RANK}),
        ("colleague", {"position_rank": "staff", "kind": "concurrent"}),
    ):
        added = await hr.post("/api/v1/posts", json=post | more | {"employee_id": str(made.people[name].id)})
        assert added.status_code == 201, added.text
        made.posts[name] = added.json()["id"]
        made.unknown.append(("/api/v1/posts", made.posts[name]))
    await record_terms(hr, made)


async def record_terms(hr: AsyncClient, made: City) -> None:
    published, people = {"published_on": str(PUBLISHED)}, made.people
    terms = {"appointment_type": "reemployed", "job_service": "administrative", "job_category": "clerk"}
    named = {"name": "公表 前", "name_kana": "コウヒョウ マエ", "employee_number": HIRED, "hired_on": str(CHANGE)}
    again = {"employee_id": str(people["leaver"].id), "valid_from": str(CHANGE), "employee_number": AGAIN}
    absence = {"employee_id": str(people["absentee"].id), "kind": "childcare_leave", "valid_from": str(CHANGE)}
    reclassified = f"employees/{people['reclassified'].id}"
    for path, body in (
        (reclassified, {"job_category": CATEGORY, "effective_on": str(CHANGE)} | published),
        (f"employees/{people['leaver'].id}", {"left_on": str(CHANGE), "left_published_on": str(PUBLISHED)}),
        (f"absences/{made.absence}", {"valid_to": str(CHANGE), "end_published_on": str(PUBLISHED)}),
        ("employments", terms | again | published),
        ("absences", absence | published),
        ("employees", named | terms | published),
    ):
        method = "PATCH" if "/" in path else "POST"
        recorded = await hr.request(method, f"/api/v1/{path}", json=body, headers={"If-Match": "*"})
        assert recorded.is_success, recorded.text
        if method == "POST":
            made.unknown.append((f"/api/v1/{path}", recorded.json()["id"]))
    following = {"employee_id": str(people["reclassified"].id), "as_of": str(CHANGE)}
    (terms_from_change,) = await rows(hr, "employments", **following)
    assert terms_from_change["job_category"] == CATEGORY
    made.unknown.append(("/api/v1/employments", terms_from_change["id"]))


async def test_each_grant_that_may_not_know_has_a_caller(city: City) -> None:
    callers = [account for name, account in city.accounts.items() if account and name not in MAY_KNOW]
    assert {grant for account in callers for grant in account.grants} == {
        grant for grant in Grant if Permission.SEE_UNPUBLISHED not in GRANTS[grant]
    }


@pytest.mark.parametrize("path", GETS.operations)
async def test_nothing_shows_before_the_day_of_publication(city: City, path: str) -> None:
    """Status, headers and body are the same, byte for byte."""
    requests = city.requests(path)
    assert {name for name, _ in requests} == city.accounts.keys() - {"hr"}
    assert sorted((name, url) for name, url in requests & city.changed if name not in MAY_KNOW) == []


async def test_those_who_may_know_see_the_difference(city: City) -> None:
    paths = {city.paths[url].removeprefix("/api/v1/") for name, url in city.changed if name == "admin"}
    assert paths >= {"posts", "posts/{id}", "employees", "employees/{id}", "employees/{id}/skill_gap", "enrollments"}
    assert paths >= {"employments", "employments/{id}", "absences", "absences/{id}"}
    assert paths >= {"role_assignments", "role_vacancies", "skill_gaps", "audit_entries"}


@pytest.mark.parametrize("caller", ["anonymous", *OFFICES, *CAST, "colleague"])
async def test_a_row_that_is_not_published_does_not_exist(city: City, caller: str) -> None:
    """Nor does anything below it."""
    assert {parent for parent, _ in city.unknown} == set(city.about.rows)
    with clock.travel(NOW):
        async with signed_in(city.app, {caller: city.accounts[caller]}) as clients:
            for parent, row in city.unknown:
                stranger = str(uuid4())
                for path in (path for path in GETS.operations if path.startswith(f"{parent}/{{id}}")):
                    urls = [path.replace("{id}", each) for each in (row, stranger)]
                    got = await responses(clients, [(caller, url) for url in urls])
                    known, unknown = (got[caller, url] for url in urls)
                    assert known.status == unknown.status != 200
                    assert known.body.decode() == unknown.body.decode().replace(stranger, row)


@pytest.mark.parametrize(("caller", "new_roles"), [("training", ["manager"]), ("department-head", [])])
async def test_on_the_day_of_publication_the_others_see_the_change(
    city: City, caller: str, new_roles: list[str]
) -> None:
    ended, added = city.people["transferred"].post, city.posts["transferred"]
    since = {"since": MIDNIGHT.isoformat()}
    seen: list[set[str]] = []
    tags: list[str] = []
    for moment in (MIDNIGHT - timedelta(microseconds=1), MIDNIGHT):
        with clock.travel(moment):
            async with signed_in(city.app, {caller: city.accounts[caller]}) as clients:
                posts = await rows(clients[caller], "posts", **since)
                roles = await rows(clients[caller], "role_assignments", as_of=str(AFTER), **since)
                tags.append((await clients[caller].get(f"/api/v1/posts/{ended}")).headers["ETag"])
        seen.append({row["id"] for row in posts})
        assert {datetime.fromisoformat(row["updated_at"]) for row in posts + roles} <= {MIDNIGHT}
    assert seen[0] == set()
    assert seen[1] >= {str(ended), added}
    assert tags[0] != tags[1]
    moved = str(city.people["transferred"].id)
    assert [row["role_code"] for row in roles if row["employee_id"] == moved] == new_roles


@pytest.mark.parametrize(
    ("path", "subjects"),
    [
        ("employees", ["leaver", "away", "absentee", "transferred", "annual", "reclassified"]),
        ("employments", ["leaver", "reclassified"]),
        ("absences", ["away", "absentee"]),
    ],
)
async def test_what_is_published_changes_for_them_at_midnight_in_tokyo(
    city: City, path: str, subjects: Sequence[str]
) -> None:
    person = "id" if path == "employees" else "employee_id"
    expected, seen = {str(city.people[name].id) for name in subjects}, []
    for moment in (MIDNIGHT - timedelta(microseconds=1), MIDNIGHT):
        with clock.travel(moment):
            async with signed_in(city.app, {"training": city.accounts["training"]}) as clients:
                found = await rows(clients["training"], path, since=MIDNIGHT.isoformat(), sort="updated_at")
        seen.append({row[person] for row in found})
        assert {datetime.fromisoformat(row["updated_at"]) for row in found} <= {MIDNIGHT}
    assert seen[0] == set()
    assert seen[1] >= expected


async def rows(client: AsyncClient, path: str, **parameters: str) -> list[dict[str, Any]]:
    response = await client.get(f"/api/v1/{path}", params={"limit": "200", **parameters})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["results"]
    return found
