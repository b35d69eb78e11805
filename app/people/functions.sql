-- Posts as known from the orders published up to a day: an order published later neither starts a post nor ends one.

CREATE FUNCTION known_end(valid_to date, end_published_on date, published_by date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN end_published_on > published_by THEN NULL ELSE valid_to END
$$;

CREATE FUNCTION posts_known(published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT p.id, p.created_at, p.updated_at, p.row_version,
        p.valid_from, known_end(p.valid_to, p.end_published_on, published_by),
        p.employee_id, p.org_unit_id, p.kind, p.position_rank, p.job_title, p.order_number,
        p.published_on, known_end(p.end_published_on, p.end_published_on, published_by)
    FROM post p
    WHERE p.published_on IS NULL OR p.published_on <= published_by
$$;

CREATE FUNCTION posts_on(day date, published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT p.* FROM posts_known(published_by) p WHERE in_force(p.valid_from, p.valid_to, day)
$$;

-- People employed on a day: primary unit, terms of service, whether in the policy's scope, whether absent.
CREATE FUNCTION workforce_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, org_unit_id uuid, appointment_type varchar, job_service varchar,
               job_category varchar, in_scope boolean, absent boolean)
LANGUAGE sql STABLE AS $$
    SELECT e.employee_id, p.org_unit_id, e.appointment_type, e.job_service, e.job_category,
        EXISTS (
            SELECT FROM scope_rule r
            WHERE r.appointment_type = e.appointment_type AND r.job_service = e.job_service
              AND in_force(r.valid_from, r.valid_to, day)
              AND (r.except_org_unit_codes = '{}' OR NOT EXISTS (
                  SELECT FROM org_unit u JOIN org_unit above ON above.id = ANY (u.lineage)
                  WHERE u.id = p.org_unit_id AND above.code = ANY (r.except_org_unit_codes)))),
        EXISTS (SELECT FROM absence a WHERE a.employee_id = e.employee_id AND in_force(a.valid_from, a.valid_to, day))
    FROM employment e
    LEFT JOIN posts_on(day, published_by) p ON p.employee_id = e.employee_id AND p.kind = 'primary'
    WHERE in_force(e.valid_from, e.valid_to, day)
$$;

-- Posts of heads in office on a day; a head on leave is not in office.
CREATE FUNCTION heads_on(day date, published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT p.*
    FROM posts_on(day, published_by) p
    JOIN position_rank r ON r.code = p.position_rank AND r.is_head
    WHERE NOT EXISTS (
        SELECT FROM absence a WHERE a.employee_id = p.employee_id AND in_force(a.valid_from, a.valid_to, day))
$$;
