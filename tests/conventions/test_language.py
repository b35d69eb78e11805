"""Plain English: words that this project once had of its own, or that no native writer uses, do not come back."""

import re
import subprocess

import pytest

from scripts.environment import ROOT

WORDS = {
    "rooms?": "package",
    "house": "project",
    "floors?": "layer",
    "manners": "conventions",
    "told": "given",
    "whoever": "anyone who, or a noun",
    "the own": "their own",
    "speaks? of": "refers to",
}
"""As regular expressions, each with what to write instead."""
ENDINGS = (".py", ".sql", ".md", ".toml", ".mako", ".yaml", ".yml", ".ini", ".ts", "Dockerfile")
NOT_OURS = ("openapi/released/", "tests/conventions/test_language.py", "CHANGELOG.md")


def lines() -> list[tuple[str, int, str]]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    ours = [name for name in listed if name.endswith(ENDINGS) and not name.startswith(NOT_OURS)]
    return [(name, at, line) for name in ours for at, line in enumerate((ROOT / name).read_text().splitlines(), 1)]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_not_used(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b", re.IGNORECASE)
    found = [f"{name}:{at}: {line.strip()}" for name, at, line in lines() if pattern.search(line)]
    assert found == [], f"write {WORDS[word]}"
