"""Whose rows a caller sees, given permissions and standing only."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from app.identity.permissions import GRANTS, Grant
from app.identity.principal import Principal, Standing
from app.people.sight import (
    REACH,
    CountScope,
    Purpose,
    count_scope,
    leads_a_unit,
    sees_everybody,
    units_in_sight,
)

HEADED, LED, OWN = frozenset({uuid4()}), frozenset({uuid4()}), uuid4()
NOBODY: frozenset[UUID] = frozenset()
Units = frozenset[UUID]


def caller(
    grant: Grant = Grant.EMPLOYEE, *, headed: frozenset[UUID] = NOBODY, led: frozenset[UUID] = NOBODY
) -> Principal:
    return Principal(
        account_id=uuid4(),
        username="x",
        display_name="x",
        grants=(grant,),
        permissions=GRANTS[grant],
        today=date(2026, 11, 2),
        employee_id=uuid4(),
        unit_id=OWN,
        standing=Standing(headed=headed, led=led),
    )


def test_offices_count_everybody() -> None:
    assert count_scope(caller(Grant.TRAINING), narrowed=True) == CountScope(None, with_others=False)


def test_heads_count_those_whose_gaps_they_may_see() -> None:
    assert count_scope(caller(headed=HEADED), narrowed=True) == CountScope(HEADED, with_others=False)


def test_leaders_count_their_unit_as_a_whole() -> None:
    assert count_scope(caller(led=LED), narrowed=False) == CountScope(LED, with_others=True)
    assert count_scope(caller(led=LED), narrowed=True).is_empty


def test_a_head_who_leads_another_unit_narrows_only_their_own() -> None:
    whole, narrow = (count_scope(caller(headed=HEADED, led=LED), narrowed=narrowed) for narrowed in (False, True))
    assert (whole, narrow) == (CountScope(HEADED | LED, with_others=True), CountScope(HEADED, with_others=False))


def test_a_head_who_leads_the_same_unit_counts_as_its_head() -> None:
    assert count_scope(caller(headed=HEADED, led=HEADED), narrowed=False) == CountScope(HEADED, with_others=False)


def test_others_count_nobody() -> None:
    assert count_scope(caller(), narrowed=False).is_empty


@pytest.mark.parametrize("purpose", Purpose)
def test_an_employee_sees_no_unit_but_vacancies_of_their_own(purpose: Purpose) -> None:
    assert units_in_sight(caller(), purpose) == ({OWN} if purpose is Purpose.VACANCIES else NOBODY)
    assert not sees_everybody(caller(), purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_clerk_sees_people_and_enrollments_of_the_unit_and_no_skill(purpose: Purpose) -> None:
    served = purpose in {Purpose.PEOPLE, Purpose.ENROLLMENTS, Purpose.VACANCIES}
    assert units_in_sight(caller(Grant.CLERK), purpose) == ({OWN} if served else NOBODY)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_head_sees_the_units_headed_but_nobody_s_answers(purpose: Purpose) -> None:
    assert (units_in_sight(caller(headed=HEADED), purpose) >= HEADED) is (purpose is not Purpose.ANSWERS)


def test_every_purpose_has_its_reach() -> None:
    assert REACH.keys() == set(Purpose)


def test_leaders_see_the_network() -> None:
    assert leads_a_unit(caller(led=LED))
    assert not leads_a_unit(caller(headed=HEADED))
