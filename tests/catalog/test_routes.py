from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalog.models import Course
from app.kit.records import add
from app.people.models import PositionRank
from app.roles.enums import RoleBasis
from app.roles.models import Role
from tests.catalog import given
from tests.fixtures import SignIn
from tests.people.given import START

LEADERS: dict[str, Any] = {
    "code": "AP5-LEADER",
    "title": "デジタル推進リーダー研修",
    "provider_kind": "city",
    "format": "workshop",
    "level": "intermediate",
    "minutes": 720,
    "mode": "designated",
    "themes": ["project_management"],
    "plan_items": ["AP5"],
    "mandatory_fiscal_years": [2026],
    "target": {"role_codes": ["leader"], "position_ranks": ["chief"], "years_of_service_min": 3},
    "completion_rule": {"minimum_attendance_percent": 80},
    "skills": [{"skill_code": "project_management", "level": 2}, {"skill_code": "dx_advanced"}],
    "prerequisites": ["AP1-DX"],
    "equivalents": [{"course_code": "JLIS-PM", "valid_from": "2026-04-01"}],
}


@pytest.fixture
async def training(api: SignIn, db: AsyncSession) -> AsyncClient:
    """The training office, with the skills, roles, ranks and courses that the leaders' course refers to."""
    await given.skills(db, "project_management", "dx_advanced", "dx_basics")
    await add(db, Role(code="leader", name="リーダー", basis=RoleBasis.APPOINTMENT, valid_from=START))
    await add(db, PositionRank(code="chief", name="係長", ordinal=50))
    await given.course(db, "AP1-DX", "dx_basics", themes=["dx_basics"])
    await given.course(db, "JLIS-PM", title="J-LIS プロジェクト管理", provider_kind="vendor", format="external")
    return await api("training")


async def added(client: AsyncClient, **more: Any) -> dict[str, Any]:
    response = await client.post("/courses", json=LEADERS | more)
    assert response.status_code == 201, response.text
    return dict(
        response.json(), etag=response.headers["ETag"], url=response.headers["Location"].removeprefix("/api/v1")
    )


async def patched(client: AsyncClient, course: dict[str, Any], changes: dict[str, Any]) -> Any:
    return await client.patch(course["url"], json=changes, headers={"If-Match": "*"})


async def codes(client: AsyncClient, **params: Any) -> list[str]:
    response = await client.get("/courses", params=params)
    assert response.status_code == 200, response.text
    return [row["code"] for row in response.json()["results"]]


async def test_a_course_is_returned_as_it_was_written(training: AsyncClient) -> None:
    made = await added(training)
    read = await training.get(made["url"])
    assert read.headers["ETag"] == made["etag"]
    body = read.json()
    assert body["target"] == LEADERS["target"] | {"job_categories": [], "years_of_service_max": None}
    assert body["completion_rule"] == {
        "minimum_attendance_percent": 80,
        "needs_test": False,
        "minimum_score": None,
    }
    assert body["skills"] == [
        {"skill_code": "dx_advanced", "level": 1},
        {"skill_code": "project_management", "level": 2},
    ]
    assert body["prerequisites"] == ["AP1-DX"]
    assert body["equivalents"] == [{"course_code": "JLIS-PM", "valid_from": "2026-04-01", "valid_to": None}]


async def test_a_patch_replaces_lists_merges_objects_and_keeps_the_rest(training: AsyncClient) -> None:
    made = await added(training)
    changes = {
        "target": {"years_of_service_max": 9, "years_of_service_min": None},
        "completion_rule": {"needs_test": True, "minimum_score": 60},
        "skills": [{"skill_code": "project_management", "level": 3}, {"skill_code": "dx_basics", "level": 1}],
        "prerequisites": [],
        "equivalents": [{"course_code": "JLIS-PM", "valid_from": "2026-05-01", "valid_to": "2027-04-01"}],
    }
    response = await patched(training, made, changes)
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["title"] == LEADERS["title"]
    assert body["target"]["role_codes"] == ["leader"]
    assert (body["target"]["years_of_service_min"], body["target"]["years_of_service_max"]) == (None, 9)
    assert body["completion_rule"] == {"minimum_attendance_percent": 80, "needs_test": True, "minimum_score": 60}
    assert [skill["skill_code"] for skill in body["skills"]] == ["dx_basics", "project_management"]
    assert (body["prerequisites"], body["equivalents"]) == ([], changes["equivalents"])
    assert (await training.get(made["url"])).json() == body


