"""Errors of attendance: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class MinutesMissing(Invalid):
    """Who came late or left early needs the minutes attended."""

    ja = "遅刻・早退の場合は受講した分数を指定してください。"


class MinutesImpossible(Invalid):
    """Nobody attends longer than the meeting, and who was not there attends no minute."""

    ja = "分数が日程の長さを超えているか、欠席なのに指定されています。"


class NotSeatedHere(Invalid):
    """This enrollment has no seat in the session."""

    ja = "この受講はこの実施回の席を持っていません。"


class EnteredTwice(Invalid):
    """The same enrollment stands on the sheet twice."""

    ja = "同じ受講が重複しています。"


class OverrideUnexplained(Invalid):
    """A result that is not judged by the course's rule needs a reason."""

    ja = "修了認定基準によらない判定には理由が必要です。"


class CompletedOutOfTime(Invalid):
    """The day of completion lies before the session or in the future."""

    ja = "修了日には、初回の日程から本日までの日を指定してください。"


class TooEarlyToRecord(Conflict):
    """Attendance can be recorded from twelve hours before the meeting."""

    ja = "出欠は日程開始の12時間前から記録できます。"
