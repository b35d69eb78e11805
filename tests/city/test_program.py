"""The output of the loader: a progress bar on a terminal, plain lines elsewhere."""

from io import StringIO

from rich.console import Console

from scripts.city.__main__ import progress


def test_without_a_terminal_each_stage_is_one_plain_line() -> None:
    output = StringIO()
    with progress(Console(file=output, force_terminal=False)) as report:
        report("employee", 1, 3)
        report("employee", 3, 3)
        report("saving", 0, 1)
    assert output.getvalue() == "employee\nsaving\n"


def test_a_terminal_shows_a_bar_with_counts() -> None:
    output = StringIO()
    with progress(Console(file=output, force_terminal=True, width=80)) as report:
        report("employee", 2, 3)
    assert "━" in output.getvalue()
    assert "2/3" in output.getvalue()
