"""In which circumstances a seat was confirmed, when a session was rescheduled, and events that the service makes itself"""

from migrations import sql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE course_session ADD COLUMN rescheduled_at timestamptz;
ALTER TABLE enrollment
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN confirmed_section_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN confirmed_leave_days date[] NOT NULL DEFAULT '{}',
    ADD COLUMN confirmed_out_of_target boolean NOT NULL DEFAULT false;
ALTER TABLE enrollment_event ALTER COLUMN by DROP NOT NULL;
""")


def downgrade() -> None:
    sql.run("""
DELETE FROM enrollment_event WHERE by IS NULL;
ALTER TABLE enrollment_event ALTER COLUMN by SET NOT NULL;
ALTER TABLE enrollment
    DROP COLUMN confirmed_at,
    DROP COLUMN confirmed_section_ids,
    DROP COLUMN confirmed_leave_days,
    DROP COLUMN confirmed_out_of_target;
ALTER TABLE course_session DROP COLUMN rescheduled_at;
""")
