"""What characters are: which show nothing, which a natural key may not have; and folding, for search only."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_VARIANTS = str.maketrans(
    "髙﨑𠮷濵邉邊齋齊斎澤廣國嶋嶌桒栁舘條龍眞德惠榮會壽", "高崎吉浜辺辺斉斉斉沢広国島島桑柳館条竜真徳恵栄会寿"
)


def fold(*texts: str | None) -> str:
    """One search key: widths, kana, case and common variants of kanji are unified, blanks removed."""
    joined = unicodedata.normalize("NFKC", "\x1f".join(text for text in texts if text)).casefold()
    return "".join(joined.translate(_HIRAGANA_TO_KATAKANA).translate(_VARIANTS).split(" ")).replace("\u3000", "")


def like(text: str) -> str:
    """A LIKE pattern for the folded text anywhere; % and _ are literal."""
    folded = fold(text)
    return "%" + folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


UNSEEN = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0"
)
"""Blanks and characters that show nothing, for a regular expression's brackets; those above U+FFFF are not in it.

Source: `White_Space` and `Default_Ignorable_Code_Point` of the Unicode character database, and the empty Braille cell.
"""
_UNSEEN = re.compile(rf"[{UNSEEN}\U000e0000-\U000e0fff]*")
_INVISIBLE = re.compile(rf"[{UNSEEN.removeprefix(chr(92) + 's')}\U000e0000-\U000e0fff]")


class Kind(NamedTuple):
    """What a character is, in both languages."""

    what_ja: str
    what_en: str


_BY_CATEGORY = {
    "Cc": Kind("制御文字", "a control character"),
    "Cf": Kind("見えない文字", "an invisible character"),
    "Co": Kind("外字(私用領域の文字)", "a private-use character"),
    "Cn": Kind("未定義の文字", "an unassigned character"),
    "Cs": Kind("未定義の文字", "an unassigned character"),
    "L": Kind("ここでは使わない文字", "a letter not used here"),
    "M": Kind("結合文字", "a combining character"),
    "N": Kind("ここでは使わない数字", "a digit not used here"),
    "Z": Kind("空白", "a blank"),
}
_FULL_WIDTH = {
    "L": Kind("全角の英字", "a full-width letter"),
    "N": Kind("全角の数字", "a full-width digit"),
}


def is_unseen(text: str) -> bool:
    """Nothing of the text can be seen."""
    return _UNSEEN.fullmatch(text) is not None


def first_outside(text: str, allowed: str, first: str) -> int | None:
    """The place, from 0, of the first character that is not one of these; both are the inside of brackets."""
    beginning, rest = _one_of(first), _one_of(allowed)
    return next((i for i, each in enumerate(text) if not (rest if i else beginning).match(each)), None)


@cache
def _one_of(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{characters}]")


def kind_of(character: str) -> Kind:
    """What is wrong with a character that a text may not have."""
    category = unicodedata.category(character)
    if _INVISIBLE.match(character):
        return _BY_CATEGORY["Cf"]
    if "！" <= character <= "～":
        return _FULL_WIDTH.get(category[0], Kind("全角の記号", "a full-width sign"))
    if "｡" <= character <= "ﾟ":
        return Kind("半角のカタカナ", "a half-width katakana")
    known = _BY_CATEGORY.get(category)
    if known is None and category[0] != "Z" and not unicodedata.is_normalized("NFKC", character):
        return Kind("互換文字または異体字", "a compatibility variant")
    return known or _BY_CATEGORY.get(category[0], Kind("ここでは使わない記号", "a sign not used here"))
