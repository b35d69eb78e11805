"""What SQL says of evidence on a day, `EVIDENCE_STATUS` and `gap_evidence`, against the rule `Evidence.status`."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.kit.as_of import AsOf
from app.skills.enums import EvidenceBasis, EvidenceStatus, SkillMapStatus
from app.skills.functions import EVIDENCE_STATUS, MAP_STATUS
from app.skills.models import SkillMap, SkillRecord
from app.skills.queries import as_evidence
from app.skills.rules import map_status
from tests.people import given as people
from tests.skills import given

FIRST, LAST = date(2026, 4, 1), 12


async def random_records(db: AsyncSession, dice: Random) -> dict[UUID, SkillRecord]:
    """Evidence, each of another person, with an end and a revocation close to its first day or without them."""
    records = []
    for _ in range(40):
        person = await people.employee(db)
        start = FIRST + timedelta(dice.randrange(LAST))
        end = dice.choice([None, start + timedelta(dice.randint(1, 5))])
        revoked_on = dice.choice([None, start + timedelta(dice.randint(-3, 6))])
        basis = dice.choice(list(EvidenceBasis))
        more = {"valid_to": end, "revoked_on": revoked_on, "basis": basis}
        records.append(await given.skill_record(db, person, "security", since=start, **more))
    return {record.id: record for record in records}


@pytest.mark.parametrize("seed", range(4))
async def test_the_status_of_evidence_in_sql_equals_the_rule(db: AsyncSession, seed: int) -> None:
    await given.skills(db)
    records = await random_records(db, Random(seed))
    seen = set()
    for day in (FIRST + timedelta(offset) for offset in range(-2, LAST + 7)):
        rows = await db.execute(select(col(SkillRecord.id), EVIDENCE_STATUS), AsOf(day, day).params)
        in_sql = {row[0]: row[1] for row in rows}
        assert in_sql == {key: as_evidence(record).status(day) for key, record in records.items()}, day
        seen |= set(in_sql.values())
    assert seen == set(EvidenceStatus)


async def test_the_status_of_a_map_in_sql_equals_the_rule(db: AsyncSession) -> None:
    periods = [(None, None), (FIRST, FIRST + timedelta(4)), (FIRST + timedelta(4), None)]
    for number, (start, end) in enumerate(periods):
        await given.skill_map(db, number, {}, valid_from=start, valid_to=end)
    seen = set()
    for day in (FIRST + timedelta(offset) for offset in range(-1, 6)):
        rows = await db.execute(select(col(SkillMap.version), MAP_STATUS), AsOf(day, day).params)
        in_sql = {row[0]: row[1] for row in rows}
        assert in_sql == {number: map_status(start, end, day) for number, (start, end) in enumerate(periods)}, day
        seen |= set(in_sql.values())
    assert seen == set(SkillMapStatus)


async def test_the_counted_gap_takes_the_evidence_that_the_rule_calls_valid(db: AsyncSession) -> None:
    await given.skills(db)
    await given.skill_map(db)
    records = await random_records(db, Random(0))
    holders = text("SELECT employee_id FROM gap_evidence(:day, 0, NULL, NULL) WHERE lasting IS NOT NULL")
    for day in (FIRST + timedelta(offset) for offset in range(-2, LAST + 7)):
        expected = {
            record.employee_id
            for record in records.values()
            if record.basis != EvidenceBasis.SELF_ASSESSMENT and as_evidence(record).status(day) == EvidenceStatus.VALID
        }
        assert set(await db.scalars(holders, {"day": day})) == expected, day
