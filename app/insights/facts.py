"""The counted gap as a table. What it depends on is bound when it runs, so the statement is built once."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Double,
    Integer,
    Numeric,
    String,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from app.kit.records import on_day
from app.people.functions import DAY, KNOWN_ON
from app.people.models import OrgUnit
from app.roles.models import Role
from app.skills.models import Skill

COVERAGE_DIGITS = 4

COUNTS = ("headcount", "headcount_with_absent", "holders", "holders_with_absent")

_ASKED: dict[str, Any] = {
    "by_unit": Boolean,
    "by_role": Boolean,
    "by_skill": Boolean,
    "levels": ARRAY(String),
    "role_codes": ARRAY(String),
    "skill_codes": ARRAY(String),
    "under": Uuid,
    "seen_under": ARRAY(Uuid),
    "open_under": ARRAY(Uuid),
    "smallest": Integer,
}

_GROUPS = (
    func.skill_gaps_on(DAY, KNOWN_ON, *(bindparam(name, type_=kind) for name, kind in _ASKED.items()))
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

LABELS = {
    "org_unit": ("id", "code", "name", "name_en", "level"),
    "role": ("code", "name", "name_en"),
    "skill": ("code", "name", "name_en"),
}

"""What a figure shows of the unit, role and skill that it is grouped by: columns `org_unit_id`, `role_code` …"""


def _counted() -> Any:
    """A row a group; each carries the totals and the number of groups, so that one pass over the people answers all."""
    total = _GROUPS.c.is_total
    overall = [func.max(_GROUPS.c[name]).filter(total).over().label(f"total_{name}") for name in COUNTS]
    overall.append(func.bool_or(_GROUPS.c.suppressed).filter(total).over().label("total_suppressed"))
    overall.append(func.count().filter(~total).over().label("groups"))
    return select(*_GROUPS.c, *overall).subquery("counted")


def _shares(counted: Any, prefix: str = "") -> list[Any]:
    headcount, holders = counted.c[f"{prefix}headcount"], counted.c[f"{prefix}holders"]
    share = func.round(cast(holders, Numeric) / func.nullif(headcount, 0), COVERAGE_DIGITS)
    return [(headcount - holders).label(f"{prefix}missing"), cast(share, Double).label(f"{prefix}coverage")]


def _figures() -> Any:
    """Groups with the names of what they are groups of, as of the day."""
    counted = _counted()
    defined = (col(Role.code) == counted.c.role_code) & on_day(col(Role.valid_from), col(Role.valid_to), DAY)
    return (
        select(
            *counted.c,
            *_shares(counted),
            *_shares(counted, "total_"),
            func.concat_ws(" ", counted.c.org_unit_id, counted.c.role_code, counted.c.skill_code).label("key"),
            *_names("org_unit", OrgUnit),
            *_names("role", Role),
            *_names("skill", Skill),
        )
        .outerjoin_from(counted, OrgUnit, col(OrgUnit.id) == counted.c.org_unit_id)
        .outerjoin(Role, defined)
        .outerjoin(Skill, col(Skill.code) == counted.c.skill_code)
        .where(~counted.c.is_total)
        .subquery("figures")
    )


def _names(of: str, model: Any) -> list[Any]:
    """The label's columns that the counted groups do not have already."""
    return [getattr(model, name).label(f"{of}_{name}") for name in LABELS[of] if f"{of}_{name}" not in _GROUPS.c]


FIGURES = _figures()
