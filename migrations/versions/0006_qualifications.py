"""Qualifications held"""

from migrations import sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("")


def downgrade() -> None:
    sql.run("")
