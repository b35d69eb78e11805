"""Errors of qualifications: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden, Invalid


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
