"""Folding of text, for search only; stored text is unchanged."""

import unicodedata

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
