"""The document's examples have the shape of what the demonstration city really answers."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.kit.openapi.walk import operations
from scripts import export_openapi
from tests.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("city")]
DOCUMENT: dict[str, Any] = json.loads(export_openapi.document())
FREE = {"before", "after", "words", "stated_counts"}  # objects whose members are data
READS = {
    operation["operationId"]: (path, operation["responses"]["200"]["content"]["application/json"]["example"])
    for path, method, operation in operations(DOCUMENT)
    if method == "get" and path.startswith("/api/")
}


@pytest.fixture(scope="module")
def admin(city: Served) -> Iterator[httpx.Client]:
    token = city.sign_in("admin").json()["access_token"]
    address, headers = f"http://127.0.0.1:{city.port}", {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def place(admin: httpx.Client, path: str) -> str | None:
    """The path with the id of a real resource in it, or nothing when the city has none."""
    collection, found, rest = path.partition("/{id}")
    if not found:
        return path
    for resource in admin.get(collection, params={"limit": 5}).json()["results"]:
        candidate = f"{collection}/{resource['id']}{rest}"
        if admin.get(candidate).status_code == 200:
            return candidate
    return None


def differences(shown: Any, real: Any, where: str = "") -> list[str]:
    """Where the two have other members, or other kinds of values; null and empty say nothing."""
    if shown is None or real is None:
        return []
    if isinstance(shown, dict) and isinstance(real, dict):
        free = where.rsplit("/", 1)[-1] in FREE
        alone = {name for name in shown.keys() ^ real.keys() if {**shown, **real}[name] is not None}
        odd = [] if free else [f"{where}/{name} in only one" for name in sorted(alone)]
        return odd + [
            line
            for name in shown.keys() & real.keys()
            for line in differences(shown[name], real[name], f"{where}/{name}")
        ]
    if isinstance(shown, list) and isinstance(real, list):
        return differences(shown[0], real[0], f"{where}/0") if shown and real else []
    number = isinstance(shown, int | float) and isinstance(real, int | float)
    return [] if number or type(shown) is type(real) else [f"{where}: {type(shown)} and {type(real)}"]


@pytest.mark.parametrize("name", READS)
def test_an_example_looks_like_the_real_answer(admin: httpx.Client, name: str) -> None:
    path, shown = READS[name]
    real = place(admin, path)
    if real is None:
        pytest.skip("the made-up city has none")
    answer = admin.get(real)
    assert answer.status_code == 200, answer.text
    assert differences(shown, answer.json()) == []
