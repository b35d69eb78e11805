from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roles import rules
from app.roles.enums import AssignmentAction, AssignmentStatus, Decision, RoleBasis
from app.roles.errors import (
    AppointmentNotActive,
    BasisIncomplete,
    NominationAlreadyDecided,
    NotYourUnit,
    RoleCannotLead,
    RoleInForce,
    UnknownSubTierRank,
)

DAY = date(2026, 5, 1)

NO_LISTS: dict[str, list[str]] = {"position_ranks": [], "org_unit_codes": [], "job_categories": []}


def test_an_office_appoints_at_once() -> None:
    assert rules.nomination(may_appoint=True, heads_unit=False, member=False) == Decision.ACTIVE


def test_a_head_nominates_members_for_their_own_unit() -> None:
    assert rules.nomination(may_appoint=False, heads_unit=True, member=True) == Decision.NOMINATED


@pytest.mark.parametrize(("heads", "member"), [(False, True), (True, False), (False, False)])
def test_nobody_nominates_elsewhere(heads: bool, member: bool) -> None:
    with pytest.raises(NotYourUnit):
        rules.nomination(may_appoint=False, heads_unit=heads, member=member)


def test_a_nomination_is_decided_once() -> None:
    rules.check_undecided(Decision.NOMINATED)
    with pytest.raises(NominationAlreadyDecided):
        rules.check_undecided(Decision.ACTIVE)


def test_ending_closes_the_period() -> None:
    assert rules.ending(Decision.ACTIVE, DAY, None, DAY + timedelta(1), today=DAY) == (
        Decision.ACTIVE,
        DAY + timedelta(1),
    )


def test_an_appointment_that_has_not_begun_is_cancelled_with_its_period() -> None:
    assert rules.ending(Decision.ACTIVE, DAY, None, DAY, today=DAY) == (Decision.CANCELLED, None)


@pytest.mark.parametrize("decision", [Decision.NOMINATED, Decision.REJECTED, Decision.CANCELLED])
def test_only_an_accepted_appointment_ends(decision: Decision) -> None:
    with pytest.raises(AppointmentNotActive):
        rules.ending(decision, DAY, None, DAY + timedelta(1), today=DAY)


def test_an_appointment_does_not_end_twice() -> None:
    with pytest.raises(AppointmentNotActive):
        rules.ending(Decision.ACTIVE, DAY, DAY + timedelta(1), DAY + timedelta(2), today=DAY)


def test_an_end_in_the_past_cannot_be_moved() -> None:
    ended = DAY + timedelta(10)
    assert rules.ending(Decision.ACTIVE, DAY, ended, DAY + timedelta(2), today=DAY + timedelta(9))[1] != ended
    with pytest.raises(AppointmentNotActive):
        rules.ending(Decision.ACTIVE, DAY, ended, DAY + timedelta(2), today=ended)


@pytest.mark.parametrize(
    ("basis", "lists"),
    [
        (RoleBasis.POST, {}),
        (RoleBasis.POST, {"position_ranks": ["chief"], "org_unit_codes": ["INFO"]}),
        (RoleBasis.RESIDUAL, {"job_categories": ["nurse"]}),
        (RoleBasis.UNIT, {"position_ranks": ["chief"]}),
    ],
)
def test_a_basis_has_its_own_list_and_no_other(basis: RoleBasis, lists: dict[str, list[str]]) -> None:
    with pytest.raises(BasisIncomplete):
        rules.check_definition(basis, NO_LISTS | lists, [])


def test_a_sub_tier_has_ranks_of_the_role() -> None:
    with pytest.raises(UnknownSubTierRank):
        rules.check_definition(RoleBasis.POST, NO_LISTS | {"position_ranks": ["chief"]}, ["mayor"])


@pytest.mark.parametrize("basis", RoleBasis)
def test_only_an_appointed_role_leads_its_unit(basis: RoleBasis) -> None:
    rules.check_leading(basis, leads_unit=False)
    with nullcontext() if basis == RoleBasis.APPOINTMENT else pytest.raises(RoleCannotLead):
        rules.check_leading(basis, leads_unit=True)


def test_a_role_in_force_is_not_deleted() -> None:
    rules.check_deletable(DAY, today=DAY - timedelta(1))
    with pytest.raises(RoleInForce):
        rules.check_deletable(DAY, today=DAY)


def actions_of(
    basis: RoleBasis, status: AssignmentStatus, *, today: date = DAY, may_appoint: bool = True, ended: bool = False
) -> list[AssignmentAction]:
    """Actions on an assignment; an ended one ended on DAY."""
    valid_to = DAY if ended or status == AssignmentStatus.ENDED else None
    return rules.assignment_actions(status, basis, valid_to, today=today, may_appoint=may_appoint)


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (AssignmentStatus.NOMINATED, [AssignmentAction.APPROVAL, AssignmentAction.REJECTION]),
        (AssignmentStatus.ACTIVE, [AssignmentAction.END]),
        (AssignmentStatus.LAPSED, [AssignmentAction.END]),
        (AssignmentStatus.ENDED, []),
        (AssignmentStatus.REJECTED, []),
    ],
)
def test_actions_follow_the_status(status: AssignmentStatus, actions: list[AssignmentAction]) -> None:
    assert actions_of(RoleBasis.APPOINTMENT, status) == actions
    assert actions_of(RoleBasis.APPOINTMENT, status, may_appoint=False) == []


def test_actions_do_not_depend_on_the_day_shown() -> None:
    for shown in (AssignmentStatus.ENDED, AssignmentStatus.ACTIVE):  # on its last day, and on a day before
        assert actions_of(RoleBasis.APPOINTMENT, shown, ended=True) == []
    before = DAY - timedelta(1)
    assert actions_of(RoleBasis.APPOINTMENT, AssignmentStatus.ENDED, today=before) == [AssignmentAction.END]


@pytest.mark.parametrize("basis", [RoleBasis.POST, RoleBasis.UNIT, RoleBasis.JOB_CATEGORY, RoleBasis.RESIDUAL])
def test_a_derived_assignment_offers_nothing(basis: RoleBasis) -> None:
    assert actions_of(basis, AssignmentStatus.ACTIVE) == []


def test_a_role_is_held_since_its_last_break() -> None:
    days = [date(2026, month, 1) for month in range(1, 6)]
    history = list(zip(days, [{"a"}, set(), {"a", "b"}, {"a"}, {"a"}], strict=True))
    assert rules.held_since(history, "a") == date(2026, 3, 1)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_held_since_is_the_start_of_the_last_unbroken_run(held: list[bool]) -> None:
    held = [*held, True]
    history = [(DAY + timedelta(index), {"a"} if value else set()) for index, value in enumerate(held)]
    begins = max((index + 1 for index, value in enumerate(held) if not value), default=0)
    assert rules.held_since(history, "a") == DAY + timedelta(begins)
