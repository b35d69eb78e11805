from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roles import rules
from app.roles.enums import AssignmentAction, AssignmentStatus, Decision, RoleBasis
from app.roles.errors import (
    AppointmentNotActive,
    AppointmentNotLapsed,
    BasisIncomplete,
    NominationAlreadyDecided,
    NominationOutdated,
    NotYourUnit,
    RenewalBeforeLapse,
    RoleCannotLead,
    RoleInForce,
    UnknownSubTierRank,
)
from app.roles.rules import Term

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


def test_ending_keeps_the_decision() -> None:
    assert rules.ending(Term(Decision.ACTIVE, DAY), DAY + timedelta(1), today=DAY) == Decision.ACTIVE


def test_an_appointment_that_has_not_begun_is_cancelled() -> None:
    assert rules.ending(Term(Decision.ACTIVE, DAY), DAY, today=DAY) == Decision.CANCELLED


@pytest.mark.parametrize("decision", [Decision.NOMINATED, Decision.REJECTED, Decision.CANCELLED])
def test_only_an_accepted_appointment_ends(decision: Decision) -> None:
    with pytest.raises(AppointmentNotActive):
        rules.ending(Term(decision, DAY), DAY + timedelta(1), today=DAY)


def test_an_appointment_does_not_end_twice() -> None:
    with pytest.raises(AppointmentNotActive):
        rules.ending(Term(Decision.ACTIVE, DAY, DAY + timedelta(1)), DAY + timedelta(2), today=DAY)


def test_an_end_in_the_past_cannot_be_moved() -> None:
    ended = DAY + timedelta(10)
    term = Term(Decision.ACTIVE, DAY, ended)
    assert rules.ending(term, DAY + timedelta(2), today=DAY + timedelta(9)) == Decision.ACTIVE
    with pytest.raises(AppointmentNotActive):
        rules.ending(term, DAY + timedelta(2), today=ended)


def test_only_a_nomination_that_would_have_effect_is_approved() -> None:
    tomorrow = DAY + timedelta(1)
    rules.check_approvable(Term(Decision.NOMINATED, DAY), today=tomorrow)
    rules.check_approvable(Term(Decision.NOMINATED, tomorrow, tomorrow + timedelta(1)), today=DAY)
    for term in (
        Term(Decision.NOMINATED, DAY, ends_on=tomorrow),
        Term(Decision.NOMINATED, DAY, lapses_on=tomorrow),
        Term(Decision.NOMINATED, tomorrow, lapses_on=tomorrow),
    ):
        with pytest.raises(NominationOutdated):
            rules.check_approvable(term, today=tomorrow)
        actions = rules.assignment_actions(RoleBasis.APPOINTMENT, term, today=tomorrow, may_appoint=True)
        assert actions == [AssignmentAction.REJECTION]


def test_only_a_lapsed_appointment_is_renewed_and_not_before_it_lapsed() -> None:
    lapsed = Term(Decision.ACTIVE, DAY, lapses_on=DAY + timedelta(5))
    rules.check_renewable(lapsed, DAY + timedelta(5), today=DAY + timedelta(9))
    with pytest.raises(RenewalBeforeLapse):
        rules.check_renewable(lapsed, DAY + timedelta(4), today=DAY + timedelta(9))
    for term in (
        lapsed,
        Term(Decision.ACTIVE, DAY),
        Term(Decision.ACTIVE, DAY, ends_on=DAY + timedelta(1)),
        Term(Decision.NOMINATED, DAY, lapses_on=DAY),
    ):
        with pytest.raises(AppointmentNotLapsed):
            rules.check_renewable(term, DAY + timedelta(9), today=DAY + timedelta(4))


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


BEFORE = DAY - timedelta(1)


@pytest.mark.parametrize(
    ("term", "status", "actions"),
    [
        (
            Term(Decision.NOMINATED, DAY),
            AssignmentStatus.NOMINATED,
            [AssignmentAction.APPROVAL, AssignmentAction.REJECTION],
        ),
        (Term(Decision.ACTIVE, DAY), AssignmentStatus.ACTIVE, [AssignmentAction.END]),
        (Term(Decision.ACTIVE, DAY + timedelta(1)), AssignmentStatus.UPCOMING, [AssignmentAction.END]),
        (
            Term(Decision.ACTIVE, BEFORE, None, DAY),
            AssignmentStatus.LAPSED,
            [AssignmentAction.RENEWAL, AssignmentAction.END],
        ),
        (Term(Decision.ACTIVE, BEFORE, DAY), AssignmentStatus.ENDED, []),
        (Term(Decision.ACTIVE, BEFORE, DAY, BEFORE), AssignmentStatus.ENDED, []),
        (Term(Decision.REJECTED, DAY), AssignmentStatus.REJECTED, []),
        (Term(Decision.CANCELLED, DAY), AssignmentStatus.CANCELLED, []),
    ],
)
def test_status_and_actions_follow_the_term(
    term: Term, status: AssignmentStatus, actions: list[AssignmentAction]
) -> None:
    assert term.status(DAY) == status
    assert rules.assignment_actions(RoleBasis.APPOINTMENT, term, today=DAY, may_appoint=True) == actions
    assert rules.assignment_actions(RoleBasis.APPOINTMENT, term, today=DAY, may_appoint=False) == []


@pytest.mark.parametrize("basis", [RoleBasis.POST, RoleBasis.UNIT, RoleBasis.JOB_CATEGORY, RoleBasis.RESIDUAL])
def test_a_derived_assignment_offers_nothing(basis: RoleBasis) -> None:
    assert rules.assignment_actions(basis, Term(Decision.ACTIVE, DAY), today=DAY, may_appoint=True) == []


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
