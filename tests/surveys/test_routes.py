"""Draft, change, open and read surveys over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.seats.enums import EnrollmentStatus, SessionStatus
from tests.catalog import given as catalog
from tests.fixtures import ANY_VERSION, SignIn
from tests.people import given as people
from tests.surveys import given
from tests.surveys.given import Training


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


async def test_a_draft_is_returned_with_its_questions_in_order(office: AsyncClient, training: Training) -> None:
    survey = await given.draft(office, given.survey_body(training.session))
    assert (survey["status"], survey["allowed_actions"], survey["accepts_answers"]) == ("draft", ["opening"], False)
    assert [question["code"] for question in survey["questions"]] == ["explain", "obstacle"]
    assert survey["questions"][0]["scale"] == given.SCALE | {"min_label": None, "max_label": None}
    read = await office.get(f"/surveys/{survey['id']}")
    assert read.json() == survey
    assert read.headers["ETag"]


async def test_by_default_a_survey_is_pseudonymous_with_groups_of_ten(office: AsyncClient, training: Training) -> None:
    survey = await given.draft(office, given.survey_body(training.session))
    assert (survey["identification"], survey["minimum_group"]) == ("pseudonymous", 10)


async def test_the_skill_of_a_question_has_to_exist(office: AsyncClient, training: Training, db: AsyncSession) -> None:
    await catalog.skills(db, "dx_basics")
    valid = given.PAIRED | {"skill_code": "dx_basics"}
    assert (await given.draft(office, given.survey_body(training.session, valid)))["questions"][0]["skill_code"]
    invalid = given.survey_body(training.session, valid | {"skill_code": "nowhere"}, kind="post")
    response = await office.post("/surveys", json=invalid)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/questions/0/skill_code"


@pytest.mark.parametrize(
    ("invalid", "pointer"),
    [
        ({"kind": "baseline"}, "/course_session_id"),
        ({"course_session_id": None}, "/course_session_id"),
        ({"course_session_id": str(uuid4())}, "/course_session_id"),
        ({"minimum_group": 4}, "/minimum_group"),
        ({"identification": "secret"}, "/identification"),
        ({"title": "\u0000"}, "/title"),
        ({"owner": "me"}, "/owner"),
        ({"opens_at": "2026-12-02T00:00:00+09:00", "closes_at": "2026-12-01T00:00:00+09:00"}, "/closes_at"),
        ({"questions": [given.PAIRED, given.PAIRED]}, "/questions/1/code"),
        ({"questions": [given.PAIRED | {"scale": None}]}, "/questions/0/scale"),
        ({"questions": [given.PAIRED | {"scale": given.SCALE | {"max": 2**40}}]}, "/questions/0/scale/max"),
        ({"questions": [given.CHOICE | {"options": []}]}, "/questions/0/options"),
    ],
)
async def test_invalid_input_is_reported_and_nothing_is_written(
    office: AsyncClient, training: Training, invalid: dict[str, Any], pointer: str
) -> None:
    response = await office.post("/surveys", json=given.survey_body(training.session) | invalid)
    assert response.status_code == 422, response.text
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert (await office.get("/surveys")).json()["metadata"]["resultset"]["count"] == 0


async def test_a_session_has_one_survey_of_each_kind(office: AsyncClient, training: Training) -> None:
    await given.draft(office, given.survey_body(training.session))
    response = await office.post("/surveys", json=given.survey_body(training.session))
    assert (response.status_code, response.json()["code"]) == (409, "duplicate_survey")


async def test_a_draft_can_be_changed_and_its_questions_replaced(office: AsyncClient, training: Training) -> None:
    drafted = await office.post("/surveys", json=given.survey_body(training.session))
    path, tag = f"/surveys/{drafted.json()['id']}", drafted.headers["ETag"]
    reworded = {"questions": [given.CHOICE, given.PAIRED | {"text": "同僚に説明できる"}]}
    changed = await office.patch(path, json=reworded, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.text
    assert [question["text"] for question in changed.json()["questions"]] == ["支障は何ですか", "同僚に説明できる"]
    stale = await office.patch(path, json={"title": "x"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    fresh = await office.patch(path, json={"title": "x"}, headers={"If-Match": changed.headers["ETag"]})
    assert (fresh.json()["title"], len(fresh.json()["questions"])) == ("x", 2)


async def test_a_change_that_makes_the_survey_invalid_is_refused(office: AsyncClient, training: Training) -> None:
    survey = await given.draft(office, given.survey_body(training.session))
    for invalid, pointer in (
        ({"kind": "retrospective"}, "/questions/0/pair_key"),
        ({"course_session_id": None}, "/course_session_id"),
        ({"minimum_group": None}, "/minimum_group"),
    ):
        response = await office.patch(f"/surveys/{survey['id']}", json=invalid, headers=ANY_VERSION)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == pointer


async def test_an_open_survey_cannot_be_changed_or_deleted(office: AsyncClient, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    assert (survey["status"], survey["allowed_actions"], survey["accepts_answers"]) == ("open", ["closing"], True)
    path = f"/surveys/{survey['id']}"
    responses = [
        await office.patch(path, json={"identification": "named"}, headers=ANY_VERSION),
        await office.patch(path, json={"minimum_group": 5}, headers=ANY_VERSION),
        await office.delete(path, headers=ANY_VERSION),
        await office.post(f"{path}/opening"),
    ]
    assert {(response.status_code, response.json()["code"]) for response in responses} == {(409, "survey_not_draft")}


async def test_a_draft_can_be_discarded(office: AsyncClient, training: Training) -> None:
    survey = await given.draft(office, given.survey_body(training.session))
    assert (await office.delete(f"/surveys/{survey['id']}")).status_code == 428
    assert (await office.delete(f"/surveys/{survey['id']}", headers=ANY_VERSION)).status_code == 204
    assert (await office.get(f"/surveys/{survey['id']}")).status_code == 404


async def test_a_survey_without_questions_cannot_be_opened(office: AsyncClient, training: Training) -> None:
    survey = await given.draft(office, given.survey_body(training.session, questions=[]))
    response = await office.post(f"/surveys/{survey['id']}/opening")
    assert (response.status_code, response.json()["code"]) == (409, "survey_without_questions")


async def test_a_survey_of_a_cancelled_session_cannot_be_opened(
    office: AsyncClient, training: Training, db: AsyncSession
) -> None:
    survey = await given.draft(office, given.survey_body(training.session))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    response = await office.post(f"/surveys/{survey['id']}/opening")
    assert (response.status_code, response.json()["code"]) == (409, "survey_of_cancelled_session")


async def test_surveys_of_a_session_ask_a_pair_with_the_same_scale_and_identification(
    office: AsyncClient, training: Training
) -> None:
    await given.open_survey(office, given.survey_body(training.session))
    longer = given.PAIRED | {"scale": given.SCALE | {"max": 7}}
    for invalid in (
        given.survey_body(training.session, longer),
        given.survey_body(training.session, identification="named"),
    ):
        survey = await given.draft(office, invalid | {"kind": "post"})
        response = await office.post(f"/surveys/{survey['id']}/opening")
        assert (response.status_code, response.json()["code"]) == (409, "pair_mismatch")
        assert (await office.delete(f"/surveys/{survey['id']}", headers=ANY_VERSION)).status_code == 204


async def test_an_employee_sees_only_open_surveys_of_their_sessions(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.draft(office, given.survey_body(training.session))
    learner, outsider = await api("employee", training.people[0]), await api("employee", training.city.stranger)
    assert (await learner.get(f"/surveys/{survey['id']}")).status_code == 404
    await given.act(office, survey, "opening")
    seen = (await learner.get(f"/surveys/{survey['id']}")).json()
    assert (seen["accepts_answers"], seen["allowed_actions"]) == (True, [])
    assert (await outsider.get(f"/surveys/{survey['id']}")).status_code == 404
    assert (await outsider.get("/surveys")).json()["metadata"]["resultset"]["count"] == 0
    training.enrollments[0].status = EnrollmentStatus.WITHDRAWN
    await db.flush()
    assert (await learner.get(f"/surveys/{survey['id']}")).status_code == 404


async def test_a_baseline_is_visible_to_people_in_scope(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    outside = await people.employee(db, training.city.medical_center, job_service="medical")
    survey = await given.open_survey(office, given.survey_body(None, given.CHOICE, identification="anonymous"))
    for person, status in ((training.city.stranger, 200), (outside, 404)):
        assert (await (await api("employee", person)).get(f"/surveys/{survey['id']}")).status_code == status


async def test_only_callers_who_run_surveys_draft_them(api: SignIn, training: Training) -> None:
    for grant in ("auditor", "hr"):
        response = await (await api(grant)).post("/surveys", json=given.survey_body(training.session))
        assert response.status_code == 403
    head = await api("employee", training.city.section_head)
    assert (await head.post("/surveys", json=given.survey_body(training.session))).status_code == 403


async def test_the_list_is_filtered(office: AsyncClient, training: Training) -> None:
    await given.open_survey(office, given.survey_body(training.session))
    await given.draft(office, given.survey_body(training.session, kind="post"))
    await given.draft(office, given.survey_body(None, given.CHOICE))
    for query, count in (
        ("kind=pre,post", 2),
        ("status=draft", 2),
        (f"course_session_id={training.session.id}&status=open", 1),
        (f"course_session_id={uuid4()}", 0),
    ):
        assert (await office.get(f"/surveys?{query}")).json()["metadata"]["resultset"]["count"] == count
    assert (await office.get("/surveys?kind=quiz")).status_code == 422


async def test_a_list_of_any_length_takes_the_same_number_of_statements(
    office: AsyncClient, training: Training, statements: Callable[[], Any]
) -> None:
    await given.draft(office, given.survey_body(training.session))
    with statements() as few:
        await office.get("/surveys")
    await given.draft(office, given.survey_body(training.session, kind="post"))
    await given.draft(office, given.survey_body(None, given.CHOICE))
    with statements() as more:
        await office.get("/surveys")
    assert len(more) == len(few)


async def test_changes_to_a_survey_are_logged(office: AsyncClient, api: SignIn, training: Training) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    log = (await (await api("auditor")).get("/audit_entries?resource=survey")).json()["results"]
    assert [entry["action"] for entry in log if entry["record_id"] == survey["id"]] == ["updated", "created"]
