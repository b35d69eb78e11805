"""Indexes of what an order says, of what a skill record is derived from, of units above, of enrollments and of appointments"""

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
CREATE INDEX ix_employment_published_on ON employment (published_on) WHERE published_on IS NOT NULL;
CREATE INDEX ix_employment_end_published_on ON employment (end_published_on) WHERE end_published_on IS NOT NULL;
CREATE INDEX ix_post_published_on ON post (published_on) WHERE published_on IS NOT NULL;
CREATE INDEX ix_post_end_published_on ON post (end_published_on) WHERE end_published_on IS NOT NULL;
CREATE INDEX ix_absence_published_on ON absence (published_on) WHERE published_on IS NOT NULL;
CREATE INDEX ix_absence_end_published_on ON absence (end_published_on) WHERE end_published_on IS NOT NULL;
CREATE INDEX ix_skill_record_source_id ON skill_record (source_id);
CREATE INDEX ix_enrollment_org_unit_id ON enrollment (org_unit_id);
CREATE INDEX ix_org_unit_parent_id ON org_unit (parent_id);
CREATE INDEX ix_appointment_period_org_unit_id ON appointment_period (org_unit_id);
CREATE INDEX ix_role_period_role_code ON role_period (role_code);
CREATE INDEX ix_appointment_period_unit_ids ON appointment_period USING gin (unit_ids);
""")


def downgrade() -> None:
    sql.run("""
DROP INDEX ix_appointment_period_unit_ids;
DROP INDEX ix_role_period_role_code;
DROP INDEX ix_appointment_period_org_unit_id;
DROP INDEX ix_org_unit_parent_id;
DROP INDEX ix_enrollment_org_unit_id;
DROP INDEX ix_skill_record_source_id;
DROP INDEX ix_absence_end_published_on;
DROP INDEX ix_absence_published_on;
DROP INDEX ix_post_end_published_on;
DROP INDEX ix_post_published_on;
DROP INDEX ix_employment_end_published_on;
DROP INDEX ix_employment_published_on;
DROP INDEX ix_absence_order_number;
DROP INDEX ix_post_order_number;
DROP INDEX ix_employment_order_number;
""")
