"""Errors of completion: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Invalid


class OverrideReasonRequired(Invalid):
    """A result that overrides the completion rule needs a reason."""

    ja = "修了認定基準によらない判定には理由が必要です。"


class CorrectionReasonRequired(Invalid):
    """A day other than that of the last meeting attended, or a correction of a completion, needs a reason."""

    ja = "最後に出席した日程の日と異なる修了日や、修了の訂正には理由が必要です。"


class CompletionDateOutOfRange(Invalid):
    """completed_on must lie between the last meeting attended (if none, the session's last) and today."""

    ja = "修了日には、最後に出席した日程（出席がなければ最終日程）の日から本日までの日を指定してください。"


class CompletionDateWithoutCompletion(Invalid):
    """completed_on is given, but the result is not a completion."""

    ja = "判定の結果が修了でないため、修了日は指定できません。"


class NotEmployedOnCompletionDate(Invalid):
    """The employee is not employed on the day of completion."""

    ja = "この職員は修了日に在職していません。"
