"""The document in Japanese: every operation, schema and field has its text, and only texts differ from the contract.

A failing test names the entries of `openapi/ja.toml` to add or to remove; then run `scripts/dev contract`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from app.kit import contract
from scripts import export_openapi
from scripts.openapi.walk import parts
from tests.conventions.test_contract import DOCUMENT, OPERATIONS
from tests.fixtures import SignIn

ENGLISH, JAPANESE = export_openapi.texts("en"), export_openapi.texts("ja")
TEXTS = JAPANESE["operations"]
TRANSLATED: dict[str, Any] = json.loads(contract.FILES["ja"].read_text())
SCHEMAS: dict[str, Any] = export_openapi.english()["components"]["schemas"]
_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


def described_fields() -> Iterator[tuple[str, str]]:
    """Schema and name of each field that has a description."""
    for schema, content in SCHEMAS.items():
        for field, part in content.get("properties", {}).items():
            if any("description" in inner for inner in parts(part)):
                yield schema, field


def assert_complete(section: str, texts: Iterable[str], needed: Iterable[str]) -> None:
    lacking, unused = sorted(set(needed) - set(texts)), sorted(set(texts) - set(needed))
    assert not lacking, f"add to [{section}] of openapi/ja.toml, then run scripts/dev contract: {', '.join(lacking)}"
    assert not unused, f"remove from [{section}] of openapi/ja.toml: {', '.join(unused)}"


def test_each_operation_has_a_text_and_each_text_an_operation() -> None:
    assert_complete("operations.…", TEXTS, OPERATIONS)


def test_each_tag_has_a_text_in_both_languages() -> None:
    used = {tag for _, _, operation in OPERATIONS.values() for tag in operation["tags"]}
    assert_complete("tags", JAPANESE["tags"], used)
    assert set(ENGLISH["tags"]) == used, "[tags] of openapi/en.toml lacks or no longer needs a text"


def test_each_schema_has_a_text_and_each_text_a_schema() -> None:
    assert_complete("schemas", JAPANESE["schemas"], [name for name, one in SCHEMAS.items() if "description" in one])


def test_each_field_has_a_text_and_each_text_a_field() -> None:
    texts = JAPANESE["fields"]
    entries = {entry(f"{schema}.{field}", field, texts) for schema, field in described_fields()}
    assert_complete("fields", texts, entries)


def entry(of_schema: str, of_name: str, texts: Iterable[str]) -> str:
    """The entry that gives a field its text: its own, or that of every field of the name."""
    return of_name if of_name in texts and of_schema not in texts else of_schema


def test_each_header_has_a_text_and_each_text_a_header() -> None:
    assert_complete("headers", JAPANESE["headers"], DOCUMENT["components"]["headers"])


def test_each_parameter_has_a_text_and_each_text_a_parameter() -> None:
    taken = {name: {p["name"] for p in operation["parameters"]} for name, (_, _, operation) in OPERATIONS.items()}
    assert_complete("parameters", JAPANESE["parameters"], set[str]().union(*taken.values()))
    assert [name for name, texts in TEXTS.items() if not set(texts.get("parameters", {})) <= taken[name]] == []


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_text_has_a_short_heading_and_polite_sentences(name: str) -> None:
    summary, description = TEXTS[name]["summary"], TEXTS[name]["description"]
    assert _JAPANESE.search(summary)
    assert len(summary) <= 30
    assert not summary.endswith("。")
    assert re.fullmatch(r"([^。]*(ます|です|ません|ください)。)+", description)


def test_no_description_is_left_in_english() -> None:
    english = [text for text in descriptions(TRANSLATED) if not _JAPANESE.search(text)]
    assert not english, f"openapi/ja.toml has no Japanese text for: {english}"


def descriptions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from descriptions(part)
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "description" and isinstance(part, str):
                yield part
            elif name not in {"example", "examples"}:
                yield from descriptions(part)


@pytest.mark.slow
def test_nothing_but_texts_is_translated() -> None:
    validate(TRANSLATED)
    assert without_texts(TRANSLATED) == without_texts(DOCUMENT)


def without_texts(value: Any) -> Any:
    if isinstance(value, dict):
        texts = {name for name in ("summary", "description") if isinstance(value.get(name), str)}
        return {name: without_texts(part) for name, part in value.items() if name not in texts}
    return [without_texts(part) for part in value] if isinstance(value, list) else value


async def test_the_document_comes_in_the_language_asked_for(api: SignIn) -> None:
    client = await api()
    titles = {}
    for language in ("ja", "en"):
        document = (await client.get(f"http://test/openapi.json?lang={language}")).json()
        titles[language] = document["paths"]["/api/v1/employees"]["get"]["summary"]
    assert titles == {"ja": "職員の一覧", "en": OPERATIONS["employees_list"][2]["summary"]}
    assert (await client.get("http://test/openapi.json?lang=fr")).status_code == 422
