"""Drafting, changing, opening and seeing surveys over HTTP, on real PostgreSQL."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.seats.enums import EnrollmentStatus, SessionStatus
from tests.catalog import given as catalog
from tests.fixtures import SignIn
from tests.people import given as people
from tests.surveys import given
from tests.surveys.given import Training

IF_ANY = {"If-Match": "*"}


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


@pytest.fixture
async def office(api: SignIn) -> AsyncClient:
    return await api("training")


async def test_a_draft_comes_back_with_its_questions_in_order(office: AsyncClient, training: Training) -> None:
    made = await given.drafted(office, given.survey(training.session))
    assert (made["status"], made["allowed_actions"], made["accepts_answers"]) == ("draft", ["opening"], False)
    assert [question["code"] for question in made["questions"]] == ["explain", "obstacle"]
    assert made["questions"][0]["scale"] == given.SCALE | {"min_label": None, "max_label": None}
    read = await office.get(f"/surveys/{made['id']}")
    assert read.json() == made
    assert read.headers["ETag"]


async def test_defaults_protect(office: AsyncClient, training: Training) -> None:
    made = await given.drafted(office, given.survey(training.session))
    assert (made["identification"], made["minimum_group"]) == ("pseudonymous", 10)


async def test_a_question_names_a_skill_that_exists(office: AsyncClient, training: Training, db: AsyncSession) -> None:
    await catalog.skills(db, "dx_basics")
    fine = given.PAIRED | {"skill_code": "dx_basics"}
    assert (await given.drafted(office, given.survey(training.session, fine)))["questions"][0]["skill_code"]
    wrong = given.survey(training.session, fine | {"skill_code": "nowhere"}, kind="post")
    answer = await office.post("/surveys", json=wrong)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/questions/0/skill_code"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
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
async def test_bad_input_is_named_and_nothing_is_written(
    office: AsyncClient, training: Training, wrong: dict[str, Any], pointer: str
) -> None:
    answer = await office.post("/surveys", json=given.survey(training.session) | wrong)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await office.get("/surveys")).json()["metadata"]["resultset"]["count"] == 0


async def test_a_session_has_one_survey_of_a_kind(office: AsyncClient, training: Training) -> None:
    await given.drafted(office, given.survey(training.session))
    answer = await office.post("/surveys", json=given.survey(training.session))
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_survey")


async def test_a_draft_can_be_changed_and_its_questions_replaced(office: AsyncClient, training: Training) -> None:
    made = await office.post("/surveys", json=given.survey(training.session))
    path, tag = f"/surveys/{made.json()['id']}", made.headers["ETag"]
    reworded = {"questions": [given.CHOICE, given.PAIRED | {"text": "同僚に説明できる"}]}
    changed = await office.patch(path, json=reworded, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.text
    assert [question["text"] for question in changed.json()["questions"]] == ["支障は何ですか", "同僚に説明できる"]
    stale = await office.patch(path, json={"title": "x"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    fresh = await office.patch(path, json={"title": "x"}, headers={"If-Match": changed.headers["ETag"]})
    assert (fresh.json()["title"], len(fresh.json()["questions"])) == ("x", 2)


async def test_a_change_that_does_not_fit_the_whole_is_refused(office: AsyncClient, training: Training) -> None:
    made = await given.drafted(office, given.survey(training.session))
    for wrong, pointer in (
        ({"kind": "retrospective"}, "/questions/0/pair_key"),
        ({"course_session_id": None}, "/course_session_id"),
        ({"minimum_group": None}, "/minimum_group"),
    ):
        answer = await office.patch(f"/surveys/{made['id']}", json=wrong, headers=IF_ANY)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_once_opened_nothing_changes_least_of_all_the_identification(
    office: AsyncClient, training: Training
) -> None:
    made = await given.opened(office, given.survey(training.session))
    assert (made["status"], made["allowed_actions"], made["accepts_answers"]) == ("open", ["closing"], True)
    path = f"/surveys/{made['id']}"
    answers = [
        await office.patch(path, json={"identification": "named"}, headers=IF_ANY),
        await office.patch(path, json={"minimum_group": 5}, headers=IF_ANY),
        await office.delete(path, headers=IF_ANY),
        await office.post(f"{path}/opening"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "survey_not_draft")}


async def test_a_draft_can_be_discarded(office: AsyncClient, training: Training) -> None:
    made = await given.drafted(office, given.survey(training.session))
    assert (await office.delete(f"/surveys/{made['id']}")).status_code == 428
    assert (await office.delete(f"/surveys/{made['id']}", headers=IF_ANY)).status_code == 204
    assert (await office.get(f"/surveys/{made['id']}")).status_code == 404


async def test_an_empty_survey_does_not_open(office: AsyncClient, training: Training) -> None:
    made = await given.drafted(office, given.survey(training.session, questions=[]))
    answer = await office.post(f"/surveys/{made['id']}/opening")
    assert (answer.status_code, answer.json()["code"]) == (409, "survey_without_questions")


async def test_the_survey_of_a_cancelled_session_does_not_open(
    office: AsyncClient, training: Training, db: AsyncSession
) -> None:
    made = await given.drafted(office, given.survey(training.session))
    training.session.status = SessionStatus.CANCELLED
    await db.flush()
    answer = await office.post(f"/surveys/{made['id']}/opening")
    assert (answer.status_code, answer.json()["code"]) == (409, "survey_of_cancelled_session")


async def test_surveys_of_a_session_must_ask_a_pair_alike(office: AsyncClient, training: Training) -> None:
    await given.opened(office, given.survey(training.session))
    longer = given.PAIRED | {"scale": given.SCALE | {"max": 7}}
    for wrong in (given.survey(training.session, longer), given.survey(training.session, identification="named")):
        made = await given.drafted(office, wrong | {"kind": "post"})
        answer = await office.post(f"/surveys/{made['id']}/opening")
        assert (answer.status_code, answer.json()["code"]) == (409, "pair_mismatch")
        assert (await office.delete(f"/surveys/{made['id']}", headers=IF_ANY)).status_code == 204


async def test_an_employee_sees_open_surveys_of_the_own_sessions_alone(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    made = await given.drafted(office, given.survey(training.session))
    learner, outsider = await api("employee", training.people[0]), await api("employee", training.city.stranger)
    assert (await learner.get(f"/surveys/{made['id']}")).status_code == 404
    await given.done(office, made, "opening")
    seen = (await learner.get(f"/surveys/{made['id']}")).json()
    assert (seen["accepts_answers"], seen["allowed_actions"]) == (True, [])
    assert (await outsider.get(f"/surveys/{made['id']}")).status_code == 404
    assert (await outsider.get("/surveys")).json()["metadata"]["resultset"]["count"] == 0
    training.enrollments[0].status = EnrollmentStatus.WITHDRAWN
    await db.flush()
    assert (await learner.get(f"/surveys/{made['id']}")).status_code == 404


async def test_a_survey_of_the_organisation_is_for_those_in_scope(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    outside = await people.employee(db, training.city.medical_center, job_service="medical")
    made = await given.opened(office, given.survey(None, given.CHOICE, identification="anonymous"))
    for person, status in ((training.city.stranger, 200), (outside, 404)):
        assert (await (await api("employee", person)).get(f"/surveys/{made['id']}")).status_code == status


async def test_only_those_who_run_surveys_make_them(api: SignIn, training: Training) -> None:
    for grant in ("auditor", "hr"):
        answer = await (await api(grant)).post("/surveys", json=given.survey(training.session))
        assert answer.status_code == 403
    head = await api("employee", training.city.section_head)
    assert (await head.post("/surveys", json=given.survey(training.session))).status_code == 403


async def test_the_list_is_filtered(office: AsyncClient, training: Training) -> None:
    await given.opened(office, given.survey(training.session))
    await given.drafted(office, given.survey(training.session, kind="post"))
    await given.drafted(office, given.survey(None, given.CHOICE))
    for query, titles in (
        ("kind=pre,post", 2),
        ("status=draft", 2),
        (f"course_session_id={training.session.id}&status=open", 1),
        (f"course_session_id={uuid4()}", 0),
    ):
        assert (await office.get(f"/surveys?{query}")).json()["metadata"]["resultset"]["count"] == titles
    assert (await office.get("/surveys?kind=quiz")).status_code == 422


async def test_a_list_takes_the_same_statements_whatever_its_length(
    office: AsyncClient, training: Training, statements: Callable[[], Any]
) -> None:
    await given.drafted(office, given.survey(training.session))
    with statements() as few:
        await office.get("/surveys")
    await given.drafted(office, given.survey(training.session, kind="post"))
    await given.drafted(office, given.survey(None, given.CHOICE))
    with statements() as more:
        await office.get("/surveys")
    assert len(more) == len(few)


async def test_changes_of_a_survey_are_logged(office: AsyncClient, api: SignIn, training: Training) -> None:
    made = await given.opened(office, given.survey(training.session))
    log = (await (await api("auditor")).get("/audit_entries?resource=survey")).json()["results"]
    assert [entry["action"] for entry in log if entry["record_id"] == made["id"]] == ["updated", "created"]
