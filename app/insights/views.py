"""Read models of skill gaps: one person's explained, groups counted."""

from uuid import UUID

from app.insights import rules
from app.insights.functions import FigureRow
from app.insights.queries import ExplainedGap
from app.insights.schemas import (
    NOBODY,
    DemandRead,
    EvidenceShown,
    GapCount,
    GapLine,
    GapMetadata,
    Label,
    PersonLabel,
    RoleHeld,
    SkillGapFigure,
    SkillGapPage,
    SkillGapRead,
    UnitLabel,
)
from app.kit import clock
from app.kit.listing import Rows
from app.seats.enums import EnrollmentStatus
from app.skills.rules import Demand, Gap
from app.suggestions.queries import GapSession
from app.suggestions.schemas import NextSession, RunningEnrollment


def skill_gap(found: ExplainedGap) -> SkillGapRead:
    person = found.person
    return SkillGapRead(
        as_of=found.day,
        employee=PersonLabel(
            id=person.id,
            employee_number=person.employee_number,
            display_name=person.display_name,
            org_unit=found.org_unit,
        ),
        in_scope=person.in_scope,
        absent=person.absent,
        skill_map=found.skill_map,
        roles=[RoleHeld.model_validate(role) for role in found.roles],
        skills=[_line(found, gap) for gap in found.gaps],
    )


def _line(found: ExplainedGap, gap: Gap) -> GapLine:
    version = found.skill_map.version if found.skill_map else 0
    closing = [one for one in found.sessions if one.skill_code == gap.skill_code]
    return GapLine(
        skill=found.skills[gap.skill_code],
        status=rules.status(gap, found.day),
        demanded_by=[_demand(demand, version) for demand in gap.demands],
        evidence=[EvidenceShown.model_validate(evidence) for evidence in gap.counted],
        expired_evidence=[EvidenceShown.model_validate(evidence) for evidence in gap.lapsed],
        next_sessions=[_session(one) for one in closing if one.enrollment_id is None],
        enrollments=[
            _running(one, one.enrollment_id, one.status) for one in closing if one.enrollment_id and one.status
        ],
    )


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


def _session(found: GapSession) -> NextSession:
    return NextSession(
        id=found.id,
        course_id=found.course_id,
        code=found.code,
        title=found.title,
        title_en=found.title_en,
        mode=found.mode,
        starts_at=found.starts_at,
        free_seats=found.free_seats,
        application_opens_at=found.application_opens_at,
        application_closes_at=found.application_closes_at,
    )


def _running(found: GapSession, enrollment_id: UUID, status: EnrollmentStatus) -> RunningEnrollment:
    return RunningEnrollment(
        id=enrollment_id,
        status=status,
        mode=found.mode,
        course_session_id=found.id,
        course_id=found.course_id,
        code=found.code,
        title=found.title,
        title_en=found.title_en,
        starts_at=found.starts_at,
    )


def figures(page: Rows[FigureRow], any_figure: FigureRow | None, *, counted: bool) -> SkillGapPage:
    """A page of groups; the totals and the number of groups come from any group, as each has them."""
    metadata = page.dated_page([]).metadata
    groups = any_figure.groups if any_figure else 0
    return SkillGapPage(
        metadata=GapMetadata(
            resultset=metadata.resultset.model_copy(update={"count": groups if counted else None}),
            next_cursor=metadata.next_cursor,
            as_of=metadata.as_of,
            fiscal_year=clock.fiscal_year(metadata.as_of),
            totals=_totals(any_figure) if any_figure else NOBODY,
        ),
        results=[_figure(row) for row in page.rows],
    )


def _totals(row: FigureRow) -> GapCount:
    return GapCount(
        headcount=row.total_headcount,
        headcount_with_absent=row.total_headcount_with_absent,
        holders=row.total_holders,
        holders_with_absent=row.total_holders_with_absent,
        in_grace=row.total_in_grace,
        expiring=row.total_expiring,
        missing=row.total_missing,
        coverage=row.total_coverage,
        suppressed=row.total_suppressed,
    )


def _figure(row: FigureRow) -> SkillGapFigure:
    return SkillGapFigure(
        headcount=row.headcount,
        headcount_with_absent=row.headcount_with_absent,
        holders=row.holders,
        holders_with_absent=row.holders_with_absent,
        in_grace=row.in_grace,
        expiring=row.expiring,
        missing=row.missing,
        coverage=row.coverage,
        suppressed=row.suppressed,
        org_unit=_unit(row, row.org_unit_code) if row.org_unit_code else None,
        role=Label(code=row.role_code, name=row.role_name, name_en=row.role_name_en) if row.role_code else None,
        skill=Label(code=row.skill_code, name=row.skill_name, name_en=row.skill_name_en) if row.skill_code else None,
    )


def _unit(row: FigureRow, code: str) -> UnitLabel:
    return UnitLabel(
        id=row.org_unit_id,
        code=code,
        name=row.org_unit_name,
        name_en=row.org_unit_name_en,
        level=row.org_unit_level,
    )
