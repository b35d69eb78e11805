"""Cuts a script into its statements, which the driver takes one at a time."""

from collections.abc import Iterator


def statements(script: str) -> Iterator[str]:
    """Each ends with a semicolon at the end of a line; `$$` bodies stay whole."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.rstrip().endswith(";") and statement.count("$$") % 2 == 0:
            yield statement.strip()
            statement = ""
    if statement.strip():
        raise ValueError(f"not ended by a semicolon: {statement.strip()[:80]}")
