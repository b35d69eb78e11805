"""What a survey's results show and what they withhold, on real PostgreSQL."""

from pathlib import Path
from tomllib import loads
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.findings.commands import load_printed
from app.findings.schemas import PrintedSurvey
from app.seats.enums import SessionStatus
from app.surveys.enums import ResponseTiming
from app.surveys.models import SurveyResponse
from tests.fixtures import SignIn
from tests.surveys import given
from tests.surveys.given import Training

SCALE = given.PAIRED | {"code": "satisfied", "pair_key": None, "required": False}

WANTS: dict[str, Any] = given.CHOICE | {"code": "wants", "type": "multiple"}

OPINION: dict[str, Any] = {"code": "opinion", "type": "free_text", "text": "ご意見", "required": False}

TWELVE = {
    at: {
        "satisfied": at % 4 + 1,
        "obstacle": "time" if at < 7 else "paper",
        "wants": ["time"],
        "opinion": f"意見{at:02}",
    }
    for at in range(12)
}

POLICY = Path(__file__).parents[2] / "app" / "seed" / "iwaki.toml"


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


@pytest.fixture
async def office(api: SignIn) -> AsyncClient:
    return await api("training")


async def closed(
    office: AsyncClient, db: AsyncSession, training: Training, sheets: dict[int, dict[str, Any]], **more: Any
) -> dict[str, Any]:
    wanted = given.survey(training.session, SCALE, given.CHOICE, WANTS, OPINION, kind="post", **more)
    survey = await given.opened(office, wanted)
    await given.filled(db, survey, sheets)
    return await given.done(office, survey, "closing")


