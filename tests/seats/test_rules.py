"""Placing, promoting and deciding, on plain values."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.seats import rules
from app.seats import rules as seats_rules
from app.seats.enums import EnrollmentStatus
from app.seats.errors import AlreadyInState, StatusNotAllowed, TimeClash
from app.seats.rules import Waiting


def test_the_second_of_one_seat_waits() -> None:
    assert rules.place(capacity=1, taken=0, needs_approval=False) == EnrollmentStatus.CONFIRMED
    assert rules.place(capacity=1, taken=1, needs_approval=False) == EnrollmentStatus.WAITLISTED


def test_an_application_that_needs_approval_takes_neither_seat_nor_rank() -> None:
    assert rules.place(capacity=1, taken=0, needs_approval=True) == EnrollmentStatus.APPLIED
    assert rules.place(capacity=1, taken=1, needs_approval=True) == EnrollmentStatus.APPLIED


def test_promotion_skips_who_cannot_come_and_keeps_the_order() -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    queue = [Waiting(third, 3), Waiting(first, 1, eligible=False), Waiting(second, 2)]
    assert rules.promoted(queue, free=1) == [second]
    assert rules.promoted(queue, free=9) == [second, third]
    assert rules.promoted(queue, free=0) == rules.promoted(queue, free=-3) == []


@dataclass
class Session:
    """A session as the commands keep it, without a database."""

    capacity: int
    seated: set[UUID] = field(default_factory=set)
    queue: list[Waiting] = field(default_factory=list)

    def apply(self, *, eligible: bool) -> None:
        self.fill()
        if (
            rules.place(capacity=self.capacity, taken=len(self.seated), needs_approval=False)
            == EnrollmentStatus.CONFIRMED
        ):
            self.seated.add(uuid4())
        else:
            last = max((waiting.order for waiting in self.queue), default=0)
            self.queue.append(Waiting(uuid4(), last + 1, eligible))

    def withdraw(self, at: int) -> None:
        if self.seated:
            self.seated.remove(sorted(self.seated)[at % len(self.seated)])
            self.fill()

    def leave_the_queue(self, at: int) -> None:
        if self.queue:
            self.queue.pop(at % len(self.queue))

    def set_capacity(self, capacity: int) -> None:
        if capacity >= len(self.seated):
            self.capacity = capacity
            self.fill()

    def fill(self) -> None:
        chosen = rules.promoted(self.queue, free=self.capacity - len(self.seated))
        self.seated.update(chosen)
        self.queue = [waiting for waiting in self.queue if waiting.id not in chosen]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), st.integers(0, 3)),
        st.tuples(st.just("withdraw"), st.integers(0, 50)),
        st.tuples(st.just("leave"), st.integers(0, 50)),
        st.tuples(st.just("capacity"), st.integers(0, 12)),
    ),
    max_size=60,
)


@given(capacity=st.integers(0, 8), steps=STEPS)
def test_never_over_capacity_and_no_free_seat_beside_somebody_who_can_come(
    capacity: int, steps: list[tuple[str, int]]
) -> None:
    session = Session(capacity)
    for verb, number in steps:
        match verb:
            case "apply":
                session.apply(eligible=number > 0)
            case "withdraw":
                session.withdraw(number)
            case "leave":
                session.leave_the_queue(number)
            case _:
                session.set_capacity(number)
        assert len(session.seated) <= session.capacity
        assert len(session.seated) == session.capacity or not any(waiting.eligible for waiting in session.queue)
        assert [waiting.order for waiting in session.queue] == sorted({waiting.order for waiting in session.queue})


@given(st.sampled_from(EnrollmentStatus), st.sampled_from(EnrollmentStatus))
def test_what_is_over_stays_over_and_a_repeat_says_so(status: EnrollmentStatus, target: EnrollmentStatus) -> None:
    if status == target:
        with pytest.raises(AlreadyInState):
            seats_rules.moved(status, target)
    elif status not in seats_rules.ACTIVE:
        with pytest.raises(StatusNotAllowed):
            seats_rules.moved(status, target)


def test_a_result_may_be_corrected_but_never_given_back() -> None:
    assert (
        seats_rules.moved(EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED) == EnrollmentStatus.NOT_COMPLETED
    )
    with pytest.raises(StatusNotAllowed):
        seats_rules.moved(EnrollmentStatus.COMPLETED, EnrollmentStatus.WITHDRAWN)


def test_a_clash_that_only_the_database_saw_is_told_without_the_sessions() -> None:
    assert TimeClash().detail("en") == TimeClash.title_en()
