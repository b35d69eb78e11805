"""Bookings of a meeting are deleted with an entry in the log, not by the database itself"""

from migrations import sql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE booking
    DROP CONSTRAINT fk_booking_session_meeting_id,
    ADD CONSTRAINT fk_booking_session_meeting_id FOREIGN KEY (session_meeting_id) REFERENCES session_meeting (id);
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE booking
    DROP CONSTRAINT fk_booking_session_meeting_id,
    ADD CONSTRAINT fk_booking_session_meeting_id FOREIGN KEY (session_meeting_id) REFERENCES session_meeting (id)
        ON DELETE CASCADE;
""")
