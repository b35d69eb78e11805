"""Changes of what figures are counted from are noted, so that a figure is remembered until then"""

from migrations import sql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE figure_change (
    token bigint NOT NULL,
    CONSTRAINT pk_figure_change PRIMARY KEY (token)
);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE figure_change;
""")
