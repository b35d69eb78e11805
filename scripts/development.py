"""The database that `scripts/dev serve` fills, for tools beside it."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import embedded
from scripts.children import StepFailed
from scripts.environment import ROOT
from scripts.serving import exclusive


def add_data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=ROOT / "var", metavar="DIR", help="as of scripts/serve (var/)")


@contextmanager
def database(data: Path) -> Iterator[str]:
    """The address of the database in that directory, started for as long as it is needed unless it runs already."""
    directory = data.resolve() / "postgres"
    if not (directory / "PG_VERSION").exists():
        raise SystemExit(f"There is no database in {data} yet: scripts/dev serve makes one.")
    if embedded.is_running(directory):
        yield embedded.start(directory)
        return
    try:
        with exclusive(data, "a tool of scripts/dev"):
            try:
                yield embedded.start(directory)
            finally:
                embedded.stop(directory)
    except StepFailed as failed:
        raise SystemExit(str(failed)) from None