async def results(client: AsyncClient, survey: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(f"/surveys/{survey['id']}/results")
    assert answer.status_code == 200, answer.text
    return {question["code"]: question for question in answer.json()["questions"]}


async def test_a_closed_survey_shows_how_answers_are_spread(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    found = await results(office, await closed(office, db, training, TWELVE))
    scale, choice = found["satisfied"], found["obstacle"]
    assert (scale["n"], scale["mean"], scale["median"], scale["suppressed"]) == (12, 2.5, 2.5, False)
    assert [(cell["code"], cell["count"], cell["percent"]) for cell in scale["options"]] == [
        ("1", 3, 25),
        ("2", 3, 25),
        ("3", 3, 25),
        ("4", 3, 25),
        ("5", 0, 0),
    ]
    assert [(cell["label"], cell["count"], cell["percent"]) for cell in choice["options"]] == [
        ("時間", 7, 58),
        ("紙", 5, 42),
    ]
    assert found["opinion"]["texts"] == [f"意見{at:02}" for at in range(12)]


async def test_a_scale_around_zero_shows_its_steps(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    around = SCALE | {"scale": given.SCALE | {"min": -1, "max": 1}}
    survey = await given.opened(office, given.survey(training.session, around, kind="post"))
    await given.filled(db, survey, {at: {"satisfied": at % 3 - 1} for at in range(12)})
    found = await results(office, await given.done(office, survey, "closing"))
    assert [(cell["code"], cell["count"]) for cell in found["satisfied"]["options"]] == [("-1", 4), ("0", 4), ("1", 4)]


async def test_what_all_chose_is_hidden(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    found = await results(office, await closed(office, db, training, TWELVE))
    time, paper = found["wants"]["options"]
    assert (time["count"], time["percent"], paper["count"]) == (None, None, 0)


async def test_below_the_minimum_group_nothing_is_shown_and_one_more_answer_shows_all(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """A question that fewer have answered stays hidden by itself: no total tells its count."""
    sheets = {at: TWELVE[at] for at in range(10)}
    sheets[0] = {"satisfied": 1}
    found = await results(office, await closed(office, db, training, sheets))
    assert found["satisfied"]["n"] == 10
    for code in ("obstacle", "wants", "opinion"):
        hidden = found[code]
        assert (hidden["suppressed"], hidden["reason"], hidden["n"]) == (True, "would_disclose", None)
        assert {cell["count"] for cell in hidden["options"]} | {cell["percent"] for cell in hidden["options"]} <= {None}
        assert hidden["texts"] == []


async def test_while_answers_may_still_come_nothing_is_shown(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """Else the answer that came between two readings could be computed."""
    survey = await given.opened(office, given.survey(training.session, SCALE, kind="post"))
    await given.filled(db, survey, {at: {"satisfied": at % 4 + 1} for at in range(12)})
    open_still = (await results(office, survey))["satisfied"]
    assert (open_still["reason"], open_still["n"], open_still["mean"]) == ("still_open", None, None)
    await given.done(office, survey, "closing")
    assert (await results(office, survey))["satisfied"]["n"] == 12


async def test_a_paired_question_is_shown_by_the_effect_alone(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    """The mean of all less that of the pairs would be that of the few who answered once."""
    survey = await given.opened(office, given.survey(training.session))
    await given.filled(db, survey, {at: {"explain": at % 4 + 1} for at in range(12)})
    await given.done(office, survey, "closing")
    hidden = (await results(office, survey))["explain"]
    assert (hidden["reason"], hidden["n"], hidden["mean"]) == ("shown_as_effect", None, None)


async def test_a_pre_answered_too_late_is_not_counted(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    survey = await given.opened(office, given.survey(training.session, SCALE))
    await given.filled(db, survey, {at: {"satisfied": at % 4 + 1} for at in range(11)})
    late = SurveyResponse(
        survey_id=survey["id"], respondent=b"late", timing=ResponseTiming.AFTER_START, answers={"satisfied": 5}
    )
    db.add(late)
    await db.flush()
    await given.done(office, survey, "closing")
    assert (await results(office, survey))["satisfied"]["n"] == 11


async def test_the_survey_of_a_cancelled_session_shows_nothing(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    survey = await closed(office, db, training, TWELVE)
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    assert {question["reason"] for question in (await results(office, survey)).values()} == {"session_cancelled"}


async def test_a_lower_minimum_is_for_the_training_office_alone(
    office: AsyncClient, api: SignIn, db: AsyncSession, training: Training
) -> None:
    survey = await closed(office, db, training, {at: TWELVE[at] for at in range(6)}, minimum_group=5)
    assert (await results(office, survey))["satisfied"]["n"] == 6
    assert (await results(await api("auditor"), survey))["satisfied"]["suppressed"] is True


async def test_free_texts_are_for_those_who_run_surveys(
    office: AsyncClient, api: SignIn, db: AsyncSession, training: Training
) -> None:
    survey = await closed(office, db, training, TWELVE)
    opinion = (await results(await api("auditor"), survey))["opinion"]
    assert (opinion["n"], opinion["texts"]) == (12, [])


async def test_results_take_no_filter_that_could_be_subtracted(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    survey = await closed(office, db, training, TWELVE)
    answer = await office.get(f"/surveys/{survey['id']}/results?org_unit_id={training.city.section.id}")
    assert answer.status_code == 422


async def test_neither_heads_nor_leaders_nor_learners_see_results(
    office: AsyncClient, api: SignIn, db: AsyncSession, training: Training
) -> None:
    survey = await closed(office, db, training, TWELVE)
    for person in (training.city.section_head, training.city.leader, training.people[0]):
        client = await api("employee", person)
        assert (await client.get(f"/surveys/{survey['id']}/results")).status_code == 403


async def test_results_take_the_same_statements_however_many_answered(
    office: AsyncClient, db: AsyncSession, training: Training, statements: Any
) -> None:
    survey = await closed(office, db, training, TWELVE)
    with statements() as few:
        await results(office, survey)
    await given.filled(db, survey, {at: TWELVE[at % 12] for at in range(100, 200)})
    with statements() as many:
        await results(office, survey)
    assert len(many) == len(few)


async def test_every_printed_percentage_of_2023_comes_back_and_what_is_unknown_is_null(
    office: AsyncClient, db: AsyncSession
) -> None:
    printed = loads(POLICY.read_text())["baseline_survey"]
    members = PrintedSurvey.model_validate(
        {
            "title": printed["title"],
            "questions": [
                {"code": item["code"], "type": item["kind"] if "kind" in item else item["type"]}
                | {"topic": item.get("topic"), "text": item.get("text")}
                | {"options": item["options"], "complete": item["complete"], "required": False}
                for item in printed["items"]
            ],
        }
    )
    survey = await load_printed(db, members)
    answer = (await office.get(f"/surveys/{survey.id}/results")).json()
    assert (answer["printed"], answer["status"]) == (True, "closed")
    found = {question["code"]: question for question in answer["questions"]}
    for item in printed["items"]:
        shown = found[item["code"]]
        assert {option["code"]: option["percent"] for option in shown["options"]} == {
            option["code"]: option.get("percent") for option in item["options"]
        }
        assert (shown["n"], shown["mean"], shown["suppressed"], shown["text"]) == (None, None, False, item.get("text"))
        assert {option["count"] for option in shown["options"]} == {None}
    assert [option["percent"] for option in found["dx_understanding"]["options"]] == [5, 48, 42, 5]
    assert [option["percent"] for option in found["city_dx_progress"]["options"]] == [41, 35, 21]
    assert found["city_dx_progress"]["complete"] is False
