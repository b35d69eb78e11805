from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roles.rules import HeldRole
from app.skills import rules
from app.skills.enums import EvidenceBasis, EvidenceStatus, GapState, SkillMapAction, SkillMapStatus
from app.skills.errors import (
    ActivationInPast,
    EvidenceIsDerived,
    OnlyOwnSelfAssessment,
    OverlappingSkillMap,
    RoleNotInForce,
    SkillMapNotDraft,
    SkillMapNotUpcoming,
)
from app.skills.rules import Evidence, Requirement
from tests.skills.values import evidence, held, requirement

DAY = date(2026, 6, 1)

ROLES, SKILLS = ["manager", "leader", "general"], ["a", "b", "c"]


def states(
    roles: list[HeldRole], requirements: list[Requirement], records: list[Evidence], day: date = DAY
) -> dict[str, GapState]:
    return {gap.skill_code: gap.state for gap in rules.gaps(day, roles, requirements, records)}


def test_only_requirements_of_held_roles_count() -> None:
    requirements = [requirement("leader", "a"), requirement("general", "b")]
    assert states([held("leader")], requirements, []) == {"a": GapState.MISSING}


def test_two_roles_need_the_union_and_each_is_named() -> None:
    requirements = [requirement("manager", "a"), requirement("leader", "a"), requirement("leader", "b")]
    found = {gap.skill_code: gap for gap in rules.gaps(DAY, [held("manager"), held("leader")], requirements, [])}
    assert set(found) == {"a", "b"}
    assert [demand.role.role_code for demand in found["a"].demands] == ["manager", "leader"]
    assert [demand.requirement for demand in found["a"].demands] == requirements[:2]


def test_evidence_counts_from_its_first_day_until_the_day_it_ends() -> None:
    record = evidence("a", since=DAY, until=DAY + timedelta(2))
    found = [
        states([held("leader")], [requirement("leader", "a")], [record], DAY + timedelta(n))["a"] for n in (-1, 0, 1, 2)
    ]
    assert found == [GapState.MISSING, GapState.SATISFIED, GapState.SATISFIED, GapState.MISSING]


def test_expired_evidence_is_listed_as_lapsed() -> None:
    record = evidence("a", until=DAY)
    gap = rules.gaps(DAY, [held("leader")], [requirement("leader", "a")], [record])[0]
    assert (gap.state, gap.counted, gap.lapsed) == (GapState.MISSING, (), (record,))


def test_revoked_evidence_counts_on_earlier_days() -> None:
    record = evidence("a", revoked_on=DAY)
    before = states([held("leader")], [requirement("leader", "a")], [record], DAY - timedelta(1))
    assert before == {"a": GapState.SATISFIED}
    assert states([held("leader")], [requirement("leader", "a")], [record]) == {"a": GapState.MISSING}


def test_a_self_assessment_closes_no_gap() -> None:
    record = evidence("a", basis=EvidenceBasis.SELF_ASSESSMENT)
    gap = rules.gaps(DAY, [held("leader")], [requirement("leader", "a")], [record])[0]
    assert (gap.state, gap.counted, gap.lapsed) == (GapState.MISSING, (), ())


@pytest.mark.parametrize(
    ("target", "level", "state"),
    [
        (None, None, GapState.SATISFIED),
        (2, 2, GapState.SATISFIED),
        (2, 1, GapState.MISSING),
        (2, None, GapState.MISSING),
    ],
)
def test_a_target_needs_a_level(target: int | None, level: int | None, state: GapState) -> None:
    assert states([held("leader")], [requirement("leader", "a", target)], [evidence("a", level)]) == {"a": state}


def test_a_demand_is_due_after_the_grace_period_of_the_role() -> None:
    roles, requirements = [held("leader", since=DAY)], [requirement("leader", "a", grace=30)]
    gap = rules.gaps(DAY, roles, requirements, [])[0]
    assert gap.demands[0].due_on == DAY + timedelta(30)
    assert gap.state == GapState.DUE_LATER
    assert states(roles, requirements, [], DAY + timedelta(30)) == {"a": GapState.MISSING}


def test_the_grace_period_of_one_role_does_not_excuse_another() -> None:
    requirements = [requirement("leader", "a", grace=3650), requirement("general", "a")]
    assert states([held("leader", since=DAY), held("general")], requirements, []) == {"a": GapState.MISSING}


days = st.integers(-400, 400).map(lambda offset: DAY + timedelta(offset))

evidence_lists = st.lists(
    st.builds(
        evidence,
        st.sampled_from(SKILLS),
        st.none() | st.integers(1, 4),
        days,
        st.none() | days,
        st.sampled_from(EvidenceBasis),
        st.none() | days,
    ),
    max_size=8,
)

