"""Coded values of course sessions, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class SessionAction(LabelledEnum):
    """Actions on a session, by the name of their sub-resource."""

    PUBLICATION = "publication", "公開", "Publish"
    CLOSING = "closing", "募集終了・実施済みの記録", "Close"
    REOPENING = "reopening", "募集の再開", "Reopen"
    CANCELLATION = "cancellation", "中止", "Cancel"
    ATTENDANCE = "attendance", "出欠の記録", "Record attendance"
