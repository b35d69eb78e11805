"""Whom a caller may count."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.people.models import Post
from tests.fixtures import SignIn
from tests.insights import given
from tests.people import given as people

TODAY = clock.today()
DAY = timedelta(1)


async def test_heads_only_count_their_units_and_those_below(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    head = await api("employee", employee=city.section_head)
    found = await given.figures(head, group_by="org_unit", level="team")
    assert {row["org_unit"]["code"]: row["headcount"] for row in found["results"]} == {"S1": 2, "T1": 2}
    assert (found["metadata"]["totals"]["headcount"], found["metadata"]["resultset"]["count"]) == (4, 2)
    elsewhere = await given.figures(head, under=city.other_section.id)
    assert (elsewhere["results"], elsewhere["metadata"]["totals"]["headcount"]) == ([], 0)


async def test_other_callers_get_statistics_forbidden(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    clients = [await api("employee", employee=city.staff), await api("hr"), await api("clerk", employee=city.colleague)]
    assert [(await client.get("/skill_gaps")).status_code for client in clients] == [403] * 3
    assert (await (await api()).get("/skill_gaps")).status_code == 401
    for grant in ("training", "information", "admin", "auditor"):
        assert (await given.figures(await api(grant)))["metadata"]["totals"]["headcount"] == 7


async def test_an_unpublished_order_does_not_count_for_callers_who_do_not_see_it(api: SignIn, db: AsyncSession) -> None:
    city = await given.city(db)
    april = TODAY + 100 * DAY
    for post in (await db.execute(select(Post).where(col(Post.employee_id) == city.staff.id))).scalars():
        post.valid_to, post.end_published_on = april, TODAY + 50 * DAY
    await people.post(db, city.staff, city.information, since=april, published_on=TODAY + 50 * DAY)
    query = {"role_code": "advisor", "as_of": f"{april}"}
    known = [(await given.by_skill(await api(grant), **query))["network"][0] for grant in ("training", "auditor")]
    assert known == [1, 2]
