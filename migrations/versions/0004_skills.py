"""Skills, the map, evidence"""

from migrations import sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("")


def downgrade() -> None:
    sql.run("")
