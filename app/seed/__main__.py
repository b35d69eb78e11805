"""`python -m app.seed`: writes the policy to the database; rows that exist already are not changed."""

import asyncio

from app import tables
from app.audit import recorder
from app.kit.database import of_program
from app.kit.settings import Settings
from app.seed import policy


def main() -> None:
    tables.load()
    recorder.install()
    asyncio.run(load(Settings()))


async def load(settings: Settings) -> None:
    database = of_program(settings)
    async with database.writing() as db:
        await policy.load(db)
        await db.commit()
    await database.close()


if __name__ == "__main__":
    main()
