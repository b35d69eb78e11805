-- A seat with its event, booking and log in one statement, as JSON. $1: the session; $2: the person; $3: the caller; $4: the
-- day. Who cannot come gets no row.
WITH held AS (
    SELECT s.id, s.fiscal_year, s.capacity, s.seats_taken FROM course_session s
    WHERE s.id = $1 AND s.status = 'published' AND s.ends_at > now()
    FOR UPDATE
), made AS (
    INSERT INTO enrollment (id, created_at, updated_at, row_version, course_session_id, employee_id, mode, submitted_by,
        status, waitlist_order, org_unit_id, confirmed_at, confirmed_section_ids, confirmed_leave_days,
        confirmed_out_of_target)
    SELECT uuidv7(), now(), now(), 1, held.id, a.employee_id, 'designated', $3,
        'confirmed', NULL, p.org_unit_id, now(), c.section_ids, c.leave_days, c.out_of_target
    FROM held
    JOIN admissions($1, $4) a ON a.employee_id = $2 AND a.can_come
    JOIN circumstances($1, $4) c ON c.employee_id = $2
    LEFT JOIN posts_on($4, $4) p ON p.employee_id = $2 AND p.kind = 'primary'
    WHERE held.seats_taken < held.capacity
    RETURNING *
), noted AS (
    INSERT INTO enrollment_event (id, created_at, updated_at, row_version, enrollment_id, at, by, to_status)
    SELECT uuidv7(), now(), now(), 1, made.id, now(), $3, made.status FROM made
), booked AS (
    INSERT INTO booking (id, created_at, updated_at, row_version, enrollment_id, session_meeting_id, employee_id, during,
        holds)
    SELECT uuidv7(), now(), now(), 1, made.id, m.id, made.employee_id, tstzrange(m.starts_at, m.ends_at), true
    FROM made JOIN session_meeting m ON m.course_session_id = made.course_session_id
    RETURNING *
), logged AS (
    INSERT INTO audit_entry (id, at, actor_id, actor, action, resource, record_id, request_id, after)
    SELECT uuidv7(), now(), $3, a.username, 'created', each.resource, each.id, '', each.after
    FROM account a, (
        SELECT 'enrollment' AS resource, id, to_jsonb(made) AS after FROM made
        UNION ALL
        SELECT 'booking', id, to_jsonb(booked) FROM booked) each
    WHERE a.id = $3
)
SELECT json_build_object(
    'id', made.id, 'created_at', made.created_at, 'updated_at', made.updated_at,
    'course_session_id', made.course_session_id, 'employee_id', made.employee_id, 'mode', made.mode,
    'submitted_by', made.submitted_by, 'status', made.status, 'waitlist_rank', NULL, 'reason', made.reason,
    'org_unit_id', made.org_unit_id, 'decided_by', made.decided_by,
    'decided_on_behalf_of', made.decided_on_behalf_of, 'decided_at', made.decided_at,
    'confirmed_at', made.confirmed_at, 'fiscal_year', held.fiscal_year, 'completed_on', made.completed_on,
    'completed_on_reason', NULL, 'completion_fiscal_year', NULL, 'completion_reason', made.completion_reason,
    'score', made.score, 'needs_reconfirmation', false, 'reconfirmation_reasons', '[]'::json,
    'allowed_actions', '["rejection", "withdrawal"]'::json)
FROM made, held
