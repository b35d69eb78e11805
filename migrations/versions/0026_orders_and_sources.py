"""Indexes of what an order says, and of what a skill record is derived from"""

from migrations import sql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE INDEX ix_employment_order_number ON employment (order_number);
CREATE INDEX ix_post_order_number ON post (order_number);
CREATE INDEX ix_absence_order_number ON absence (order_number);
CREATE INDEX ix_skill_record_source_id ON skill_record (source_id);
""")


def downgrade() -> None:
    sql.run("""
DROP INDEX ix_skill_record_source_id;
DROP INDEX ix_absence_order_number;
DROP INDEX ix_post_order_number;
DROP INDEX ix_employment_order_number;
""")
