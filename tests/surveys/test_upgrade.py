"""What the migration to sealed boxes makes of surveys that people have answered before."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.kit.database import Database
from app.kit.settings import Settings
from app.main import build_app
from scripts.environment import ROOT
from tests.conventions.test_schema import take_back
from tests.fixtures import account_of, client_of, copied
from tests.postgres import upgrade
from tests.surveys import given

pytestmark = pytest.mark.slow

(MIGRATION,) = (ROOT / "migrations" / "versions").glob("*_secrecy_of_answers.py")
BEFORE = f"{int(MIGRATION.name[:4]) - 1:04}"
ANSWERED = "INSERT INTO survey_participation (survey_id, employee_id) VALUES (:survey, :person)"


async def downgraded_with_answers(app: FastAPI, survey_ids: list[str], people: list[UUID]) -> None:
    async with app.state.database.writes.begin() as connection:
        await connection.run_sync(take_back, BEFORE)
        for survey in survey_ids:
            for person in people:
                await connection.execute(text(ANSWERED), {"survey": survey, "person": person})
    async with app.state.database.writes.begin() as connection:
        await connection.run_sync(upgrade)


async def test_who_has_answered_goes_into_the_box_or_becomes_a_number(template: Settings) -> None:
    settings = await copied(template, "upgraded_surveys")
    app = build_app(settings, Database(settings.url, pool_size=5))
    async with app.state.database.writing() as db:
        training = await given.training(db, 3)
        office, account = await account_of(db, "training", None), await account_of(db, "employee", training.people[0])
        await db.commit()
    async with client_of(app, office) as client:
        named, opened, closed = [
            await given.open_survey(client, given.survey_body(session, given.CHOICE, **more))
            for session, more in (
                (training.session, {"identification": "named"}),
                (None, {"identification": "anonymous"}),
                (None, {"identification": "anonymous"}),
            )
        ]
        await given.act(client, closed, "closing")
        surveys = [named["id"], opened["id"], closed["id"]]
        await downgraded_with_answers(app, surveys, [person.id for person in training.people[:2]])
        paths = [f"/surveys/{survey}/participation" for survey in surveys]
        assert [(await client.get(path)).json()["answered"] for path in paths] == [2, 2, 2]
        async with client_of(app, account) as own:
            assert await given.refused(own, opened, obstacle="time") == (409, "answered_anonymously")
    async with app.state.database.reading() as db:
        assert await db.scalar(text("SELECT count(DISTINCT survey_id) FROM survey_participation")) == 1
    await app.state.database.close()
