"""The effect of sessions and courses over HTTP: what is shown, and that nothing smaller can be computed from it."""

from typing import Any

import pytest
from httpx import AsyncClient
from scipy import stats
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.seats.enums import SessionStatus
from app.surveys.enums import ResponseTiming
from app.surveys.models import SurveyResponse
from tests.catalog import given as catalog
from tests.fixtures import SignIn
from tests.surveys import given
from tests.surveys.given import Training

BEFORE = [1, 2, 2, 3, 1, 2, 4, 3, 2, 1, 3, 2]

AFTER = [3, 3, 4, 4, 2, 2, 5, 3, 4, 4, 5, 3]

Numbers = dict[int, int]


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


@pytest.fixture
async def office(api: SignIn) -> AsyncClient:
    return await api("training")


async def wave(
    office: AsyncClient,
    db: AsyncSession,
    training: Training,
    kind: str,
    numbers: Numbers,
    question: dict[str, Any] = given.PAIRED,
    **more: Any,
) -> dict[str, Any]:
    survey = await given.opened(office, given.survey(training.session, question, kind=kind, **more))
    await given.filled(db, survey, {who: {question["code"]: number} for who, number in numbers.items()})
    return await given.done(office, survey, "closing")


async def effects(client: AsyncClient, training: Training) -> list[dict[str, Any]]:
    answer = await client.get(f"/course_sessions/{training.session.id}/effectiveness")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["effects"])


async def of_course(client: AsyncClient, training: Training) -> list[dict[str, Any]]:
    answer = await client.get(f"/courses/{training.session.course_id}/effectiveness")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["effects"])


def first(numbers: list[int], n: int, start: int = 0) -> Numbers:
    return {start + at: numbers[at] for at in range(n)}


