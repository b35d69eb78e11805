"""Rules of qualification awards, as pure functions."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from uuid import UUID

from app.kit import clock
from app.kit.problems import passes
from app.qualifications.enums import AwardAction, AwardStatus
from app.qualifications.errors import (
    AwardAlreadyRevoked,
    AwardSettled,
    ExpiryOrderInvalid,
    NotYourAward,
    OwnVerification,
    PassedInFuture,
)


def expiry(passed_on: date, *, valid_for_months: int | None) -> date | None:
    """The last day on which the award counts, as certificates print it; None if it never expires."""
    return clock.add_months(passed_on, valid_for_months) - timedelta(days=1) if valid_for_months else None


def counts_until(expires_on: date | None) -> date | None:
    """The first day on which the award no longer counts."""
    return expires_on + timedelta(days=1) if expires_on else None


def check_days(passed_on: date, expires_on: date | None, *, today: date) -> None:
    if passed_on > today:
        raise PassedInFuture(pointer="/passed_on")
    if expires_on and expires_on < passed_on:
        raise ExpiryOrderInvalid(pointer="/expires_on")


def check_registrar(employee_id: UUID, *, own: UUID | None, for_others: bool) -> None:
    if not for_others and employee_id != own:
        raise NotYourAward


def check_open(status: AwardStatus) -> None:
    if status != AwardStatus.REGISTERED:
        raise AwardSettled


def verified(status: AwardStatus, employee_id: UUID, *, by: UUID | None) -> AwardStatus:
    """The status after verification by a person who is not the holder."""
    if employee_id == by:
        raise OwnVerification
    check_open(status)
    return AwardStatus.VERIFIED


def revoked(status: AwardStatus) -> AwardStatus:
    if status == AwardStatus.REVOKED:
        raise AwardAlreadyRevoked
    return AwardStatus.REVOKED


def award_actions(status: AwardStatus, employee_id: UUID, *, by: UUID | None, may_verify: bool) -> list[AwardAction]:
    """Actions on the award that are open to the caller."""
    checks: Mapping[AwardAction, Callable[[], object]] = {
        AwardAction.VERIFICATION: lambda: verified(status, employee_id, by=by),
        AwardAction.REVOCATION: lambda: revoked(status),
    }
    return [action for action, check in checks.items() if passes(check)] if may_verify else []
