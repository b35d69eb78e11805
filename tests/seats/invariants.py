"""What holds of seats at any moment, as queries for what breaks it; none of them asks the functions of the service."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_SEATED = "('confirmed', 'completed', 'not_completed', 'absent')"
_TODAY = "(now() AT TIME ZONE 'Asia/Tokyo')::date"


def _public(row: str) -> str:
    """The row is published, and its published period contains the day of the meeting `m`."""
    end = f"CASE WHEN {row}.end_published_on > {_TODAY} THEN {row}.public_valid_to ELSE {row}.valid_to END"
    day = "(m.starts_at AT TIME ZONE 'Asia/Tokyo')::date"
    return f"""({row}.published_on > {_TODAY}) IS NOT TRUE AND {row}.valid_from <= {day}
        AND (({end}) > {day}) IS NOT FALSE"""


_CANNOT_COME = f"""
    FROM session_meeting m
    WHERE m.course_session_id = e.course_session_id AND m.ends_at > now() AND (
        NOT EXISTS (
            SELECT FROM employment t
            WHERE t.employee_id = e.employee_id AND {_public("t")})
        OR EXISTS (
            SELECT FROM absence a
            WHERE a.employee_id = e.employee_id AND {_public("a")}))"""

INVARIANTS = {
    "a session counts its seats and its waiting list": f"""
        SELECT s.id FROM course_session s LEFT JOIN enrollment e ON e.course_session_id = s.id
        GROUP BY s.id
        HAVING s.seats_taken <> count(*) FILTER (WHERE e.status IN {_SEATED})
            OR s.waitlist_length <> count(*) FILTER (WHERE e.status = 'waitlisted')""",
    "no session has more seats than its capacity": f"""
        SELECT s.id FROM course_session s JOIN enrollment e ON e.course_session_id = s.id AND e.status IN {_SEATED}
        GROUP BY s.id HAVING count(*) > s.capacity""",
    "a seat books each meeting of its session at its time, and nothing else is booked": f"""
        SELECT coalesce(m.id, b.id)
        FROM (enrollment e JOIN session_meeting m
              ON m.course_session_id = e.course_session_id AND e.status IN {_SEATED})
        FULL JOIN (SELECT * FROM booking WHERE holds) b ON b.enrollment_id = e.id AND b.session_meeting_id = m.id
        WHERE b.id IS NULL OR m.id IS NULL OR b.during <> tstzrange(m.starts_at, m.ends_at)""",
    "nobody has two seats at one time": """
        SELECT a.id FROM booking a JOIN booking b ON b.employee_id = a.employee_id AND b.id > a.id
        WHERE a.holds AND b.holds AND a.during && b.during""",
    "nobody is in a session twice": """
        SELECT min(e.id::text) FROM enrollment e WHERE e.status NOT IN ('withdrawn', 'declined', 'not_selected')
        GROUP BY e.course_session_id, e.employee_id HAVING count(*) > 1""",
    "nobody in a cancelled session has a seat or a rank": """
        SELECT e.id FROM enrollment e JOIN course_session s ON s.id = e.course_session_id
        WHERE s.status = 'cancelled' AND e.status IN ('applied', 'waitlisted', 'confirmed')""",
    "the seat of somebody who cannot come says so, unless it was confirmed again": f"""
        SELECT e.id FROM enrollment e JOIN course_session s ON s.id = e.course_session_id
        WHERE e.status = 'confirmed' AND s.status IN ('published', 'closed') AND s.ends_at > now()
          AND EXISTS (SELECT {_CANNOT_COME})
          AND NOT EXISTS (
              SELECT FROM enrollment_event v
              WHERE v.enrollment_id = e.id AND v.from_status = 'confirmed' AND v.to_status = 'confirmed')
          AND e.id <> ALL (:flagged)""",
    "the history ends with the present status": """
        SELECT e.id FROM enrollment e JOIN (
            SELECT DISTINCT ON (enrollment_id) enrollment_id, to_status
            FROM enrollment_event ORDER BY enrollment_id, at DESC, id DESC) last ON last.enrollment_id = e.id
        WHERE e.status <> last.to_status""",
    "each step of the history begins where the one before ended": """
        SELECT id FROM (
            SELECT id, from_status, lag(to_status) OVER (PARTITION BY enrollment_id ORDER BY at, id) AS before
            FROM enrollment_event) steps
        WHERE before IS NOT NULL AND from_status IS DISTINCT FROM before""",
    "a session changes when its seats do": """
        SELECT s.id FROM course_session s
        JOIN enrollment e ON e.course_session_id = s.id
        JOIN enrollment_event v ON v.enrollment_id = e.id AND v.from_status IS DISTINCT FROM v.to_status
        GROUP BY s.id
        HAVING s.updated_at < max(v.at) FILTER (WHERE v.to_status IN ('confirmed', 'waitlisted')
            OR v.from_status = 'waitlisted' OR v.from_status = 'confirmed' AND v.to_status = 'withdrawn')
            - interval '5 seconds'""",
}
AFTER_JOBS = {
    "nobody who leaves has a seat or a rank in a session ahead": f"""
        SELECT e.id FROM enrollment e JOIN course_session s ON s.id = e.course_session_id
        WHERE e.status IN ('applied', 'waitlisted', 'confirmed') AND s.status IN ('published', 'closed')
          AND s.starts_at > now() AND EXISTS (
            SELECT FROM session_meeting m WHERE m.course_session_id = s.id AND NOT EXISTS (
                SELECT FROM employment t
                WHERE t.employee_id = e.employee_id AND {_public("t")}))""",
    "nobody who can come waits beside a free seat": f"""
        SELECT e.id FROM enrollment e JOIN course_session s ON s.id = e.course_session_id
        WHERE e.status = 'waitlisted' AND s.status IN ('published', 'closed') AND s.starts_at > now()
          AND s.seats_taken < s.capacity AND NOT EXISTS (SELECT {_CANNOT_COME})
          AND NOT EXISTS (
              SELECT FROM session_meeting m JOIN booking b
                ON b.employee_id = e.employee_id AND b.holds AND b.during && tstzrange(m.starts_at, m.ends_at)
              WHERE m.course_session_id = s.id)""",
}
"""What a round of jobs makes true again after people have left, gone on leave or come back."""


async def broken(db: AsyncSession, flagged: Any = (), *, after_jobs: bool = False) -> dict[str, list[str]]:
    """The ids of what breaks an invariant; `flagged`: enrollments that the service says need a new confirmation."""
    found = {}
    for name, query in (INVARIANTS | (AFTER_JOBS if after_jobs else {})).items():
        rows = await db.execute(text(query), {"flagged": list(flagged)} if ":flagged" in query else {})
        if ids := [str(row[0]) for row in rows]:
            found[name] = ids
    return found
