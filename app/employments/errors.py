"""Errors of terms of service: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class OverlappingEmployment(Conflict):
    """The employee already has terms of service in this period."""

    ja = "この期間にはすでに任用条件の記録があります。"
    constraint = "ex_employment"


class EmploymentOrderInvalid(Invalid):
    """Terms of service must end later than they begin: left_on must be later than hired_on."""

    ja = "任用の終了日(退職日)は、開始日(採用日)より後の日にしてください。"
    constraint = "ck_employment_period"


class LaterEmployment(Conflict):
    """Terms of service begin on or after this day: take them back first."""

    ja = "この日以降に始まる任用があります。先にその任用を取り消してください。"
    detail_ja = "任用: {employment_id}"
    detail_en = "Terms of service: {employment_id}"


class EmploymentInUse(Conflict):
    """Posts or absences begin under these terms of service: revoke them first."""

    ja = "この任用の期間に始まる発令または休職等があります。先に取り消してください。"


class TermsPublished(Conflict):
    """Terms of service that begin on this day are published already: their correction cannot be published later."""

    ja = "この日に始まる任用はすでに公表されています。その訂正を後日公表とすることはできません。"


class OnlyEmployment(Conflict):
    """A person keeps at least one record of terms of service: correct it instead."""

    ja = "職員には少なくとも1件の任用が必要です。取り消さずに訂正してください。"
