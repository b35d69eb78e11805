"""Errors of qualifications: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden, Invalid


class DuplicateQualificationCode(Conflict):
    """A qualification with this code already exists."""

    ja = "このコードの資格はすでにあります。"
    constraint = "uq_qualification_code"


class QualificationInUse(Conflict):
    """Awards refer to this qualification: it cannot be deleted, nor its code changed."""

    ja = "登録された資格取得があるため、資格の削除やコードの変更はできません。"
    constraint = "fk_qualification_award_qualification_code"


class UnknownQualification(Invalid):
    """The qualification does not exist."""

    ja = "該当する資格がありません。"


class DuplicateCertificate(Conflict):
    """This certificate number is already registered for this qualification by somebody else."""

    ja = "この資格の合格証書番号は、ほかの職員について登録されています。"
    constraint = "ex_qualification_award_holder"


class AwardAlreadyRegistered(Conflict):
    """This certificate is already registered with this expiry: a renewal has another one."""

    ja = "同じ有効期限の合格証書がすでに登録されています。更新の場合は、新しい有効期限を指定してください。"
    constraint = "uq_qualification_award_certificate"


class PassedInFuture(Invalid):
    """passed_on is in the future."""

    ja = "合格日が未来の日付です。"


class ExpiryOrderInvalid(Invalid):
    """expires_on must not be earlier than passed_on."""

    ja = "有効期限が合格日より前です。"
    constraint = "ck_qualification_award_period"


class NotYourAward(Forbidden):
    """You may only register and correct your own awards."""

    ja = "登録・訂正できるのは本人の資格取得に限ります。"


class OwnVerification(Forbidden):
    """You cannot verify your own award."""

    ja = "本人の資格取得を本人が確認することはできません。"


class AwardSettled(Conflict):
    """The award has already been verified or revoked."""

    ja = "確認済みまたは取消済みの登録です。"


class AwardAlreadyRevoked(Conflict):
    """The award has already been revoked."""

    ja = "すでに取り消されています。"
