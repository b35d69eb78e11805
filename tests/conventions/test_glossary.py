"""The glossary: each resource, table and coded value has its row, and each word is the one that code and API use."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlmodel import SQLModel

from app import tables
from app.kit.settings import Settings
from app.main import build_app
from app.vocabulary import modules
from scripts import export_openapi
from scripts.environment import ROOT
from tests.conventions.test_contract import DOCUMENT

PAGE = (ROOT / "openapi" / "glossary.md").read_text()
JAPANESE = export_openapi.texts("ja")
ENUMS = {enum.__name__: enum for enum in modules.enums()}


def table(heading: str) -> Iterator[list[str]]:
    """The rows of the table under a heading, without the marks of code."""
    lines = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    rows = [line for line in lines if line.startswith("|")]
    for row in rows[2:]:
        yield [cell.strip().strip("`") for cell in row.strip("|").split("|")]


def assert_rows(heading: str, expected: Iterable[tuple[str, str]]) -> None:
    """The first two columns, whatever their order."""
    given, right = {(first, second) for first, second, *_ in table(heading)}, set(expected)
    assert not (lacking := right - given), f'add to "{heading}" of openapi/glossary.md: {sorted(lacking)}'
    assert not (wrong := given - right), f'remove from "{heading}" of openapi/glossary.md: {sorted(wrong)}'


def resources() -> Iterator[tuple[str, str]]:
    """The first segment of each path, and the package that has the shortest path below it."""
    app = build_app(Settings(embedded_url="postgresql://nobody@/nothing"))
    packages: dict[str, str] = {}
    for context in sorted(iter_route_contexts(app.routes), key=lambda context: len(context.path or "")):
        base, _, path = (context.path or "").partition("/api/v1/")
        if path and not base:
            packages.setdefault(f"/{path.split('/')[0]}", context.endpoint.__module__.split(".")[1])
    yield from packages.items()


def test_each_resource_has_its_row() -> None:
    assert_rows("Resources", resources())


def test_a_resource_has_its_japanese_word_in_the_headings_of_its_operations() -> None:
    summaries: dict[str, list[str]] = {}
    for path, item in DOCUMENT["paths"].items():
        if path.startswith("/api/v1/"):
            own = [
                JAPANESE["operations"].get(operation["operationId"], {}).get("summary", "")
                for operation in item.values()
            ]
            summaries.setdefault(f"/{path.split('/')[3]}", []).extend(own)
    missed = [(path, word) for path, _, word in table("Resources") if not any(word in text for text in summaries[path])]
    assert missed == []


def test_each_table_has_its_row() -> None:
    tables.load()
    mappers = SQLModel._sa_registry.mappers
    assert_rows("Tables", ((mapper.class_.__name__, str(mapper.local_table)) for mapper in mappers))


def test_a_table_of_a_resource_has_the_word_of_the_resource() -> None:
    words = {path.removeprefix("/"): word for path, _, word in table("Resources")}
    named = {f"{name}s": word for _, name, word in table("Tables")}
    assert {name: named[name] for name in words.keys() & named.keys()} == {
        name: words[name] for name in words.keys() & named.keys()
    }


def test_each_enum_has_its_row() -> None:
    assert sorted(name for name, *_ in table("Coded values")) == sorted(ENUMS)


@pytest.mark.parametrize("name", ENUMS)
def test_the_row_of_an_enum_has_its_values_and_labels(name: str) -> None:
    (word, values) = next((word, values) for known, word, values in table("Coded values") if known == name)
    right = ", ".join(f"`{value}` {value.ja}" for value in ENUMS[name])
    assert f"`{values}" == right, f"openapi/glossary.md: | `{name}` | {word} | {right} |"
    assert word in JAPANESE["schemas"].get(name, word), f"[schemas] of openapi/ja.toml uses another word for {name}"


def test_the_roles_are_those_of_the_policy() -> None:
    policy = tomllib.loads((ROOT / "app" / "seed" / "iwaki.toml").read_text())
    roles = [[role["code"], role["name_en"], role["name"]] for role in policy["roles"]]
    assert list(table("Roles of the policy")) == roles


def test_each_central_term_has_names_that_exist() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    texts = japanese_texts()
    for term, name, api, word, _ in table("Central terms"):
        assert re.search(rf"\b{name}\b", code), f"{term}: no {name} in app"
        assert api == "–" or api in names_of_the_api(), f"{term}: no {api} in the document"
        assert word in texts, f"{term}: {word} is in no Japanese text"


def names_of_the_api() -> set[str]:
    """Segments of paths, names of fields and parameters, and coded values."""
    found = {segment for path in DOCUMENT["paths"] for segment in path.split("/")}
    for schema in DOCUMENT["components"]["schemas"].values():
        found |= {*schema.get("properties", ()), *map(str, schema.get("enum", ()))}
    return found


def japanese_texts() -> str:
    """Everything that people read in Japanese: of the document, the labels and the problems."""
    labels = [value.ja for enum in ENUMS.values() for value in enum]
    problems = [text for error in modules.errors() for text in (error.ja, error.detail_ja)]
    return "\n".join([*strings(JAPANESE), *labels, *problems])


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else ():
        yield from strings(part)


def test_one_thing_has_one_japanese_word() -> None:
    texts = [*japanese_texts().splitlines(), *(ROOT / "README.md").read_text().splitlines()]
    found = [
        (word, use, text) for word, use in table("Japanese words that are not used") for text in texts if word in text
    ]
    assert found == []
