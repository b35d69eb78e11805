"""SELECTs of posts and absences, as far as they are published to the caller."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity.principal import Principal
from app.kit.once import built_once
from app.people.enums import PostKind
from app.people.functions import KnownAbsence, KnownPost
from app.people.models import Absence, Post
from app.people.sight import Purpose, Sight, sight


def posts(who: Principal) -> Select[Post]:
    """Posts of the people the caller may see."""
    return _posts(sight(who, Purpose.PEOPLE))


@built_once
def _posts(seen: Sight) -> Select[Post]:
    return select(KnownPost).where(seen.person(KnownPost.employee_id))


def absences(who: Principal) -> Select[Absence]:
    return _absences(sight(who, Purpose.PEOPLE))


@built_once
def _absences(seen: Sight) -> Select[Absence]:
    return select(KnownAbsence).where(seen.person(KnownAbsence.employee_id))


async def preceding_primary(db: AsyncSession, post: Post) -> Post | None:
    """The person's primary post that ends where this one begins."""
    before = (col(Post.employee_id) == post.employee_id) & (col(Post.kind) == PostKind.PRIMARY)
    return await db.scalar(select(Post).where(before, col(Post.valid_to) == post.valid_from))
