"""Questionnaires and answers"""

from migrations import sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("")


def downgrade() -> None:
    sql.run("")
