"""Roles and who holds them"""

from migrations import sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("")


def downgrade() -> None:
    sql.run("")
