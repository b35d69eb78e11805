"""Errors of enrollments: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden


class ApplicationsClosed(Conflict):
    """Applications for this session are not open now."""

    ja = "この実施回は申込受付期間外です。"


class NotEmployedDuringSession(Conflict):
    """The employee is not employed on every day of the session."""

    ja = "この職員は日程のすべての日に在職していません。"


class OnLeaveDuringSession(Conflict):
    """The employee is on leave on a day of the session."""

    ja = "この職員は日程の日に休職等のため、受講できません。"


class NotInTargetGroup(Conflict):
    """Participants of this course are designated, and the employee is not in its target group."""

    ja = "指名制の研修であり、この職員は対象者ではありません。"


class MissingPrerequisite(Conflict):
    """A required course has not been completed."""

    ja = "先に修了しておくべき研修が修了していません。"
    detail_ja = "未修了の研修: {course_codes}"
    detail_en = "Not completed yet: {course_codes}"


class WithdrawalClosed(Conflict):
    """The deadline for withdrawal has passed: contact the training office."""

    ja = "辞退の期限を過ぎています。研修部門に連絡してください。"


class NothingToReconfirm(Conflict):
    """Nothing has happened since the seat was confirmed."""

    ja = "受講決定の後に再確認を要する事由は生じていません。"


class OwnApplication(Forbidden):
    """You cannot decide your own application."""

    ja = "自分自身の申込みを決裁することはできません。"


class NotHeadInOffice(Forbidden):
    """Only a head in office of the employee's units may decide, or the training office if there is none."""

    ja = "決裁できるのは職員の所属の現職の長です。長がいない場合は研修部門が行います。"


class NotAllowedForEmployee(Forbidden):
    """You may not act for this employee."""

    ja = "この職員に代わって手続きすることはできません。"


class OnlyOfficeDesignates(Forbidden):
    """Only the training office designates participants."""

    ja = "指名は研修部門だけが行えます。"


class MeetingsAhead(Conflict):
    """The session's last meeting has not ended yet."""

    ja = "この実施回の最後の日程がまだ終わっていません。"