async def test_a_changed_list_alone_is_a_new_version(training: AsyncClient) -> None:
    made = await added(training)
    first = {"If-Match": made["etag"]}
    assert (await training.patch(made["url"], json={"skills": []}, headers=first)).status_code == 200
    assert (await training.patch(made["url"], json={"skills": []}, headers=first)).status_code == 412
    assert (await training.patch(made["url"], json={"skills": []})).status_code == 428


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"skills": [{"skill_code": "dx_basics"}, {"skill_code": "magic"}]}, "/skills/1/skill_code", "unknown_skill"),
        ({"skills": [{"skill_code": "dx_basics"}, {"skill_code": "dx_basics"}]}, "/skills/1", "duplicate_entry"),
        ({"skills": [{"skill_code": "dx_basics", "level": 11}]}, "/skills/0/level", "less_than_equal"),
        ({"target": {"role_codes": ["wizard"]}}, "/target/role_codes/0", "unknown_role"),
        ({"target": {"position_ranks": ["chief", "king"]}}, "/target/position_ranks/1", "unknown_rank"),
        ({"target": {"ranks": []}}, "/target/ranks", "extra_forbidden"),
        (
            {"target": {"years_of_service_min": 5, "years_of_service_max": 4}},
            "/target/years_of_service_max",
            "years_of_service_order_invalid",
        ),
        ({"completion_rule": {"minimum_score": 60}}, "/completion_rule/minimum_score", "score_without_test"),
        (
            {"completion_rule": {"minimum_attendance_percent": 101}},
            "/completion_rule/minimum_attendance_percent",
            "less_than_equal",
        ),
        ({"prerequisites": ["NOWHERE"]}, "/prerequisites/0", "unknown_course"),
        ({"prerequisites": ["AP1-DX", "AP1-DX"]}, "/prerequisites/1", "duplicate_entry"),
        (
            {"equivalents": [{"course_code": "NO", "valid_from": "2026-04-01"}]},
            "/equivalents/0/course_code",
            "unknown_course",
        ),
        (
            {"equivalents": [{"course_code": "JLIS-PM", "valid_from": "2026-04-01", "valid_to": "2026-04-01"}]},
            "/equivalents/0/valid_to",
            "period_order",
        ),
        (
            {
                "equivalents": [
                    {"course_code": "JLIS-PM", "valid_from": "2026-05-01"},
                    {"course_code": "JLIS-PM", "valid_from": "2026-04-01", "valid_to": "2026-05-02"},
                ]
            },
            "/equivalents/0",
            "duplicate_equivalent",
        ),
        ({"minutes": 0}, "/minutes", "greater_than_equal"),
        ({"minutes": 10**12}, "/minutes", "less_than_equal"),
        ({"minutes": "soon"}, "/minutes", "int_type"),
        ({"code": "AP 5"}, "/code", "unusable_character"),
        ({"title": "研\u0000修"}, "/title", "string_pattern_mismatch"),
        ({"themes": ["x"] * 21}, "/themes", "too_long"),
        ({"mandatory_fiscal_years": [1900]}, "/mandatory_fiscal_years/0", "greater_than_equal"),
        ({"format": "telepathy"}, "/format", "enum"),
        ({"price": 0}, "/price", "extra_forbidden"),
    ],
)
async def test_invalid_input_names_the_field_and_writes_nothing(
    training: AsyncClient, db: AsyncSession, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    response = await training.post("/courses", json=LEADERS | wrong)
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    error = response.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert (await db.execute(select(Course).where(col(Course.code) == "AP5-LEADER"))).first() is None


async def test_a_code_is_unique(training: AsyncClient) -> None:
    response = await training.post("/courses", json=given.DX_BASICS)
    assert (response.status_code, response.json()["code"]) == (409, "duplicate_course_code")


@pytest.mark.parametrize(
    ("field", "entry"),
    [("prerequisites", "{0}"), ("equivalents", {"course_code": "{0}", "valid_from": "2026-04-01"})],
)
async def test_courses_cannot_form_a_cycle(training: AsyncClient, field: str, entry: Any) -> None:
    def naming(code: str) -> dict[str, Any]:
        return {field: [code if isinstance(entry, str) else entry | {"course_code": code}]}

    first = await added(training, code="A", **naming("AP1-DX"))
    second = await added(training, code="B", **naming("A"))
    for course, named in ((first, "B"), (second, "B")):
        response = await patched(training, course, naming(named))
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, f"/{field}")


