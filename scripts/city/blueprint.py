"""The organization of a made-up city of 3,600 people: 部等 with their 課等 and 係. It is not a real city's chart.

A line without indent is a department: code, name, reading, English name, staffing.
An indented line is a section or office: name, reading, people; then, where they apply, `=CODE`, `@staffing`, `*places`
(one office for each of so many places), `<former name,reading` (it had another name before the last reorganization), `!`
(even a small city keeps one) and `:` with its teams.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Staffing(StrEnum):
    """The kind of staff of a section."""

    OFFICE = "office"
    BRANCH = "branch"
    HEALTH = "health"
    NURSERY = "nursery"
    DEPOT = "depot"
    HOSPITAL = "hospital"
    FIRE = "fire"
    WATER = "water"


CHART: Final = """
POL 総合政策部 ソウゴウセイサクブ Policy_Planning office
  政策企画課 セイサクキカクカ 22 : 企画 調整
  情報政策課 ジョウホウセイサクカ 30 =ICT ! : 情報企画 デジタル推進 基盤システム
  秘書課 ヒショカ 8
  広報広聴課 コウホウコウチョウカ 18 : 広報 広聴
  地域振興課 チイキシンコウカ 18 <地域づくり課,チイキヅクリカ : 地域 移住定住
GAF 総務部 ソウムブ General_Affairs office
  総務課 ソウムカ 30 : 総務 法務 文書
  職員課 ショクインカ 30 =PER ! : 人事 研修 給与厚生
  危機管理課 キキカンリカ 20 : 防災 危機対策
FIN 財政部 ザイセイブ Finance office
  財政課 ザイセイカ 20 : 財政 公債
  施設マネジメント課 シセツマネジメントカ 22 : 管財 施設
  契約課 ケイヤクカ 18 : 契約 検査
  市民税課 シミンゼイカ 40 : 税制 個人 法人
  資産税課 シサンゼイカ 46 : 土地 家屋 償却
  納税課 ノウゼイカ 36 : 収納 納税 滞納整理
CIT 市民協働部 シミンキョウドウブ Citizens_and_Community office
  市民課 シミンカ 48 ! : 記録 窓口 戸籍
  国保年金課 コクホネンキンカ 44 : 給付 賦課 年金
  共創推進課 キョウソウスイシンカ 18 <協働推進課,キョウドウスイシンカ : 協働 男女共同
  消費生活センター ショウヒセイカツセンター 8
  {}支所 {}シショ 26 *12 @branch : 市民 経済土木
ENV 生活環境部 セイカツカンキョウブ Environment office
  環境企画課 カンキョウキカクカ 22 : 企画 監視
  ごみ減量推進課 ゴミゲンリョウスイシンカ 22 : 減量 指導
  廃棄物対策課 ハイキブツタイサクカ 20 : 許可 指導
  {}清掃センター {}セイソウセンター 30 *2 @depot : 管理 収集
WEL 保健福祉部 ホケンフクシブ Health_and_Welfare office
  保健福祉課 ホケンフクシカ 26 : 総務 計画
  障がい福祉課 ショウガイフクシカ 30 : 給付 相談
  生活福祉課 セイカツフクシカ 48 : 庶務 保護第一 保護第二
  介護保険課 カイゴホケンカ 40 : 管理 認定 給付
  長寿支援課 チョウジュシエンカ 24 : 支援 予防
  地域保健課 チイキホケンカ 44 @health : 健康 母子 成人
  感染症対策課 カンセンショウタイサクカ 22 @health : 感染症 予防接種
  {}地区保健福祉センター {}チクホケンフクシセンター 22 *6 @health : 福祉 保健
CHI こどもみらい部 コドモミライブ Children_and_Families office
  こども政策課 コドモセイサクカ 22 : 企画 給付
  こども支援課 コドモシエンカ 26 : 保育 幼稚園
  こども家庭課 コドモカテイカ 28 @health : 相談 母子保健
  {}保育所 {}ホイクジョ 11 *26 @nursery !
AGR 農林水産部 ノウリンスイサンブ Agriculture_Forestry_and_Fisheries office
  農業政策課 ノウギョウセイサクカ 24 : 農政 担い手
  農地課 ノウチカ 22 : 農地 土地改良
  林務課 リンムカ 18 : 林政 林道
  水産振興課 スイサンシンコウカ 14
IND 産業振興部 サンギョウシンコウブ Industry office
  産業政策課 サンギョウセイサクカ 22 : 政策 創業
  商工労政課 ショウコウロウセイカ 20 : 商業 労政
  企業誘致課 キギョウユウチカ 14
TOU 観光文化スポーツ部 カンコウブンカスポーツブ Tourism_Culture_and_Sports office
  観光振興課 カンコウシンコウカ 22 : 観光 誘客
  文化振興課 ブンカシンコウカ 18 : 文化 文化財
  スポーツ振興課 スポーツシンコウカ 18 : 振興 施設
  美術館 ビジュツカン 12
CIV 土木部 ドボクブ Public_Works office
  土木課 ドボクカ 32 : 計画 道路 橋りょう
  道路管理課 ドウロカンリカ 30 : 管理 占用
  河川課 カセンカ 22 : 河川 砂防
  営繕課 エイゼンカ 26 : 建築 設備
  維持補修センター イジホシュウセンター 30 @depot : 管理 補修
