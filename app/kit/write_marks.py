"""Up to where the log of the primary reached after the last write of each account, for those who read from replicas.

The rows are kept without a log of their own (an unlogged table), so they cost no wait for the disk, and are lost when
the primary crashes or another server becomes it. Each time they begin anew, with another era.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, column, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import Field, SQLModel

EVERYBODY = UUID(int=0)


class WriteMark(SQLModel, table=True):
    """The zero id stands for everybody; the era of its row is that of all rows."""

    __tablename__ = "write_mark"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    caller: UUID = Field(primary_key=True)
    lsn: int = Field(sa_type=BigInteger)
    era: UUID


@dataclass(frozen=True)
class Position:
    """A place in the log, in bytes. Places of different eras cannot be compared."""

    era: UUID
    lsn: int


def written_by(caller: BindParameter[UUID]) -> TableValuedAlias:
    """A row with `era` and `lsn`; none before the first mark of an era."""
    return func.written_by(caller).table_valued(column("era", Uuid), column("lsn", BigInteger), name="written")


async def note(db: AsyncSession, caller: UUID | None) -> None:
    """After the commit, before the response. For everybody where there is no caller, or nobody may know who wrote."""
    driver = (await (await db.connection()).get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101 - it has just committed
    await driver.execute(f"SELECT note_write('{caller or EVERYBODY}')")  # by itself, in one round trip
