"""Opens a local account in the database of APP_DATABASE_URL: python -m app.account USERNAME GRANT [GRANT …].

The password is asked for at a terminal, or read as a line from standard input; it is never an argument.
"""

import argparse
import asyncio
import getpass
import sys
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app import tables
from app.identity import commands, queries
from app.identity.permissions import GRANTS
from app.identity.schemas import SignInForm
from app.kit.database import of_program
from app.kit.settings import Settings
from app.people.models import EmployeeNumber

MIN_PASSWORD_LENGTH = 12


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m app.account", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("username")
    parser.add_argument("grants", nargs="+", choices=sorted(GRANTS), metavar="GRANT", help=", ".join(sorted(GRANTS)))
    parser.add_argument("--name", help="display name; the user name by default")
    parser.add_argument("--employee", metavar="NUMBER", help="the employee number of the person who signs in")
    tables.load()
    chosen = parser.parse_args()
    asyncio.run(open_account(chosen, prompt_password(chosen.username)))


def prompt_password(username: str) -> str:
    """A password of the length wanted, with which one can sign in."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise SystemExit(f"The password needs at least {MIN_PASSWORD_LENGTH} characters.")
    try:
        SignInForm(username=username, password=password)
    except ValidationError:
        raise SystemExit("A user name takes up to 100 letters, digits and signs, a password 200 characters.") from None
    return password


async def open_account(chosen: argparse.Namespace, password: str) -> None:
    database = of_program(Settings())
    async with database.writing() as db:
        if await queries.account_named(db, chosen.username):
            raise SystemExit(f"The account {chosen.username} exists already.")
        employee = await employee_id(db, chosen.employee) if chosen.employee else None
        name = chosen.name or chosen.username
        await commands.open_account(
            db, chosen.username, password, chosen.grants, display_name=name, employee_id=employee
        )
        await db.commit()
    await database.close()
    print(f"Opened {chosen.username} with {', '.join(chosen.grants)}.")


async def employee_id(db: AsyncSession, number: str) -> UUID:
    found = await db.scalar(select(col(EmployeeNumber.employee_id)).where(col(EmployeeNumber.number) == number))
    if found is None:
        raise SystemExit(f"No employee has the number {number}.")
    return found


if __name__ == "__main__":
    main()
