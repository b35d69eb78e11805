"""Errors of seats and the waiting list: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class UnknownSession(Invalid):
    """The session does not exist."""

    ja = "該当する実施回がありません。"


class UnknownMeeting(Invalid):
    """The session has no such meeting."""

    ja = "該当する日程がこの実施回にありません。"


class AlreadyEnrolled(Conflict):
    """The employee already has an active enrollment in this session."""

    ja = "この職員はすでにこの実施回に申込済みです。"
    constraint = "uq_enrollment_active"


class TimeClash(Conflict):
    """The employee has a seat in another session at the same time."""

    ja = "同じ時間帯に確定済みの別の実施回があります。"
    detail_ja = (
        "実施回 {course_session_id} は、確定済みの実施回 {other_session_ids} と時間が重なっています"
        "(職員番号: {employee_numbers})。"
    )
    detail_en = (
        "Session {course_session_id} overlaps with the confirmed sessions {other_session_ids} "
        "(employee numbers: {employee_numbers})."
    )
    constraint = "ex_booking_clash"


class SessionFull(Conflict):
    """No seat is free in this session."""

    ja = "この実施回に空席はありません。"


class SessionNotRunning(Conflict):
    """The session is a draft, cancelled or over."""

    ja = "この実施回は下書き、中止、または終了しています。"


class AlreadyInState(Conflict):
    """The enrollment already has this status."""

    ja = "この受講はすでにその状態です。"
    detail_ja = "現在の状態: {status}"
    detail_en = "Current status: {status}"


class StatusNotAllowed(Conflict):
    """The enrollment's current status does not allow this."""

    ja = "この受講の現在の状態では行えない操作です。"
    detail_ja = "現在の状態: {status}"
    detail_en = "Current status: {status}"


class AttendanceNotYetOpen(Conflict):
    """Attendance can be recorded from twelve hours before the meeting."""

    ja = "出欠は日程開始の12時間前から記録できます。"
