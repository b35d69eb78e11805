-- One employee as JSON, for people who see everybody. $1: the id; $2: the day.
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
    'appointment_type', w.appointment_type,
    'job_service', w.job_service,
    'job_category', w.job_category,
    'status', CASE WHEN w.absent THEN 'absent' WHEN w.employee_id IS NOT NULL THEN 'active'
        WHEN s.hired_on > $2 THEN 'upcoming' ELSE 'left' END,
    'primary_post', CASE WHEN p.id IS NOT NULL THEN json_build_object('id', p.id, 'org_unit_id', u.id,
        'org_unit_code', u.code, 'org_unit_name', u.name, 'position_rank', p.position_rank, 'job_title', p.job_title) END,
    'in_scope', coalesce(w.in_scope, false),
    'roles', (
        SELECT coalesce(json_agg(DISTINCT r.role_code), '[]') FROM roles_on($2, $2) r WHERE r.employee_id = e.id),
    'former_names', (SELECT f.names FROM former_names(e.id) f),
    'former_numbers', (SELECT f.numbers FROM former_numbers(e.id, $2) f),
    'as_of', $2
)
FROM employee e
LEFT JOIN workforce_on($2, $2) w ON w.employee_id = e.id
LEFT JOIN post p ON p.id = w.post_id
LEFT JOIN org_unit u ON u.id = p.org_unit_id
JOIN people_known($2, $2) s ON s.employee_id = e.id
WHERE e.id = $1
