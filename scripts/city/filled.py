"""A made-up city in a database of its own, for scripts that measure."""

import os
import subprocess
import sys

from app.kit.settings import Settings
from scripts.environment import ROOT


def fill(settings: Settings, people: int) -> None:
    """Migrate the database, and load a city of so many people unless there is one."""
    environment = os.environ | {"APP_EMBEDDED_URL": str(settings.embedded_url), "APP_KEYS": str(settings.keys)}
    for command in (["alembic", "upgrade", "head"], ["scripts.city", "--employees", str(people)]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=sys.stderr, check=True)
