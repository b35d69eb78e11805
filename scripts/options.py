"""The options of `scripts/serve`. Needs the standard library alone: it is read before anything is installed."""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from scripts.environment import ROOT


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    data: Path
    employees: int
    workers: int
    database_url: str | None
    demo: bool


def parse(arguments: list[str] | None = None) -> Options:
    """What the command line and APP_DATABASE_URL ask for; ends the program when that makes no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/serve",
        description="Serve Hagukumi with an embedded PostgreSQL and a made-up city."
        " With APP_DATABASE_URL set, serve from that database (PostgreSQL 15 or newer) without any demonstration.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; a demonstration stays on loopback")
    parser.add_argument("--port", type=between(1, 65535), default=8000, help="port to listen on")
    parser.add_argument("--data", type=Path, default=ROOT / "var", metavar="DIR", help="where database and keys lie")
    parser.add_argument("--employees", type=between(30, 1_000_000), default=3600, metavar="N", help="size of the city")
    parser.add_argument("--no-demo", action="store_true", help="no made-up city and no demo accounts")
    parser.add_argument("--workers", type=between(1, 64), default=1, metavar="N", help="server processes")
    chosen = parser.parse_args(arguments)
    url = os.environ.get("APP_DATABASE_URL") or None
    if url and not url.startswith(("postgresql://", "postgres://", "postgresql+asyncpg://")):
        parser.error("APP_DATABASE_URL must begin with postgresql://")
    demo = url is None and not chosen.no_demo
    if demo and not is_loopback(chosen.host):
        parser.error(f"the demonstration accounts have a public password: serve {chosen.host} with --no-demo")
    return Options(
        chosen.host, chosen.port, chosen.data.resolve(), chosen.employees, chosen.workers, database_url=url, demo=demo
    )


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def between(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds, as an argument's type."""

    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
        return int(text)

    return number
