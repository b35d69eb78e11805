"""A Python prompt with the models and a session on the development database: `scripts/dev shell [--data DIR]`."""

import argparse
import ast
import asyncio
import code
import inspect
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel.main import default_registry

from app import tables
from app.kit import clock
from app.kit.database import Database
from app.kit.settings import Settings
from scripts import development

BANNER = """All models by name; db (a session), select, col, func, text, clock. `await` works at the prompt:
    (await db.scalars(select(Employee).limit(3))).all()
Nothing is saved before `await db.commit()`. Ctrl-D ends."""


class Prompt(code.InteractiveConsole):
    """Python's own, which waits for what a line awaits; all lines share one event loop."""

    def __init__(self, names: dict[str, Any], runner: asyncio.Runner) -> None:
        super().__init__(names)
        self.runner = runner
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def runcode(self, code: CodeType) -> None:
        try:
            result = FunctionType(code, self.locals)()
            if inspect.iscoroutine(result):
                self.runner.run(result)
        except SystemExit:
            raise
        except BaseException:
            self.showtraceback()


def names(db: AsyncSession) -> dict[str, Any]:
    """What the prompt knows from its start."""
    tables.load()
    models = {mapper.class_.__name__: mapper.class_ for mapper in default_registry.mappers}
    return {**models, "db": db, "select": select, "col": col, "func": func, "text": text, "clock": clock}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/dev shell")
    development.add_data_option(parser)
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - gives the prompt its history where the platform has it
    with development.database(parser.parse_args().data) as url, asyncio.Runner() as runner:
        database = Database(Settings(embedded_url=url).url, pool_size=2)
        db = database.writing()
        Prompt(names(db), runner).interact(BANNER, exitmsg="")
        runner.run(db.close())
        runner.run(database.close())


if __name__ == "__main__":
    main()
