-- Seats that have been confirmed in sessions with a meeting ahead.
CREATE FUNCTION seats_ahead(at timestamptz) RETURNS SETOF enrollment LANGUAGE sql STABLE AS $$
    SELECT e.*
    FROM enrollment e JOIN course_session s ON s.id = e.course_session_id
    WHERE e.status = 'confirmed' AND s.status IN ('published', 'closed') AND s.ends_at > at
$$;

-- What has happened to seats since they were confirmed, as published, in view of the meetings ahead: a row for each reason.
-- A seat from before the circumstances were kept was confirmed for the unit of the application.
CREATE FUNCTION reconfirmations(published_by date, at timestamptz)
RETURNS TABLE (enrollment_id uuid, reason text) LANGUAGE sql STABLE AS $$
    SELECT e.id, 'left'
    FROM seats_ahead(at) e
    WHERE EXISTS (
        SELECT FROM session_meeting m
        WHERE m.course_session_id = e.course_session_id AND m.ends_at > at AND NOT EXISTS (
            SELECT FROM employments_on(day_of(m.starts_at), published_by) t WHERE t.employee_id = e.employee_id))
    UNION ALL
    SELECT e.id, 'on_leave'
    FROM seats_ahead(at) e
    WHERE EXISTS (
        SELECT FROM session_meeting m, absences_on(day_of(m.starts_at), published_by) l
        WHERE m.course_session_id = e.course_session_id AND m.ends_at > at AND l.employee_id = e.employee_id
          AND (day_of(m.starts_at) = ANY (e.confirmed_leave_days)) IS NOT TRUE)
    UNION ALL
    SELECT e.id, 'transferred'
    FROM seats_ahead(at) e
    WHERE EXISTS (
        SELECT FROM session_meeting m, posts_on(day_of(m.starts_at), published_by) p
        WHERE m.course_session_id = e.course_session_id AND m.ends_at > at
          AND p.employee_id = e.employee_id AND p.kind = 'primary'
          AND section_of(p.org_unit_id) <> ALL (
              coalesce(nullif(e.confirmed_section_ids, '{}'), ARRAY[section_of(e.org_unit_id)])))
    UNION ALL
    SELECT e.id, 'rescheduled'
    FROM seats_ahead(at) e JOIN course_session s ON s.id = e.course_session_id
    WHERE s.rescheduled_at > coalesce(e.confirmed_at, e.decided_at, e.created_at)
    UNION ALL
    SELECT e.id, 'out_of_target'
    FROM seats_ahead(at) e JOIN course_session s ON s.id = e.course_session_id JOIN course c ON c.id = s.course_id
    WHERE c.mode = 'designated' AND NOT e.confirmed_out_of_target
      AND EXISTS (
          SELECT FROM employments_on(day_of(s.starts_at), published_by) t WHERE t.employee_id = e.employee_id)
      AND NOT is_targeted(e.employee_id, c.target, day_of(s.starts_at), published_by)
$$;
