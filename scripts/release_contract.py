"""Releases the contract as it stands: raise `VERSION` in app/__init__.py, fill "Unreleased" in CHANGELOG.md, then

.venv/bin/python -m scripts.release_contract

writes the documents, copies the English one to openapi/released/v1.json and gives the unreleased part of the changelog
its version and date. Refuses when a client of the released contract would break, unless the version announces it by its
first number, or before 1.0.0 by its second.
"""

import json
from datetime import date

from app.kit import clock, contract
from scripts import export_openapi
from scripts.compatibility import breaks
from scripts.environment import ROOT
from scripts.openapi.walk import Json, operations

RELEASED = ROOT / "openapi" / "released" / "v1.json"
CHANGELOG = ROOT / "CHANGELOG.md"
_HEADING = "## Unreleased\n"


def refused(released: Json, current: Json) -> list[str]:
    """The reasons why the one may not replace the other; none when it may."""
    before, after = _numbers(released), _numbers(current)
    if after <= before:
        return [f"The version {_version(current)} is not newer than the released {_version(released)}."]
    return [] if says_it_breaks(released, current) else breaks(released, current)


def says_it_breaks(released: Json, current: Json) -> bool:
    """Whether the version announces a break: by its first number, before 1.0.0 by its second."""
    before, after = _numbers(released), _numbers(current)
    significant = 2 if before[0] == 0 else 1
    return after[:significant] > before[:significant]


def entry(changelog: str, released: Json, current: Json, day: date) -> str:
    """The changelog with its unreleased part released: its text, the new operations and what breaks."""
    top, _, rest = changelog.partition(_HEADING)
    text, heading, older = rest.partition("\n## ")
    lines = [text.strip()]
    before = _names(released)
    if before and (added := sorted(_names(current) - before)):
        lines.append(f"- New operations: {', '.join(f'`{name}`' for name in added)}.")
    lines += [f"- Breaks {line}" for line in breaks(released, current)]
    entry = "\n".join(line for line in lines if line)
    if not entry:
        raise SystemExit("CHANGELOG.md has nothing under Unreleased, and nothing is new.")
    return f"{top}{_HEADING}\n## {_version(current)} ({day})\n\n{entry}\n{heading}{older}"


def main() -> int:
    text = export_openapi.document()
    current: Json = json.loads(text)
    released: Json = json.loads(RELEASED.read_text()) if RELEASED.exists() else _nothing()
    if reasons := refused(released, current):
        print("Not released:", *reasons, sep="\n  ")
        return 1
    CHANGELOG.write_text(entry(CHANGELOG.read_text(), released, current, clock.today()))
    RELEASED.parent.mkdir(exist_ok=True)
    RELEASED.write_text(text, encoding="utf-8")
    for language, file in contract.FILES.items():
        file.write_text(export_openapi.document(language), encoding="utf-8")
    written = ", ".join(str(file.relative_to(ROOT)) for file in (*contract.FILES.values(), RELEASED, CHANGELOG))
    print(f"Released {_version(current)}; commit {written}")
    return 0


def _nothing() -> Json:
    return {"info": {"version": "0.0.0"}, "paths": {}, "components": {"schemas": {}}}


def _version(document: Json) -> str:
    return str(document["info"]["version"])


def _numbers(document: Json) -> tuple[int, ...]:
    return tuple(int(part) for part in _version(document).split("."))


def _names(document: Json) -> set[str]:
    return {operation["operationId"] for _, _, operation in operations(document)}


if __name__ == "__main__":
    raise SystemExit(main())
