-- The roles that people hold, and the appointments that give them, as periods (`people/workforce.sql` says how these are
-- kept). `during` are the days on which a role is held, `valid_from` and `valid_to` the period of what gives it.

-- What `appointment_period` holds of appointments: how long each has effect, by what is known of the person, and of the one
-- stood in for.
CREATE FUNCTION appointment_periods_of(assignments uuid[]) RETURNS SETOF appointment_period LANGUAGE sql STABLE AS $$
    SELECT f.id, f.employee_id, f.role_code, f.org_unit_id, f.unit_ids, passed.days, f.decision, f.stands_in_for_id,
        f.valid_from, f.valid_to, f.ends_on, f.lapses_on, f.returns_on, f.cause, f.updated_at, k.letter_number,
        k.end_reason, k.row_version, k.known
    FROM (
        SELECT a.id, a.letter_number, a.end_reason, a.row_version, o.day,
            daterange(nullif(o.day, '0001-01-01'), lead(o.day) OVER (PARTITION BY o.id ORDER BY o.day)) AS known
        FROM (
            SELECT a.id, o.published_by AS day
            FROM role_assignment a
            LEFT JOIN role_assignment holder ON holder.id = a.stands_in_for_id
            CROSS JOIN LATERAL known_of(ARRAY[a.employee_id, coalesce(holder.employee_id, a.employee_id)]) o
            WHERE a.id = ANY (assignments)
            UNION
            SELECT each, 'infinity' FROM unnest(assignments) each
        ) o JOIN role_assignment a ON a.id = o.id
    ) k
    CROSS JOIN LATERAL appointment_effects(k.day) f
    LEFT JOIN LATERAL (
        SELECT array_agg(p.valid_from ORDER BY p.valid_from) AS days
        FROM passed_units(f.org_unit_id, f.employee_id, k.day) p WHERE cardinality(f.unit_ids) > 1
    ) passed ON true
    WHERE f.id = k.id
$$;

-- The roles of a person that are given by the rank of a post, by a unit or by an appointment: one row per source.
CREATE FUNCTION explicit_roles_of(person uuid, published_by date)
RETURNS TABLE (role_code varchar, sub_tier text, basis varchar, org_unit_id uuid, source_id uuid, valid_from date,
               valid_to date, during datemultirange)
LANGUAGE sql STABLE ROWS 2 AS $$
    SELECT r.code, (
            SELECT tier ->> 'code' FROM jsonb_array_elements(r.sub_tiers) tier
            WHERE tier -> 'position_ranks' ? p.position_rank LIMIT 1),
        r.basis, p.org_unit_id, p.id, p.valid_from, p.valid_to,
        datemultirange(period_of(p.valid_from, p.valid_to) * period_of(r.valid_from, r.valid_to))
    FROM posts_known(published_by) p
    JOIN role r ON r.basis = 'post' AND p.position_rank = ANY (r.position_ranks)
    WHERE p.employee_id = person
    UNION ALL
    SELECT r.code, NULL, 'unit', p.org_unit_id, p.id, p.valid_from, p.valid_to,
        datemultirange(period_of(p.valid_from, p.valid_to)) * r.during
    FROM posts_known(published_by) p
    CROSS JOIN LATERAL (
        SELECT role.code,
            range_agg(period_of(role.valid_from, role.valid_to) * period_of(named.valid_from, named.valid_to)) AS during
        FROM role
        JOIN org_unit named ON named.code = ANY (role.org_unit_codes)
        JOIN org_unit u ON u.id = p.org_unit_id AND named.id = ANY (u.lineage)
        WHERE role.basis = 'unit'
        GROUP BY role.code
    ) r
    WHERE p.employee_id = person
    UNION ALL
    -- An appointment has effect from its first day without a break: what has ended it once does not bring it back.
    SELECT a.role_code, NULL, 'appointment', unit.id, a.id, a.valid_from, least(a.ends_on, a.lapses_on),
        datemultirange(period_of(a.valid_from, least(a.ends_on, a.lapses_on)) * daterange(unit.since, unit.until))
    FROM appointment_period a
    CROSS JOIN LATERAL (
        SELECT passed.id, CASE WHEN passed.ordinality > 1 THEN passed.day END AS since,
            lead(passed.day) OVER (ORDER BY passed.ordinality) AS until
        FROM unnest(a.unit_ids, a.unit_days) WITH ORDINALITY passed (id, day)
    ) unit
    WHERE a.employee_id = person AND a.known @> published_by AND a.decision = 'active'
$$;

-- What `role_period` holds of people: the explicit roles, and on other days the job category's, else the residual role.
CREATE FUNCTION role_periods_of(people uuid[]) RETURNS SETOF role_period LANGUAGE sql STABLE AS $$
    WITH epoch AS (
        SELECT k.employee_id, k.day AS published_by,
            daterange(nullif(k.day, '0001-01-01'), lead(k.day) OVER (PARTITION BY k.employee_id ORDER BY k.day)) AS known
        FROM (
            SELECT o.employee_id, o.published_by AS day FROM known_of(people) o
            UNION
            SELECT a.employee_id, lower(a.known) FROM appointment_period a
            WHERE a.employee_id = ANY (people) AND isfinite(lower(a.known))
        ) k
    ), explicit AS (
        SELECT k.employee_id, k.known, x.role_code, x.sub_tier, x.basis, x.org_unit_id, x.source_id, x.valid_from,
            x.valid_to, x.during
        FROM epoch k CROSS JOIN LATERAL explicit_roles_of(k.employee_id, k.published_by) x
    ), other AS (
        SELECT k.employee_id, k.known, r.code, NULL::text, r.basis, s.org_unit_id, coalesce(s.post_id, s.employment_id),
            s.valid_from, s.valid_to, s.during * datemultirange(period_of(r.valid_from, r.valid_to)) - CASE
                WHEN r.basis = 'residual' THEN categories.during ELSE '{}' END
        FROM epoch k
        CROSS JOIN LATERAL services_of(k.employee_id, k.published_by) s
        JOIN role r ON r.basis = 'residual' OR r.basis = 'job_category' AND s.job_category = ANY (r.job_categories)
        CROSS JOIN LATERAL (
            SELECT coalesce(range_agg(period_of(c.valid_from, c.valid_to)), '{}') AS during
            FROM role c WHERE c.basis = 'job_category' AND s.job_category = ANY (c.job_categories)
        ) categories
    )
    SELECT CASE WHEN h.basis = 'appointment' THEN h.source_id ELSE derived_id(h.role_code || h.source_id) END, h.employee_id, h.role_code, h.sub_tier, h.basis, h.org_unit_id,
        h.source_id, h.valid_from, h.valid_to, h.during, unnest(range_agg(h.known))
    FROM (
        SELECT g.employee_id, g.known, g.role_code, g.sub_tier, g.basis, g.org_unit_id, g.source_id, g.valid_from,
            g.valid_to, unnest(CASE WHEN g.is_explicit THEN g.during ELSE g.during - coalesce(g.explicit, '{}') END) AS during
        FROM (
            SELECT e.*, range_agg(e.during) FILTER (WHERE e.is_explicit)
                OVER (PARTITION BY e.employee_id, e.known) AS explicit
            FROM (SELECT *, true AS is_explicit FROM explicit UNION ALL SELECT *, false FROM other) e
        ) g
    ) h
    GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10
$$;
