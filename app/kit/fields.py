"""Bounded types for input: no NUL, no control character, no number that its column cannot hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Self, TypeVar
from uuid import UUID

from annotated_types import Ge, GroupedMetadata, Le, MaxLen, MinLen
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError
from sqlmodel import SQLModel

from app.kit import text
from app.kit.shown import Shown


@dataclass(frozen=True)
class _Readable(GroupedMetadata):
    """Text without these control characters that shows something: not blanks alone, nor invisible characters."""

    longest: int
    control: str

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(pattern=f"^[^{self.control}]*$")
        yield from (MinLen(1), MaxLen(self.longest), AfterValidator(_visible))
        seen = rf"^[^{self.control}]*[^{self.control}{text.UNSEEN}][^{self.control}]*$"
        yield WithJsonSchema({"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": seen})


def _visible(value: str) -> str:
    if text.is_unseen(value):
        raise PydanticCustomError("blank", "Give at least one visible character")
    return value


@dataclass(frozen=True)
class Characters(GroupedMetadata):
    """Text that has no other characters than these, given as the inside of a regular expression's brackets."""

    allowed: str
    longest: int
    first: str = ""
    last: str = ""

    @property
    def pattern(self) -> str:
        """Anchored; also of the column's CHECK constraint."""
        if self.last:
            return f"^[{self.first}]([{self.allowed}]*[{self.last}])?$"
        return f"^[{self.first}][{self.allowed}]*$" if self.first else f"^[{self.allowed}]+$"

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def __iter__(self) -> Iterator[object]:
        yield from (MinLen(1), MaxLen(self.longest), AfterValidator(self._check))
        yield WithJsonSchema({"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": self.pattern})

    def _check(self, value: str) -> str:
        if self._form.fullmatch(value):
            return value
        place = text.first_outside(value, self.allowed, self.first or self.allowed, self.last or self.allowed)
        raise PydanticCustomError(
            "unusable_character",
            "A character that is not allowed",
            {"place": place + 1, **text.kind_of(value[place])._asdict()},
        )


_LATIN = "0-9A-Za-z"
_JAPANESE = "ぁ-ゖァ-ヺー・々〆〇㐀-䶿一-鿿"

Line = Annotated[str, _Readable(200, r"\x00-\x1f\x7f")]
Prose = Annotated[str, _Readable(4000, r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f")]
CODE = Characters(f"{_LATIN}_.:-", 64, first=_LATIN)
KEY = Characters(f"-{_LATIN}_./:@#(){_JAPANESE}", 100)
Code = Annotated[str, CODE]
"""A natural key that programs use."""
Key = Annotated[str, KEY]
"""A natural key that is printed somewhere, such as いわき市訓令第12号: Latin and Japanese letters, each in one width,
digits and a few signs. No blanks, nothing invisible, no variants, no private-use characters."""
_KANA = "ぁ-ゖゝゞァ-ヺー-ヾｦ-ﾟ"
READING = Characters(f"-{_KANA}・･ \u3000", 200, first=_KANA, last=_KANA)
Reading = Annotated[str, READING]
"""How a name is read: kana of either kind and width, with blanks, middle dots and hyphens between its parts."""
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$")]
Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]


_DAY = r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"{_DAY}T{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?"
_OFFSET = rf"(Z|[+-]{_CLOCK})"


def _in_form(pattern: str, error: str) -> BeforeValidator:
    """Refuses what a lenient parser would accept, such as 0, true or "12"."""
    form = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, date) or (isinstance(value, str) and form.fullmatch(value)):
            return value
        raise PydanticCustomError(error, "Give a day as YYYY-MM-DD, an instant as RFC 3339")

    return BeforeValidator(check)


def _documented(form: str, pattern: str, longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": form, "maxLength": longest, "pattern": f"^{pattern}$"})


Day = Annotated[date, _in_form(_DAY, "date_parsing"), _documented("date", _DAY, 10)]
"""From 1900 to 2199."""
Instant = Annotated[
    AwareDatetime,
    _in_form(f"{_MOMENT}{_OFFSET}?", "datetime_parsing"),  # AwareDatetime reports a missing offset
    AfterValidator(lambda instant: instant.astimezone(UTC)),
    _documented("date-time", f"{_MOMENT}{_OFFSET}", 35),
]
"""An instant with its offset, from 1900 to 2199; stored and returned in UTC."""


def _not_text(value: object) -> object:
    if isinstance(value, str | bool):
        raise PydanticCustomError("int_type", "Give a whole number")
    return value


@dataclass(frozen=True)
class _Integer(GroupedMetadata):
    least: int
    most: int

    def __iter__(self) -> Iterator[object]:
        yield from (Ge(self.least), Le(self.most), BeforeValidator(_not_text))


def integer(least: int, most: int) -> GroupedMetadata:
    """An integer within these bounds, inclusive: 3 or, as in JSON Schema, 3.0, but not "3" and not true."""
    return _Integer(least, most)


YearParam = Annotated[int, Field(ge=1990, le=2100)]
"""`…Param`: for query parameters, where every value is text."""
FiscalYear = Annotated[int, integer(1990, 2100)]
Level = Annotated[int, integer(1, 10)]
Percent = Annotated[int, integer(0, 100)]
SmallParam = Annotated[int, Field(ge=0, le=100_000)]
Small = Annotated[int, integer(0, 100_000)]


def _commas(value: object) -> object:
    if isinstance(value, list):
        return [part for entry in value for part in (entry.split(",") if isinstance(entry, str) else [entry])]
    return value


_T = TypeVar("_T")
Values = Annotated[list[_T], BeforeValidator(_commas), Field(min_length=1, max_length=100)]
"""Several values of a filter: `status=a,b`, or the parameter repeated."""


class Fields(SQLModel):
    """Fields that a client may send; unknown ones are refused. A boolean is a `StrictBool`: not "yes", not 1."""

    model_config = {"extra": "forbid"}


class Read(Shown, SQLModel):
    """Fields that every stored resource has when read."""

    id: UUID
    created_at: datetime
    updated_at: datetime


class Period(Fields):
    """A half-open period: `valid_from` is its first day, `valid_to` the day after its last; null means open-ended."""

    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end = getattr(self, "valid_from", None), getattr(self, "valid_to", None)
        if start and end and end <= start:
            raise PydanticCustomError("period_order", "valid_to must be later than valid_from", {"field": "valid_to"})
        return self
