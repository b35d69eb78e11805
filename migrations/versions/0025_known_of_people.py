"""The first and the last day of service are kept with what is known of people; an index of former numbers"""

from migrations import sql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE person_change ADD COLUMN hired_on date, ADD COLUMN left_on date;
CREATE INDEX ix_person_change_hired_on ON person_change (hired_on, employee_id);
CREATE INDEX ix_employee_number_former ON employee_number (employee_id, valid_to) WHERE valid_to IS NOT NULL;
""")


def downgrade() -> None:
    sql.run("""
DROP INDEX ix_employee_number_former;
DROP INDEX ix_person_change_hired_on;
ALTER TABLE person_change DROP COLUMN hired_on, DROP COLUMN left_on;
""")
