"""The document's examples have the shape of what the demonstration city returns today.

They are captured by `scripts/dev contract OPERATION …`, which a failing test tells to run.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from app.kit import contract
from scripts import capture_examples
from scripts.openapi.walk import operations, reached, resolved
from tests.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("city")]
DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())
FREE = {"before", "after", "words", "stated_counts", "undefined"}  # objects whose keys are data
READS = {
    operation["operationId"]: (path, operation["responses"]["200"]["content"]["application/json"])
    for path, method, operation in operations(DOCUMENT)
    if method == "get"
}


@pytest.fixture(scope="module")
def admin(served_city: Served) -> Iterator[httpx.Client]:
    with closing(capture_examples.signed_in(f"http://127.0.0.1:{served_city.port}", "admin")) as client:
        yield client


def capture(*names: str) -> str:
    return f"run scripts/dev contract {' '.join(names)}"


def differences(shown: Any, real: Any, where: str = "") -> list[str]:
    """Where the two have different fields or kinds of values; null and empty match anything."""
    if shown is None or real is None:
        return []
    if isinstance(shown, dict) and isinstance(real, dict):
        alone = set() if where.rsplit("/", 1)[-1] in FREE else shown.keys() ^ real.keys()
        inner = (differences(shown[name], real[name], f"{where}/{name}") for name in shown.keys() & real.keys())
        return [f"{where}/{name} in only one" for name in sorted(alone)] + [line for lines in inner for line in lines]
    if isinstance(shown, list) and isinstance(real, list):
        return differences(shown[0], real[0], f"{where}/0") if shown and real else []
    number = isinstance(shown, int | float) and isinstance(real, int | float)
    return [] if number or type(shown) is type(real) else [f"{where}: {type(shown)} and {type(real)}"]


@pytest.mark.parametrize("name", READS)
def test_an_example_looks_like_the_real_response(admin: httpx.Client, name: str) -> None:
    path, content = READS[name]
    assert "example" in content, capture(name)
    real = next(capture_examples.responses(admin, path), None)
    assert real is not None, "the made-up city has none: give it one in scripts/city"
    assert differences(content["example"], real) == [], capture(name)


def test_what_can_be_sent_is_tried_until_the_city_accepts_it(admin: httpx.Client) -> None:
    draft = DOCUMENT["paths"]["/api/v1/surveys"]["post"]
    tried = capture_examples.written(admin, "/api/v1/surveys", "post", draft)
    assert tried is not None
    assert (tried["answered"]["title"], tried["answered"]["status"]) == (tried["sent"]["title"], "draft")


def test_the_rows_shown_fill_what_the_others_leave_empty() -> None:
    rows = [{"a": 1, "b": None, "c": []}, {"a": 1, "b": 2, "c": []}, {"a": 0, "b": 0, "c": [{"d": 3}]}]
    assert capture_examples.most_filled(rows) == [rows[1], rows[2]]


def test_the_response_to_a_change_looks_like_what_is_read() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for path, method, operation in operations(DOCUMENT):
        for content in operation["responses"].get("201" if method == "post" else "200", {}).get("content", {}).values():
            assert "example" in content, capture(operation["operationId"])
            (known,) = resolved(content["schema"], schemas).get("examples", [content["example"]])
            assert differences(content["example"], known) == [], (method, path)


def test_what_the_city_returns_is_written_nowhere_else() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    returned = json.dumps([content.get("example") for _, content in READS.values()])
    read = reached([content["schema"] for _, content in READS.values()], schemas)
    own = [name for name in read for shown in schemas[name].get("examples", ()) if json.dumps(shown) not in returned]
    assert own == []
