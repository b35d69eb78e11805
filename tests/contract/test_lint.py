"""The contract before the field's own judges: not one finding, and they do find what is wrong."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from app.kit import contract
from scripts import node

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("node")]
DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())


def spectral(document: Path) -> list[str]:
    """What spectral finds by its own rules for OpenAPI and by OWASP's for APIs, hints too."""
    program = node.ready() / "@stoplight" / "spectral-cli" / "dist" / "index.js"
    options = ("--ruleset", "spectral.yaml", "--fail-severity", "hint", "--format", "json", "--quiet")
    output = node.run(str(program), "lint", str(document), *options).stdout
    return [
        f"{found['code']} at {'/'.join(map(str, found['path']))}: {found['message']}" for found in json.loads(output)
    ]


def redocly(document: Path) -> list[str]:
    """What redocly finds under its strictest recommendation, in which a warning is an error."""
    program = node.ready() / "@redocly" / "cli" / "bin" / "cli.js"
    options = ("--extends", "recommended-strict", "--format", "json", "--max-problems", "100")
    output = node.run(str(program), "lint", str(document), *options).stdout
    found = json.JSONDecoder().raw_decode(output[output.index("{") :])[0]["problems"]
    return [f"{p['ruleId']} at {p['location'][0].get('pointer')}: {p['message']}" for p in found]


def test_spectral_and_owasp_find_nothing() -> None:
    assert spectral(contract.FILES["en"]) == []


def test_redocly_finds_nothing() -> None:
    assert redocly(contract.FILES["en"]) == []


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The contract with a tag that nobody defines, a text without end and an example that does not fit."""
    document = copy.deepcopy(DOCUMENT)
    document["tags"] = document["tags"][1:]
    del document["components"]["schemas"]["EmployeeCreate"]["properties"]["name"]["maxLength"]
    document["components"]["schemas"]["EmployeeCreate"]["examples"] = [{"name": 1}]
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))
    return path


def test_what_is_wrong_is_found(broken: Path) -> None:
    by_spectral = {found.split(" ")[0] for found in spectral(broken)}
    assert {"operation-tag-defined", "owasp:api4:2023-string-limit"} <= by_spectral
    assert "no-invalid-schema-examples" in {found.split(" ")[0] for found in redocly(broken)}
