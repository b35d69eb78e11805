"""Writes app/examples.json: what the demonstration city answers to each reading operation, for the document to show.

    scripts/serve
    .venv/bin/python -m scripts.capture_examples [--url http://127.0.0.1:8000]

Of several resources the one that says most is taken; a list is cut to a few rows that together say the most.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from app.kit.openapi.walk import Json, operations
from scripts.export_openapi import document

FILE = Path(__file__).parent.parent / "app" / "examples.json"
MOST = 3  # rows of a list


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="a running scripts/serve")
    with httpx.Client(base_url=parser.parse_args().url, timeout=60, trust_env=False) as client:
        sign_in(client)
        answers = captured(client, json.loads(document()))
    FILE.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.name}; now run python -m scripts.export_openapi")


def sign_in(client: httpx.Client) -> None:
    form = {"grant_type": "password", "username": "admin", "password": "demo"}
    token = client.post("/api/v1/auth/token", data=form).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


def captured(client: httpx.Client, document: Json) -> dict[str, Any]:
    """An answer by the name of each reading operation; an operation that has nothing to read is left out."""
    reads = [(path, operation["operationId"]) for path, method, operation in operations(document) if method == "get"]
    answers = {name: telling([*map(brief, answered(client, path))])[:1] for path, name in reads}
    return {name: answer for name, found in answers.items() for answer in found}


def answered(client: httpx.Client, path: str) -> Iterator[Any]:
    """What the path answers, with the id of each of some resources in it."""
    collection, inner, rest = path.partition("/{id}")
    paths = [path]
    if inner:
        rows = client.get(collection).raise_for_status().json()["results"]
        paths = [f"{collection}/{row['id']}{rest}" for row in rows if row["id"]]
    answers = map(client.get, paths)
    return (answer.json() for answer in answers if answer.status_code == httpx.codes.OK)


def brief(value: Any) -> Any:
    """With few rows of each list of resources, and one list of a map of lists."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return telling([brief(row) for row in value])
    if isinstance(value, dict) and len(value) > 1 and all(isinstance(inner, list) for inner in value.values()):
        value = dict([next(iter(value.items()))])
    return {name: brief(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def telling(rows: Sequence[Any]) -> list[Any]:
    """The row that fills most members, then those that fill most of what is left."""
    shown: list[Any] = []
    said: set[str] = set()
    while len(shown) < MOST and rows:
        best = max(rows, key=lambda row: len(set(filled(row)) - said))
        if shown and said >= set(filled(best)):
            break
        shown.append(best)
        said |= set(filled(best))
    return shown


def filled(value: Any, where: str = "") -> Iterator[str]:
    """The members that say something: not null, nothing or zero."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from filled(inner, f"{where}/{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from filled(inner, where)
    elif value:
        yield where


if __name__ == "__main__":
    main()
