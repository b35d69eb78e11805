"""When a pass counts, and who may say so. Plain values in, decisions out."""

from datetime import date
from uuid import UUID

from app.kit import clock
from app.kit.problems import Conflict, Forbidden, Invalid
from app.kit.vocabulary import Word


class AwardStatus(Word):
    REGISTERED = "registered", "登録済み(未確認)", "Registered"
    VERIFIED = "verified", "確認済み", "Verified"
    REVOKED = "revoked", "取消し", "Revoked"


class AwardAction(Word):
    """The sub-resources of an award that act."""

    VERIFICATION = "verification", "確認", "Verify"
    REVOCATION = "revocation", "取消し", "Revoke"


class QualificationCodeTaken(Conflict):
    """A qualification with this code exists already."""

    ja = "このコードの資格はすでにあります。"
    constraint = "uq_qualification_code"


class QualificationHeld(Conflict):
    """Somebody has registered this qualification: its code stays."""

    ja = "登録された合格があるため、資格の削除やコードの変更はできません。"
    constraint = "fk_qualification_award_qualification_code"


class UnknownQualification(Invalid):
    """There is no such qualification."""

    ja = "該当する資格がありません。"


class CertificateTaken(Conflict):
    """This certificate number is registered already for this qualification."""

    ja = "この資格の合格証書番号はすでに登録されています。"
    constraint = "uq_qualification_award_certificate"


class PassedInFuture(Invalid):
    """The day of the pass is still to come."""

    ja = "合格日が未来の日付です。"


class ExpiresTooEarly(Invalid):
    """The pass would expire before it begins."""

    ja = "有効期限が合格日より後ではありません。"
    constraint = "ck_qualification_award_period"


class NotYourAward(Forbidden):
    """You may register and correct passes of your own only."""

    ja = "登録・訂正できるのは本人の合格に限ります。"


class OwnVerification(Forbidden):
    """Nobody verifies a pass of their own."""

    ja = "本人の合格を本人が確認することはできません。"


class AwardSettled(Conflict):
    """The award is verified or revoked already."""

    ja = "確認済みまたは取り消し済みの登録です。"


class AwardRevoked(Conflict):
    """The award is revoked already."""

    ja = "すでに取り消されています。"


def expiry(passed_on: date, *, valid_for_months: int | None) -> date | None:
    """The first day on which the pass no longer counts; None when it counts for good, as IT Passport does."""
    return clock.add_months(passed_on, valid_for_months) if valid_for_months else None


def check_days(passed_on: date, expires_on: date | None, *, today: date) -> None:
    if passed_on > today:
        raise PassedInFuture(pointer="/passed_on")
    if expires_on and expires_on <= passed_on:
        raise ExpiresTooEarly(pointer="/expires_on")


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
        raise AwardRevoked
    return AwardStatus.REVOKED


def award_actions(status: AwardStatus, employee_id: UUID, *, by: UUID | None, may_verify: bool) -> list[AwardAction]:
    """What this caller may do with the award now."""
    if not may_verify or status == AwardStatus.REVOKED:
        return []
    if status == AwardStatus.REGISTERED and employee_id != by:
        return [AwardAction.VERIFICATION, AwardAction.REVOCATION]
    return [AwardAction.REVOCATION]
