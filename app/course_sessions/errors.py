"""Errors of course sessions: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class CourseRetired(Conflict):
    """The course is retired on the day of the first meeting."""

    ja = "この研修科目は初回の日程の時点で廃止されています。"


class MeetingOrderInvalid(Invalid):
    """A meeting must end after it starts."""

    ja = "日程の終了時刻が開始時刻より後ではありません。"
    constraint = "ck_session_meeting_order"


class OverlappingMeetings(Invalid):
    """Two meetings of the session overlap."""

    ja = "同じ実施回の日程が重なっています。"
    constraint = "ex_session_meeting_overlap"


class ApplicationWindowOrderInvalid(Invalid):
    """application_closes_at must be later than application_opens_at."""

    ja = "申込みの締切が開始より後ではありません。"
    constraint = "ck_course_session_window"


class ApplicationClosesTooLate(Invalid):
    """Applications must close before the first meeting starts."""

    ja = "申込みの締切が初回の開始より後になっています。"
    constraint = "ck_course_session_closes_before_start"


class WithdrawalClosesTooLate(Invalid):
    """Withdrawal must close before the first meeting starts."""

    ja = "辞退の締切が初回の開始より後になっています。"
    constraint = "ck_course_session_withdrawal"


class FiscalYearMismatch(Invalid):
    """The fiscal year does not match the day of the first meeting in Tokyo."""

    ja = "年度が初回の日程の日と一致しません。"


class CapacityBelowSeatsTaken(Conflict):
    """The capacity is less than the number of seats taken."""

    ja = "定員が確定済みの人数を下回ります。"
    detail_ja = "確定済みの受講者が {taken} 名います。その人数以上を指定してください。"
    detail_en = "{taken} seats are taken: give at least as many, or free seats first."
    constraint = "ck_course_session_seats"


class SessionNotDraft(Conflict):
    """Only a draft can be published or deleted."""

    ja = "下書きの実施回に限り行える操作です。"


class SessionSettled(Conflict):
    """The session has been held or cancelled."""

    ja = "実施済みまたは中止の実施回です。"


class SessionCannotClose(Conflict):
    """Only a published session can be closed; a closed one is marked as held after its last meeting."""

    ja = "公開中の実施回、または最終日程を終えた締切後の実施回に限り行える操作です。"


class SessionCannotReopen(Conflict):
    """Only a closed session whose first meeting has not started can be reopened."""

    ja = "初回の日程が始まる前の募集終了の実施回に限り行える操作です。"


class ApplicationWindowOver(Invalid):
    """Applications closed already: send a later application_closes_at."""

    ja = "申込みの締切を過ぎています。新しい application_closes_at を指定してください。"


class CallClosed(Conflict):
    """Applications were closed: reopen the session to move its application window."""

    ja = "募集は終了しています。申込みの期間を変更するには募集を再開してください。"


class MeetingAttended(Conflict):
    """A meeting with recorded attendance cannot be removed."""

    ja = "出欠が記録された日程は削除できません。"
