"""Errors of skills, maps and evidence: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden, Invalid


class SkillCodeTaken(Conflict):
    """A skill with this code exists."""

    ja = "同じコードのスキルがすでにあります。"
    constraint = "uq_skill_code"


class UnknownSkill(Invalid):
    """There is no such skill."""

    ja = "該当するスキルがありません。"


class UnknownMap(Invalid):
    """There is no such skill map."""

    ja = "該当するスキルマップがありません。"


class MapVersionTaken(Conflict):
    """A skill map with this version exists."""

    ja = "同じ版のスキルマップがすでにあります。"
    constraint = "uq_skill_map_version"


class MapsOverlap(Conflict):
    """Another skill map is in force in this period."""

    ja = "この期間には別のスキルマップが適用されています。"
    constraint = "ex_skill_map"


class MapNotDraft(Conflict):
    """Only a draft can be changed: copy this map to a new version."""

    ja = "変更できるのは下書きのスキルマップだけです。新しい版に複写してください。"


class ActivationInThePast(Conflict):
    """A map is in force on that day already, and what it demanded in the past stays."""

    ja = "過去の日にはすでにスキルマップが適用されているため、さかのぼって適用できません。"


class CellTaken(Conflict):
    """The map has this cell already."""

    ja = "この必要スキルはすでにスキルマップに登録されています。"
    constraint = "uq_skill_requirement_cell"


class OnlyOwnSelfAssessment(Forbidden):
    """Employees record and revoke their own self-assessments; assessments are the training office's."""

    ja = "職員が登録・取消しできるのは本人の自己評価だけです。"


class RecordedAtSource(Conflict):
    """Evidence from a completion or qualification follows from that record: change it there."""

    ja = "修了または資格による習得は、元の記録から自動的に定まります。元の記録を変更してください。"


class AlreadyRevoked(Conflict):
    """The evidence has been revoked already."""

    ja = "この習得記録はすでに取り消されています。"
