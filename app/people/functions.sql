-- Posts as known from the orders published up to a day: an order published later neither starts a post nor ends one.

CREATE FUNCTION is_published(published_on date, published_by date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT published_on IS NULL OR published_on <= published_by
$$;

CREATE FUNCTION start_of(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT day::timestamp AT TIME ZONE 'Asia/Tokyo'
$$;

-- Callers who know every order read the rows as stored. For others a row changes when something public in it changes, and
-- at the start of the day on which an order is published; its version is constant, as the stored one counts all changes.
CREATE FUNCTION posts_known(published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT p.id, p.created_at,
        CASE WHEN isfinite(published_by)
            THEN greatest(p.public_updated_at, start_of(p.published_on), start_of(CASE
                WHEN is_published(p.end_published_on, published_by) THEN p.end_published_on
                ELSE p.public_end_published_on END))
            ELSE p.updated_at END,
        CASE WHEN isfinite(published_by) THEN 1 ELSE p.row_version END,
        p.valid_from,
        CASE WHEN is_published(p.end_published_on, published_by) THEN p.valid_to ELSE p.public_valid_to END,
        p.employee_id, p.org_unit_id, p.kind, p.position_rank, p.job_title, p.order_number, p.published_on,
        CASE WHEN is_published(p.end_published_on, published_by)
            THEN p.end_published_on
            ELSE p.public_end_published_on END,
        p.public_valid_to, p.public_end_published_on, p.public_updated_at
    FROM post p
    WHERE is_published(p.published_on, published_by)
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
