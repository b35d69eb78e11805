"""What a row recorded from an order shows of its publication."""

from datetime import date
from typing import Self

from pydantic import model_validator
from sqlmodel import Field, SQLModel


class OrderRead(SQLModel):
    """`valid_to` equals `valid_from` where the row has no effect, because the person's service ends before it."""

    public_valid_to: date | None = Field(
        description="The end that everybody knows; only personnel officers can see another `valid_to`"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Replaces the check of the input: a row without effect has an empty period."""
        return self
