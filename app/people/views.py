"""Personnel rows as read models."""

from app.people.models import OrgUnit, PositionRank, ScopeRule
from app.people.schemas import OrgUnitRead, PositionRankRead, ScopeRuleRead


def org_unit(row: OrgUnit) -> OrgUnitRead:
    return OrgUnitRead.model_validate(row)


def position_rank(row: PositionRank) -> PositionRankRead:
    return PositionRankRead.model_validate(row)


def scope_rule(row: ScopeRule) -> ScopeRuleRead:
    return ScopeRuleRead.model_validate(row)
