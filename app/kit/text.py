"""What characters are: which show nothing, which a natural key may not have; and folding, for search only."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

UNSEEN = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0"
)
"""Blanks and characters that show nothing, for a regular expression's brackets; those above U+FFFF are not in it.

Source: `White_Space` and `Default_Ignorable_Code_Point` of the Unicode character database, and the empty Braille cell.
"""
_UNSEEN = re.compile(rf"[{UNSEEN}\U000e0000-\U000e0fff]*")
_INVISIBLE = re.compile(rf"[{UNSEEN.removeprefix(chr(92) + 's')}\U000e0000-\U000e0fff]")


_HIRAGANA = {code: code + 0x60 for code in (*range(ord("ぁ"), ord("ゖ") + 1), ord("ゝ"), ord("ゞ"))}
_OLD_SPELLING = str.maketrans("ァィゥェォッャュョヮヵヶヂヅヰヱヲ", "アイウエオツヤユヨワカケジズイエオ")
_DASHES = str.maketrans(dict.fromkeys("ー‐‒–—―−〜~", "-"))
_OLD_KANJI = str.maketrans(
    "亞惡壓圍醫爲壹稻飮隱營榮衞驛圓艷鹽緣應歐毆穩假價畫會壞懷繪擴殼覺學嶽樂渴卷陷勸寬關歡觀氣歸龜僞戲犧舊據擧峽挾狹曉勳薰徑惠溪經繼莖螢輕鷄藝擊缺儉劍圈檢權獻"
    "縣險顯驗嚴效廣恆鑛號國濟碎齋劑雜參慘棧蠶贊殘絲齒兒辭濕實舍寫釋壽收從澁獸縱肅處緖敍將稱涉燒證奬條狀乘淨剩疊繩壤孃讓釀觸囑眞寢愼盡圖粹醉穗隨髓數樞瀨聲齊靜"
    "竊攝專戰淺潛纖踐錢禪曾雙壯搜插爭總聰莊裝騷臟藏屬續墮體對帶滯臺瀧擇澤單擔膽團彈斷遲癡晝蟲鑄廳聽敕鎭遞鐵轉點傳黨盜燈當鬪德獨讀屆貳腦霸廢拜賣麥發髮拔蠻祕濱"
    "甁拂佛竝變邊辨瓣辯舖寶豐沒飜每萬滿默彌藥譯豫餘與譽搖樣謠來賴亂覽龍兩獵綠壘勵禮靈齡戀爐勞樓祿錄灣",
    "亜悪圧囲医為壱稲飲隠営栄衛駅円艶塩縁応欧殴穏仮価画会壊懐絵拡殻覚学岳楽渇巻陥勧寛関歓観気帰亀偽戯犠旧拠挙峡挟狭暁勲薫径恵渓経継茎蛍軽鶏芸撃欠倹剣圏検権献"
    "県険顕験厳効広恒鉱号国済砕斎剤雑参惨桟蚕賛残糸歯児辞湿実舎写釈寿収従渋獣縦粛処緒叙将称渉焼証奨条状乗浄剰畳縄壌嬢譲醸触嘱真寝慎尽図粋酔穂随髄数枢瀬声斉静"
    "窃摂専戦浅潜繊践銭禅曽双壮捜挿争総聡荘装騒臓蔵属続堕体対帯滞台滝択沢単担胆団弾断遅痴昼虫鋳庁聴勅鎮逓鉄転点伝党盗灯当闘徳独読届弐脳覇廃拝売麦発髪抜蛮秘浜"
    "瓶払仏並変辺弁弁弁舗宝豊没翻毎万満黙弥薬訳予余与誉揺様謡来頼乱覧竜両猟緑塁励礼霊齢恋炉労楼禄録湾",
)
"""Source: 常用漢字表 (2010), the former shapes, which it gives in brackets."""
_KANJI_OF_NAMES = str.maketrans(
    "髙﨑𠮷濵邉斎嶋嶌桒栁舘冨峯埜淵薗舩昻檜槙遥瑤堯亙巖彥增淸靑橫黑黃溫郞鄕內步歷曆戶櫻凜曻",
    "高崎吉浜辺斉島島桑柳館富峰野渕園船昂桧槇遙瑶尭亘巌彦増清青横黒黄温郎郷内歩歴暦戸桜凛昇",
)
"""Further shapes that are common in names; both sides of a pair are written in a person's papers."""


def fold(*texts: str | None) -> str:
    """One search key: what is written differently and read alike is unified, and what shows nothing is left out.

    Widths, kinds and old spellings of kana, small kana, dashes and long vowel marks, case, old and variant kanji.
    """
    return "\x1f".join(_folded(text) for text in texts if text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for table in (_HIRAGANA, _OLD_SPELLING, _DASHES, _OLD_KANJI, _KANJI_OF_NAMES):
        plain = plain.translate(table)
    return re.sub(r"(.)[々ヽ]", r"\1\1", _UNSEEN.sub("", plain).replace("・", ""))


def like(text: str) -> str:
    """A LIKE pattern for the folded text anywhere; % and _ are literal. What folds to nothing is found nowhere."""
    folded = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{folded}%" if folded else ""


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


def first_outside(text: str, allowed: str, first: str, last: str) -> int:
    """The place, from 0, of the first character that is not one of these, of which there is one; each is the inside of
    brackets."""
    forms = [_one_of(first), *[_one_of(allowed)] * (len(text) - 2), _one_of(last)]
    pairs = enumerate(zip(forms, text, strict=False))  # one form too many for a single character
    return next(place for place, (form, each) in pairs if not form.match(each))


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
