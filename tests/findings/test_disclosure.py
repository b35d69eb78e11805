"""What results, effects and skill gaps withhold over HTTP; README.md of `app/findings` gives the reasons."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit import clock
from app.seats.enums import SessionStatus
from app.surveys.models import SurveyResponse
from tests.findings import given
from tests.fixtures import SignIn
from tests.insights import given as insights
from tests.people import given as people
from tests.roles import given as roles
from tests.skills import given as skills
from tests.surveys import given as surveys
from tests.surveys.given import Training

pytestmark = pytest.mark.slow

TODAY = clock.today()


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await surveys.training(db)


async def test_a_multiple_choice_that_all_answered_alike_is_withheld(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    found = await given.results(office, await given.closed_post_survey(office, db, training, given.TWELVE))
    wants = found["wants"]
    assert (wants["suppressed"], wants["reason"], wants["n"]) == (True, "would_disclose", None)
    assert [(option["count"], option["percent"]) for option in wants["options"]] == [(None, None)] * 2


async def test_a_question_below_the_minimum_group_is_withheld_and_one_more_answer_shows_it(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """Each question is withheld by its own number of answers, which no total tells."""
    responses = {at: given.TWELVE[at] for at in range(10)}
    responses[0] = {"satisfied": 1}
    found = await given.results(office, await given.closed_post_survey(office, db, training, responses))
    assert found["satisfied"]["n"] == 10
    for code in ("obstacle", "wants", "opinion"):
        withheld = found[code]
        assert (withheld["suppressed"], withheld["reason"], withheld["n"]) == (True, "would_disclose", None)
        assert {option[name] for option in withheld["options"] for name in ("count", "percent")} <= {None}
        assert withheld["texts"] == []


async def test_nothing_is_shown_while_a_survey_accepts_responses(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """Otherwise a response between two readings could be computed."""
    survey = await surveys.open_survey(office, surveys.survey_body(training.session, given.SCALE, kind="post"))
    await surveys.store_responses(db, survey, {at: {"satisfied": at % 4 + 1} for at in range(12)})
    still_open = (await given.results(office, survey))["satisfied"]
    assert (still_open["reason"], still_open["n"], still_open["mean"]) == ("still_open", None, None)
    await surveys.act(office, survey, "closing")
    assert (await given.results(office, survey))["satisfied"]["n"] == 12


async def test_a_paired_question_is_only_shown_as_an_effect(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """Otherwise the answers of the few who answered once could be computed."""
    survey = await surveys.open_survey(office, surveys.survey_body(training.session))
    await surveys.store_responses(db, survey, {at: {"explain": at % 4 + 1} for at in range(12)})
    await surveys.act(office, survey, "closing")
    withheld = (await given.results(office, survey))["explain"]
    assert (withheld["reason"], withheld["n"], withheld["mean"]) == ("shown_as_effect", None, None)


async def test_nothing_is_shown_of_the_survey_of_a_cancelled_session(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    survey = await given.closed_post_survey(office, db, training, given.TWELVE)
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    assert {question["reason"] for question in (await given.results(office, survey)).values()} == {"session_cancelled"}


async def test_a_lower_minimum_is_only_for_callers_who_run_surveys(
    office: AsyncClient, api: SignIn, db: AsyncSession, training: Training
) -> None:
    survey = await given.closed_post_survey(
        office, db, training, {at: given.TWELVE[at] for at in range(6)}, minimum_group=5
    )
    assert (await given.results(office, survey))["satisfied"]["n"] == 6
    assert (await given.results(await api("auditor"), survey))["satisfied"]["suppressed"] is True


async def test_free_texts_are_only_for_callers_who_run_surveys(
    office: AsyncClient, api: SignIn, db: AsyncSession, training: Training
) -> None:
    survey = await given.closed_post_survey(office, db, training, given.TWELVE)
    opinion = (await given.results(await api("auditor"), survey))["opinion"]
    assert (opinion["n"], opinion["texts"]) == (12, [])


async def test_results_take_no_filter_whose_results_could_be_subtracted(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    survey = await given.closed_post_survey(office, db, training, given.TWELVE)
    response = await office.get(f"/surveys/{survey['id']}/results?org_unit_id={training.city.section.id}")
    assert response.status_code == 422


async def test_nine_pairs_are_withheld_and_ten_are_shown(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    await given.closed_survey(office, db, training, "pre", given.numbers_of(given.BEFORE, 12))
    post = await surveys.open_survey(office, surveys.survey_body(training.session, surveys.PAIRED, kind="post"))
    await surveys.store_responses(
        db, post, {who: {"explain": number} for who, number in given.numbers_of(given.AFTER, 9).items()}
    )
    (line,) = await given.effects(office, training)
    assert (line["suppressed"], line["reason"]) == (True, "still_open")
    await surveys.act(office, post, "closing")
    (line,) = await given.effects(office, training)
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
    await surveys.store_responses(db, post, {9: {"explain": given.AFTER[9]}})
    (line,) = await given.effects(office, training)
    assert line["n_paired"] == 10


async def test_answers_of_unpaired_people_cannot_be_computed(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """Changing the answer of an unpaired person changes nothing that is shown."""
    pre = await given.closed_survey(office, db, training, "pre", given.numbers_of(given.BEFORE, 12) | {90: 1})
    post = await given.closed_survey(office, db, training, "post", given.numbers_of(given.AFTER, 12))
    paths = [f"/surveys/{survey['id']}/results" for survey in (pre, post)]
    paths += [f"/course_sessions/{training.session.id}/effectiveness"]
    paths += [f"/courses/{training.session.course_id}/effectiveness"]
    responses = [await office.get(path) for path in paths]
    assert {response.status_code for response in responses} == {200}
    unpaired = await db.get_one(SurveyResponse, await _response_of(db, pre, 90))
    unpaired.answers = {"explain": 5}
    await db.flush()
    assert [(await office.get(path)).json() for path in paths] == [response.json() for response in responses]


async def _response_of(db: AsyncSession, survey: dict[str, Any], who: int) -> Any:
    respondent = (col(SurveyResponse.survey_id) == survey["id"], col(SurveyResponse.respondent) == who.to_bytes(4))
    return await db.scalar(select(col(SurveyResponse.id)).where(*respondent))


async def test_unanimous_changes_are_withheld(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    await given.closed_survey(office, db, training, "pre", given.numbers_of(given.BEFORE, 12))
    await given.closed_survey(
        office, db, training, "post", {who: number + 1 for who, number in given.numbers_of(given.BEFORE, 12).items()}
    )
    (line,) = await given.effects(office, training)
    assert (line["suppressed"], line["reason"]) == (True, "would_disclose")


async def test_a_follow_up_that_lost_a_few_people_is_withheld(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    await given.closed_survey(office, db, training, "pre", given.numbers_of(given.BEFORE, 12))
    await given.closed_survey(office, db, training, "post", given.numbers_of(given.AFTER, 12))
    await given.closed_survey(office, db, training, "follow_up", given.numbers_of(given.AFTER, 11))
    effect, follow_up = await given.effects(office, training)
    assert (effect["design"], effect["suppressed"]) == ("pre_post", False)
    assert (follow_up["design"], follow_up["reason"]) == ("pre_follow_up", "would_disclose")


async def test_small_sessions_of_a_course_are_pooled_together(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    async def another(n: int, start: int) -> None:
        course = training.session.course
        session = await surveys.training(db, seats=0, city=training.city, course=course)
        await given.closed_survey(office, db, session, "pre", given.numbers_of(given.BEFORE, n, start))
        await given.closed_survey(office, db, session, "post", given.numbers_of(given.AFTER, n, start))

    await given.closed_survey(office, db, training, "pre", given.numbers_of(given.BEFORE, 12))
    await given.closed_survey(office, db, training, "post", given.numbers_of(given.AFTER, 12))
    assert [line["n_paired"] for line in await given.course_effects(office, training)] == [12]
    await another(6, 100)
    assert [line["n_paired"] for line in await given.course_effects(office, training)] == [12]
    await another(7, 200)
    assert [line["n_paired"] for line in await given.course_effects(office, training)] == [25]
    await another(4, 300)
    assert [line["n_paired"] for line in await given.course_effects(office, training)] == [25]


async def test_a_leader_counts_whole_units_and_no_small_group(api: SignIn, db: AsyncSession) -> None:
    city = await insights.city(db)
    await roles.appointment(db, city.leader, city.section)
    for skill in ("security", "dx_basics"):
        await skills.skill_record(db, city.staff, skill)
        await skills.skill_record(db, await people.employee(db, city.team), skill)
    leader = await api("employee", employee=city.leader)
    rows = {row["skill"]["code"]: row for row in (await insights.figures(leader))["results"]}
    assert set(rows) == {"dx_basics", "leadership", "security"}
    assert (rows["security"]["headcount"], rows["security"]["holders"], rows["security"]["suppressed"]) == (6, 2, False)
    single = rows["leadership"]
    assert (single["headcount"], single["holders"], single["suppressed"]) == (1, None, True)
    for query in ("group_by=role", f"under={city.team.id}", "role_code=manager", "skill_code=leadership"):
        refused = await leader.get(f"/skill_gaps?{query}")
        assert (refused.status_code, refused.json()["code"]) == (403, "unit_totals_only")


async def test_a_leader_sees_nothing_of_those_absent_in_grace_or_expiring(api: SignIn, db: AsyncSession) -> None:
    city = await insights.city(db)
    await roles.appointment(db, city.leader, city.section)
    found = await insights.figures(await api("employee", employee=city.leader))
    withheld = ("holders_with_absent", "in_grace", "expiring", "missing", "coverage")
    counts = [*found["results"], found["metadata"]["totals"]]
    assert {count[name] for count in counts for name in withheld} == {None}
    assert found["metadata"]["totals"]["holders"] is None


async def test_the_order_of_groups_does_not_disclose_a_small_one(api: SignIn, db: AsyncSession) -> None:
    city = await insights.city(db)
    await roles.appointment(db, city.leader, city.section)
    leader = await api("employee", employee=city.leader)
    orders = []
    for _ in range(2):
        for sort in ("holders", "coverage", "-missing", "expiring"):
            rows = (await insights.figures(leader, sort=sort))["results"]
            orders.append([row["skill"]["code"] for row in rows])
        await skills.skill_record(db, city.section_head, "leadership")
    assert orders[:4] == orders[4:]
