"""Changes of what figures are counted from."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class FigureChange(SQLModel, table=True):
    """A note that something changed that figures are counted from: a random number (`changes.sql`)."""

    __tablename__ = "figure_change"
    token: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
