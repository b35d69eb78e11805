"""Opens a local account on the server named by APP_DATABASE_URL; the password is asked for, never given as an argument.

.venv/bin/python -m scripts.account USERNAME GRANT [GRANT …] [--name TEXT] [--employee NUMBER]
"""

import argparse
import asyncio
import getpass
import sys
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.identity import commands, queries
from app.identity.permissions import GRANTS
from app.kit.database import Database
from app.kit.settings import Settings
from app.people.models import NumberHeld

SHORTEST = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("username")
    parser.add_argument("grants", nargs="+", choices=sorted(GRANTS), metavar="GRANT", help=", ".join(sorted(GRANTS)))
    parser.add_argument("--name", help="shown name; the user name when left out")
    parser.add_argument("--employee", metavar="NUMBER", help="the employee number of the person who signs in")
    asyncio.run(opened(parser.parse_args(), asked()))


def asked() -> str:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        raise SystemExit(f"The password needs at least {SHORTEST} characters.")
    return password


async def opened(chosen: argparse.Namespace, password: str) -> None:
    database = Database(Settings().url, pool_size=1)
    async with database.writing() as db:
        if await queries.account_named(db, chosen.username):
            raise SystemExit(f"There is an account {chosen.username} already.")
        person = await person_of(db, chosen.employee) if chosen.employee else None
        shown = chosen.name or chosen.username
        await commands.open_account(
            db, chosen.username, password, chosen.grants, display_name=shown, employee_id=person
        )
        await db.commit()
    await database.close()
    print(f"Opened {chosen.username} with {', '.join(chosen.grants)}.")


async def person_of(db: AsyncSession, number: str) -> UUID:
    found = await db.scalar(select(col(NumberHeld.employee_id)).where(col(NumberHeld.number) == number))
    if found is None:
        raise SystemExit(f"There is no employee with the number {number}.")
    return found


if __name__ == "__main__":
    main()
