"""The made-up city is consistent, on every day and at every size."""

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from app.kit.fields import READING
from scripts.city.generate import lay_out
from scripts.city.ids import Ids
from scripts.city.tables import tables
from scripts.city.units import organization
from tests.city.given import TODAY, a_town, key, town

pytestmark = pytest.mark.slow  # each makes or loads a whole city

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

KATAKANA = ("KATAKANA LETTER", "KATAKANA-HIRAGANA PROLONGED", "IDEOGRAPHIC SPACE")


def everything(city: Any) -> list[Any]:
    return [(table.name, list(table.rows)) for table in tables(city, "", NOW)]


def on(day: date, period: Any) -> bool:
    return bool(period.valid_from <= day and (period.valid_to is None or day < period.valid_to))


def test_the_same_size_seed_and_day_make_the_same_city() -> None:
    (layout, city), (again_layout, again) = town(120), town(120)
    assert layout.organization == again_layout.organization
    assert everything(city) == everything(again)


def test_another_seed_makes_another_city() -> None:
    assert everything(town(120)[1]) != everything(town(120, seed=2)[1])


@pytest.mark.parametrize("people", [30, 60, 700])
@pytest.mark.parametrize("today", [TODAY, date(2027, 3, 31), date(2027, 4, 1), date(2028, 2, 29)])
def test_exactly_so_many_people_serve_today(people: int, today: date) -> None:
    _, city = town(people, today=today)
    primary = [post for post in city.personnel.posts if post.kind == "primary" and on(today, post)]
    employed = {terms.employee_id for terms in city.personnel.employments if on(today, terms)}
    assert len(primary) == len({post.employee_id for post in primary}) == people
    assert employed == {post.employee_id for post in primary}


def test_a_city_of_3600_has_about_300_units() -> None:
    layout = lay_out(3600, seed=1, today=TODAY)
    today = [unit for unit in layout.organization.units if unit.valid_to is None]
    assert 270 <= len(today) <= 330
    assert {unit.level for unit in today} == {"department", "section", "team", "office"}
    assert any(unit.name.endswith("保育所") for unit in today)
    assert any(unit.name.endswith("支所") for unit in today)


def test_primary_posts_have_no_overlaps_or_gaps() -> None:
    _, city = a_town()
    posts = defaultdict(list)
    for post in city.personnel.posts:
        if post.kind == "primary":
            posts[post.employee_id].append((post.valid_from, post.valid_to))
    for periods in posts.values():
        for (_, end), (start, _) in pairwise(sorted(periods)):
            assert end == start


def test_posts_are_within_the_periods_of_their_unit_and_employment() -> None:
    layout, city = a_town()
    units = {unit.id: unit for unit in layout.organization.units}
    employed = defaultdict(list)
    for terms in city.personnel.employments:
        employed[terms.employee_id].append(terms)
    for post in city.personnel.posts:
        unit, last = units[post.org_unit_id], (post.valid_to or date.max) - timedelta(days=1)
        assert on(post.valid_from, unit)
        assert on(last, unit)
        assert any(on(post.valid_from, terms) for terms in employed[post.employee_id])
        assert any(on(last, terms) for terms in employed[post.employee_id])


def test_a_renamed_unit_closes_on_the_day_its_successor_opens() -> None:
    layout, _ = a_town()
    units = {unit.id: unit for unit in layout.organization.units}
    closed = [unit for unit in layout.organization.units if unit.valid_to]
    assert closed
    for unit in closed:
        (successor,) = unit.successor_ids
        assert units[successor].valid_from == unit.valid_to == layout.organization.reorganized_on
        assert units[successor].code == unit.code


def test_lineage_leads_from_the_department_to_the_unit() -> None:
    layout, _ = a_town()
    units = {unit.id: unit for unit in layout.organization.units}
    for unit in units.values():
        assert unit.lineage[-1] == unit.id
        assert (unit.lineage[-2] if unit.parent_id else None) == unit.parent_id
        assert units[unit.lineage[0]].level == "department"


def test_about_a_quarter_of_people_move_in_april_and_few_in_between() -> None:
    _, city = a_town()
    first = {post.employee_id: post.valid_from for post in reversed(city.personnel.posts) if post.kind == "primary"}
    moves = Counter(
        post.valid_from
        for post in city.personnel.posts
        if post.kind == "primary" and post.valid_from > first[post.employee_id]
    )
    assert 0.15 * 1500 < moves[date(2025, 4, 1)] < 0.35 * 1500
    assert 0.15 * 1500 < moves[date(2026, 4, 1)] < 0.35 * 1500
    assert 0 < moves[date(2025, 10, 1)] < 0.03 * 1500


def test_future_orders_are_not_published_yet() -> None:
    _, city = a_town()
    ahead = [post for post in city.personnel.posts if post.valid_from > TODAY]
    assert ahead
    assert all(post.published_on and TODAY < post.published_on < post.valid_from for post in ahead)
    ended = {post.employee_id for post in city.personnel.posts if post.end_published_on}
    assert {post.employee_id for post in ahead if post.kind == "primary"} <= ended


