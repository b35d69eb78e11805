"""Results of surveys over HTTP."""

from pathlib import Path
from tomllib import loads
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.findings.commands import load_printed
from app.findings.schemas import PrintedSurvey
from app.surveys.enums import ResponseTiming
from app.surveys.models import SurveyResponse
from tests.findings import given
from tests.fixtures import SignIn
from tests.surveys import given as surveys
from tests.surveys.given import Training

POLICY = Path(__file__).parents[2] / "app" / "seed" / "iwaki.toml"


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await surveys.training(db)


async def test_a_closed_survey_shows_the_distribution_of_answers(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    found = await given.results(office, await given.closed_post_survey(office, db, training, given.TWELVE))
    scale, choice = found["satisfied"], found["obstacle"]
    assert (scale["n"], scale["mean"], scale["median"], scale["suppressed"]) == (12, 2.5, 2.5, False)
    assert [(option["code"], option["count"], option["percent"]) for option in scale["options"]] == [
        ("1", 3, 25),
        ("2", 3, 25),
        ("3", 3, 25),
        ("4", 3, 25),
        ("5", 0, 0),
    ]
    assert [(option["label"], option["count"], option["percent"]) for option in choice["options"]] == [
        ("時間", 7, 58),
        ("紙", 5, 42),
    ]
    assert found["opinion"]["texts"] == [f"意見{at:02}" for at in range(12)]


async def test_a_scale_around_zero_shows_its_steps(office: AsyncClient, db: AsyncSession, training: Training) -> None:
    around = given.SCALE | {"scale": surveys.SCALE | {"min": -1, "max": 1}}
    survey = await surveys.open_survey(office, surveys.survey_body(training.session, around, kind="post"))
    await surveys.store_responses(db, survey, {at: {"satisfied": at % 3 - 1} for at in range(12)})
    found = await given.results(office, await surveys.act(office, survey, "closing"))
    assert [(option["code"], option["count"]) for option in found["satisfied"]["options"]] == [
        ("-1", 4),
        ("0", 4),
        ("1", 4),
    ]


async def test_a_pre_response_after_the_first_meeting_is_not_counted(
    office: AsyncClient, db: AsyncSession, training: Training
) -> None:
    survey = await surveys.open_survey(office, surveys.survey_body(training.session, given.SCALE))
    await surveys.store_responses(db, survey, {at: {"satisfied": at % 4 + 1} for at in range(11)})
    late = SurveyResponse(
        survey_id=survey["id"], respondent=b"late", timing=ResponseTiming.AFTER_START, answers={"satisfied": 5}
    )
    db.add(late)
    await db.flush()
    await surveys.act(office, survey, "closing")
    assert (await given.results(office, survey))["satisfied"]["n"] == 11


async def test_heads_leaders_and_learners_do_not_see_results(
    office: AsyncClient, api: SignIn, db: AsyncSession, training: Training
) -> None:
    survey = await given.closed_post_survey(office, db, training, given.TWELVE)
    for person in (training.city.section_head, training.city.leader, training.people[0]):
        client = await api("employee", person)
        assert (await client.get(f"/surveys/{survey['id']}/results")).status_code == 403


async def test_results_of_any_size_take_the_same_number_of_statements(
    office: AsyncClient, db: AsyncSession, training: Training, statements: Any
) -> None:
    survey = await given.closed_post_survey(office, db, training, given.TWELVE)
    with statements() as few:
        await given.results(office, survey)
    await surveys.store_responses(db, survey, {at: given.TWELVE[at % 12] for at in range(100, 200)})
    with statements() as many:
        await given.results(office, survey)
    assert len(many) == len(few)


def printed_survey(source: dict[str, Any]) -> PrintedSurvey:
    questions = [
        {"code": item["code"], "type": item["kind"] if "kind" in item else item["type"]}
        | {"topic": item.get("topic"), "text": item.get("text")}
        | {"options": item["options"], "complete": item["complete"], "required": False}
        for item in source["items"]
    ]
    return PrintedSurvey.model_validate({"title": source["title"], "questions": questions})


async def test_printed_percentages_of_2023_are_returned_and_unknown_ones_are_null(
    office: AsyncClient, db: AsyncSession
) -> None:
    source = loads(POLICY.read_text())["baseline_survey"]
    survey = await load_printed(db, printed_survey(source))
    response = (await office.get(f"/surveys/{survey.id}/results")).json()
    assert (response["printed"], response["status"]) == (True, "closed")
    found = {question["code"]: question for question in response["questions"]}
    for item in source["items"]:
        question = found[item["code"]]
        assert {option["code"]: option["percent"] for option in question["options"]} == {
            option["code"]: option.get("percent") for option in item["options"]
        }
        assert {option["count"] for option in question["options"]} == {None}
        figures = (question["n"], question["mean"], question["suppressed"], question["text"])
        assert figures == (None, None, False, item.get("text"))
    assert [option["percent"] for option in found["dx_understanding"]["options"]] == [5, 48, 42, 5]
    assert [option["percent"] for option in found["city_dx_progress"]["options"]] == [41, 35, 21]
    assert found["city_dx_progress"]["complete"] is False
