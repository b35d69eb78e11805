"""Commands of personnel officers on posts and absences."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.kit.patching import merged
from app.kit.records import add, remove
from app.orders import rules
from app.orders.commands import as_confidential_as_terms, check_employed, locked_person, revise, write
from app.people.commands import touch, unit_in_force
from app.people.enums import PostKind
from app.people.errors import UnknownRank
from app.people.models import Absence, AbsenceFields, Post, PostFields
from app.people.queries import rank_exists
from app.posts import queries
from app.posts.schemas import AbsenceUpdate, PostUpdate


async def assign(db: AsyncSession, fields: PostFields) -> Post:
    await _check_post(db, fields)
    post = await add(db, Post.model_validate(await as_confidential_as_terms(db, fields)))
    await _publish_with_predecessor(db, post, given="published_on" in fields.model_fields_set)
    return post


async def change_post(db: AsyncSession, post: Post, changes: PostUpdate) -> Post:
    await _check_post(db, merged(PostFields, post, changes))
    _revise(post, changes)
    await db.flush()
    await _publish_with_predecessor(db, post, given="published_on" in changes.model_fields_set)
    return post


async def record_absence(db: AsyncSession, fields: AbsenceFields) -> Absence:
    await check_employed(db, fields)
    return await add(db, Absence.model_validate(await as_confidential_as_terms(db, fields)))


async def change_absence(db: AsyncSession, absence: Absence, changes: AbsenceUpdate) -> Absence:
    await check_employed(db, merged(AbsenceFields, absence, changes))
    _revise(absence, changes)
    await db.flush()
    return absence


async def take_back(db: AsyncSession, row: Post | Absence) -> None:
    """Remove what was recorded by mistake. The person has changed by it, for those who knew of it."""
    person = await locked_person(db, row.employee_id)
    await remove(db, row)
    if rules.is_published(row.published_on, clock.today()):
        person.public_updated_at = clock.now()
    await touch(db, person)


def _revise(row: Post | Absence, changes: PostUpdate | AbsenceUpdate) -> None:
    """An end that is ordered now replaces the one that was ordered before the person's service was cut."""
    if "valid_to" in changes.model_fields_set:
        row.cut_by = row.ordered_to = row.ordered_end_published_on = None
    revise(row, changes)


async def _publish_with_predecessor(db: AsyncSession, post: Post, *, given: bool) -> None:
    """A primary post implies the end of the one before it: both are published on the day that is given for this one,
    else on the day of that end."""
    before = await queries.preceding_primary(db, post) if post.kind == PostKind.PRIMARY else None
    if before is None or rules.is_published(before.end_published_on, clock.today()):
        return
    if not given:
        write(post, published_on=rules.later(post.published_on, before.end_published_on))
    write(before, end_published_on=post.published_on)
    await db.flush()


async def _check_post(db: AsyncSession, fields: PostFields) -> None:
    await check_employed(db, fields)
    if not await rank_exists(db, fields.position_rank):
        raise UnknownRank(pointer="/position_rank")
    await unit_in_force(db, fields.org_unit_id, fields, "/org_unit_id", "/valid_from")