def test_every_section_has_a_head_or_an_acting_head() -> None:
    layout, city = a_town()
    kinds = defaultdict(set)
    for post in city.personnel.posts:
        if on(TODAY, post) and post.position_rank in {"department_head", "section_head", "nursery_head"}:
            kinds[post.org_unit_id].add(post.kind)
    headed = [unit for unit in layout.organization.units if on(TODAY, unit) and unit.level != "team"]
    assert all(kinds[unit.id] for unit in headed)
    vacant = [unit for unit in headed if "primary" not in kinds[unit.id]]
    assert 0 < len(vacant) < len(headed) * 0.05


def test_most_sections_have_a_leader_and_some_have_none() -> None:
    layout, city = a_town()
    led = {row.org_unit_id for row in city.leaders if on(TODAY, row)}
    sections = [unit for unit in layout.organization.units if unit.needs_leader and on(TODAY, unit)]
    assert 0.75 < sum(unit.id in led for unit in sections) / len(sections) < 1


def test_readings_are_katakana_and_names_have_two_parts() -> None:
    _, city = a_town()
    for person in city.personnel.employees:
        assert all(unicodedata.name(letter).startswith(KATAKANA) for letter in person.name_kana)
        assert len(person.name.split("\u3000")) == len(person.name_kana.split("\u3000")) == 2


def test_the_readings_of_a_large_citys_units_can_be_stored() -> None:
    """Its sections are divided into numbered ones."""
    city = organization(1_000_000, opened_on=TODAY, reorganized_on=TODAY, ids=Ids(Random(1), NOW))
    readings = [unit.name_kana for unit in city.units if unit.name_kana]
    assert "ダイニジュウサンセイサクキカクカ" in readings
    assert [reading for reading in readings if not re.fullmatch(READING.pattern, reading)] == []


def test_variants_of_a_surname_have_the_same_reading() -> None:
    _, city = a_town()
    plain = str.maketrans("髙﨑𠮷", "高崎吉")
    readings = defaultdict(set)
    for person in city.personnel.employees:
        readings[person.name.split("\u3000")[0].translate(plain)].add(person.name_kana.split("\u3000")[0])
    assert {name: kana for name, kana in readings.items() if len(kana) > 1} == {}
    assert any("髙" in person.name for person in city.personnel.employees)


def test_a_name_with_a_letter_outside_cp932_has_a_display_name() -> None:
    _, city = a_town()
    rare = [person for person in city.personnel.employees if "𠮷" in person.name]
    assert rare
    assert all(person.display_name and person.display_name.encode("cp932") for person in rare)


def test_some_people_share_a_name_but_none_a_number() -> None:
    _, city = a_town()
    numbers = [held.number for held in city.personnel.numbers]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 6 and number.isdecimal() for number in numbers)
    assert max(Counter(person.name for person in city.personnel.employees).values()) > 1


def test_no_session_is_overbooked_or_has_free_seats_with_people_waiting() -> None:
    _, city = a_town()
    seated = {"confirmed", "completed", "not_completed", "absent"}
    taken = Counter(row.course_session_id for row in city.trainings.enrollments if row.status in seated)
    waiting = Counter(row.course_session_id for row in city.trainings.enrollments if row.status == "waitlisted")
    for session in city.trainings.sessions:
        assert taken[session.id] <= session.capacity
        assert not waiting[session.id] or taken[session.id] == session.capacity
    assert waiting.total() > 0


def test_no_one_is_in_two_meetings_at_once_or_in_one_while_on_leave() -> None:
    _, city = a_town()
    days = defaultdict(list)
    for booking in city.trainings.bookings:
        days[booking.employee_id].append(booking.during)
    for booked in days.values():
        for earlier, later in pairwise(sorted(booked)):
            assert earlier.ends_at <= later.starts_at
    for leave in city.personnel.absences:
        assert not any(on(during.starts_at.date(), leave) for during in days[leave.employee_id])


def test_people_apply_themselves_and_are_designated_by_the_office() -> None:
    _, city = a_town()
    own = {account.employee_id: account.id for account in city.personnel.accounts}
    for row in city.trainings.enrollments:
        assert row.submitted_by == (key("training") if row.mode == "designated" else own[row.employee_id])


def test_a_completed_course_is_evidence_of_its_skills_and_security_lapses_with_the_year() -> None:
    _, city = a_town()
    completed = {row.id: row for row in city.trainings.enrollments if row.status == "completed"}
    by_completion = [row for row in city.trainings.records if row.basis == "completion"]
    assert {row.source_id for row in by_completion} <= set(completed)
    for record in by_completion:
        assert record.valid_from == completed[record.source_id].completed_on
        if record.skill_code == "information_security":
            assert record.valid_to in {date(2026, 4, 1), date(2027, 4, 1)}


def test_the_demonstration_has_a_skill_that_no_one_has() -> None:
    _, city = a_town()
    held = Counter(record.skill_code for record in city.trainings.records)
    assert held["bpr"] == 0
    assert any(
        session.status == "published" and session.course_id == key("BPR-201") for session in city.trainings.sessions
    )


def test_the_people_of_the_demonstration_work_together() -> None:
    _, city = a_town()
    assert set(city.cast) == {"department-head", "section-head", "leader", "employee", "clerk"}
    (section,) = {person.slot.section for name, person in city.cast.items() if name != "department-head"}
    assert city.cast["department-head"].slot.unit.id == section.parent_id
