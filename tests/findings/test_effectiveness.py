"""The effectiveness of sessions and courses over HTTP."""

from typing import Any

import pytest
from httpx import AsyncClient
from scipy import stats
from sqlalchemy.ext.asyncio import AsyncSession

from app.seats.enums import SessionStatus
from app.surveys.enums import ResponseTiming
from app.surveys.models import SurveyResponse
from tests.catalog import given as catalog
from tests.findings import given
from tests.fixtures import SignIn
from tests.surveys import given as surveys
from tests.surveys.given import Training

pytestmark = pytest.mark.slow


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await surveys.training(db)


async def test_the_effect_is_computed_from_pairs(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    await catalog.skills(db, "dx_basics")
    question = surveys.PAIRED | {"skill_code": "dx_basics"}
    await given.closed_survey(
        office, db, training, "pre", given.numbers_of(given.BEFORE, 12) | {90: 5, 91: 5}, question
    )
    await given.closed_survey(office, db, training, "post", given.numbers_of(given.AFTER, 12) | {92: 1}, question)
    (effect,) = await given.effects(office, training)
    assert (effect["pair_key"], effect["skill_code"], effect["design"]) == ("explain", "dx_basics", "pre_post")
    assert (effect["n_pre"], effect["n_post"], effect["n_paired"], effect["suppressed"]) == (14, 13, 12, False)
    assert (effect["mean_pre"], effect["mean_post"]) == (pytest.approx(26 / 12), pytest.approx(42 / 12))
    expected = stats.ttest_rel(given.AFTER, given.BEFORE)
    assert (effect["paired_t"]["t"], effect["paired_t"]["df"]) == (pytest.approx(expected.statistic), 11)
    assert effect["paired_t"]["p"] == pytest.approx(expected.pvalue)
    assert [effect["interval"]["low"], effect["interval"]["high"]] == pytest.approx(
        list(expected.confidence_interval())
    )
    assert (effect["improvement"], effect["undefined"]) == ("improved", {})
    assert sum(step["count"] for step in effect["before"]) == sum(step["count"] for step in effect["after"]) == 12


async def test_a_decrease_is_an_improvement_if_lower_is_better(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    question = surveys.PAIRED | {"scale": surveys.SCALE | {"direction": "lower_is_better"}}
    await given.closed_survey(office, db, training, "pre", given.numbers_of(given.AFTER, 12), question)
    await given.closed_survey(office, db, training, "post", given.numbers_of(given.BEFORE, 12), question)
    (effect,) = await given.effects(office, training)
    assert (effect["improvement"], effect["mean_change"] < 0) == ("improved", True)


async def test_a_pre_response_after_the_first_meeting_makes_no_pair(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    pre = await surveys.open_survey(office, surveys.survey_body(training.session, surveys.PAIRED))
    await surveys.store_responses(
        db, pre, {who: {"explain": number} for who, number in given.numbers_of(given.BEFORE, 11).items()}
    )
    late = SurveyResponse(
        survey_id=pre["id"], respondent=(11).to_bytes(4), timing=ResponseTiming.AFTER_START, answers={"explain": 2}
    )
    db.add(late)
    await surveys.act(office, pre, "closing")
    await given.closed_survey(office, db, training, "post", given.numbers_of(given.AFTER, 12))
    (effect,) = await given.effects(office, training)
    assert (effect["n_pre"], effect["n_post"], effect["n_paired"]) == (11, 12, 11)


async def test_a_retrospective_survey_asks_for_before_and_after(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    questions = [surveys.PAIRED | {"code": moment, "moment": moment} for moment in ("before", "after")]
    survey = await surveys.open_survey(office, surveys.survey_body(training.session, *questions, kind="retrospective"))
    both = zip(given.BEFORE, given.AFTER, strict=True)
    await surveys.store_responses(db, survey, {at: {"before": b, "after": a} for at, (b, a) in enumerate(both)})
    await surveys.act(office, survey, "closing")
    (effect,) = await given.effects(office, training)
    assert (effect["design"], effect["n_paired"], effect["mean_change"]) == (
        "retrospective",
        12,
        pytest.approx(16 / 12),
    )


async def test_a_cancelled_session_has_no_effect(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    await given.closed_survey(office, db, training, "pre", given.numbers_of(given.BEFORE, 12))
    await given.closed_survey(office, db, training, "post", given.numbers_of(given.AFTER, 12))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    assert await given.effects(office, training) == []
    assert await given.course_effects(office, training) == []


async def test_questions_with_different_scales_are_not_pooled(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    other = await surveys.training(db, seats=0, city=training.city, course=training.session.course)
    longer = surveys.PAIRED | {"scale": surveys.SCALE | {"max": 7}}
    for session, question in ((training, surveys.PAIRED), (other, longer)):
        await given.closed_survey(office, db, session, "pre", given.numbers_of(given.BEFORE, 12), question)
        await given.closed_survey(office, db, session, "post", given.numbers_of(given.AFTER, 12), question)
    lines = await given.course_effects(office, training)
    assert [(effect["scale"]["max"], effect["n_paired"]) for effect in lines] == [(5, 12), (7, 12)]


async def test_responses_over_http_lead_to_the_effect(office: AsyncClient, api: SignIn, db: AsyncSession) -> None:
    training = await surveys.training(db, seats=11)
    pre = await surveys.open_survey(office, surveys.survey_body(training.session))
    for person, number in zip(training.people, given.BEFORE, strict=False):
        await surveys.respond(api, person, pre, explain=number)
    await surveys.act(office, pre, "closing")
    await surveys.complete_all(db, training)
    post = await surveys.open_survey(office, surveys.survey_body(training.session, kind="post"))
    for person, number in list(zip(training.people, given.AFTER, strict=False))[1:]:
        await surveys.respond(api, person, post, explain=number)
    await surveys.act(office, post, "closing")
    (effect,) = await given.effects(office, training)
    assert (effect["n_pre"], effect["n_post"], effect["n_paired"]) == (11, 10, 10)
    assert effect["paired_t"]["t"] == pytest.approx(stats.ttest_rel(given.AFTER[1:11], given.BEFORE[1:11]).statistic)
    assert effect["wilcoxon"]["method"] == "approximate"


async def test_effects_are_for_callers_who_read_figures(office: AsyncClient, api: SignIn, training: Training) -> None:
    paths = (
        f"/course_sessions/{training.session.id}/effectiveness",
        f"/courses/{training.session.course_id}/effectiveness",
    )
    for path in paths:
        assert (await office.get(path)).status_code == 200
        assert (await (await api("auditor")).get(path)).status_code == 200
        assert (await (await api("employee", training.city.section_head)).get(path)).status_code == 403
        assert (await office.get(path + "?role_code=leader")).status_code == 422
    assert (await office.get(f"/courses/{training.session.id}/effectiveness")).status_code == 404


async def test_the_effect_of_a_course_is_of_a_fiscal_year_or_of_all_years(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """Small sessions of different years are not taken together: all years less one year would be the small session."""
    course, city = training.session.course, training.city
    held = [(2024, 12), (2024, 6), (2025, 11), (2026, 6)]
    for number, (year, pairs) in enumerate(held, 1):
        one = await surveys.training(db, seats=0, city=city, course=course, fiscal_year=year)
        await given.closed_survey(office, db, one, "pre", given.numbers_of(given.BEFORE, pairs, 100 * number))
        await given.closed_survey(office, db, one, "post", given.numbers_of(given.AFTER, pairs, 100 * number))
    found = [await given.course_effects(office, training, year) for year in (2024, 2025, 2026, 2027, None)]
    assert [[line["n_paired"] for line in lines] for lines in found] == [[12], [11], [None], [], [23]]
    assert [line["reason"] for line in found[2]] == ["would_disclose"]


@pytest.mark.parametrize("year", ["1989", "last", ""])
async def test_a_fiscal_year_of_a_course_is_a_year(office: AsyncClient, training: Training, year: str) -> None:
    path = f"/courses/{training.session.course_id}/effectiveness"
    assert (await office.get(path, params={"fiscal_year": year})).status_code == 422


@pytest.mark.parametrize("sessions", [2, 80])
async def test_the_effect_of_many_pairs_takes_as_many_statements_as_that_of_few(
    office: AsyncClient, db: AsyncSession, training: Training, statements: Any, sessions: int
) -> None:
    """A row comes from the database for each question, not for each answer."""
    await given.many_pairs(office, db, training, sessions, pairs=240)
    with statements() as seen:
        (effect,) = await given.course_effects(office, training)
    assert effect["n_paired"] == 12 + sessions * 240
    before = [1 + n % 4 for n in range(1, 241)] * sessions + given.BEFORE
    after = [2 + n % 3 for n in range(1, 241)] * sessions + given.AFTER
    assert effect["paired_t"]["t"] == pytest.approx(stats.ttest_rel(after, before).statistic)
    assert len(seen) == 6
