"""Seats, attendance, completion"""

from migrations import sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("")


def downgrade() -> None:
    sql.run("")