async def test_the_effect_is_that_of_the_pairs(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    await catalog.skills(db, "dx_basics")
    question = given.PAIRED | {"skill_code": "dx_basics"}
    await wave(office, db, training, "pre", first(BEFORE, 12) | {90: 5, 91: 5}, question)
    await wave(office, db, training, "post", first(AFTER, 12) | {92: 1}, question)
    (line,) = await effects(office, training)
    assert (line["pair_key"], line["skill_code"], line["design"]) == ("explain", "dx_basics", "pre_post")
    assert (line["n_pre"], line["n_post"], line["n_paired"], line["suppressed"]) == (14, 13, 12, False)
    assert (line["mean_pre"], line["mean_post"]) == (pytest.approx(26 / 12), pytest.approx(42 / 12))
    expected = stats.ttest_rel(AFTER, BEFORE)
    assert (line["paired_t"]["t"], line["paired_t"]["df"]) == (pytest.approx(expected.statistic), 11)
    assert line["paired_t"]["p"] == pytest.approx(expected.pvalue)
    assert [line["interval"]["low"], line["interval"]["high"]] == pytest.approx(list(expected.confidence_interval()))
    assert (line["improvement"], line["undefined"]) == ("improved", {})
    assert sum(cell["count"] for cell in line["before"]) == sum(cell["count"] for cell in line["after"]) == 12


async def test_a_fall_is_an_improvement_where_lower_is_better(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    question = given.PAIRED | {"scale": given.SCALE | {"direction": "lower_is_better"}}
    await wave(office, db, training, "pre", first(AFTER, 12), question)
    await wave(office, db, training, "post", first(BEFORE, 12), question)
    (line,) = await effects(office, training)
    assert (line["improvement"], line["mean_change"] < 0) == ("improved", True)


async def test_nine_pairs_show_nothing_and_ten_pairs_all(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    await wave(office, db, training, "pre", first(BEFORE, 12))
    post = await given.opened(office, given.survey(training.session, given.PAIRED, kind="post"))
    await given.filled(db, post, {who: {"explain": number} for who, number in first(AFTER, 9).items()})
    (line,) = await effects(office, training)
    assert (line["suppressed"], line["reason"]) == (True, "still_open")
    await given.done(office, post, "closing")
    (line,) = await effects(office, training)
    assert (line["suppressed"], line["reason"]) == (True, "would_disclose")
    figures = (
        "n_pre",
        "n_post",
        "n_paired",
        "mean_pre",
        "mean_post",
        "mean_change",
        "interval",
        "paired_t",
        "wilcoxon",
    )
    assert {line[name] for name in figures} == {None}
    assert (line["before"], line["after"]) == ([], [])
    await given.filled(db, post, {9: {"explain": AFTER[9]}})
    (line,) = await effects(office, training)
    assert line["n_paired"] == 10


async def test_the_few_who_answered_once_cannot_be_computed(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """No answer of an unpaired person enters any figure: changing theirs changes nothing that is shown."""
    pre = await wave(office, db, training, "pre", first(BEFORE, 12) | {90: 1})
    post = await wave(office, db, training, "post", first(AFTER, 12))
    paths = [f"/surveys/{survey['id']}/results" for survey in (pre, post)]
    paths += [f"/course_sessions/{training.session.id}/effectiveness"]
    paths += [f"/courses/{training.session.course_id}/effectiveness"]
    answers = [await office.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    lonely = await db.get_one(SurveyResponse, await _sheet_of(db, pre, 90))
    lonely.answers = {"explain": 5}
    await db.flush()
    assert [(await office.get(path)).json() for path in paths] == [answer.json() for answer in answers]


async def _sheet_of(db: AsyncSession, survey: dict[str, Any], who: int) -> Any:
    theirs = (col(SurveyResponse.survey_id) == survey["id"], col(SurveyResponse.respondent) == who.to_bytes(4))
    return await db.scalar(select(col(SurveyResponse.id)).where(*theirs))


async def test_changes_that_are_all_alike_are_not_shown(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    await wave(office, db, training, "pre", first(BEFORE, 12))
    await wave(office, db, training, "post", {who: number + 1 for who, number in first(BEFORE, 12).items()})
    (line,) = await effects(office, training)
    assert (line["suppressed"], line["reason"]) == (True, "would_disclose")


async def test_a_pre_answered_after_the_first_meeting_makes_no_pair(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    pre = await given.opened(office, given.survey(training.session, given.PAIRED))
    await given.filled(db, pre, {who: {"explain": number} for who, number in first(BEFORE, 11).items()})
    late = SurveyResponse(
        survey_id=pre["id"], respondent=(11).to_bytes(4), timing=ResponseTiming.AFTER_START, answers={"explain": 2}
    )
    db.add(late)
    await given.done(office, pre, "closing")
    await wave(office, db, training, "post", first(AFTER, 12))
    (line,) = await effects(office, training)
    assert (line["n_pre"], line["n_post"], line["n_paired"]) == (11, 12, 11)


async def test_one_form_may_ask_for_before_and_after(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    questions = [given.PAIRED | {"code": moment, "moment": moment} for moment in ("before", "after")]
    survey = await given.opened(office, given.survey(training.session, *questions, kind="retrospective"))
    both = zip(BEFORE, AFTER, strict=True)
    await given.filled(db, survey, {at: {"before": b, "after": a} for at, (b, a) in enumerate(both)})
    await given.done(office, survey, "closing")
    (line,) = await effects(office, training)
    assert (line["design"], line["n_paired"], line["mean_change"]) == ("retrospective", 12, pytest.approx(16 / 12))


async def test_a_follow_up_that_lost_a_few_is_not_shown(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    await wave(office, db, training, "pre", first(BEFORE, 12))
    await wave(office, db, training, "post", first(AFTER, 12))
    await wave(office, db, training, "follow_up", first(AFTER, 11))
    waves, later = await effects(office, training)
    assert (waves["design"], waves["suppressed"]) == ("pre_post", False)
    assert (later["design"], later["reason"]) == ("pre_follow_up", "would_disclose")


async def test_a_cancelled_session_has_no_effect(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    await wave(office, db, training, "pre", first(BEFORE, 12))
    await wave(office, db, training, "post", first(AFTER, 12))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    assert await effects(office, training) == []
    assert await of_course(office, training) == []


async def test_a_course_pools_its_sessions_and_small_ones_enter_together(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    async def another(n: int, start: int) -> None:
        course = training.session.course
        session = await given.training(db, seats=0, city=training.city, course=course)
        await wave(office, db, session, "pre", first(BEFORE, n, start))
        await wave(office, db, session, "post", first(AFTER, n, start))

    await wave(office, db, training, "pre", first(BEFORE, 12))
    await wave(office, db, training, "post", first(AFTER, 12))
    assert [line["n_paired"] for line in await of_course(office, training)] == [12]
    await another(6, 100)
    assert [line["n_paired"] for line in await of_course(office, training)] == [12]
    await another(7, 200)
    assert [line["n_paired"] for line in await of_course(office, training)] == [25]
    await another(4, 300)
    assert [line["n_paired"] for line in await of_course(office, training)] == [25]


async def test_questions_on_another_scale_are_not_pooled(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    other = await given.training(db, seats=0, city=training.city, course=training.session.course)
    longer = given.PAIRED | {"scale": given.SCALE | {"max": 7}}
    for session, question in ((training, given.PAIRED), (other, longer)):
        await wave(office, db, session, "pre", first(BEFORE, 12), question)
        await wave(office, db, session, "post", first(AFTER, 12), question)
    lines = await of_course(office, training)
    assert [(line["scale"]["max"], line["n_paired"]) for line in lines] == [(5, 12), (7, 12)]


async def test_the_whole_way_from_answers_to_the_effect(office: AsyncClient, api: SignIn, db: AsyncSession) -> None:
    training = await given.training(db, seats=11)
    pre = await given.opened(office, given.survey(training.session))
    for person, number in zip(training.people, BEFORE, strict=False):
        await given.answered(api, person, pre, explain=number)
    await given.done(office, pre, "closing")
    await given.all_attended(db, training)
    post = await given.opened(office, given.survey(training.session, kind="post"))
    for person, number in list(zip(training.people, AFTER, strict=False))[1:]:
        await given.answered(api, person, post, explain=number)
    await given.done(office, post, "closing")
    (line,) = await effects(office, training)
    assert (line["n_pre"], line["n_post"], line["n_paired"]) == (11, 10, 10)
    assert line["paired_t"]["t"] == pytest.approx(stats.ttest_rel(AFTER[1:11], BEFORE[1:11]).statistic)
    assert line["wilcoxon"]["method"] == "approximate"


async def test_effects_are_figures_for_those_who_read_figures(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
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
