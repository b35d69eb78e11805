"""What the API shows of people, and the questions that lists of them take."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col

from app.kit.fields import Code, Day, Line, Read, Values, example
from app.kit.filters import DatedQuery, Eq, In, ListQuery, Sorts, Where
from app.kit.patching import Partial
from app.people import functions
from app.people.enums import AbsenceKind, PostKind, UnitLevel
from app.people.models import (
    Absence,
    AbsenceFields,
    OrgUnit,
    OrgUnitFields,
    PositionRank,
    PositionRankFields,
    Post,
    PostFields,
    ScopeRule,
    ScopeRuleFields,
)


class PositionRankRead(PositionRankFields, Read):
    """A rank as the register has it."""


class PositionRankUpdate(PositionRankFields, Partial):
    model_config = example(name="課長", name_en="Section head")


class PositionRankQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"ordinal": col(PositionRank.ordinal), "code": col(PositionRank.code)}
    default_sort: ClassVar[str] = "ordinal"
    key: ClassVar[Any] = col(PositionRank.id)

    code: Annotated[Values[Code] | None, In(col(PositionRank.code))] = None


class OrgUnitRead(OrgUnitFields, Read):
    lineage: list[UUID]


class OrgUnitUpdate(OrgUnitFields, Partial):
    model_config = example(valid_to="2027-04-01")


class OrgUnitQuery(DatedQuery):
    """Units that exist on the day."""

    sorts: ClassVar[Sorts] = {"code": col(OrgUnit.code), "name_kana": func.coalesce(col(OrgUnit.name_kana), "")}
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Any] = col(OrgUnit.id)

    code: Annotated[Values[Code] | None, In(col(OrgUnit.code))] = None
    level: Annotated[Values[UnitLevel] | None, In(col(OrgUnit.level))] = None
    parent_id: Annotated[UUID | None, Eq(col(OrgUnit.parent_id))] = None
    under: Annotated[UUID | None, Where(lambda unit, _: col(OrgUnit.lineage).contains([unit]))] = None
    needs_leader: Annotated[bool | None, Eq(col(OrgUnit.needs_leader))] = None
    q: Annotated[Line | None, Where(lambda text, _: functions.unit_named(text))] = None


class PostRead(PostFields, Read):
    """A post as far as the asker may know it."""


class PostUpdate(PostFields, Partial):
    model_config = example(valid_to="2027-04-01", end_published_on="2027-03-25")


class PostQuery(ListQuery):
    """All posts, past and future, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {"valid_from": col(Post.valid_from), "updated_at": col(Post.updated_at)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(Post.id)

    as_of: Annotated[Day | None, Where(lambda day, _: functions.held(day))] = None
    employee_id: Annotated[UUID | None, Eq(col(Post.employee_id))] = None
    org_unit_id: Annotated[UUID | None, Eq(col(Post.org_unit_id))] = None
    kind: Annotated[Values[PostKind] | None, In(col(Post.kind))] = None
    position_rank: Annotated[Values[Code] | None, In(col(Post.position_rank))] = None


class AbsenceRead(AbsenceFields, Read):
    """An absence as the register has it."""


class AbsenceUpdate(AbsenceFields, Partial):
    model_config = example(valid_to="2027-04-01")


class AbsenceQuery(ListQuery):
    """All absences, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {"valid_from": col(Absence.valid_from), "updated_at": col(Absence.updated_at)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(Absence.id)

    as_of: Annotated[Day | None, Where(lambda day, _: functions.running(Absence, day))] = None
    employee_id: Annotated[UUID | None, Eq(col(Absence.employee_id))] = None
    kind: Annotated[Values[AbsenceKind] | None, In(col(Absence.kind))] = None


class ScopeRuleRead(ScopeRuleFields, Read):
    """A rule of the scope, with its source."""


class ScopeRuleUpdate(ScopeRuleFields, Partial):
    model_config = example(valid_to="2027-04-01")


class ScopeRuleQuery(ListQuery):
    sorts: ClassVar[Sorts] = {"valid_from": col(ScopeRule.valid_from)}
    default_sort: ClassVar[str] = "valid_from"
    key: ClassVar[Any] = col(ScopeRule.id)

    as_of: Annotated[Day | None, Where(lambda day, _: functions.running(ScopeRule, day))] = None
