"""Change control: what breaks a client of the released contract is reported; what is only new passes."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest

from app.kit import contract
from scripts import export_openapi, release_contract
from scripts.compatibility import breaks
from tests.contract.mutants import BREAKING, HARMLESS, Change, Document, add_operation, drop_path, rename_operation

pytestmark = pytest.mark.slow  # each trial compares the whole document

CURRENT: Document = json.loads(contract.FILES["en"].read_text())


def test_the_contract_keeps_what_was_released_or_its_version_announces_a_break() -> None:
    released: Document = json.loads(release_contract.RELEASED.read_text())
    if not release_contract.says_it_breaks(released, CURRENT):
        found = breaks(released, CURRENT)
        assert found == [], "\n".join(["this breaks:", *found, "raise `VERSION` in app/__init__.py, or keep it"])


def changed(change: Change, version: str | None = None) -> Document:
    document = copy.deepcopy(CURRENT)
    change(document)
    document["info"]["version"] = version or document["info"]["version"]
    return document


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__)
def test_a_change_that_breaks_is_reported_with_the_operations_affected(change: Change) -> None:
    found = breaks(CURRENT, changed(change))
    assert any(BREAKING[change] in line.split(": ")[0] for line in found), found


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_what_is_only_new_or_looser_passes(change: Change) -> None:
    assert breaks(CURRENT, changed(change)) == []


def at(version: str) -> Document:
    return {**CURRENT, "info": {**CURRENT["info"], "version": version}}


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [("1.2.0", "1.3.0", False), ("1.2.0", "2.0.0", True), ("0.2.0", "0.2.1", False), ("0.2.0", "0.3.0", True)],
)
def test_a_break_is_released_only_under_a_version_that_announces_it(before: str, after: str, may: bool) -> None:
    assert (release_contract.refused(at(before), changed(drop_path, after)) == []) is may


def test_a_version_is_released_once() -> None:
    assert release_contract.refused(at("1.2.0"), at("1.2.0")) == [
        "The version 1.2.0 is not newer than the released 1.2.0."
    ]


def test_the_changelog_keeps_the_words_and_names_what_is_new_and_what_breaks() -> None:
    log = "# Changelog\n\n## Unreleased\n\n- Venues have seats.\n\n## 1.2.0 (2026-04-01)\n\n- The first.\n"

    def change(document: Document) -> None:
        add_operation(document)
        rename_operation(document)

    written = release_contract.entry(log, at("1.2.0"), changed(change, "2.0.0"), date(2026, 11, 23))
    assert written == (
        "# Changelog\n\n## Unreleased\n\n## 2.0.0 (2026-11-23)\n\n- Venues have seats.\n"
        "- New operations: `enrollments_accept`, `lecturers_list`.\n"
        "- Breaks clients that use enrollments_approve: It is named enrollments_accept now.\n"
        "\n## 1.2.0 (2026-04-01)\n\n- The first.\n"
    )


def test_the_command_releases_the_contract_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("RELEASED", "CHANGELOG"):
        monkeypatch.setattr(release_contract, name, tmp_path / name)
    monkeypatch.setattr(contract, "FILES", {language: tmp_path / language for language in ("en", "ja")})
    monkeypatch.setattr(release_contract, "ROOT", tmp_path)
    release_contract.CHANGELOG.write_text("# Changelog\n\n## Unreleased\n\n- The first contract.\n")
    assert release_contract.main() == 0
    assert release_contract.RELEASED.read_text() == contract.FILES["en"].read_text() == export_openapi.document()
    assert export_openapi.is_current("ja")
    assert f"## {CURRENT['info']['version']} (" in release_contract.CHANGELOG.read_text()
    assert release_contract.main() == 1
    assert "is not newer" in capsys.readouterr().out
