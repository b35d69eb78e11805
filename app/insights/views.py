"""Skill gaps as the API answers them: one person's explained, groups counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from app.insights import rules
from app.insights.schemas import (
    NOBODY,
    DemandRead,
    EvidenceShown,
    GapCount,
    GapLine,
    GapMetadata,
    Label,
    MapLabel,
    NextSession,
    PersonLabel,
    RoleHeld,
    SkillGapFigure,
    SkillGapPage,
    SkillGapRead,
    UnitLabel,
)
from app.kit.listing import Rows
from app.people.models import OrgUnit
from app.roles.rules import HeldRole
from app.skills.models import Skill, SkillMap
from app.skills.rules import Demand, Evidence, Gap


def skill_gap(
    person: Any,
    day: date,
    roles: Sequence[HeldRole],
    skill_map: SkillMap | None,
    lines: Sequence[GapLine],
) -> SkillGapRead:
    """A row of `queries.person`, with what explains the gap."""
    unit: OrgUnit | None = person.OrgUnit
    return SkillGapRead(
        as_of=day,
        employee=PersonLabel(
            id=person.id,
            employee_number=person.employee_number,
            display_name=person.display_name,
            org_unit=UnitLabel.model_validate(unit) if unit else None,
        ),
        in_scope=person.in_scope,
        absent=person.absent,
        skill_map=MapLabel.model_validate(skill_map, update={"version": skill_map.version}) if skill_map else None,
        roles=[RoleHeld.model_validate(role) for role in roles],
        skills=list(lines),
    )


def lines(
    found: Sequence[Gap],
    day: date,
    skill_map: SkillMap | None,
    skills: Mapping[str, Skill],
    sessions: Sequence[RowMapping],
) -> list[GapLine]:
    version = skill_map.version if skill_map else 0
    return [
        GapLine(
            skill=Label.model_validate(skills[gap.skill_code]),
            status=rules.status(gap, day),
            demanded_by=[_demand(demand, version) for demand in gap.demands],
            evidence=[_evidence(evidence) for evidence in gap.counted],
            expired_evidence=[_evidence(evidence) for evidence in gap.lapsed],
            next_sessions=[
                NextSession.model_validate(dict(row)) for row in sessions if row["skill_code"] == gap.skill_code
            ],
        )
        for gap in found
    ]


def _demand(demand: Demand, map_version: int) -> DemandRead:
    requirement = demand.requirement
    return DemandRead(
        role_code=requirement.role_code,
        skill_map_version=map_version,
        skill_requirement_id=requirement.id,
        provenance=requirement.provenance,
        confidence=requirement.confidence,
        target_level=requirement.target_level,
        due_on=demand.due_on,
        met=demand.met,
    )


def _evidence(evidence: Evidence) -> EvidenceShown:
    return EvidenceShown.model_validate(evidence)


def figures(rows: Rows[Any], carrier: Any, *, counted: bool) -> SkillGapPage:
    """A page of groups; the carrier is any group, since each carries the totals and the number of groups."""
    metadata = rows.dated_page([]).metadata
    resultset = metadata.resultset.model_copy(update={"count": (carrier.groups if carrier else 0) if counted else None})
    return SkillGapPage(
        metadata=GapMetadata(
            resultset=resultset,
            next_cursor=metadata.next_cursor,
            as_of=metadata.as_of,
            totals=_totals(carrier) if carrier else NOBODY,
        ),
        results=[_figure(row) for row in rows.rows],
    )


def _totals(row: Any) -> GapCount:
    return GapCount(
        headcount=row.total_headcount,
        headcount_with_absent=row.total_headcount_with_absent,
        holders=row.total_holders,
        holders_with_absent=row.total_holders_with_absent,
        missing=row.total_missing,
        coverage=row.total_coverage,
        suppressed=row.total_suppressed,
    )


def _figure(row: Any) -> SkillGapFigure:
    """One group; what it is not grouped by is null."""
    return SkillGapFigure(
        headcount=row.headcount,
        headcount_with_absent=row.headcount_with_absent,
        holders=row.holders,
        holders_with_absent=row.holders_with_absent,
        missing=row.missing,
        coverage=row.coverage,
        suppressed=row.suppressed,
        org_unit=_unit(row) if row.org_unit_code else None,
        role=Label(code=row.role_code, name=row.role_name, name_en=row.role_name_en) if row.role_code else None,
        skill=Label(code=row.skill_code, name=row.skill_name, name_en=row.skill_name_en) if row.skill_code else None,
    )


def _unit(row: Any) -> UnitLabel:
    return UnitLabel(
        id=row.org_unit_id,
        code=row.org_unit_code,
        name=row.org_unit_name,
        name_en=row.org_unit_name_en,
        level=row.org_unit_level,
    )
