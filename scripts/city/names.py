"""Names: common Japanese surnames and given names of three generations, with their readings."""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple


class Name(NamedTuple):
    """A name as written, its display form where the written one has rare letters, and its reading."""

    written: str
    display: str | None
    kana: str


class _Weighted(NamedTuple):
    entries: Sequence[tuple[str, str]]
    bounds: Sequence[float]

    def pick(self, rng: Random) -> tuple[str, str]:
        return self.entries[bisect(self.bounds, rng.random() * self.bounds[-1])]


# Most frequent first; the weight falls with the rank, roughly as it does in Japan.
_SURNAMES: Final = """
佐藤 サトウ 鈴木 スズキ 高橋 タカハシ 田中 タナカ 渡辺 ワタナベ 伊藤 イトウ 山本 ヤマモト 中村 ナカムラ 小林 コバヤシ 加藤 カトウ
吉田 ヨシダ 山田 ヤマダ 佐々木 ササキ 山口 ヤマグチ 松本 マツモト 井上 イノウエ 木村 キムラ 林 ハヤシ 斎藤 サイトウ 清水 シミズ
山崎 ヤマザキ 森 モリ 池田 イケダ 橋本 ハシモト 阿部 アベ 石川 イシカワ 山下 ヤマシタ 中島 ナカジマ 石井 イシイ 小川 オガワ
前田 マエダ 岡田 オカダ 長谷川 ハセガワ 藤田 フジタ 後藤 ゴトウ 近藤 コンドウ 村上 ムラカミ 遠藤 エンドウ 青木 アオキ 坂本 サカモト
斉藤 サイトウ 福田 フクダ 太田 オオタ 西村 ニシムラ 藤井 フジイ 金子 カネコ 岡本 オカモト 藤原 フジワラ 三浦 ミウラ 中野 ナカノ
中川 ナカガワ 原田 ハラダ 松田 マツダ 竹内 タケウチ 小野 オノ 田村 タムラ 中山 ナカヤマ 和田 ワダ 石田 イシダ 森田 モリタ
上田 ウエダ 原 ハラ 内田 ウチダ 柴田 シバタ 酒井 サカイ 宮崎 ミヤザキ 横山 ヨコヤマ 高木 タカギ 安藤 アンドウ 宮本 ミヤモト
大野 オオノ 小島 コジマ 工藤 クドウ 谷口 タニグチ 今井 イマイ 高田 タカダ 丸山 マルヤマ 増田 マスダ 杉山 スギヤマ 村田 ムラタ
大塚 オオツカ 新井 アライ 小山 コヤマ 平野 ヒラノ 藤本 フジモト 河野 コウノ 上野 ウエノ 野口 ノグチ 武田 タケダ 松井 マツイ
千葉 チバ 菅原 スガワラ 岩崎 イワサキ 久保 クボ 木下 キノシタ 佐野 サノ 野村 ノムラ 松尾 マツオ 市川 イチカワ 菊地 キクチ
杉本 スギモト 古川 フルカワ 大西 オオニシ 島田 シマダ 水野 ミズノ 桜井 サクライ 高野 タカノ 吉川 ヨシカワ 渡部 ワタナベ 飯田 イイダ
西田 ニシダ 菊池 キクチ 西川 ニシカワ 小松 コマツ 北村 キタムラ 安田 ヤスダ 五十嵐 イガラシ 川口 カワグチ 関 セキ 平田 ヒラタ
中田 ナカタ 久保田 クボタ 東 アズマ 服部 ハットリ 川崎 カワサキ 本田 ホンダ 福島 フクシマ 岩田 イワタ 土屋 ツチヤ 辻 ツジ
樋口 ヒグチ 秋山 アキヤマ 田口 タグチ 永井 ナガイ 山内 ヤマウチ 中西 ナカニシ 吉村 ヨシムラ 川上 カワカミ 大橋 オオハシ 石原 イシハラ
松岡 マツオカ 浜田 ハマダ 馬場 ババ 森本 モリモト 矢野 ヤノ 浅野 アサノ 大島 オオシマ 松下 マツシタ 大久保 オオクボ 吉岡 ヨシオカ
箱崎 ハコザキ 根本 ネモト 草野 クサノ 緑川 ミドリカワ 蛭田 ヒルタ 鷺 サギ 一 ニノマエ 東海林 ショウジ
"""

# Some families write these with another letter; the last number is their share in percent.
_VARIANTS: Final = {"高": ("髙", 12), "崎": ("﨑", 10), "吉": ("𠮷", 8)}
_OUTSIDE_CP932: Final = {"𠮷": "吉"}

