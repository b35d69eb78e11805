from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.orders import rules
from app.orders.rules import End, Order

TODAY = date(2026, 3, 10)
days = st.dates(TODAY - timedelta(40), TODAY + timedelta(40))
later = st.dates(TODAY + timedelta(1), TODAY + timedelta(40))
ends = st.builds(End, st.none() | days, st.none() | days)
orders = st.builds(Order, st.just(("staff",)), st.none() | days, ends, ends)


def changed(order: Order, end: End) -> Order:
    return replace(order, end=end, former_end=rules.former_end(order, end, TODAY))


@given(orders, st.none() | days, later)
def test_an_end_changes_nothing_for_others_before_it_is_published(
    order: Order, valid_to: date | None, published_on: date
) -> None:
    assert changed(order, End(valid_to, published_on)).known(TODAY) == order.known(TODAY)


@given(orders, st.lists(st.builds(End, st.none() | days, later), min_size=1))
def test_the_last_of_several_hidden_ends_is_published_and_no_other(order: Order, hidden: list[End]) -> None:
    before = order.known(TODAY)
    for end in hidden:
        order = changed(order, end)
        assert order.known(TODAY) == before
    on = max(hidden[-1].published_on or TODAY, order.published_on or TODAY)
    known = order.known(on)
    assert known is not None
    assert known[1] == hidden[-1]


@given(orders, st.none() | days)
def test_an_end_without_a_day_of_publication_is_public_at_once(order: Order, valid_to: date | None) -> None:
    after = changed(order, End(valid_to)).known(TODAY)
    assert after is None if order.known(TODAY) is None else after is not None and after[1] == End(valid_to)


@given(orders)
def test_nothing_is_known_of_an_order_before_it_is_published(order: Order) -> None:
    assert (order.known(TODAY) is None) == (order.published_on is not None and order.published_on > TODAY)