URB 都市建設部 トシケンセツブ Urban_Development office
  都市計画課 トシケイカクカ 28 : 計画 交通
  市街地整備課 シガイチセイビカ 22 : 整備 換地
  公園緑地課 コウエンリョクチカ 24 : 公園 緑地
  建築指導課 ケンチクシドウカ 26 : 審査 指導
  住まい政策課 スマイセイサクカ 22 : 住宅 空家
ACC 会計室 カイケイシツ Treasury office
  会計課 カイケイカ 14 : 出納 審査
MED 医療センター イリョウセンター Medical_Center hospital
  総務課 ソウムカ 26 @office : 庶務 経営企画
  医事課 イジカ 26 @office : 医事 医療情報
  内科診療部 ナイカシンリョウブ 60
  外科診療部 ゲカシンリョウブ 60
  薬剤部 ヤクザイブ 36
  放射線部 ホウシャセンブ 34
  検査部 ケンサブ 44
  リハビリテーション部 リハビリテーションブ 40
  手術部 シュジュツブ 46
  外来看護部 ガイライカンゴブ 54
  {}病棟 {}ビョウトウ 42 *8 !
FIR 消防本部 ショウボウホンブ Fire_Department fire
  消防総務課 ショウボウソウムカ 18 : 庶務 施設
  予防課 ヨボウカ 18 : 予防 保安
  警防課 ケイボウカ 20 : 警防 救急
  通信指令課 ツウシンシレイカ 24 : 指令 情報
  {}消防署 {}ショウボウショ 52 *5 ! : 警備 救助 救急
WAT 水道局 スイドウキョク Waterworks water
  総務課 ソウムカ 18 : 総務 経理
  営業課 エイギョウカ 24 : 料金 給水
  工務課 コウムカ 24 : 計画 工事
  配水課 ハイスイカ 30 ! : 配水 維持
  浄水課 ジョウスイカ 36 : 浄水 水質
EDU 教育委員会事務局 キョウイクイインカイジムキョク Board_of_Education office
  教育政策課 キョウイクセイサクカ 22 : 政策 施設
  学校教育課 ガッコウキョウイクカ 26 : 指導 学事
  学校支援課 ガッコウシエンカ 28 : 保健 給食
  生涯学習課 ショウガイガクシュウカ 22 : 生涯学習 青少年
  総合図書館 ソウゴウトショカン 30 : 管理 奉仕
  {}公民館 {}コウミンカン 8 *6
  {}学校給食センター {}ガッコウキュウショクセンター 24 *3 @depot : 管理 調理
ASM 議会事務局 ギカイジムキョク City_Assembly_Secretariat office
  総務議事課 ソウムギジカ 16 : 総務 議事
COM 行政委員会事務局 ギョウセイイインカイジムキョク Administrative_Commissions office
  選挙管理委員会事務局 センキョカンリイインカイジムキョク 8
  監査委員事務局 カンサイインジムキョク 8
  農業委員会事務局 ノウギョウイインカイジムキョク 12
"""

_PLACES: Final = """
若葉 ワカバ 港町 ミナトマチ 川原 カワラ 山手 ヤマテ 磯崎 イソザキ 遠見 トオミ 三坂 ミサカ 桜台 サクラダイ 湯沢 ユザワ 久世 クゼ
浜辺 ハマベ 松原 マツバラ 高台 タカダイ 泉田 イズミダ 梅林 バイリン 緑町 ミドリチョウ 旭 アサヒ 栄 サカエ 西原 ニシハラ 東浜 ヒガシハマ
北野 キタノ 南沢 ミナミザワ 早瀬 ハヤセ 青葉 アオバ 光陽 コウヨウ 小川 オガワ 谷津 ヤツ 富岡台 トミオカダイ
"""


@dataclass(frozen=True)
class Section:
    """A section or office of the chart; `people` is its share of a city of 3,600."""

    name: str
    kana: str
    people: float
    staffing: Staffing
    code: str | None = None
    former: tuple[str, str] | None = None
    teams: tuple[str, ...] = ()
    is_office: bool = False
    is_kept: bool = False


@dataclass
class Department:
    code: str
    name: str
    kana: str
    name_en: str
    staffing: Staffing
    sections: list[Section] = field(default_factory=list)


def chart() -> list[Department]:
    """The departments in the order of the city's chart."""
    departments: list[Department] = []
    for line in CHART.strip().splitlines():
        if line.startswith(" "):
            departments[-1].sections.extend(_sections(line, departments[-1].staffing))
        else:
            code, name, kana, name_en, staffing = line.split()
            departments.append(Department(code, name, kana, name_en.replace("_", " "), Staffing(staffing)))
    return departments


def _sections(line: str, staffing: Staffing) -> Iterator[Section]:
    head, _, teams = line.partition(":")
    name, kana, people, *marks = head.split()
    marked = {mark[0]: mark[1:] for mark in marks}
    former_name, _, former_kana = marked.get("<", "").partition(",")
    for index, (place, place_kana) in enumerate(_places(int(marked.get("*", "0")))):
        yield Section(
            name.format(place),
            kana.format(place_kana),
            float(people),
            Staffing(marked.get("@", staffing)),
            code=marked.get("="),
            former=(former_name, former_kana) if former_name else None,
            teams=tuple(teams.split()),
            is_office="*" in marked,
            is_kept="!" in marked and index == 0,
        )


def _places(count: int) -> list[tuple[str, str]]:
    parts = _PLACES.split()
    return list(zip(parts[::2], parts[1::2], strict=True))[:count] or [("", "")]
