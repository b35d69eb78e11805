"""Read models of skill gaps: one person's explained, groups counted."""

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
    MapLabel,
    PersonLabel,
    RoleHeld,
    SkillGapFigure,
    SkillGapPage,
    SkillGapRead,
    UnitLabel,
)
from app.kit import clock
from app.kit.listing import Rows
from app.seats.models import CourseSession, Enrollment
from app.skills.rules import Demand, Gap
from app.suggestions.schemas import NextSession, RunningEnrollment


def skill_gap(found: ExplainedGap) -> SkillGapRead:
    person, skill_map = found.person, found.skill_map
    return SkillGapRead(
        as_of=found.day,
        employee=PersonLabel(
            id=person.id,
            employee_number=person.employee_number,
            display_name=person.display_name,
            org_unit=UnitLabel.model_validate(person.org_unit) if person.org_unit else None,
        ),
        in_scope=person.in_scope,
        absent=person.absent,
        skill_map=MapLabel.model_validate(skill_map) if skill_map else None,
        roles=[RoleHeld.model_validate(role) for role in found.roles],
        skills=[_line(found, gap) for gap in found.gaps],
    )


def _line(found: ExplainedGap, gap: Gap) -> GapLine:
    version = found.skill_map.version if found.skill_map else 0
    return GapLine(
        skill=Label.model_validate(found.skills[gap.skill_code]),
        status=rules.status(gap, found.day),
        demanded_by=[_demand(demand, version) for demand in gap.demands],
        evidence=[EvidenceShown.model_validate(evidence) for evidence in gap.counted],
        expired_evidence=[EvidenceShown.model_validate(evidence) for evidence in gap.lapsed],
        next_sessions=[_session(one.session) for one in found.next_sessions if one.skill_code == gap.skill_code],
        enrollments=[
            _running(one.session, one.enrollment)
            for one in found.running
            if one.skill_code == gap.skill_code and one.enrollment
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


def _session(session: CourseSession) -> NextSession:
    return NextSession(
        id=session.id,
        course_id=session.course_id,
        code=session.course.code,
        title=session.course.title,
        title_en=session.course.title_en,
        mode=session.course.mode,
        starts_at=session.starts_at,
        free_seats=session.free_seats,
        application_opens_at=session.application_opens_at,
        application_closes_at=session.application_closes_at,
    )


def _running(session: CourseSession, enrollment: Enrollment) -> RunningEnrollment:
    return RunningEnrollment(
        id=enrollment.id,
        status=enrollment.status,
        mode=enrollment.mode,
        course_session_id=session.id,
        course_id=session.course_id,
        code=session.course.code,
        title=session.course.title,
        title_en=session.course.title_en,
        starts_at=session.starts_at,
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
