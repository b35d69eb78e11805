"""Counted skill gaps as a table: one statement, built once, with the parameters of a `GapQuestion`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Double,
    Integer,
    Numeric,
    String,
    Subquery,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from app.kit.as_of import arguments
from app.people.enums import UnitLevel
from app.people.functions import valid_on
from app.people.models import OrgUnit
from app.roles.models import Role
from app.skills.models import Skill

COVERAGE_DIGITS = 4
COUNTS = ("headcount", "headcount_with_absent", "holders", "holders_with_absent", "in_grace", "expiring", "missing")


@dataclass(frozen=True)
class GapQuestion:
    """How to group, whom to count and which requirements to count; None = all. Evidence that ends within
    `expires_within` days is expiring. Unless `shown` is None, only holders of these skills are shown."""

    by_unit: bool
    by_role: bool
    by_skill: bool
    levels: Sequence[str]
    role_codes: Sequence[str] | None
    skill_codes: Sequence[str] | None
    under: UUID | None
    visible: Collection[UUID] | None
    expires_within: int
    people: Sequence[UUID] | None = None
    shown: Sequence[str] | None = None

    @property
    def params(self) -> Mapping[str, object]:
        return {
            "expires_within": self.expires_within,
            "by_unit": self.by_unit,
            "by_role": self.by_role,
            "by_skill": self.by_skill,
            "levels": list(self.levels),
            "role_codes": self.role_codes,
            "skill_codes": self.skill_codes,
            "under": self.under,
            "visible": None if self.visible is None else list(self.visible),
            "people": self.people,
            "shown": self.shown,
        }


class FigureRow(Protocol):
    """A row of `FIGURES`: one group, with the totals and the number of groups."""

    headcount: int
    headcount_with_absent: int
    holders: int | None
    holders_with_absent: int | None
    in_grace: int | None
    expiring: int | None
    missing: int | None
    coverage: float | None
    suppressed: bool
    total_headcount: int
    total_headcount_with_absent: int
    total_holders: int | None
    total_holders_with_absent: int | None
    total_in_grace: int | None
    total_expiring: int | None
    total_missing: int | None
    total_coverage: float | None
    total_suppressed: bool
    groups: int
    org_unit_id: UUID
    org_unit_code: str | None
    org_unit_name: str
    org_unit_name_en: str | None
    org_unit_level: UnitLevel
    role_code: str | None
    role_name: str
    role_name_en: str | None
    skill_code: str | None
    skill_name: str
    skill_name_en: str | None


_PARAMETERS = (
    bindparam("expires_within", type_=Integer),
    bindparam("by_unit", type_=Boolean),
    bindparam("by_role", type_=Boolean),
    bindparam("by_skill", type_=Boolean),
    bindparam("levels", type_=ARRAY(String)),
    bindparam("role_codes", type_=ARRAY(String)),
    bindparam("skill_codes", type_=ARRAY(String)),
    bindparam("under", type_=Uuid),
    bindparam("visible", type_=ARRAY(Uuid)),
    bindparam("people", type_=ARRAY(Uuid)),
    bindparam("shown", type_=ARRAY(String)),
)
GROUPS = (
    func.skill_gaps_on(*arguments(None), *_PARAMETERS)
    .table_valued(
        column("is_total", Boolean),
        column("org_unit_id", Uuid),
        column("role_code", String),
        column("skill_code", String),
        *(column(name, BigInteger) for name in COUNTS),
        column("suppressed", Boolean),
    )
    .alias("groups")
)


READINGS = (
    func.skill_readings_on(*arguments(None), bindparam("visible", type_=ARRAY(Uuid)))
    .table_valued(
        column("read_on", Date),
        column("skill_code", String),
        column("employee_id", Uuid),
        column("holds", Boolean),
    )
    .alias("readings")
)
"""Who is counted with each skill on the first days of the quarters up to the day."""


def _counted() -> Subquery:
    """A row for each group. Each row also has the totals and the number of groups, so that people are read once."""
    total = GROUPS.c.is_total
    overall = [
        *(func.max(GROUPS.c[name]).filter(total).over().label(f"total_{name}") for name in COUNTS),
        func.bool_or(GROUPS.c.suppressed).filter(total).over().label("total_suppressed"),
        func.count().filter(~total).over().label("groups"),
    ]
    return select(*GROUPS.c, *overall).subquery("counted")


def _coverage(counted: Subquery, prefix: str = "") -> ColumnElement[float]:
    """The share of people without anything missing."""
    headcount, missing = counted.c[f"{prefix}headcount"], counted.c[f"{prefix}missing"]
    share = func.round(cast(headcount - missing, Numeric) / func.nullif(headcount, 0), COVERAGE_DIGITS)
    return cast(share, Double).label(f"{prefix}coverage")


def _figures() -> Subquery:
    """Groups with the names of their unit, role and skill as of the day."""
    counted = _counted()
    role_of_the_day = (col(Role.code) == counted.c.role_code) & valid_on(Role)
    return (
        select(
            *counted.c,
            _coverage(counted),
            _coverage(counted, "total_"),
            func.concat_ws(" ", counted.c.org_unit_id, counted.c.role_code, counted.c.skill_code).label("key"),
            col(OrgUnit.code).label("org_unit_code"),
            col(OrgUnit.name).label("org_unit_name"),
            col(OrgUnit.name_en).label("org_unit_name_en"),
            col(OrgUnit.level).label("org_unit_level"),
            col(Role.name).label("role_name"),
            col(Role.name_en).label("role_name_en"),
            col(Skill.name).label("skill_name"),
            col(Skill.name_en).label("skill_name_en"),
        )
        .outerjoin_from(counted, OrgUnit, col(OrgUnit.id) == counted.c.org_unit_id)
        .outerjoin(Role, role_of_the_day)
        .outerjoin(Skill, col(Skill.code) == counted.c.skill_code)
        .where(~counted.c.is_total)
        .subquery("figures")
    )


FIGURES = _figures()


def sort_key(name: str) -> ColumnElement[str | int]:
    """Groups without the value, a text or a number, come first."""
    return func.coalesce(FIGURES.c[name], "" if name.endswith("_code") else -1)
