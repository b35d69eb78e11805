"""Migrations are plain SQL: what stands here is what the database has."""

from alembic import op

from migrations.statements import statements


def run(script: str) -> None:
    """Run the statements one by one; no colon marks a parameter."""
    for statement in statements(script):
        op.execute(statement.replace(":", "\\:"))