_GIVEN: Final = {
    ("f", 1960): """
恵子 ケイコ 由美子 ユミコ 久美子 クミコ 智子 トモコ 陽子 ヨウコ 裕子 ユウコ 真由美 マユミ 幸子 サチコ 和子 カズコ 洋子 ヨウコ 明美 アケミ
直美 ナオミ 典子 ノリコ 美香 ミカ 純子 ジュンコ 京子 キョウコ 悦子 エツコ 雅子 マサコ 弘美 ヒロミ 千春 チハル 順子 ジュンコ 香織 カオリ
""",
    ("f", 1980): """
愛 アイ 麻衣 マイ 彩 アヤ 恵 メグミ 香織 カオリ 千尋 チヒロ 綾 アヤ 美穂 ミホ 舞 マイ 沙織 サオリ 裕美 ヒロミ 真由美 マユミ 友美 トモミ
絵美 エミ 智美 トモミ 由佳 ユカ 麻美 アサミ 瞳 ヒトミ 久美子 クミコ 理恵 リエ 亜希子 アキコ 奈々 ナナ 美咲 ミサキ 優子 ユウコ 紗希 サキ
""",
    ("f", 1995): """
美咲 ミサキ 萌 モエ 遥 ハルカ 優花 ユウカ 七海 ナナミ 彩花 アヤカ 楓 カエデ 葵 アオイ 菜摘 ナツミ 明日香 アスカ 千夏 チナツ 莉子 リコ
結衣 ユイ 桃子 モモコ 真央 マオ 沙羅 サラ 陽菜 ヒナ 琴音 コトネ 杏奈 アンナ 里奈 リナ 春香 ハルカ 優衣 ユイ 芽衣 メイ 凛 リン
""",
    ("m", 1960): """
誠 マコト 浩 ヒロシ 修 オサム 隆 タカシ 茂 シゲル 博 ヒロシ 豊 ユタカ 明 アキラ 進 ススム 正 タダシ 和彦 カズヒコ 浩一 コウイチ 健一 ケンイチ
秀樹 ヒデキ 英樹 ヒデキ 哲也 テツヤ 幸一 コウイチ 徹 トオル 聡 サトシ 剛 ツヨシ 裕之 ヒロユキ 雅彦 マサヒコ 賢治 ケンジ 良一 リョウイチ
""",
    ("m", 1980): """
大輔 ダイスケ 健太 ケンタ 学 マナブ 剛 ツヨシ 誠 マコト 亮 リョウ 拓也 タクヤ 直樹 ナオキ 達也 タツヤ 雄太 ユウタ 智也 トモヤ 健 ケン
祐介 ユウスケ 洋平 ヨウヘイ 和也 カズヤ 慎也 シンヤ 貴之 タカユキ 康平 コウヘイ 隆史 タカシ 俊介 シュンスケ 崇 タカシ 翔太 ショウタ 淳 ジュン
""",
    ("m", 1995): """
翔太 ショウタ 拓海 タクミ 健太 ケンタ 大樹 ダイキ 翼 ツバサ 蓮 レン 大翔 ヒロト 優斗 ユウト 涼太 リョウタ 海斗 カイト 陸 リク 颯太 ソウタ
悠斗 ユウト 直人 ナオト 航平 コウヘイ 匠 タクミ 樹 イツキ 駿 シュン 亮太 リョウタ 隼人 ハヤト 陽向 ヒナタ 湊 ミナト 晴 ハル 一輝 カズキ
""",
}


def _weighted(text: str, fall: float) -> _Weighted:
    parts = text.split()
    entries = list(zip(parts[::2], parts[1::2], strict=True))
    return _Weighted(entries, list(accumulate(1 / (rank + fall) for rank in range(1, len(entries) + 1))))


_FAMILIES: Final = _weighted(_SURNAMES, 12)
_GIVEN_NAMES: Final = {key: _weighted(text, 20) for key, text in _GIVEN.items()}


def _with_variant(surname: str, rng: Random) -> str:
    for plain, (variant, percent) in _VARIANTS.items():
        if plain in surname and rng.random() * 100 < percent:
            return surname.replace(plain, variant)
    return surname


def _displayed(written: str) -> str | None:
    """The form for systems limited to CP932; None where the name needs none."""
    form = written
    for rare, plain in _OUTSIDE_CP932.items():
        form = form.replace(rare, plain)
    return form if form != written else None


def name(rng: Random, *, woman: bool, born: int) -> Name:
    """A random name, surname first, parts divided by an ideographic space."""
    cohort = max(year for year in (1960, 1980, 1995) if year <= max(born, 1960))
    surname, surname_kana = _FAMILIES.pick(rng)
    given, given_kana = _GIVEN_NAMES["f" if woman else "m", cohort].pick(rng)
    written = f"{_with_variant(surname, rng)}\u3000{given}"
    return Name(written, _displayed(written), f"{surname_kana}\u3000{given_kana}")
