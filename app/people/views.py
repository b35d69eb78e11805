from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.principal import Principal
from app.kit.listing import Also
from app.people.models import Post
from app.people.schemas import PostRead


def as_known(who: Principal, post: Post) -> PostRead:
    """The post without an end that is not published yet."""
    read = PostRead.model_validate(post)
    if post.end_published_on and post.end_published_on > who.known_on:
        read.valid_to = read.end_published_on = None
    return read


def all_as_known(who: Principal) -> Also:
    async def mask(_db: AsyncSession, rows: Sequence[Any]) -> Sequence[PostRead]:
        return [as_known(who, post) for post in rows]

    return mask
