"""The conventions that every resource shares, tested with the simplest one."""

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.records import add
from app.people.models import PositionRank
from tests.fixtures import SignIn, account_of, client_of

RANK = {"code": "chief", "name": "係長", "ordinal": 50}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def admin(api: SignIn) -> AsyncClient:
    return await api("admin")


@pytest.fixture
async def rank(db: AsyncSession) -> PositionRank:
    return await add(db, PositionRank(code="head", name="課長", ordinal=30))


async def count(admin: AsyncClient) -> int:
    listed = (await admin.get("/position_ranks")).json()
    return int(listed["metadata"]["resultset"]["count"])


async def test_a_created_resource_has_a_location_and_an_etag(admin: AsyncClient) -> None:
    created = await admin.post("/position_ranks", json=RANK)
    assert created.status_code == 201
    read = await admin.get(created.headers["Location"].removeprefix("/api/v1"))
    assert read.json() == created.json()
    assert read.headers["ETag"] == created.headers["ETag"]


async def test_a_matching_if_none_match_is_304_without_a_body(admin: AsyncClient, rank: PositionRank) -> None:
    read = await admin.get(f"/position_ranks/{rank.id}")
    again = await admin.get(f"/position_ranks/{rank.id}", headers={"If-None-Match": read.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [(None, 428, "if_match_required"), ('"1"', 412, "stale_version"), ("nonsense", 412, "stale_version")],
)
async def test_a_change_needs_the_current_version(
    admin: AsyncClient, rank: PositionRank, tag: str | None, status: int, code: str
) -> None:
    headers = {"If-Match": tag} if tag else {}
    response = await admin.patch(f"/position_ranks/{rank.id}", json={"name": "室長"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_two_writers_with_one_version_do_not_overwrite_each_other(admin: AsyncClient, rank: PositionRank) -> None:
    tag = (await admin.get(f"/position_ranks/{rank.id}")).headers["ETag"]
    first = await admin.patch(f"/position_ranks/{rank.id}", json={"name": "室長"}, headers={"If-Match": tag})
    second = await admin.patch(f"/position_ranks/{rank.id}", json={"name": "所長"}, headers={"If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert (await admin.get(f"/position_ranks/{rank.id}")).json()["name"] == "室長"


async def test_a_merge_patch_clears_with_null_and_keeps_what_is_absent(admin: AsyncClient) -> None:
    created = await admin.post("/position_ranks", json=RANK | {"name_en": "Chief"})
    headers = {"If-Match": created.headers["ETag"], "Content-Type": "application/merge-patch+json"}
    response = await admin.patch(
        f"/position_ranks/{created.json()['id']}", content='{"name_en": null}', headers=headers
    )
    assert (response.json()["name_en"], response.json()["name"]) == (None, "係長")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"name": 1},
        {"name": ""},
        {"ordinal": -1},
        {"ordinal": 10**30},
        {"ordinal": "50"},
        {"ordinal": True},
        {"is_head": "yes"},
        {"is_head": 1},
        {"id": "x"},
    ],
)
async def test_an_invalid_patch_names_the_field_and_changes_nothing(
    admin: AsyncClient, rank: PositionRank, changes: dict[str, Any]
) -> None:
    before = (await admin.get(f"/position_ranks/{rank.id}")).content
    response = await admin.patch(f"/position_ranks/{rank.id}", json=changes, headers={"If-Match": "*"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == f"/{next(iter(changes))}"
    assert (await admin.get(f"/position_ranks/{rank.id}")).content == before


async def test_a_retry_gets_the_first_response_byte_for_byte(admin: AsyncClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await admin.post("/position_ranks", json=RANK, headers=headers)
    again = await admin.post("/position_ranks", json=RANK, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert await count(admin) == 1


async def test_a_key_belongs_to_its_body_and_its_caller(admin: AsyncClient, api: SignIn) -> None:
    headers = {"Idempotency-Key": "k1"}
    await admin.post("/position_ranks", json=RANK, headers=headers)
    other_body = await admin.post("/position_ranks", json=RANK | {"code": "x"}, headers=headers)
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    other_caller = await (await api("training")).post("/position_ranks", json=RANK | {"code": "y"}, headers=headers)
    assert other_caller.status_code == 201


async def test_the_response_to_a_failed_request_is_not_stored(admin: AsyncClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    assert (await admin.post("/position_ranks", json=RANK | {"ordinal": -1}, headers=headers)).status_code == 422
    assert (await admin.post("/position_ranks", json=RANK | {"ordinal": -1}, headers=headers)).status_code == 422


async def test_a_stored_response_is_not_repeated_after_a_day(admin: AsyncClient, db: AsyncSession) -> None:
    headers = {"Idempotency-Key": "k1"}
    assert (await admin.post("/position_ranks", json=RANK, headers=headers)).status_code == 201
    await db.execute(text("UPDATE stored_response SET created_at = created_at - interval '25 hours'"))
    again = await admin.post("/position_ranks", json=RANK, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_rank_code")
    other = await admin.post("/position_ranks", json=RANK | {"code": "other"}, headers=headers)
    assert (other.status_code, "Idempotency-Replayed" in other.headers) == (201, False)


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256])
async def test_a_malformed_key_is_refused(admin: AsyncClient, key: str) -> None:
    response = await admin.post("/position_ranks", json=RANK, headers=[("Idempotency-Key", key)])
    assert response.status_code == 422
    assert await count(admin) == 0


async def test_a_key_in_use_is_a_conflict_and_parallel_retries_have_one_effect(committed: FastAPI) -> None:
    async with committed.state.database.writing() as db:
        account = await account_of(db, "admin", None)
        await db.commit()
    async with client_of(committed, account) as admin:
        sent = [admin.post("/position_ranks", json=RANK, headers={"Idempotency-Key": "k"}) for _ in range(12)]
        responses = await asyncio.gather(*sent)
        assert {response.status_code for response in responses} <= {201, 409}
        assert {response.json().get("code") for response in responses if response.status_code == 409} <= {
            "request_in_progress"
        }
        assert len({response.content for response in responses if response.status_code == 201}) == 1
        assert await count(admin) == 1


async def test_a_response_is_sent_after_the_commit(committed: FastAPI) -> None:
    async with committed.state.database.writing() as db:
        account = await account_of(db, "admin", None)
        await db.commit()
    async with client_of(committed, account) as admin:
        created = await admin.post("/position_ranks", json=RANK)
        async with committed.state.database.reading() as db:
            assert await db.scalar(text("SELECT code FROM position_rank")) == created.json()["code"]


async def test_a_reading_session_cannot_write(committed: FastAPI) -> None:
    async with committed.state.database.reading() as db:
        with pytest.raises(Exception, match="read-only"):
            await db.execute(text("DELETE FROM position_rank"))


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b'{"code": "x", "name": "y", "ordinal": NaN}', 422, "/ordinal"),
        (b'{"code": "x", "name": "y", "ordinal": 1e999}', 422, "/ordinal"),
        (b'{"code": "x", "name": "\\ud800", "ordinal": 1}', 422, "/name"),
        (b'{"code": "x", "name": "a\\u0000", "ordinal": 1}', 422, "/name"),
        (b'{"code": "x", "name": "y", "ordinal": 1, "\\ud800": 1}', 422, ""),
        (b'{"code": "x", "name": "y", "ordinal": 1, "n": ' + b"[" * 600 + b"]" * 600 + b"}", 422, "/n"),
        (b'{"code": "x", "code": "z", "name": "y", "ordinal": 1}', 400, None),
        (b"[" * 200_000, 400, None),
        (b'{"code": ', 400, None),
        (b"\xff\xfe", 400, None),
        (b"1" * 5000, 400, None),
        (b"[]", 422, ""),
        (b"null", 422, ""),
        (b"", 422, ""),
    ],
)
async def test_a_malformed_body_is_a_client_error(
    admin: AsyncClient, body: bytes, status: int, pointer: str | None
) -> None:
    response = await admin.post("/position_ranks", content=body, headers=JSON)
    assert response.status_code == status, response.text
    problem = json.loads(response.content)
    assert problem["status"] == status
    assert [error["pointer"] for error in problem.get("errors", [])] == ([] if pointer is None else [pointer])
    assert await count(admin) == 0


async def test_a_body_over_the_limit_is_413(admin: AsyncClient) -> None:
    response = await admin.post("/position_ranks", content=b" " * 2_000_000, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/merge-patch+json", ""]
)
async def test_another_media_type_is_415(admin: AsyncClient, kind: str) -> None:
    response = await admin.post("/position_ranks", content=b"{}", headers={"Content-Type": kind})
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("colour=red", "/query/colour"),
        ("limit=0", "/query/limit"),
        ("limit=201", "/query/limit"),
        ("limit=x", "/query/limit"),
        ("offset=-1", "/query/offset"),
        ("offset=99999999999999999999", "/query/offset"),
        ("sort=secret", "/query/sort"),
        ("cursor=x&offset=1", "/query/offset"),
        ("code=a%00b", "/query/code/0"),
        ("since=yesterday", "/query/since"),
    ],
)
async def test_an_invalid_parameter_is_not_ignored(admin: AsyncClient, query: str, pointer: str) -> None:
    response = await admin.get(f"/position_ranks?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_an_unknown_parameter_of_a_single_resource_is_refused(admin: AsyncClient, rank: PositionRank) -> None:
    assert (await admin.get(f"/position_ranks/{rank.id}?x=1")).status_code == 422


async def test_a_list_can_be_paged_by_offset_and_link(admin: AsyncClient) -> None:
    for number in range(5):
        await admin.post("/position_ranks", json=RANK | {"code": f"r{number}", "ordinal": number})
    page = await admin.get("/position_ranks?limit=2&offset=2&sort=-ordinal")
    assert [row["ordinal"] for row in page.json()["results"]] == [2, 1]
    assert page.json()["metadata"]["resultset"] == {
        "count": 5,
        "count_is_limited": False,
        "limit": 2,
        "offset": 2,
    }
    following = await admin.get(f"http://test{page.links['next']['url']}")
    assert [row["ordinal"] for row in following.json()["results"]] == [0]
    assert "next" not in following.links


async def test_a_cursor_page_counts_only_when_asked(admin: AsyncClient) -> None:
    for number in range(3):
        await admin.post("/position_ranks", json=RANK | {"code": f"r{number}"})
    cursor = (await admin.get("/position_ranks?limit=1")).json()["metadata"]["next_cursor"]
    plain = (await admin.get("/position_ranks", params={"cursor": cursor, "limit": 1})).json()
    counted = (await admin.get("/position_ranks", params={"cursor": cursor, "include_count": "true"})).json()
    assert (plain["metadata"]["resultset"]["count"], counted["metadata"]["resultset"]["count"]) == (None, 3)


async def ranks(db: AsyncSession, number: int) -> None:
    await db.execute(
        text("""
            INSERT INTO position_rank (id, created_at, updated_at, row_version, code, name, ordinal, is_head)
            SELECT gen_random_uuid(), now(), now(), 1, 'r' || n, 'x', n, false FROM generate_series(1, :number) n"""),
        {"number": number},
    )


@pytest.mark.parametrize(
    ("number", "page", "count", "limited"),
    [
        (1_000, "limit=1", 1_000, False),
        (1_001, "limit=1", 1_000, True),
        (1_001, "limit=1&offset=1000", 1_001, False),
        (1_001, "limit=1&include_count=true", 1_001, False),
        (10_001, "limit=1&include_count=true", 10_000, True),
    ],
)
async def test_rows_are_counted_up_to_a_bound(
    admin: AsyncClient, db: AsyncSession, number: int, page: str, count: int, limited: bool
) -> None:
    await ranks(db, number)
    counted = (await admin.get(f"/position_ranks?{page}")).json()["metadata"]["resultset"]
    assert (counted["count"], counted["count_is_limited"]) == (count, limited)


async def test_pages_beyond_the_last_offset_are_reached_by_cursor(admin: AsyncClient, db: AsyncSession) -> None:
    await ranks(db, 10_300)
    last = await admin.get("/position_ranks?limit=200&offset=9900&sort=ordinal")
    following = await admin.get(f"http://test{last.links['next']['url']}")
    assert [row["ordinal"] for row in following.json()["results"]] == list(range(10_101, 10_301))
    beyond = await admin.get("/position_ranks?offset=10001", headers={"Accept-Language": "en"})
    assert (beyond.status_code, beyond.json()["errors"][0]["code"]) == (422, "offset_too_deep")
    assert "next_cursor" in beyond.json()["detail"]


async def test_a_list_can_be_filtered_by_time_of_change(admin: AsyncClient, rank: PositionRank) -> None:
    mark = rank.updated_at.isoformat()
    listed = (await admin.get("/position_ranks", params={"since": mark})).json()
    assert [row["code"] for row in listed["results"]] == ["head"]
    assert (await admin.get("/position_ranks", params={"until": mark})).json()["results"] == []


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("", "ja", "対象が見つかりません。"),
        ("en", "en", "The resource does not exist."),
        ("fr, en;q=0.4, ja;q=0.2", "en", "The resource does not exist."),
        ("en;q=x", "ja", "対象が見つかりません。"),
    ],
)
async def test_problems_are_in_the_callers_language(
    admin: AsyncClient, accepted: str, language: str, title: str
) -> None:
    path = "/position_ranks/0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6"
    response = await admin.get(path, headers={"Accept-Language": accepted})
    assert response.status_code == 404
    assert response.headers["Content-Language"] == language
    assert response.json() == {
        "type": "urn:hagukumi:problem:not_found",
        "title": title,
        "status": 404,
        "detail": title,
        "instance": f"/api/v1{path}",
        "code": "not_found",
        "request_id": response.headers["X-Request-Id"],
    }


