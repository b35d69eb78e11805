"""keep days of completion"""

from migrations import sql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A day that is not that of the last meeting attended was decided by somebody; all minutes of a meeting are null."""
    sql.run("""
ALTER TABLE enrollment ADD COLUMN completed_on_decided date;
ALTER TABLE enrollment ADD COLUMN completed_on_reason varchar;
ALTER TABLE enrollment ADD COLUMN terms jsonb;
ALTER TABLE enrollment ADD CONSTRAINT ck_enrollment_completed
    CHECK ((status = 'completed') = (completed_on IS NOT NULL));
CREATE INDEX ix_enrollment_completed_on ON enrollment (completed_on) WHERE completed_on IS NOT NULL;
ALTER TABLE enrollment_event ADD COLUMN from_completed_on date;
ALTER TABLE enrollment_event ADD COLUMN to_completed_on date;
ALTER TABLE enrollment_event ADD COLUMN from_score integer;
ALTER TABLE enrollment_event ADD COLUMN to_score integer;

UPDATE enrollment e
SET completed_on_decided = completed_on, completed_on_reason = 'recorded before 0.3.0'
WHERE status = 'completed' AND completed_on <> (
    SELECT timezone('Asia/Tokyo', coalesce(
        max(m.ends_at) FILTER (WHERE b.attendance IN ('present', 'late', 'left_early')),
        max(m.ends_at)) - interval '1 microsecond')::date
    FROM session_meeting m
    LEFT JOIN booking b ON b.session_meeting_id = m.id AND b.enrollment_id = e.id
    WHERE m.course_session_id = e.course_session_id);

UPDATE booking b SET minutes = NULL
FROM session_meeting m
WHERE m.id = b.session_meeting_id AND b.attendance = 'present'
  AND b.minutes = trunc(extract(epoch FROM m.ends_at - m.starts_at) / 60);
""")


def downgrade() -> None:
    sql.run("""
UPDATE booking b SET minutes = trunc(extract(epoch FROM m.ends_at - m.starts_at) / 60)
FROM session_meeting m
WHERE m.id = b.session_meeting_id AND b.attendance = 'present' AND b.minutes IS NULL;

ALTER TABLE enrollment_event DROP COLUMN to_score;
ALTER TABLE enrollment_event DROP COLUMN from_score;
ALTER TABLE enrollment_event DROP COLUMN to_completed_on;
ALTER TABLE enrollment_event DROP COLUMN from_completed_on;
DROP INDEX ix_enrollment_completed_on;
ALTER TABLE enrollment DROP CONSTRAINT ck_enrollment_completed;
ALTER TABLE enrollment DROP COLUMN terms;
ALTER TABLE enrollment DROP COLUMN completed_on_reason;
ALTER TABLE enrollment DROP COLUMN completed_on_decided;
""")
