"""Errors of posts and absences: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict


class OverlappingPrimaryPost(Conflict):
    """The employee already has a primary post in this period."""

    ja = "この期間にはすでに本務の所属があります。"
    constraint = "ex_post_primary"


class OverlappingPost(Conflict):
    """The employee already holds this post in this period."""

    ja = "この期間には同じ所属・種別の発令がすでにあります。"
    constraint = "ex_post_same"


class OverlappingAbsence(Conflict):
    """The employee already has an absence in this period."""

    ja = "この期間にはすでに休職等の記録があります。"
    constraint = "ex_absence"
