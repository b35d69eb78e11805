"""Errors of attendance: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Invalid


class MissingMinutes(Invalid):
    """The minutes attended are required for a late arrival or an early departure."""

    ja = "遅刻・早退の場合は受講した分数を指定してください。"


class InvalidMinutes(Invalid):
    """The minutes exceed the length of the meeting, or are given for an absence."""

    ja = "分数が日程の長さを超えているか、欠席なのに指定されています。"


class NoSeatInSession(Invalid):
    """This enrollment has no seat in the session."""

    ja = "この受講はこの実施回の席を持っていません。"


class DuplicateEnrollment(Invalid):
    """The attendance sheet contains the same enrollment twice."""

    ja = "同じ受講が重複しています。"
