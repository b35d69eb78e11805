"""The examples in `app/insights/README.md` run, and there is one for each function."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from migrations.functions import APP
from migrations.statements import statements
from tests.insights import given
from tests.skills import given as skills

BLOCKS = re.findall(r"^```sql\n(.*?)^```$", (APP / "insights" / "README.md").read_text(), re.MULTILINE | re.DOTALL)
EXAMPLES = list(statements("".join(re.sub(r"--.*", "", block) for block in BLOCKS)))


@pytest.mark.parametrize("example", EXAMPLES)
async def test_an_example_runs(db: AsyncSession, example: str) -> None:
    city = await given.city(db)
    await skills.skill_record(db, city.staff, "dx_basics")
    assert (await db.execute(text(example))).all()


def test_every_step_has_an_example() -> None:
    steps = re.findall(r"^CREATE FUNCTION (\w+)", (APP / "insights" / "skill_gaps.sql").read_text(), re.MULTILINE)
    assert [step for step in steps if f"{step}(" not in "".join(EXAMPLES)] == []
