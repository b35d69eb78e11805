"""Surveys with responses, and what their results and effects show."""

from typing import Any

from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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

BEFORE = [1, 2, 2, 3, 1, 2, 4, 3, 2, 1, 3, 2]

AFTER = [3, 3, 4, 4, 2, 2, 5, 3, 4, 4, 5, 3]

Numbers = dict[int, int]


async def closed_post_survey(
    office: AsyncClient, db: AsyncSession, training: Training, responses: dict[int, dict[str, Any]], **more: Any
) -> dict[str, Any]:
    body = given.survey_body(training.session, SCALE, given.CHOICE, WANTS, OPINION, kind="post", **more)
    survey = await given.open_survey(office, body)
    await given.store_responses(db, survey, responses)
    return await given.act(office, survey, "closing")


async def results(client: AsyncClient, survey: dict[str, Any]) -> dict[str, Any]:
    response = await client.get(f"/surveys/{survey['id']}/results")
    assert response.status_code == 200, response.text
    return {question["code"]: question for question in response.json()["questions"]}


async def closed_survey(
    office: AsyncClient,
    db: AsyncSession,
    training: Training,
    kind: str,
    numbers: Numbers,
    question: dict[str, Any] = given.PAIRED,
    **more: Any,
) -> dict[str, Any]:
    survey = await given.open_survey(office, given.survey_body(training.session, question, kind=kind, **more))
    await given.store_responses(db, survey, {who: {question["code"]: number} for who, number in numbers.items()})
    return await given.act(office, survey, "closing")


async def effects(client: AsyncClient, training: Training) -> list[dict[str, Any]]:
    response = await client.get(f"/course_sessions/{training.session.id}/effectiveness")
    assert response.status_code == 200, response.text
    return list(response.json()["effects"])


async def course_effects(
    client: AsyncClient, training: Training, fiscal_year: int | None = None
) -> list[dict[str, Any]]:
    query = {} if fiscal_year is None else {"fiscal_year": fiscal_year}
    response = await client.get(f"/courses/{training.session.course_id}/effectiveness", params=query)
    assert response.status_code == 200, response.text
    assert response.json()["fiscal_year"] == fiscal_year
    return list(response.json()["effects"])


def numbers_of(numbers: list[int], n: int, start: int = 0) -> Numbers:
    return {start + at: numbers[at] for at in range(n)}


MANY = """
    WITH made AS (
        SELECT gen_random_uuid() AS session_id, gen_random_uuid() AS pre_id, gen_random_uuid() AS post_id
        FROM generate_series(1, :sessions)
    ), session AS (
        INSERT INTO course_session
        SELECT (jsonb_populate_record(c, jsonb_build_object('id', m.session_id))).*
        FROM made m, course_session c WHERE c.id = :session_id
    ), copied AS (
        SELECT s.id AS former_id, CASE s.kind WHEN 'pre' THEN m.pre_id ELSE m.post_id END AS id, m.session_id, s.kind
        FROM made m, survey s WHERE s.course_session_id = :session_id
    ), survey AS (
        INSERT INTO survey
        SELECT (jsonb_populate_record(s, jsonb_build_object('id', x.id, 'course_session_id', x.session_id))).*
        FROM copied x JOIN survey s ON s.id = x.former_id
    ), question AS (
        INSERT INTO survey_question
        SELECT (jsonb_populate_record(q, jsonb_build_object('id', gen_random_uuid(), 'survey_id', x.id))).*
        FROM copied x JOIN survey_question q ON q.survey_id = x.former_id
    )
    INSERT INTO survey_response (id, survey_id, respondent, timing, answers)
    SELECT gen_random_uuid(), x.id, decode(md5(x.session_id::text || n), 'hex'), 'on_time',
        jsonb_build_object('explain', CASE x.kind WHEN 'pre' THEN 1 + n % 4 ELSE 2 + n % 3 END)
    FROM copied x, generate_series(1, :pairs) n"""
"""More sessions like one whose surveys are closed, with so many pairs each."""


async def many_pairs(office: AsyncClient, db: AsyncSession, training: Training, sessions: int, pairs: int) -> None:
    await closed_survey(office, db, training, "pre", numbers_of(BEFORE, 12))
    await closed_survey(office, db, training, "post", numbers_of(AFTER, 12))
    await db.execute(text(MANY), {"session_id": training.session.id, "sessions": sessions, "pairs": pairs})
