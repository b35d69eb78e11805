"""Folding for search only; what is stored stays byte for byte."""

import unicodedata

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_VARIANTS = str.maketrans(
    "髙﨑𠮷濵邉邊齋齊斎澤廣國嶋嶌桒栁舘條龍眞德惠榮會壽", "高崎吉浜辺辺斉斉斉沢広国島島桑柳館条竜真徳恵栄会寿"
)


def fold(*texts: str | None) -> str:
    """One search key: widths, kana, case and the common variants of kanji made alike, blanks dropped."""
    joined = unicodedata.normalize("NFKC", "\x1f".join(text for text in texts if text)).casefold()
    return "".join(joined.translate(_HIRAGANA_TO_KATAKANA).translate(_VARIANTS).split(" ")).replace("\u3000", "")


def like(text: str) -> str:
    """A LIKE pattern that finds the folded text anywhere, taking % and _ as they are."""
    folded = fold(text)
    return "%" + folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
