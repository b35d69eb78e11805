"""Closed vocabularies of the protocol: each word with its label in both languages."""

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """`DEPARTMENT = "department", "部等", "Department"`: the word as sent, then its labels."""

    ja: str
    en: str

    def __new__(cls, value: str, ja: str = "", en: str = "") -> Self:
        word = str.__new__(cls, value)
        word._value_, word.ja, word.en = value, ja, en
        return word
