"""${message}"""

from migrations import sql

revision = "${up_revision}"
down_revision = "${down_revision}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
""")


def downgrade() -> None:
    sql.run("""
""")
