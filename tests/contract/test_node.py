"""The Node packages of the checks: locked by content, from whatever registry the machine is set up with."""

import json

import pytest

from scripts import node

LOCK = json.loads((node.PROJECT / "package-lock.json").read_text())
PACKAGES = {path: package for path, package in LOCK["packages"].items() if path}


def test_every_package_is_locked_by_its_content_and_by_no_address() -> None:
    assert len(PACKAGES) > 100
    assert [path for path, package in PACKAGES.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [path for path, package in PACKAGES.items() if "resolved" in package] == []


def test_what_is_asked_for_is_one_version_and_the_one_that_is_locked() -> None:
    asked = json.loads((node.PROJECT / "package.json").read_text())["devDependencies"]
    assert asked == {name: PACKAGES[f"node_modules/{name}"]["version"] for name in asked}


@pytest.mark.slow
def test_the_packages_are_installed_once_and_run_under_the_node_of_the_wheel() -> None:
    modules = node.ready()
    stamp = modules / ".stamp"
    before = stamp.stat().st_mtime_ns
    node.ready()
    assert stamp.stat().st_mtime_ns == before
    assert node.run("-e", "console.log(process.version)").stdout.startswith("v24.")
