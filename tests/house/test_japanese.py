"""The document in Japanese: every operation has its texts, and only texts differ from the contract."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from scripts import export_openapi
from scripts.openapi.japanese import translated
from tests.fixtures import SignIn
from tests.house.test_contract import DOCUMENT, OPERATIONS

ENGLISH, JAPANESE = export_openapi.texts("en"), export_openapi.texts("ja")
TEXTS = JAPANESE["operations"]
TRANSLATED = translated(DOCUMENT, JAPANESE)
_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


def test_each_operation_has_a_text_and_each_text_an_operation() -> None:
    assert sorted(TEXTS) == sorted(OPERATIONS)
    assert sorted(JAPANESE["tags"]) == sorted(ENGLISH["tags"])


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_text_has_a_short_heading_and_polite_sentences(name: str) -> None:
    summary, description = TEXTS[name]["summary"], TEXTS[name]["description"]
    assert _JAPANESE.search(summary)
    assert len(summary) <= 30
    assert not summary.endswith("。")
    assert re.fullmatch(r"([^。]*(ます|です|ません|ください)。)+", description)


def test_each_parameter_has_a_text_and_each_text_a_parameter() -> None:
    taken = {name: {p["name"] for p in operation["parameters"]} for name, (_, _, operation) in OPERATIONS.items()}
    assert set(JAPANESE["parameters"]) == set().union(*taken.values())
    assert [name for name, texts in TEXTS.items() if not set(texts.get("parameters", {})) <= taken[name]] == []


def test_nothing_but_words_is_translated() -> None:
    validate(TRANSLATED)
    assert _wordless(TRANSLATED) == _wordless(DOCUMENT)


def _wordless(value: Any) -> Any:
    if isinstance(value, dict):
        texts = {name for name in ("summary", "description") if isinstance(value.get(name), str)}
        return {name: _wordless(part) for name, part in value.items() if name not in texts}
    return [_wordless(part) for part in value] if isinstance(value, list) else value


async def test_the_document_comes_in_the_language_asked_for(api: SignIn) -> None:
    client = await api()
    titles = {}
    for language in ("ja", "en"):
        document = (await client.get(f"http://test/openapi.json?lang={language}")).json()
        titles[language] = document["paths"]["/api/v1/employees"]["get"]["summary"]
    assert titles == {"ja": "職員の一覧", "en": OPERATIONS["employees_list"][2]["summary"]}
    assert (await client.get("http://test/openapi.json?lang=fr")).status_code == 422
