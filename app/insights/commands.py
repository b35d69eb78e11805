"""Keep the notes of changes few."""

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.insights.models import FigureChange
from app.insights.queries import changes_noted
from app.kit.settings import Settings


async def merge_changes(db: AsyncSession, _settings: Settings) -> None:
    """One note in place of all that are committed, with what they give together; writers meanwhile add their own."""
    if await changes_noted(db) > 1:
        merged = delete(FigureChange).returning(col(FigureChange.token)).cte("merged")
        await db.execute(insert(FigureChange).from_select(["token"], select(func.bit_xor(merged.c.token))))
