-- What a person's rows say of each day, as periods: written when the rows change, read as of any day (`employees/facts.sql`).
-- `known` are the days up to which orders count as published for which a row holds, as an order that is published later
-- changes what is known from then on; `during` the days that the row is about.

-- The days from which something else is known of people, each until the next: the first day of all, and each day of
-- publication.
CREATE FUNCTION known_of(people uuid[]) RETURNS TABLE (employee_id uuid, published_by date, known daterange)
LANGUAGE sql STABLE ROWS 10 AS $$
    SELECT k.employee_id, k.day,
        daterange(nullif(k.day, '0001-01-01'), lead(k.day) OVER (PARTITION BY k.employee_id ORDER BY k.day))
    FROM (
        SELECT each AS employee_id, '0001-01-01'::date AS day FROM unnest(people) each
        UNION
        SELECT e.employee_id, unnest(ARRAY[e.published_on, e.end_published_on])
        FROM employment e WHERE e.employee_id = ANY (people)
        UNION
        SELECT p.employee_id, unnest(ARRAY[p.published_on, p.end_published_on])
        FROM post p WHERE p.employee_id = ANY (people)
        UNION
        SELECT a.employee_id, unnest(ARRAY[a.published_on, a.end_published_on])
        FROM absence a WHERE a.employee_id = ANY (people)
    ) k
    WHERE k.day IS NOT NULL
$$;

-- Terms of service of a person, each with the primary posts during them, and with none for the other days.
CREATE FUNCTION services_of(person uuid, published_by date)
RETURNS TABLE (employment_id uuid, post_id uuid, org_unit_id uuid, appointment_type varchar, job_service varchar,
               job_category varchar, valid_from date, valid_to date, during datemultirange)
LANGUAGE sql STABLE ROWS 2 AS $$
    SELECT t.id, s.id, s.org_unit_id, t.appointment_type, t.job_service, t.job_category, greatest(t.valid_from, s.valid_from),
        least(t.valid_to, s.valid_to), datemultirange(period_of(t.valid_from, t.valid_to)) * s.during
    FROM employments_known(published_by) t
    CROSS JOIN LATERAL (
        SELECT p.id, p.org_unit_id, p.valid_from, p.valid_to, datemultirange(period_of(p.valid_from, p.valid_to)) AS during
        FROM posts_known(published_by) p WHERE p.employee_id = person AND p.kind = 'primary'
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, '{(,)}' - coalesce(range_agg(period_of(p.valid_from, p.valid_to)), '{}')
        FROM posts_known(published_by) p WHERE p.employee_id = person AND p.kind = 'primary'
    ) s
    WHERE t.employee_id = person AND s.during && period_of(t.valid_from, t.valid_to)
$$;

-- What `workforce_period` holds of people. In scope are those whose terms a rule of the policy names, except in or below its
-- exceptions.
CREATE FUNCTION workforce_periods_of(people uuid[]) RETURNS SETOF workforce_period LANGUAGE sql STABLE AS $$
    SELECT w.employee_id, w.employment_id, w.post_id, w.org_unit_id, w.appointment_type, w.job_service, w.job_category,
        w.in_scope, w.absent, w.during, unnest(range_agg(w.known))
    FROM (
        SELECT k.employee_id, s.employment_id, s.post_id, s.org_unit_id, s.appointment_type, s.job_service,
            s.job_category, part.in_scope, part.absent, unnest(part.during) AS during, k.known
        FROM known_of(people) k
        CROSS JOIN LATERAL services_of(k.employee_id, k.published_by) s
        CROSS JOIN LATERAL (
            SELECT coalesce(range_agg(period_of(a.valid_from, a.valid_to)), '{}') AS days
            FROM absences_known(k.published_by) a WHERE a.employee_id = k.employee_id
        ) away
        CROSS JOIN LATERAL (
            SELECT coalesce(range_agg(period_of(r.valid_from, r.valid_to)), '{}') AS days
            FROM scope_rule r
            WHERE r.appointment_type = s.appointment_type AND r.job_service = s.job_service
              AND (r.except_org_unit_codes = '{}' OR NOT EXISTS (
                  SELECT FROM org_unit u JOIN org_unit above ON above.id = ANY (u.lineage)
                  WHERE u.id = s.org_unit_id AND above.code = ANY (r.except_org_unit_codes)))
        ) scope
        CROSS JOIN LATERAL (VALUES
            (true, false, s.during * scope.days - away.days), (true, true, s.during * scope.days * away.days),
            (false, false, s.during - scope.days - away.days), (false, true, (s.during - scope.days) * away.days)
        ) part (in_scope, absent, during)
    ) w
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
$$;

-- What `person_change` holds of people: the first day of their first terms and the end of the last ones, when their terms, posts and absences last changed as known, and the days on which
-- one begins or ends, which change what is read by the calendar alone. Personnel officers, who know every order, are those
-- for whom orders count as published up to infinity.
CREATE FUNCTION person_changes_of(people uuid[]) RETURNS SETOF person_change LANGUAGE sql STABLE AS $$
    SELECT k.employee_id, service.changed_at, coalesce(service.days, '{}'), coalesce(service.unit_ids, '{}'),
        away.changed_at, coalesce(away.days, '{}'), k.known, service.hired_on, service.left_on
    FROM (
        SELECT o.employee_id, o.published_by, o.known * daterange(NULL, 'infinity') AS known FROM known_of(people) o
        UNION ALL
        SELECT each, 'infinity', daterange('infinity', NULL) FROM unnest(people) each
    ) k
    CROSS JOIN LATERAL (
        SELECT max(r.updated_at) AS changed_at, array_agg(DISTINCT d.day) FILTER (WHERE d.day IS NOT NULL) AS days,
            array_agg(DISTINCT above.id) FILTER (WHERE above.id IS NOT NULL) AS unit_ids,
            min(r.valid_from) FILTER (WHERE r.is_service) AS hired_on,
            CASE WHEN NOT bool_or(r.is_service AND r.valid_to IS NULL)
                THEN max(r.valid_to) FILTER (WHERE r.is_service) END AS left_on
        FROM (
            SELECT true AS is_service, e.updated_at, e.valid_from, e.valid_to, NULL::uuid AS org_unit_id
            FROM employments_known(k.published_by) e WHERE e.employee_id = k.employee_id
            UNION ALL
            SELECT false, p.updated_at, p.valid_from, p.valid_to, p.org_unit_id
            FROM posts_known(k.published_by) p WHERE p.employee_id = k.employee_id
        ) r
        CROSS JOIN LATERAL (VALUES (r.valid_from), (r.valid_to)) d (day)
        LEFT JOIN org_unit u ON u.id = r.org_unit_id
        LEFT JOIN LATERAL unnest(u.lineage) above (id) ON true
    ) service
    CROSS JOIN LATERAL (
        SELECT max(r.updated_at) AS changed_at, array_agg(DISTINCT d.day) FILTER (WHERE d.day IS NOT NULL) AS days
        FROM (
            SELECT a.updated_at, a.valid_from, a.valid_to
            FROM absences_known(k.published_by) a WHERE a.employee_id = k.employee_id
            UNION ALL
            SELECT NULL, NULL, n.valid_to FROM employee_number n WHERE n.employee_id = k.employee_id
        ) r
        CROSS JOIN LATERAL (VALUES (r.valid_from), (r.valid_to)) d (day)
    ) away
$$;
