"""Figures across rooms"""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The figures need no table: app/insights/functions.sql."""


def downgrade() -> None:
    pass
