"""Coded values of the API, each with a label in both languages."""

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """`DEPARTMENT = "department", "部等", "Department"`: the value as sent, then its labels."""

    ja: str
    en: str

    def __new__(cls, value: str, ja: str = "", en: str = "") -> Self:
        # The defaults are for look-ups, `SessionStatus("draft")`, which mypy checks against this signature.
        member = str.__new__(cls, value)
        member._value_, member.ja, member.en = value, ja, en
        return member
