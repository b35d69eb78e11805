"""Migrations are plain SQL: what stands here is what the database has."""

from alembic import op


def run(script: str) -> None:
    """Run the statements one by one, as the driver wants them; `$$` bodies stay whole."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.rstrip().endswith(";") and statement.count("$$") % 2 == 0:
            op.execute(statement.strip().replace(":", "\\:"))
            statement = ""
    if statement.strip():
        raise ValueError(f"not ended by a semicolon: {statement.strip()[:80]}")
