"""The pages for contributors: files and packages that they name exist, and links lead somewhere."""

import re
import tomllib
from pathlib import Path

import pytest

from scripts.environment import ROOT

APP = ROOT / "app"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", APP / "README.md", *(ROOT / "openapi").glob("*.md")]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for path, heading in LINK.findall(page.read_text()):
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {path}"
        assert not heading or heading in headings(target), f"{page.name}: {path}#{heading}"


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_the_files_that_the_page_of_the_code_names_exist() -> None:
    named = set(re.findall(r"`([a-z_]+/[\w./]+\.(?:py|sql|md))`", (APP / "README.md").read_text()))
    assert len(named) > 15
    assert [path for path in sorted(named) if not (APP / path).exists() and not (ROOT / path).exists()] == []


def test_the_layers_drawn_are_those_that_the_linter_holds() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    held = [set(re.findall(r"\w+", layer)) & existing() for layer in contracts[0]["layers"]]
    drawing = (APP / "README.md").read_text().split("```")[1]
    drawn = [set(re.findall(r"\w+", line.split("  ")[0])) for line in drawing.strip().splitlines()]
    assert drawn == [layer for layer in held if layer], "draw in app/README.md the layers of pyproject.toml"


def existing() -> set[str]:
    return {path.stem for path in APP.iterdir() if path.is_dir() or path.suffix == ".py"}
