"""Statuses and the waiting list, on plain values."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.seats import rules
from app.seats.enums import EnrollmentStatus
from app.seats.errors import AlreadyInState, StatusNotAllowed, TimeClash
from app.seats.rules import WaitlistEntry


def test_when_seats_run_out_the_next_application_is_waitlisted() -> None:
    assert rules.initial_status(capacity=1, taken=0, needs_approval=False) == EnrollmentStatus.CONFIRMED
    assert rules.initial_status(capacity=1, taken=1, needs_approval=False) == EnrollmentStatus.WAITLISTED


def test_an_application_that_needs_approval_takes_neither_seat_nor_rank() -> None:
    assert rules.initial_status(capacity=1, taken=0, needs_approval=True) == EnrollmentStatus.APPLIED
    assert rules.initial_status(capacity=1, taken=1, needs_approval=True) == EnrollmentStatus.APPLIED


def test_promotion_skips_unavailable_people_and_keeps_the_order() -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    waitlist = [WaitlistEntry(third, 3), WaitlistEntry(first, 1, available=False), WaitlistEntry(second, 2)]
    assert rules.next_to_promote(waitlist, free_seats=1) == [second]
    assert rules.next_to_promote(waitlist, free_seats=9) == [second, third]
    assert rules.next_to_promote(waitlist, free_seats=0) == rules.next_to_promote(waitlist, free_seats=-3) == []


@dataclass
class Session:
    """A session as the commands would change it, without a database."""

    capacity: int
    seated: set[UUID] = field(default_factory=set)
    waitlist: list[WaitlistEntry] = field(default_factory=list)

    def apply(self, *, available: bool) -> None:
        self.promote()
        if (
            rules.initial_status(capacity=self.capacity, taken=len(self.seated), needs_approval=False)
            == EnrollmentStatus.CONFIRMED
        ):
            self.seated.add(uuid4())
        else:
            last = max((entry.order for entry in self.waitlist), default=0)
            self.waitlist.append(WaitlistEntry(uuid4(), last + 1, available))

    def withdraw(self, at: int) -> None:
        if self.seated:
            self.seated.remove(sorted(self.seated)[at % len(self.seated)])
            self.promote()

    def leave_waitlist(self, at: int) -> None:
        if self.waitlist:
            self.waitlist.pop(at % len(self.waitlist))

    def set_capacity(self, capacity: int) -> None:
        if capacity >= len(self.seated):
            self.capacity = capacity
            self.promote()

    def promote(self) -> None:
        chosen = rules.next_to_promote(self.waitlist, free_seats=self.capacity - len(self.seated))
        self.seated.update(chosen)
        self.waitlist = [entry for entry in self.waitlist if entry.id not in chosen]


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
def test_capacity_is_never_exceeded_and_no_available_person_waits_beside_a_free_seat(
    capacity: int, steps: list[tuple[str, int]]
) -> None:
    session = Session(capacity)
    for verb, number in steps:
        match verb:
            case "apply":
                session.apply(available=number > 0)
            case "withdraw":
                session.withdraw(number)
            case "leave":
                session.leave_waitlist(number)
            case _:
                session.set_capacity(number)
        assert len(session.seated) <= session.capacity
        assert len(session.seated) == session.capacity or not any(entry.available for entry in session.waitlist)
        assert [entry.order for entry in session.waitlist] == sorted({entry.order for entry in session.waitlist})


@given(st.sampled_from(EnrollmentStatus), st.sampled_from(EnrollmentStatus))
def test_final_statuses_are_final_and_a_repeat_is_already_in_state(
    status: EnrollmentStatus, target: EnrollmentStatus
) -> None:
    if status == target:
        with pytest.raises(AlreadyInState):
            rules.next_status(status, target)
    elif status not in rules.ACTIVE:
        with pytest.raises(StatusNotAllowed):
            rules.next_status(status, target)


def test_a_result_may_be_corrected_but_not_withdrawn() -> None:
    assert (
        rules.next_status(EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED) == EnrollmentStatus.NOT_COMPLETED
    )
    with pytest.raises(StatusNotAllowed):
        rules.next_status(EnrollmentStatus.COMPLETED, EnrollmentStatus.WITHDRAWN)


def test_a_clash_found_by_the_database_has_no_detail_on_sessions() -> None:
    assert TimeClash().detail("en") == TimeClash.title_en()
