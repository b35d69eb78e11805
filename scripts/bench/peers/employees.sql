-- A page of 50 people of a unit as JSON, for people who see everybody. $1: the unit; $2: the day.
WITH page AS (
    SELECT e.*, w.appointment_type, w.job_service, w.job_category, w.in_scope, w.absent, w.post_id
    FROM workforce_on($2, $2) w
    JOIN employee e ON e.id = w.employee_id
    WHERE w.org_unit_id = $1
    ORDER BY e.employee_number, e.id
    LIMIT 51
)
SELECT json_build_object(
    'metadata', json_build_object(
        'resultset', json_build_object('count', NULL, 'count_is_limited', false, 'limit', 50, 'offset', 0),
        'next_cursor', (SELECT CASE WHEN count(*) > 50 THEN 'more' END FROM page),
        'as_of', $2),
    'results', (SELECT coalesce(json_agg(shown.person), '[]') FROM (
        SELECT json_build_object(
            'id', e.id,
            'created_at', e.created_at,
            'updated_at', greatest(
    e.public_updated_at, s.roles_at, s.others_at, (SELECT c.updated_at FROM policy_changed($2) c)),
            'employee_number', e.employee_number,
            'name', e.name,
            'name_kana', e.name_kana,
            'display_name', coalesce(e.display_name, e.name),
            'email', e.email,
            'hired_on', s.hired_on,
            'left_on', s.left_on,
            'appointment_type', e.appointment_type,
            'job_service', e.job_service,
            'job_category', e.job_category,
            'status', CASE WHEN e.absent THEN 'absent' ELSE 'active' END,
            'primary_post', json_build_object('id', p.id, 'org_unit_id', u.id, 'org_unit_code', u.code,
                'org_unit_name', u.name, 'position_rank', p.position_rank, 'job_title', p.job_title),
            'in_scope', e.in_scope,
            'roles', coalesce(r.codes, '[]'),
            'former_names', (SELECT f.names FROM former_names(e.id) f),
            'former_numbers', (SELECT f.numbers FROM former_numbers(e.id, $2) f),
            'as_of', $2) AS person
        FROM (SELECT * FROM page ORDER BY employee_number, id LIMIT 50) e
        JOIN post p ON p.id = e.post_id
        JOIN org_unit u ON u.id = p.org_unit_id
        JOIN people_known($2, $2) s ON s.employee_id = e.id
        LEFT JOIN (
            SELECT o.employee_id, json_agg(DISTINCT o.role_code) AS codes
            FROM roles_on($2, $2) o
            WHERE o.employee_id = ANY (ARRAY(SELECT page.id FROM page))
            GROUP BY o.employee_id) r ON r.employee_id = e.id
        ORDER BY e.employee_number, e.id) shown)
)