requirement_lists = st.lists(
    st.builds(
        requirement, st.sampled_from(ROLES), st.sampled_from(SKILLS), st.none() | st.integers(1, 4), st.integers(0, 90)
    ),
    max_size=9,
)

role_lists = st.lists(st.builds(held, st.sampled_from(ROLES), days), max_size=3)

SEVERITY = [GapState.SATISFIED, GapState.DUE_LATER, GapState.MISSING]


@given(role_lists, requirement_lists, evidence_lists, evidence_lists)
def test_a_gap_never_grows_when_a_skill_is_gained(
    roles: list[HeldRole], requirements: list[Requirement], records: list[Evidence], gained: list[Evidence]
) -> None:
    before, after = states(roles, requirements, records), states(roles, requirements, records + gained)
    assert before.keys() == after.keys()
    assert all(SEVERITY.index(after[code]) <= SEVERITY.index(before[code]) for code in before)


@given(role_lists, requirement_lists, evidence_lists)
def test_each_gap_is_explained(roles: list[HeldRole], requirements: list[Requirement], records: list[Evidence]) -> None:
    for gap in rules.gaps(DAY, roles, requirements, records):
        assert gap.demands
        assert all(demand.role.role_code == demand.requirement.role_code for demand in gap.demands)
        assert gap.state != GapState.SATISFIED or gap.counted
        assert not set(gap.counted) & set(gap.lapsed)


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (evidence("a", since=DAY + timedelta(1)), EvidenceStatus.UPCOMING),
        (evidence("a", since=DAY), EvidenceStatus.VALID),
        (evidence("a", until=DAY), EvidenceStatus.EXPIRED),
        (evidence("a", until=DAY, revoked_on=DAY), EvidenceStatus.REVOKED),
        (evidence("a", revoked_on=DAY + timedelta(1)), EvidenceStatus.VALID),
    ],
)
def test_status_of_evidence_on_a_day(record: Evidence, status: EvidenceStatus) -> None:
    assert record.status(DAY) == status


def test_only_the_first_map_may_begin_in_the_past() -> None:
    past = DAY - timedelta(1)
    rules.check_activation(SkillMapStatus.DRAFT, past, None, [], today=DAY)
    with pytest.raises(ActivationInPast):
        rules.check_activation(SkillMapStatus.DRAFT, past, date(2024, 4, 1), [], today=DAY)
    with pytest.raises(OverlappingSkillMap):
        rules.check_activation(SkillMapStatus.DRAFT, DAY, DAY, [], today=DAY)
    with pytest.raises(RoleNotInForce):
        rules.check_activation(SkillMapStatus.DRAFT, DAY, None, ["leader"], today=DAY)
    for status in set(SkillMapStatus) - {SkillMapStatus.DRAFT}:
        with pytest.raises(SkillMapNotDraft):
            rules.check_activation(status, DAY, None, [], today=DAY)


@pytest.mark.parametrize("status", SkillMapStatus)
def test_only_a_map_that_has_not_begun_is_withdrawn(status: SkillMapStatus) -> None:
    may_withdraw = status == SkillMapStatus.UPCOMING
    with nullcontext() if may_withdraw else pytest.raises(SkillMapNotUpcoming):
        rules.check_withdrawable(status)
    assert (SkillMapAction.WITHDRAWAL in rules.map_actions(status, may_edit=True)) is may_withdraw
    assert rules.map_actions(status, may_edit=False) == []


def test_only_provenance_and_confidence_change_in_a_map_in_force() -> None:
    rules.check_editable(SkillMapStatus.DRAFT)
    for status in (SkillMapStatus.UPCOMING, SkillMapStatus.ACTIVE):
        rules.check_editable(status, {"provenance", "confidence"})
    for status, changed in ((SkillMapStatus.ACTIVE, {"grace_days"}), (SkillMapStatus.RETIRED, {"confidence"})):
        with pytest.raises(SkillMapNotDraft):
            rules.check_editable(status, changed)


def test_who_records_which_evidence() -> None:
    rules.check_recorder(EvidenceBasis.SELF_ASSESSMENT, own=True, may_assess=False)
    rules.check_recorder(EvidenceBasis.ASSESSMENT, own=False, may_assess=True)
    for basis, own, may_assess in (
        (EvidenceBasis.SELF_ASSESSMENT, False, True),
        (EvidenceBasis.ASSESSMENT, True, False),
    ):
        with pytest.raises(OnlyOwnSelfAssessment):
            rules.check_recorder(basis, own=own, may_assess=may_assess)
    with pytest.raises(EvidenceIsDerived):
        rules.check_recorder(EvidenceBasis.COMPLETION, own=True, may_assess=True)
