"""What the database answers about posts: `app/people/functions.sql`."""

from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.enums import AbsenceKind, PostKind
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
    assert await rows(db, "SELECT p::text FROM posts_known(:day) p", day=PUBLISHED) == await rows(
        db, "SELECT p::text FROM post p"
    )


async def test_an_end_that_is_not_published_is_masked(db: AsyncSession) -> None:
    held = await transferred(db)
    day = PUBLISHED - timedelta(1)
    known = (
        await db.execute(text("SELECT * FROM posts_known(:day) WHERE id = :id"), {"day": day, "id": held.id})
    ).one()
    assert (known.valid_to, known.end_published_on) == (None, None)
    masked = {"valid_to", "end_published_on"}
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
    db.add(Absence(employee_id=city.section_head.id, kind=AbsenceKind.CHILDCARE_LEAVE, valid_from=START))
    await db.flush()
    assert str(city.section_head.id) not in await rows(db, query, day=START)