@pytest.mark.parametrize(("path", "method", "status"), [("/nowhere", "GET", 404), ("/me", "DELETE", 405)])
async def test_unknown_paths_and_methods_are_problems_too(
    admin: AsyncClient, path: str, method: str, status: int
) -> None:
    response = await admin.request(method, path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_a_path_lists_all_its_methods(admin: AsyncClient, rank: PositionRank) -> None:
    for path, allow in (
        ("/position_ranks", "GET, HEAD, POST, OPTIONS"),
        (f"/position_ranks/{rank.id}", "GET, HEAD, PATCH, OPTIONS"),
    ):
        refused = await admin.put(path, json={})
        assert (refused.status_code, refused.headers["Allow"]) == (405, allow)
        options = await admin.options(path)
        assert (options.status_code, options.headers["Allow"], options.content) == (204, allow, b"")


async def test_head_is_get_without_its_body(admin: AsyncClient, rank: PositionRank) -> None:
    path = f"/position_ranks/{rank.id}"
    read, head = await admin.get(path), await admin.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers[name] for name in ("ETag", "Content-Length", "Content-Type")} == {
        name: read.headers[name] for name in ("ETag", "Content-Length", "Content-Type")
    }


async def test_a_request_id_is_taken_over_or_generated_and_logged(admin: AsyncClient) -> None:
    created = await admin.post("/position_ranks", json=RANK, headers={"X-Request-Id": "front-end-17"})
    assert created.headers["X-Request-Id"] == "front-end-17"
    entries = (await admin.get("/audit_entries", params={"request_id": "front-end-17"})).json()["results"]
    assert [(entry["action"], entry["resource"], entry["actor"]) for entry in entries] == [
        ("created", "position_rank", "admin")
    ]
    invalid = await admin.get("/me", headers={"X-Request-Id": "a b"})
    assert invalid.headers["X-Request-Id"] != "a b"


async def test_the_audit_log_has_the_values_before_and_after(admin: AsyncClient, rank: PositionRank) -> None:
    await admin.patch(f"/position_ranks/{rank.id}", json={"name": "室長"}, headers={"If-Match": "*"})
    entry = (await admin.get("/audit_entries", params={"record_id": str(rank.id)})).json()["results"][0]
    assert (entry["before"], entry["after"]) == ({"name": "課長"}, {"name": "室長"})


async def test_the_audit_log_cannot_be_changed(admin: AsyncClient, rank: PositionRank, db: AsyncSession) -> None:
    with pytest.raises(Exception, match="only ever added"):
        await db.execute(text("DELETE FROM audit_entry"))


async def test_the_text_of_an_unexpected_error_is_not_sent(admin: AsyncClient, app: FastAPI) -> None:
    @app.get("/api/v1/broken")
    async def broken() -> None:
        raise RuntimeError("山田 花子's secret")

    response = await admin.get("/broken")
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "secret" not in response.text
