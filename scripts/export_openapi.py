"""Writes openapi/openapi.json, the integration contract, and openapi/openapi.ja.json, the same in Japanese.

.venv/bin/python -m scripts.export_openapi [--check]

With --check nothing is written; it reports whether both files are current.
"""

import argparse
import json
import sys
import tempfile
import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from app.kit import contract
from app.kit.problems import Language
from app.kit.settings import Settings
from app.main import build_app
from app.vocabulary.rules import POLICY
from scripts.openapi import days
from scripts.openapi.document import build
from scripts.openapi.examples import Sources
from scripts.openapi.japanese import translated
from scripts.openapi.walk import Json

FOLDER = Path(__file__).parent.parent / "openapi"
EXAMPLES = FOLDER / "examples.json"
INPUTS = FOLDER / "inputs.json"
COMMAND = "scripts/dev contract"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args().check
    stale = [language for language in contract.FILES if not is_current(language)]
    for language in stale:
        if not check:
            contract.FILES[language].write_text(document(language), encoding="utf-8")
        print(
            f"{contract.FILES[language].name} is stale: run {COMMAND}"
            if check
            else f"wrote {contract.FILES[language].name}"
        )
    if not stale:
        print("The documents are current")
    return 1 if stale and check else 0


def is_current(language: Language) -> bool:
    file = contract.FILES[language]
    return file.exists() and file.read_text(encoding="utf-8") == document(language)


def document(language: Language = "en") -> str:
    """The document of the application as it stands; no database is needed."""
    found = deepcopy(english()) if language == "en" else translated(english(), texts("ja"))
    described = days.describe(found, texts(language)["days"])
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def texts(language: Language) -> dict[str, Any]:
    """The sections of the language's file; the English of operations stands at their routes."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def english() -> Json:
    """The document, but for what it says of days."""
    with tempfile.TemporaryDirectory() as keys:
        app = build_app(Settings(embedded_url="postgresql://nobody@/nothing", keys=Path(keys)))
    captured, inputs = (json.loads(file.read_text(encoding="utf-8")) for file in (EXAMPLES, INPUTS))
    return build(app, texts("en"), Sources(captured, inputs), POLICY)


if __name__ == "__main__":
    sys.exit(main())
