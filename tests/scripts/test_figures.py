"""The figures that are compared with those of 0.1.0 can still be taken."""

import ast

import pytest

from scripts import calls, figures


def test_an_import_is_an_arrow_to_another_package() -> None:
    module = ast.parse("from app.people import days\nfrom app.kit import clock\nimport app.roles.enums")
    assert set(figures.imports("skills", module)) == {("skills", "people"), ("skills", "roles")}
    assert set(figures.imports("people", module)) == {("people", "roles")}


@pytest.mark.parametrize(
    ("line", "counted"),
    [("rows: list[Any]", True), ("from typing import Any", False), ("Anything", False), ("# Any other", True)],
)
def test_lines_with_any_are_counted_without_imports(line: str, counted: bool) -> None:
    assert figures.has_any(line) is counted


@pytest.mark.slow
def test_every_figure_of_the_comparison_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PEOPLE", 60)
    taken = figures.sizes() | calls.traced_calls()
    assert figures.BEFORE.keys() <= taken.keys()
    assert all(taken[name] > 0 for name in figures.BEFORE)
