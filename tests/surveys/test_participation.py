"""Participation over HTTP: who is invited, has answered, and is to be reminded."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import clock
from app.seats.enums import EnrollmentStatus
from tests.fixtures import SignIn
from tests.people import given as people
from tests.surveys import given
from tests.surveys.given import Training


@pytest.fixture
async def training(db: AsyncSession) -> Training:
    return await given.training(db)


async def test_participations_cannot_be_changed(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session, identification="named"))
    await given.respond(api, training.people[0], survey, explain=2)
    for change in ("DELETE FROM survey_participation", "UPDATE survey_participation SET survey_id = survey_id"):
        with pytest.raises(DBAPIError, match="only ever added"):
            async with db.begin_nested():
                await db.execute(text(change))


async def test_participation_counts_people_invited_without_those_on_leave(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    training = await given.training(db, seats=4)
    on_leave, answering_on_leave = training.people[0], training.people[1]
    for person in (on_leave, answering_on_leave):
        await people.absence(db, person.id, clock.today() - timedelta(days=1))
    survey = await given.open_survey(office, given.survey_body(training.session))
    await given.respond(api, answering_on_leave, survey, explain=2)
    await given.respond(api, training.people[2], survey, explain=2)
    counts = (await office.get(f"/surveys/{survey['id']}/participation")).json()
    assert counts == {
        "survey_id": survey["id"],
        "as_of": clock.today().isoformat(),
        "invited": 3,
        "answered": 2,
        "on_leave": 1,
        "response_rate": 67,
    }
    non_respondents = (await office.get(f"/surveys/{survey['id']}/non_respondents")).json()
    assert [row["id"] for row in non_respondents["results"]] == [str(training.people[3].id)]
    assert non_respondents["metadata"]["as_of"] == clock.today().isoformat()


async def test_after_the_close_only_a_named_survey_knows_who_has_not_answered(
    office: AsyncClient, api: SignIn, training: Training, db: AsyncSession
) -> None:
    """The numbers are those of the day of the close, whatever day is asked for."""
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    surveys = {
        "named": given.survey_body(training.session, identification="named"),
        "anonymous": given.survey_body(None, given.CHOICE, identification="anonymous"),
    }
    for identification, body in surveys.items():
        survey = await given.open_survey(office, body)
        answer = {"explain": 2} if identification == "named" else {"obstacle": "time"}
        await given.respond(api, training.people[0], survey, **answer)
        before = (await office.get(f"/surveys/{survey['id']}/participation")).json()
        await given.act(office, survey, "closing")
        after = (await office.get(f"/surveys/{survey['id']}/participation", params={"as_of": tomorrow})).json()
        named = identification == "named"
        assert after == before | {"as_of": tomorrow if named else before["as_of"]}
        rows = (await office.get(f"/surveys/{survey['id']}/non_respondents")).json()["results"]
        assert bool(rows) == named
    assert await db.scalar(text("SELECT count(*) FROM survey_box")) == 0


async def test_a_post_survey_invites_attendees_and_a_baseline_people_in_scope(
    office: AsyncClient, training: Training, db: AsyncSession
) -> None:
    training.enrollments[0].status, training.enrollments[0].completed_on = EnrollmentStatus.COMPLETED, clock.today()
    await db.flush()
    post = await given.open_survey(office, given.survey_body(training.session, kind="post"))
    assert (await office.get(f"/surveys/{post['id']}/participation")).json()["invited"] == 1
    await people.employee(db, training.city.medical_center, job_service="medical")
    baseline = await given.open_survey(office, given.survey_body(None, given.CHOICE))
    counts = (await office.get(f"/surveys/{baseline['id']}/participation")).json()
    assert (counts["invited"], counts["response_rate"]) == (7 + 3, 0)


async def test_non_respondents_are_listed_for_callers_who_run_surveys(
    office: AsyncClient, api: SignIn, training: Training
) -> None:
    survey = await given.open_survey(office, given.survey_body(training.session))
    path = f"/surveys/{survey['id']}"
    assert (await (await api("auditor")).get(f"{path}/participation")).status_code == 200
    for grant, person in (
        ("auditor", None),
        ("employee", training.people[0]),
        ("employee", training.city.section_head),
    ):
        assert (await (await api(grant, person)).get(f"{path}/non_respondents")).status_code == 403


async def test_people_who_have_left_are_neither_invited_nor_reminded(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    """Of a session and of the whole city; an answer given before stays counted."""
    training = await given.training(db, seats=4)
    surveys = [given.survey_body(training.session), given.survey_body(None, given.CHOICE)]
    session, baseline = [await given.open_survey(office, body) for body in surveys]
    await given.respond(api, training.people[1], session, explain=2)
    everybody = (await office.get(f"/surveys/{baseline['id']}/participation")).json()["invited"]
    hr = await api("hr")
    for leaver in training.people[:2]:
        changes = {"left_on": str(clock.today())}
        left = await hr.patch(f"/employees/{leaver.id}", json=changes, headers={"If-Match": "*"})
        assert left.status_code == 200, left.text
    paths = [f"/surveys/{each['id']}/participation" for each in (session, baseline)]
    counts = [(await office.get(path)).json() for path in paths]
    assert [each["invited"] for each in counts] == [3, everybody - 2]
    assert counts[0]["answered"] == 1
    listed = (await office.get(f"/surveys/{session['id']}/non_respondents")).json()
    assert {row["id"] for row in listed["results"]} == {str(person.id) for person in training.people[2:4]}


async def test_who_is_invited_does_not_depend_on_what_is_not_published(
    office: AsyncClient, api: SignIn, db: AsyncSession
) -> None:
    """A leaving and an absence ahead change the numbers of a later day for those who know of them, for others when they
    are published."""
    training = await given.training(db)
    leaver, absentee, respondent = training.people
    survey = await given.open_survey(office, given.survey_body(None, given.CHOICE))
    await given.respond(api, respondent, survey, obstacle="time")
    hr, admin = await api("hr"), await api("admin")
    change, published = clock.today() + timedelta(days=20), clock.today() + timedelta(days=10)
    paths = [f"/surveys/{survey['id']}/{name}" for name in ("participation", "non_respondents")]
    later = {"as_of": str(change + timedelta(days=1)), "limit": "200"}

    async def shown(client: AsyncClient) -> tuple[dict[str, int], set[str], list[bytes]]:
        answers = [
            await client.get(path, params=later if "non_" in path else {"as_of": later["as_of"]}) for path in paths
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        counts, listed = (answer.json() for answer in answers)
        chosen = {name: counts[name] for name in ("invited", "answered", "on_leave")}
        return chosen, {row["id"] for row in listed["results"]}, [answer.content for answer in answers]

    before = await shown(office)
    assert {str(leaver.id), str(absentee.id)} <= before[1]
    end = {"left_on": str(change), "left_published_on": str(published)}
    left = await hr.patch(f"/employees/{leaver.id}", json=end, headers={"If-Match": "*"})
    assert left.status_code == 200, left.text
    leave = {"employee_id": str(absentee.id), "kind": "childcare_leave", "valid_from": str(change)}
    away = await hr.post("/absences", json=leave | {"published_on": str(published)})
    assert away.status_code == 201, away.text
    counts = before[0] | {"invited": before[0]["invited"] - 2, "on_leave": before[0]["on_leave"] + 1}
    known = (counts, before[1] - {str(leaver.id), str(absentee.id)})
    assert (await shown(admin))[:2] == known
    assert (await shown(office))[2] == before[2]
    midnight = clock.start_of(published)
    with clock.travel(midnight - timedelta(microseconds=1)):
        assert (await shown(await api("training")))[2] == before[2]
    with clock.travel(midnight):
        assert (await shown(await api("training")))[:2] == known
