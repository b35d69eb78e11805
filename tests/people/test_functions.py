"""The database functions of posts, `app/people/functions.sql`."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.orders.rules import End, Order
from app.people.enums import PostKind
from app.people.models import Absence, Post
from tests.people import given

START, PUBLISHED = date(2027, 4, 1), date(2027, 3, 25)


async def rows(db: AsyncSession, query: str, **bound: object) -> list[str]:
    return sorted(await db.scalars(text(query), bound))


async def transferred(db: AsyncSession) -> Post:
    """A post whose end and successor are ordered for April and published in March."""
    city = await given.city(db)
    old = (await db.execute(text("SELECT id FROM post WHERE employee_id = :id"), {"id": city.staff.id})).scalar_one()
    held = await db.get_one(Post, old)
    held.valid_to, held.end_published_on = START, PUBLISHED
    db.add(
        Post(
            employee_id=city.staff.id,
            org_unit_id=city.other_section.id,
            kind=PostKind.PRIMARY,
            position_rank="staff",
            valid_from=START,
            published_on=PUBLISHED,
        )
    )
    await db.flush()
    return held


async def test_posts_known_keep_the_order_of_the_columns(db: AsyncSession) -> None:
    await transferred(db)
    assert await rows(db, "SELECT p::text FROM posts_known('infinity') p") == await rows(
        db, "SELECT p::text FROM post p"
    )


async def test_an_unpublished_end_is_masked(db: AsyncSession) -> None:
    held = await transferred(db)
    day = PUBLISHED - timedelta(1)
    known = (
        await db.execute(text("SELECT * FROM posts_known(:day) WHERE id = :id"), {"day": day, "id": held.id})
    ).one()
    assert (known.valid_to, known.end_published_on) == (None, None)
    masked = {"valid_to", "end_published_on", "updated_at", "row_version"}
    stored = (await db.execute(text("SELECT * FROM post WHERE id = :id"), {"id": held.id})).one()
    assert {name for name in known._fields if getattr(known, name) != getattr(stored, name)} == masked


async def test_an_order_moves_nobody_before_it_is_published(db: AsyncSession) -> None:
    held = await transferred(db)
    query = "SELECT org_unit_id::text FROM posts_on(:day, :published_by) WHERE employee_id = :person"
    before = await rows(db, query, day=START, published_by=PUBLISHED - timedelta(1), person=held.employee_id)
    after = await rows(db, query, day=START, published_by=PUBLISHED, person=held.employee_id)
    assert before == [str(held.org_unit_id)]
    assert len(after) == 1
    assert after != before


async def test_a_head_on_leave_is_not_in_office(db: AsyncSession) -> None:
    city = await given.city(db)
    query = "SELECT employee_id::text FROM heads_on(:day, :day)"
    assert str(city.section_head.id) in await rows(db, query, day=START)
    db.add(Absence(employee_id=city.section_head.id, kind="childcare_leave", valid_from=START))
    await db.flush()
    assert str(city.section_head.id) not in await rows(db, query, day=START)


@pytest.mark.parametrize("seed", range(3))
async def test_posts_known_equals_the_rule(db: AsyncSession, seed: int) -> None:
    dice, city = Random(seed), await given.city(db)
    held = await given.post(db, city.staff, city.other_section, kind=PostKind.CONCURRENT)
    for _ in range(30):
        published, *ends = [dice.choice([None, START + timedelta(dice.randint(-9, 9))]) for _ in range(5)]
        order = Order((), published, End(*ends[:2]), End(*ends[2:]))
        held.published_on = published
        held.valid_to, held.end_published_on, held.public_valid_to, held.public_end_published_on = ends
        await db.flush()
        for day in (START + timedelta(dice.randint(-10, 10)) for _ in range(5)):
            query = text("SELECT published_on, valid_to, end_published_on FROM posts_known(:day) WHERE id = :id")
            row = (await db.execute(query, {"day": day, "id": held.id})).one_or_none()
            assert (row and ((row[0],), End(*row[1:]))) == order.known(day)


async def test_a_row_changes_at_the_start_of_the_day_on_which_its_order_or_end_is_published(db: AsyncSession) -> None:
    held = await transferred(db)
    rows: dict[date, dict[UUID, datetime]] = {}
    for day in (PUBLISHED - timedelta(1), PUBLISHED, PUBLISHED + timedelta(9)):
        query = text("SELECT id, updated_at FROM posts_known(:day) WHERE employee_id = :id")
        rows[day] = {row.id: row.updated_at for row in await db.execute(query, {"day": day, "id": held.employee_id})}
    before, on, later = rows.values()
    midnight = datetime(2027, 3, 24, 15, tzinfo=UTC)
    assert before == {held.id: held.public_updated_at}
    assert [*on.values()] == [midnight, midnight]
    assert later == on
