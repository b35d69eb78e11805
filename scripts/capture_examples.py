"""Writes openapi/examples.json: what the demonstration city is sent and returns at each operation, for the document.

    scripts/serve --data DIR
    .venv/bin/python -m scripts.capture_examples [OPERATION …] [--url http://127.0.0.1:8000]

With names only these operations are called, such as those of a new resource, and the others keep their examples.
Of several resources the one with most fields filled is taken; a list is cut to a few rows that together fill most.
Actions and changes are really sent, so use a city that is not needed any more.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import httpx

from scripts.export_openapi import COMMAND, EXAMPLES, INPUTS, document
from scripts.openapi.walk import Json, operations

ROWS = 3  # of a list
TRIED = 50  # resources
ACCOUNTS = ("admin", "section-head")  # the second for what only a head may do


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="a running scripts/serve")
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help="such as venues_list")
    chosen = parser.parse_args()
    clients = [signed_in(chosen.url, account) for account in ACCOUNTS]
    kept = json.loads(EXAMPLES.read_text(encoding="utf-8")) if chosen.operations else {}
    found = captured(clients, json.loads(document()), chosen.operations)
    for name in sorted(set(chosen.operations) - set(found)):
        print(f"{name} was refused: give an input that the city accepts in {INPUTS.name}, by the name of its schema")
    examples = kept | found
    EXAMPLES.write_text(json.dumps(examples, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {EXAMPLES.name}; now run {COMMAND}")


def signed_in(url: str, account: str) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=60, trust_env=False)
    form = {"grant_type": "password", "username": account, "password": "demo"}
    token = client.post("/api/v1/auth/token", data=form).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def captured(clients: Sequence[httpx.Client], document: Json, only: Sequence[str]) -> dict[str, Any]:
    """By operation what was sent and returned; an operation that did not succeed is left out."""
    known = [each for each in operations(document) if not only or each[2]["operationId"] in only]
    found = {op["operationId"]: read(clients[0], path) for path, method, op in known if method == "get"}
    for path, method, operation in known:
        if method != "get":
            tries = (written(client, path, method, operation) for client in clients)
            found[operation["operationId"]] = next(filter(None, tries), None)
    return {name: example for name, example in found.items() if example}


def read(client: httpx.Client, path: str) -> Json | None:
    found = most_filled([*map(brief, responses(client, path))])
    return {"answered": found[0]} if found else None


def responses(client: httpx.Client, path: str) -> Iterator[Any]:
    """What the path returns, with the id of each of some resources in it."""
    collection, inner, rest = path.partition("/{id}")
    known = islice(rows(client, collection), TRIED) if inner else ()
    received = map(client.get, [f"{collection}/{row['id']}{rest}" for row in known if row["id"]] if inner else [path])
    return (response.json() for response in received if response.status_code == httpx.codes.OK)


def rows(client: httpx.Client, collection: str) -> Iterator[Json]:
    """All rows of a list; its pages are fetched as rows are needed."""
    following: str | None = collection
    while following:
        page = client.get(following).raise_for_status()
        yield from page.json()["results"]
        following = page.links.get("next", {}).get("url")


def written(client: httpx.Client, path: str, method: str, operation: Json) -> Json | None:
    """The first request that the city accepts with a resource as the response."""
    (content,) = operation.get("requestBody", {"content": {"": {}}})["content"].items()
    headers = {"If-Match": "*", "Content-Type": content[0] or "application/json"}
    for place in places(client, path):
        for sent in variants(client, content[1].get("example")):
            body = None if sent is None else json.dumps(sent)
            response = client.request(method, place, content=body, headers=headers if body else {})
            if response.is_success and "id" in (response.json() if response.content else {}):
                return {"sent": sent, "answered": brief(response.json())}
    return None


def places(client: httpx.Client, path: str) -> Iterator[str]:
    """The path with the ids of some resources on which the action is offered, if it is one."""
    collection, inner, action = path.partition("/{id}")
    if not inner:
        return iter([path])
    offering = (row for row in rows(client, collection) if not action or action[1:] in row.get("allowed_actions", []))
    return (f"{collection}/{row['id']}{action}" for row in islice(offering, TRIED))


def variants(client: httpx.Client, example: Any) -> Iterator[Any]:
    """The example, then with the ids of resources of this city in it, the last of each list first."""
    yield example
    ids_of = [name for name in example or () if name.endswith("_id")]
    lists = {name: client.get(f"/api/v1/{name[:-3]}s", params={"limit": 200}) for name in ids_of}
    ids = {name: [row["id"] for row in page.json()["results"]] for name, page in lists.items() if page.is_success}
    for chosen in zip(*map(reversed, ids.values()), strict=False):
        yield example | dict(zip(ids, chosen, strict=True))


def brief(value: Any) -> Any:
    """With few rows of each list of resources, and one list of a map of lists."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return most_filled([brief(row) for row in value])
    if isinstance(value, dict) and len(value) > 1 and all(isinstance(inner, list) for inner in value.values()):
        value = dict([next(iter(value.items()))])
    return {name: brief(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def most_filled(rows: Sequence[Any]) -> list[Any]:
    """The row with most fields filled, then those that fill most of what is left."""
    shown: list[Any] = []
    covered: set[str] = set()
    while len(shown) < ROWS and rows:
        best = max(rows, key=lambda row: len(set(filled(row)) - covered))
        if shown and covered >= set(filled(best)):
            break
        shown.append(best)
        covered |= set(filled(best))
    return shown


def filled(value: Any, where: str = "") -> Iterator[str]:
    """The fields with a value: not null, empty or zero."""
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
