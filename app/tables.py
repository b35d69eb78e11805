"""All tables in one metadata. A program that writes must load them first, as foreign keys cross packages."""

import importlib
from pathlib import Path

from sqlalchemy import MetaData
from sqlmodel import SQLModel

PACKAGES = Path(__file__).parent
OUTSIDE_MODELS = ("app.kit.idempotency", "app.kit.write_marks")
"""Modules with a table that are not named `models.py`."""


def load() -> MetaData:
    """Import the models of every package and return the metadata that then holds all tables."""
    models = sorted(path.parent.name for path in PACKAGES.glob("*/models.py"))
    for module in (*OUTSIDE_MODELS, *(f"app.{package}.models" for package in models)):
        importlib.import_module(module)
    return SQLModel.metadata
