"""Personnel rows as read models."""

from app.people.models import Absence, OrgUnit, PositionRank, Post, ScopeRule
from app.people.schemas import AbsenceRead, OrgUnitRead, PositionRankRead, PostRead, ScopeRuleRead


def org_unit(row: OrgUnit) -> OrgUnitRead:
    return OrgUnitRead.model_validate(row)


def post(row: Post) -> PostRead:
    return PostRead.model_validate(row)


def absence(row: Absence) -> AbsenceRead:
    return AbsenceRead.model_validate(row)


def position_rank(row: PositionRank) -> PositionRankRead:
    return PositionRankRead.model_validate(row)


def scope_rule(row: ScopeRule) -> ScopeRuleRead:
    return ScopeRuleRead.model_validate(row)
