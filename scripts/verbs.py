"""The verbs of `scripts/dev`. Needs the standard library alone until a verb runs: it is read before anything else."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from scripts import checking
from scripts.environment import ROOT

Verb = Callable[[list[str]], int]


def serve(arguments: list[str]) -> int:
    """serve this clone, restarting when a Python file of app changes; options as of scripts/serve"""
    reload = {"UVICORN_RELOAD": "true", "UVICORN_RELOAD_DIRS": "app"}
    become("scripts.serving", *arguments, environment=dict(os.environ) | reload)


def test(arguments: list[str]) -> int:
    """run tests: paths, -k NAME, -x and whatever else pytest takes; a folder in two processes (-n 0: in one)"""
    folders = any((ROOT / argument).is_dir() for argument in arguments)
    become(*(checking.TESTS if folders else ("pytest",)), *arguments)


def quick(arguments: list[str]) -> int:
    """run the tests that need no server, no browser and no Node"""
    become(*checking.TESTS, "-m", "not slow", *arguments)


def fix(arguments: list[str]) -> int:
    """format, and mend what the linter can mend: the files and folders named, or everything"""
    return checking.run({name: (*command, *(arguments or ["."])) for name, command in checking.FIXES.items()})


def check(arguments: list[str]) -> int:
    """check format, lint, types and layers; only some of these when they are named"""
    if unknown := set(arguments) - checking.STATIC.keys():
        raise SystemExit(f"scripts/dev check knows {', '.join(checking.STATIC)}; not {', '.join(sorted(unknown))}.")
    return checking.run({name: checking.STATIC[name] for name in arguments or checking.STATIC})


def shell(arguments: list[str]) -> int:
    """open a Python prompt with the models, a session `db` on the development database, and await"""
    become("scripts.shell", *arguments)


def psql(arguments: list[str]) -> int:
    """open psql on the development database; arguments as of psql, such as -c 'SELECT 1'"""
    become("scripts.psql", *arguments)


def plans(arguments: list[str]) -> int:
    """show what PostgreSQL reads for every list and figure in a made-up city, and mark what grows with the city"""
    become("scripts.plans", *arguments)


def migration(arguments: list[str]) -> int:
    """write the next migration: NAME, and the SQL that brings the tables to where the models are"""
    become("scripts.migration", *arguments)


def contract(arguments: list[str]) -> int:
    """write the OpenAPI documents; capture examples first for the OPERATIONs named, or for all of them by "all" """
    become("scripts.contract", *arguments)


def bench(arguments: list[str]) -> int:
    """measure beside what one would otherwise write, some ten minutes: a table, JSON and a chart; --help first"""
    become("scripts.bench", *arguments)


VERBS: dict[str, Verb] = {
    verb.__name__: verb for verb in (serve, test, quick, fix, check, shell, psql, plans, migration, contract, bench)
}


@dataclass(frozen=True)
class Chosen:
    verb: Verb
    arguments: list[str]


def parse(arguments: Sequence[str] | None = None) -> Chosen:
    """The verb and what follows it; without a verb, all of them and the end of the program."""
    lines = [f"  {name:10} {(verb.__doc__ or '').strip()}" for name, verb in VERBS.items()]
    parser = argparse.ArgumentParser(
        prog="scripts/dev",
        usage="scripts/dev VERB [ARGUMENT …]",
        description="\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    parser.add_argument("verb", nargs="?", choices=VERBS, metavar="VERB", help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help"}:
        parser.print_help()
        raise SystemExit
    chosen = parser.parse_args(given)
    return Chosen(VERBS[chosen.verb], chosen.arguments)


def become(module: str, *arguments: str, environment: dict[str, str] | None = None) -> NoReturn:
    """Go on as `python -m module`: Ctrl-C and the exit code are then its own."""
    os.chdir(ROOT)
    settings = environment or checking.clean(dict(os.environ))
    command = [sys.executable, "-P", "-m", module, *arguments]
    os.execve(sys.executable, command, settings)  # noqa: S606 - our own interpreter, no shell


def main() -> int:
    chosen = parse()
    return chosen.verb(chosen.arguments)


if __name__ == "__main__":
    raise SystemExit(main())
