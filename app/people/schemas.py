"""Request and response bodies of personnel data, and the query parameters of its lists."""

from typing import Annotated, ClassVar
from uuid import UUID

from sqlmodel import col

from app.kit.fields import Code, Day, Line, Read, Values
from app.kit.filters import Column, Contains, Eq, In, Is, Where
from app.kit.list_query import ChangedQuery, DatedQuery, Sorts
from app.kit.patching import partial
from app.people.enums import UnitLevel
from app.people.functions import below_unit, valid_on
from app.people.models import (
    NameFields,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    PositionRankFields,
    ScopeRule,
    ScopeRuleFields,
)


@partial
class NameUpdate(NameFields):
    """Changes to how a person is called."""


class PositionRankRead(PositionRankFields, Read):
    """A position rank."""


@partial
class PositionRankUpdate(PositionRankFields):
    """Changes to a position rank."""


class PositionRankQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(PositionRank.ordinal), "code": col(PositionRank.code)}
    default_sort = "ordinal"
    key: ClassVar[Column] = col(PositionRank.id)
    updated: ClassVar[Column] = col(PositionRank.updated_at)

    code: Annotated[Values[Code] | None, In(col(PositionRank.code))] = None


class OrgUnitRead(OrgUnitFields, Read):
    """A unit; `lineage` lists the ids of its ancestors and itself, top first."""

    lineage: list[UUID]


@partial
class OrgUnitUpdate(OrgUnitFields):
    """Changes to a unit."""


class OrgUnitQuery(DatedQuery, ChangedQuery):
    """Units that exist on the day."""

    sorts: ClassVar[Sorts] = {"code": col(OrgUnit.code), "name_kana": col(OrgUnit.kana_order)}
    default_sort = "code"
    key: ClassVar[Column] = col(OrgUnit.id)
    updated: ClassVar[Column] = col(OrgUnit.updated_at)

    code: Annotated[Values[Code] | None, In(col(OrgUnit.code))] = None
    level: Annotated[Values[UnitLevel] | None, In(col(OrgUnit.level))] = None
    parent_id: Annotated[UUID | None, Eq(col(OrgUnit.parent_id))] = None
    under: Annotated[UUID | None, Where(below_unit)] = None
    needs_leader: Annotated[bool | None, Is(col(OrgUnit.needs_leader))] = None
    q: Annotated[Line | None, Contains(col(OrgUnit.search_key))] = None


class ScopeRuleRead(ScopeRuleFields, Read):
    """A scope rule, with its source."""


@partial
class ScopeRuleUpdate(ScopeRuleFields):
    """Changes to a scope rule."""


class ScopeRuleQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {"valid_from": col(ScopeRule.valid_from)}
    default_sort = "valid_from"
    key: ClassVar[Column] = col(ScopeRule.id)
    updated: ClassVar[Column] = col(ScopeRule.updated_at)

    as_of: Annotated[Day | None, Where(lambda day: valid_on(ScopeRule, day))] = None
