"""The listed modules are those that define errors and coded values, all of them and no others."""

import ast
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

import pytest

from app.vocabulary import modules
from scripts.environment import ROOT

APP = ROOT / "app"


def classes() -> Iterator[tuple[str, str, set[str]]]:
    """Module, name and names of the bases of every class in the application."""
    for path in sorted(APP.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                yield module, node.name, {ast.unparse(base).rpartition(".")[2] for base in node.bases}


def defining(base: str) -> set[str]:
    """The modules with a class that derives from `base`, directly or not."""
    names, defined = {base}, list(classes())
    while derived := {name for _, name, bases in defined if bases & names} - names:
        names |= derived
    return {module for module, _, bases in defined if bases & names}


@pytest.mark.parametrize(
    ("base", "listed"),
    [("DomainError", modules.ERRORS), ("LabelledEnum", modules.ENUMS)],
    ids=["errors", "enums"],
)
def test_every_defining_module_is_listed(base: str, listed: tuple[ModuleType, ...]) -> None:
    assert Counter(module.__name__ for module in listed) == Counter(defining(base)), "app/vocabulary/modules.py"


def test_a_constraint_has_one_error() -> None:
    named = Counter(name for error in modules.errors() for name in error.constraints())
    assert [constraint for constraint, times in named.items() if times > 1] == []
