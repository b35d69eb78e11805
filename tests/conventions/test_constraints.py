"""Database constraints and errors, both ways: a violation is answered by an error that says what is wrong."""

import pytest
from fastapi import FastAPI
from sqlalchemy import CheckConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import tables
from app.kit import error_handlers
from app.kit.database import Db
from app.kit.middleware import RequestMiddleware
from app.surveys.errors import SurveyWindowOrderInvalid
from app.vocabulary import modules
from tests.fixtures import Rolled, client_of

UNREACHABLE = {
    "ck_baseline_figure_percent": "the field has these bounds",
    "ck_course_session_waitlist": "only triggers count who waits, and they add up",
    "ck_enrollment_completed": "a status and its day of completion are set together, by seats.commands",
    "ck_enrollment_waitlist": "status and waitlist order are set together, by seats.commands",
    "ck_skill_map_activated": "activation and withdrawal set both days together",
    "ck_survey_due": "surveys.rules.Window compares all three instants of what will be stored",
    "ck_survey_minimum_group": "the field has this bound",
    "uq_account_username": "accounts are opened by an operator's command, not by a request",
    "uq_baseline_figure_survey_id_question_code_option_code": "a printed survey is loaded as policy, not by a request",
    "uq_booking_enrollment_id_session_meeting_id": "bookings are made once, with the seat or the meeting, under lock",
    "uq_course_prerequisite_course_id_required_course_id": "catalog.rules.check_entries refuses a second entry",
    "uq_course_skill_course_id_skill_code": "catalog.rules.check_entries refuses a second entry",
    "uq_enrollment_course_session_id_waitlist_order": "the next order is taken while the session is locked",
    "uq_skill_record_source": "skills.commands.set_evidence revokes what the source gave before, under lock",
    "uq_survey_response_survey_id_respondent": "the response is written with ON CONFLICT",
}
"""Constraints that no request can violate, so that no error refers to them: each with the reason."""

CONSTRAINTS = """
    SELECT conname, contype::text FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype IN ('c', 'u', 'x', 'f')
    UNION ALL
    SELECT i.indexrelid::regclass::text, 'u' FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
"""
"""Foreign keys, CHECK, UNIQUE and EXCLUDE constraints, and unique indexes, which a violation names likewise."""


async def constraints(connection: AsyncConnection, kinds: str) -> set[str]:
    return {name for name, kind in await connection.execute(text(CONSTRAINTS)) if kind in kinds}


async def test_a_constraint_that_an_error_refers_to_exists(connection: AsyncConnection) -> None:
    assert set(modules.errors_by_constraint()) - await constraints(connection, "cuxf") == set()


def forms() -> set[str]:
    """Constraints on the form of natural keys: their fields have it too."""
    checks = [each for table in tables.load().tables.values() for each in table.constraints]
    return {str(each.name) for each in checks if isinstance(each, CheckConstraint) and " ~ " in str(each.sqltext)}


async def test_a_constraint_has_an_error_or_cannot_be_violated(connection: AsyncConnection) -> None:
    assert await constraints(connection, "cux") - set(modules.errors_by_constraint()) == set(UNREACHABLE) | forms()


@pytest.fixture
def app(connection: AsyncConnection) -> FastAPI:
    """An application whose only route writes a row into a table with one constraint of each kind."""
    app = FastAPI(openapi_url=None)
    error_handlers.install(app, {"ck_window": SurveyWindowOrderInvalid})
    app.state.database = Rolled(connection)

    @app.post("/trial")
    async def write(db: Db, row: str) -> None:
        await db.execute(text("CREATE TEMP TABLE parent (id int PRIMARY KEY)"))
        await db.execute(
            text(
                "CREATE TEMP TABLE trial (opens int CONSTRAINT ck_window CHECK (opens < 9), filled int NOT NULL, "
                "positive int CHECK (positive > 0), one int UNIQUE, parent int REFERENCES parent)"
            )
        )
        await db.execute(text("INSERT INTO trial VALUES (1, 1, 1, 1, NULL)"))
        await db.execute(text(f"INSERT INTO trial VALUES ({row})"))

    app.add_middleware(RequestMiddleware, body_limit=1000, calls_per_minute=1000)
    return app


@pytest.mark.parametrize(
    ("row", "status", "code"),
    [
        ("2, 1, 1, 2, NULL", 200, None),
        ("9, 1, 1, 2, NULL", 422, SurveyWindowOrderInvalid.code_of()),
        ("2, NULL, 1, 2, NULL", 422, "invalid"),
        ("2, 1, 0, 2, NULL", 422, "invalid"),
        ("2, 1, 1, 1, NULL", 409, "duplicate"),
        ("2, 1, 1, 2, 7", 409, "in_use"),
    ],
    ids=["none", "with an error of its own", "not null", "check", "unique", "foreign key"],
)
async def test_a_violated_constraint_is_never_a_500(app: FastAPI, row: str, status: int, code: str | None) -> None:
    async with client_of(app) as client:
        response = await client.post("http://test/trial", params={"row": row})
    assert (response.status_code, (response.json() or {}).get("code")) == (status, code)
