"""Appointments pass on or end with their unit, and are stood in for"""

from migrations import sql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE org_unit ADD COLUMN appointments_pass_on boolean NOT NULL DEFAULT false;
ALTER TABLE org_unit ALTER COLUMN appointments_pass_on DROP DEFAULT;
ALTER TABLE role_assignment ADD COLUMN stands_in_for_id uuid;
ALTER TABLE role_assignment ADD CONSTRAINT fk_role_assignment_stands_in_for_id
    FOREIGN KEY (stands_in_for_id) REFERENCES role_assignment (id);
CREATE INDEX ix_role_assignment_stands_in_for_id ON role_assignment (stands_in_for_id);
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE role_assignment DROP COLUMN stands_in_for_id;
ALTER TABLE org_unit DROP COLUMN appointments_pass_on;
""")
