"""Up to where the log reached after the last write of each account"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE UNLOGGED TABLE write_mark (
            caller uuid NOT NULL,
            lsn bigint NOT NULL,
            era uuid NOT NULL,
            CONSTRAINT pk_write_mark PRIMARY KEY (caller)
        )"""
    )


def downgrade() -> None:
    op.execute("DROP TABLE write_mark")
