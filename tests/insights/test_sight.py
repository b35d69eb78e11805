"""Whom a caller may count, and how little may be known of few."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.people.models import Post
from tests.fixtures import SignIn
from tests.insights import given
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given as skills

TODAY = clock.today()
DAY = timedelta(1)


async def test_heads_count_what_stands_below_them_alone(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    head = await api("employee", employee=city.section_head)
    found = await given.figures(head, group_by="org_unit", level="team")
    assert {row["org_unit"]["code"]: row["headcount"] for row in found["results"]} == {"S1": 2, "T1": 2}
    assert (found["metadata"]["totals"]["headcount"], found["metadata"]["resultset"]["count"]) == (4, 2)
    elsewhere = await given.figures(head, under=city.other_section.id)
    assert (elsewhere["results"], elsewhere["metadata"]["totals"]["headcount"]) == ([], 0)


async def test_a_leader_counts_the_unit_as_a_whole_and_no_small_group(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.leader, city.section)
    leader = await api("employee", employee=city.leader)
    rows = {row["skill"]["code"]: row for row in (await given.figures(leader))["results"]}
    assert set(rows) == {"dx_basics", "leadership", "security"}
    assert (rows["security"]["headcount"], rows["security"]["missing"], rows["security"]["suppressed"]) == (4, 4, False)
    alone = rows["leadership"]
    assert (alone["headcount"], alone["suppressed"]) == (1, True)
    assert [alone[name] for name in ("holders", "holders_with_absent", "missing", "coverage")] == [None] * 4
    for query in ("group_by=role", f"under={city.team.id}", "role_code=manager", "skill_code=leadership"):
        refused = await leader.get(f"/skill_gaps?{query}")
        assert (refused.status_code, refused.json()["code"]) == (403, "unit_totals_only")


async def test_one_absent_person_is_not_found_by_subtraction(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.leader, city.section)
    await people.absence(db, city.staff.id, TODAY)
    leader = await api("employee", employee=city.leader)
    rows = {row["skill"]["code"]: row for row in (await given.figures(leader))["results"]}
    assert (rows["security"]["headcount"], rows["security"]["holders"]) == (3, 0)
    assert (rows["security"]["headcount_with_absent"], rows["security"]["holders_with_absent"]) == (4, None)


async def test_a_small_group_cannot_be_told_from_its_place_in_the_order(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    await roles.appointment(db, city.leader, city.section)
    leader = await api("employee", employee=city.leader)
    orders = []
    for _ in range(2):
        orders.append([row["skill"]["code"] for row in (await given.figures(leader, sort="coverage"))["results"]])
        await skills.shown(db, city.section_head, "leadership")
    assert orders[0] == orders[1]


async def test_others_get_statistics_forbidden(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    clients = [await api("employee", employee=city.staff), await api("hr"), await api("clerk", employee=city.colleague)]
    assert [(await client.get("/skill_gaps")).status_code for client in clients] == [403] * 3
    assert (await (await api()).get("/skill_gaps")).status_code == 401
    for grant in ("training", "information", "admin", "auditor"):
        assert (await given.figures(await api(grant)))["metadata"]["totals"]["headcount"] == 7


async def test_an_unpublished_order_moves_nobody_for_those_who_may_not_know(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    april = TODAY + 100 * DAY
    for post in (await db.execute(select(Post).where(col(Post.employee_id) == city.staff.id))).scalars():
        post.valid_to, post.end_published_on = april, TODAY + 50 * DAY
    await people.post(db, city.staff, city.information, since=april, published_on=TODAY + 50 * DAY)
    asked = {"role_code": "advisor", "as_of": f"{april}"}
    known = [(await given.by_skill(await api(grant), **asked))["network"][0] for grant in ("training", "auditor")]
    assert known == [1, 2]
