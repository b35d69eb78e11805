"""Writes openapi/openapi.json, the integration contract; with --check, says whether it is current.

.venv/bin/python -m scripts.export_openapi [--check]
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from app.kit.settings import Settings
from app.main import build_app

FILE = Path(__file__).parent.parent / "openapi" / "openapi.json"


def document() -> str:
    """The document of the application as it stands; no database is asked."""
    with tempfile.TemporaryDirectory() as keys:
        app = build_app(Settings(embedded_url="postgresql://nobody@/nothing", keys=Path(keys)))
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2, sort_keys=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is stale")
    if not parser.parse_args().check:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(document())
        print(f"wrote {FILE.name}")
        return 0
    current = FILE.exists() and FILE.read_text() == document()
    print(f"{FILE.name} is {'current' if current else 'stale: run python -m scripts.export_openapi'}")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
