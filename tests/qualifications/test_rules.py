"""Expiry, verification and revocation of awards."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.problems import DomainError
from app.qualifications import rules
from app.qualifications.enums import AwardAction, AwardStatus
from app.qualifications.errors import (
    AwardAlreadyRevoked,
    AwardSettled,
    ExpiryOrderInvalid,
    NotYourAward,
    OwnVerification,
    PassedInFuture,
)

TODAY = date(2026, 6, 1)

HOLDER, OFFICER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("passed_on", "months", "expected"),
    [
        (date(2026, 4, 1), None, None),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2025, 11, 30), 3, date(2026, 2, 27)),
        (date(2026, 4, 1), 36, date(2029, 3, 31)),
    ],
)
def test_an_award_expires_by_the_calendar_or_never(passed_on: date, months: int | None, expected: date | None) -> None:
    assert rules.expiry(passed_on, valid_for_months=months) == expected


def test_an_award_cannot_be_passed_in_the_future() -> None:
    rules.check_days(TODAY, None, today=TODAY)
    with pytest.raises(PassedInFuture):
        rules.check_days(date(2026, 6, 2), None, today=TODAY)


def test_an_award_counts_for_at_least_a_day() -> None:
    rules.check_days(TODAY, TODAY, today=TODAY)
    with pytest.raises(ExpiryOrderInvalid):
        rules.check_days(TODAY, date(2026, 5, 31), today=TODAY)


@pytest.mark.parametrize(("last", "after"), [(date(2027, 3, 31), date(2027, 4, 1)), (None, None)])
def test_the_printed_last_day_counts(last: date | None, after: date | None) -> None:
    assert rules.counts_until(last) == after


def test_employees_register_their_own_awards_and_the_training_office_anyones() -> None:
    rules.check_registrar(HOLDER, own=HOLDER, for_others=False)
    rules.check_registrar(HOLDER, own=None, for_others=True)
    for own in (OFFICER, None):
        with pytest.raises(NotYourAward):
            rules.check_registrar(HOLDER, own=own, for_others=False)


def test_nobody_verifies_their_own_award() -> None:
    assert rules.verified(AwardStatus.REGISTERED, HOLDER, by=OFFICER) == AwardStatus.VERIFIED
    assert rules.verified(AwardStatus.REGISTERED, HOLDER, by=None) == AwardStatus.VERIFIED
    with pytest.raises(OwnVerification):
        rules.verified(AwardStatus.REGISTERED, HOLDER, by=HOLDER)


@pytest.mark.parametrize("status", [AwardStatus.VERIFIED, AwardStatus.REVOKED])
def test_a_settled_award_is_not_verified_again(status: AwardStatus) -> None:
    with pytest.raises(AwardSettled):
        rules.verified(status, HOLDER, by=OFFICER)


def test_a_revocation_is_final() -> None:
    assert rules.revoked(AwardStatus.VERIFIED) == rules.revoked(AwardStatus.REGISTERED) == AwardStatus.REVOKED
    with pytest.raises(AwardAlreadyRevoked):
        rules.revoked(AwardStatus.REVOKED)


@given(status=st.sampled_from(AwardStatus), by=st.sampled_from([HOLDER, OFFICER, None]))
def test_the_actions_offered_are_those_that_the_rules_accept(status: AwardStatus, by: UUID | None) -> None:
    offered = rules.award_actions(status, HOLDER, by=by, may_verify=True)
    assert (AwardAction.REVOCATION in offered) is (status != AwardStatus.REVOKED)
    try:
        rules.verified(status, HOLDER, by=by)
    except DomainError:
        assert AwardAction.VERIFICATION not in offered
    else:
        assert AwardAction.VERIFICATION in offered


@given(status=st.sampled_from(AwardStatus))
def test_callers_who_may_not_verify_are_offered_no_action(status: AwardStatus) -> None:
    assert rules.award_actions(status, HOLDER, by=HOLDER, may_verify=False) == []
