-- Posts held on a day, as known to somebody who knows the orders published up to `known_on`:
-- an unpublished order neither starts a post nor ends one.
CREATE FUNCTION posts_on(day date, known_on date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT p.* FROM post p
    WHERE p.valid_from <= day
      AND (p.published_on IS NULL OR p.published_on <= known_on)
      AND (p.valid_to IS NULL OR p.valid_to > day OR p.end_published_on > known_on)
$$;

-- Everybody employed on a day: the primary unit, the terms, whether in the policy's scope, whether away.
CREATE FUNCTION scope_on(day date, known_on date)
RETURNS TABLE (employee_id uuid, org_unit_id uuid, appointment_type varchar, job_service varchar,
               job_category varchar, in_scope boolean, absent boolean)
LANGUAGE sql STABLE AS $$
    SELECT e.employee_id, p.org_unit_id, e.appointment_type, e.job_service, e.job_category,
        EXISTS (
            SELECT FROM scope_rule r
            WHERE r.appointment_type = e.appointment_type AND r.job_service = e.job_service
              AND r.valid_from <= day AND (r.valid_to IS NULL OR r.valid_to > day)
              AND (r.except_org_unit_codes = '{}' OR NOT EXISTS (
                  SELECT FROM org_unit u JOIN org_unit above ON above.id = ANY (u.lineage)
                  WHERE u.id = p.org_unit_id AND above.code = ANY (r.except_org_unit_codes)))),
        EXISTS (
            SELECT FROM absence a
            WHERE a.employee_id = e.employee_id
              AND a.valid_from <= day AND (a.valid_to IS NULL OR a.valid_to > day))
    FROM employment e
    LEFT JOIN posts_on(day, known_on) p ON p.employee_id = e.employee_id AND p.kind = 'primary'
    WHERE e.valid_from <= day AND (e.valid_to IS NULL OR e.valid_to > day)
$$;
