"""The order of readings, あいうえお whatever their width and kind of kana: a column that PostgreSQL computes.

As in JIS X 4061 the plain kana decide first: without voicing, small ones as large ones, a long vowel as its vowel.
Where they are equal, the reading itself does. A blank comes before every kana, so that families stay together.
"""

from sqlalchemy import Computed

_HIRAGANA = "".join(map(chr, range(ord("ぁ"), ord("ゖ") + 1))) + "ゝゞ"
_KATAKANA = "".join(chr(ord(each) + 0x60) for each in _HIRAGANA)
_SMALL, _LARGE = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ" * 2
_LARGE_HIRAGANA = "".join(each for each in _HIRAGANA if each not in _SMALL)
_VOICING = "\u3099\u309a"
_PLAIN_FROM = _SMALL + _LARGE_HIRAGANA + _VOICING  # what has no partner is left out
_PLAIN_TO = _LARGE + "".join(chr(ord(each) + 0x60) for each in _LARGE_HIRAGANA)
_ROWS = {"ア": "アカサタナハマヤラワ", "イ": "イキシチニヒミリヰ", "ウ": "ウクスツヌフムユル"} | {
    "エ": "エケセテネヘメレヱ",
    "オ": "オコソトノホモヨロヲ",
}


def reading_order(column: str) -> Computed:
    """For a column beside the one with the reading, which may be null."""
    reading = f"COALESCE({column}, '')"
    plain = f"translate(normalize({reading}, NFKD), '{_PLAIN_FROM}', '{_PLAIN_TO}')"
    for vowel, row in _ROWS.items():
        plain = f"regexp_replace({plain}, '([{row}])ー', '\\1{vowel}', 'g')"
    written = f"translate(normalize({reading}, NFKC), '{_HIRAGANA}', '{_KATAKANA}')"
    return Computed(f"{plain} || chr(1) || {written}", persisted=True)
