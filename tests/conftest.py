"""Fixtures are in `tests/fixtures.py`, which imports the whole service; tests of rules run without it."""

import pytest

PURE = {"test_disclosure_rules.py", "test_pairs.py", "test_questions.py", "test_rules.py", "test_statistics.py"}
"""Test files that need no database and no application, and so start within a second."""


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Registers the fixtures at the first file that may use them."""
    if isinstance(collector, pytest.Module) and collector.path.name not in PURE:
        collector.config.pluginmanager.import_plugin("tests.fixtures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, so that no worker is left with a long one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
