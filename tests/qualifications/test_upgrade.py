"""What the migration to printed last days makes of awards that are stored already."""

from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from scripts.environment import ROOT
from tests.conventions.test_schema import take_back
from tests.fixtures import account_of, client_of
from tests.people import given as people
from tests.postgres import upgrade
from tests.qualifications import given

pytestmark = pytest.mark.slow

(MIGRATION,) = (ROOT / "migrations" / "versions").glob("*_renewals.py")
BEFORE = f"{int(MIGRATION.name[:4]) - 1:04}"
LAST = date(2027, 3, 31)
STORED = "SELECT expires_on FROM qualification_award WHERE expires_on IS NOT NULL"


async def test_an_award_counts_on_the_same_days_as_before(committed: FastAPI) -> None:
    database = committed.state.database
    async with database.writing() as db:
        person = await people.employee(db)
        await given.qualification(db)
        awards = [await given.award(db, person, number, expires_on=day) for number, day in (("1", LAST), ("2", None))]
        office = await account_of(db, "training", None)
        await db.commit()
    async with database.writes.begin() as connection:
        await connection.run_sync(take_back, BEFORE)
        assert (await connection.execute(text(STORED))).scalars().all() == [LAST + timedelta(days=1)]
    async with database.writes.begin() as connection:
        await connection.run_sync(upgrade)
    async with client_of(committed, office) as client:
        for day, held in ((LAST, awards), (LAST + timedelta(days=1), awards[1:])):
            rows = (await client.get("/qualification_awards", params={"held_on": str(day)})).json()["results"]
            assert {row["id"] for row in rows} == {str(award.id) for award in held}
