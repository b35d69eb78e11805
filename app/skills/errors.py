"""Errors of skills, maps and evidence: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Forbidden, Invalid


class DuplicateSkillCode(Conflict):
    """A skill with this code already exists."""

    ja = "同じコードのスキルがすでにあります。"
    constraint = "uq_skill_code"


class UnknownSkill(Invalid):
    """The skill does not exist."""

    ja = "該当するスキルがありません。"


class UnknownSkillMap(Invalid):
    """The skill map does not exist."""

    ja = "該当するスキルマップがありません。"


class MapVersionTaken(Conflict):
    """A skill map with this version already exists."""

    ja = "同じ版のスキルマップがすでにあります。"
    constraint = "uq_skill_map_version"


class OverlappingSkillMap(Conflict):
    """Another skill map is in force in this period."""

    ja = "この期間には別のスキルマップが適用されています。"
    constraint = "ex_skill_map"


class SkillMapNotDraft(Conflict):
    """Only a draft can be changed: copy this skill map to a new version."""

    ja = "変更できるのは下書きのスキルマップだけです。新しい版に複写してください。"


class SkillMapNotUpcoming(Conflict):
    """Only a skill map that has not begun can be withdrawn."""

    ja = "取りやめることができるのは、まだ適用が始まっていないスキルマップだけです。"


class RoleNotInForce(Invalid):
    """The skill map has requirements of roles that are not in force on that day."""

    ja = "その日に定められていない役割の必要スキルが含まれています。"
    detail_ja = "該当する役割: {roles}"
    detail_en = "These roles: {roles}"


class ActivationInPast(Conflict):
    """A skill map is already in force on that day: past requirements cannot be changed."""

    ja = "過去の日にはすでにスキルマップが適用されているため、さかのぼって適用できません。"


class DuplicateRequirement(Conflict):
    """The skill map already has a requirement for this role and skill."""

    ja = "この必要スキルはすでにスキルマップに登録されています。"
    constraint = "uq_skill_requirement_cell"


class OnlyOwnSelfAssessment(Forbidden):
    """You may only record and revoke your own self-assessments; the training office records assessments."""

    ja = "職員が登録・取消しできるのは本人の自己評価だけです。"


class EvidenceIsDerived(Conflict):
    """This evidence is derived from a completion or a qualification award: change that record instead."""

    ja = "修了または資格による習得は、元の記録から自動的に定まります。元の記録を変更してください。"


class EvidenceAlreadyRevoked(Conflict):
    """The evidence has already been revoked."""

    ja = "この習得記録はすでに取り消されています。"
