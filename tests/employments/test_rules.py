"""What terms cut, and what comes back: against a plain count of days."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.employments.rules import cut
from app.orders.errors import OutsideEmployment
from app.orders.rules import Terms, services

START = date(2026, 4, 1)
DAY = timedelta(days=1)
FOREVER = START + 100 * DAY


@st.composite
def careers(draw: st.DrawFn) -> list[Terms]:
    """Terms one after the other, with gaps or without; only the last may be open."""
    ends = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=8, unique=True)))
    pairs = [(ends[at], ends[at + 1]) for at in range(len(ends) - 1) if draw(st.booleans())] or [(ends[0], ends[1])]
    is_open = draw(st.booleans())
    return [
        Terms(UUID(int=at), START + a * DAY, None if is_open and at == len(pairs) - 1 else START + b * DAY)
        for at, (a, b) in enumerate(pairs)
    ]


def employed(terms: list[Terms], day: date) -> bool:
    return any(each.valid_from <= day and (each.valid_to is None or day < each.valid_to) for each in terms)


@given(careers())
def test_service_covers_the_days_of_the_terms_and_no_others(terms: list[Terms]) -> None:
    found = services(terms)
    for day in (START + n * DAY for n in range(-1, 100)):
        assert any(each.includes(day) for each in found) == employed(terms, day)
    assert all(earlier.end and earlier.end < later.start for earlier, later in pairwise(found))


@given(careers(), st.integers(0, 60), st.none() | st.integers(1, 60), st.data())
def test_a_row_is_cut_on_the_first_day_without_terms(
    terms: list[Terms], begins: int, lasts: int | None, data: st.DataObject
) -> None:
    start = START + begins * DAY
    ordered_to = None if lasts is None else start + lasts * DAY
    changed = data.draw(st.sampled_from(terms))
    if not employed(terms, start) and (changed.valid_to is None or start < changed.valid_to):
        with pytest.raises(OutsideEmployment):
            cut(start, ordered_to, services(terms), changed)
        return
    valid_to, cut_by = cut(start, ordered_to, services(terms), changed)
    day = start
    while day < (ordered_to or FOREVER) and employed(terms, day):
        day += DAY
    assert (valid_to or FOREVER) == day
    assert (cut_by is None) == (day == (ordered_to or FOREVER))