async def test_equivalence_is_neither_symmetric_nor_transitive(training: AsyncClient) -> None:
    made = await added(training)
    others = {row["code"]: row for row in (await training.get("/courses")).json()["results"]}
    assert [other["course_code"] for other in made["equivalents"]] == ["JLIS-PM"]
    assert others["JLIS-PM"]["equivalents"] == []


async def test_filters_select_what_they_name(training: AsyncClient) -> None:
    await added(training, retired_on="2026-10-01")
    assert await codes(training) == ["AP1-DX", "AP5-LEADER", "JLIS-PM"]
    for params, expected in (
        ({"skill_code": "dx_basics"}, ["AP1-DX"]),
        ({"role_code": "leader"}, ["AP1-DX", "AP5-LEADER", "JLIS-PM"]),
        ({"role_code": "manager"}, ["AP1-DX", "JLIS-PM"]),
        ({"provider_kind": "vendor,national"}, ["JLIS-PM"]),
        ({"format": "workshop"}, ["AP5-LEADER"]),
        ({"level": "basic"}, ["AP1-DX", "JLIS-PM"]),
        ({"mode": "designated"}, ["AP5-LEADER"]),
        ({"theme": "dx_basics"}, ["AP1-DX"]),
        ({"plan_item": "AP5"}, ["AP5-LEADER"]),
        ({"mandatory_fiscal_year": 2026}, ["AP5-LEADER"]),
        ({"offered_on": "2026-10-01"}, ["AP1-DX", "JLIS-PM"]),
        ({"q": "ぷろじぇくと"}, ["AP5-LEADER", "JLIS-PM"]),
        ({"q": "ap5"}, ["AP5-LEADER"]),
        ({"sort": "-minutes,code", "limit": 1}, ["AP5-LEADER"]),
    ):
        assert await codes(training, **params) == expected, params


async def test_a_list_takes_the_same_number_of_statements_whatever_its_length(
    training: AsyncClient, statements: Callable[[], Any]
) -> None:
    await added(training)
    counted = []
    for limit in (1, 200):
        with statements() as seen:
            await training.get("/courses", params={"limit": limit})
        counted.append(len(seen))
    assert counted == [
        6,
        5,
    ]  # the caller, the page, its skills, prerequisites, equivalents; a count unless the page shows it


async def test_everyone_reads_and_the_training_office_writes(api: SignIn, training: AsyncClient) -> None:
    made = await added(training)
    employee = await api("employee")
    assert (await employee.get(made["url"])).status_code == 200
    for response in (
        await employee.post("/courses", json=LEADERS | {"code": "X"}),
        await patched(employee, made, {"title": "x"}),
        await employee.delete(made["url"], headers={"If-Match": "*"}),
    ):
        assert response.status_code == 403
    assert (await (await api()).get("/courses")).status_code == 401
    assert (await employee.get(f"/courses/{uuid4()}")).status_code == 404


async def test_a_course_is_deleted_unless_another_refers_to_it(training: AsyncClient) -> None:
    made = await added(training)
    named = (await training.get("/courses", params={"code": "AP1-DX"})).json()["results"][0]
    response = await training.delete(f"/courses/{named['id']}", headers={"If-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert (await training.delete(made["url"], headers={"If-Match": "*"})).status_code == 204
    assert (await training.get(made["url"])).status_code == 404


async def test_a_retired_course_is_kept(training: AsyncClient) -> None:
    made = await added(training)
    assert (await patched(training, made, {"retired_on": "2028-03-31"})).json()["retired_on"] == "2028-03-31"
    assert "AP5-LEADER" in await codes(training)
