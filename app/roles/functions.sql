-- The firm roles of a day, a function a source, so that who holds none can be asked of each by its own index.
-- As known up to `known_on`: an end that is not published yet is not shown.
CREATE FUNCTION post_roles_on(day date, known_on date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT p.employee_id, r.code, r.sub_tier, 'post', p.org_unit_id, p.id,
        p.valid_from, CASE WHEN p.end_published_on > known_on THEN NULL ELSE p.valid_to END, p.updated_at
    FROM posts_on(day, known_on) p
    JOIN (
        SELECT role.code, rank, (
            SELECT tier ->> 'code' FROM jsonb_array_elements(role.sub_tiers) tier
            WHERE tier -> 'position_ranks' ? rank LIMIT 1) AS sub_tier
        FROM role, unnest(role.position_ranks) rank
        WHERE role.basis = 'post' AND role.valid_from <= day AND (role.valid_to IS NULL OR role.valid_to > day)
    ) r ON r.rank = p.position_rank
$$;

CREATE FUNCTION unit_roles_on(day date, known_on date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT p.employee_id, r.code, NULL, 'unit', p.org_unit_id, p.id,
        p.valid_from, CASE WHEN p.end_published_on > known_on THEN NULL ELSE p.valid_to END, p.updated_at
    FROM (
        SELECT DISTINCT role.code, u.id AS unit_id
        FROM role
        JOIN org_unit named ON named.code = ANY (role.org_unit_codes)
        JOIN org_unit u ON u.lineage @> ARRAY[named.id]
        WHERE role.basis = 'unit' AND role.valid_from <= day AND (role.valid_to IS NULL OR role.valid_to > day)
          AND named.valid_from <= day AND (named.valid_to IS NULL OR named.valid_to > day)
    ) r
    JOIN posts_on(day, known_on) p ON p.org_unit_id = r.unit_id
$$;

-- An appointment has effect while the primary unit lies below the unit appointed to or the one that the person came from.
CREATE FUNCTION appointed_roles_on(day date, known_on date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT a.employee_id, a.role_code, NULL, 'appointment', a.org_unit_id, a.id, a.valid_from, a.valid_to, a.updated_at
    FROM role_assignment a
    JOIN role ON role.code = a.role_code AND role.basis = 'appointment'
        AND role.valid_from <= day AND (role.valid_to IS NULL OR role.valid_to > day)
    JOIN posts_on(day, known_on) p ON p.employee_id = a.employee_id AND p.kind = 'primary'
    JOIN org_unit u ON u.id = p.org_unit_id AND u.lineage && ARRAY[a.org_unit_id, a.home_unit_id]
    WHERE a.status = 'active' AND a.valid_from <= day AND (a.valid_to IS NULL OR a.valid_to > day)
$$;

CREATE FUNCTION firm_roles_on(day date, known_on date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT * FROM post_roles_on(day, known_on)
    UNION ALL
    SELECT * FROM unit_roles_on(day, known_on)
    UNION ALL
    SELECT * FROM appointed_roles_on(day, known_on)
$$;

-- Everybody's roles on a day: the firm ones, else the job category's, else the residual role.
CREATE FUNCTION roles_on(day date, known_on date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT * FROM firm_roles_on(day, known_on)
    UNION ALL
    SELECT e.employee_id, r.code, NULL, r.basis, p.org_unit_id, coalesce(p.id, e.id),
        greatest(e.valid_from, p.valid_from),
        least(e.valid_to, CASE WHEN p.end_published_on > known_on THEN NULL ELSE p.valid_to END),
        greatest(e.updated_at, p.updated_at)
    FROM employment e
    LEFT JOIN posts_on(day, known_on) p ON p.employee_id = e.employee_id AND p.kind = 'primary'
    JOIN (
        SELECT role.code, role.basis, category, array_agg(category) OVER () AS categories
        FROM role LEFT JOIN unnest(role.job_categories) category ON true
        WHERE role.basis IN ('job_category', 'residual')
          AND role.valid_from <= day AND (role.valid_to IS NULL OR role.valid_to > day)
    ) r ON r.category = e.job_category
        OR r.basis = 'residual' AND (e.job_category = ANY (r.categories)) IS NOT TRUE
    WHERE e.valid_from <= day AND (e.valid_to IS NULL OR e.valid_to > day)
      AND NOT EXISTS (SELECT FROM post_roles_on(day, known_on) f WHERE f.employee_id = e.employee_id)
      AND NOT EXISTS (SELECT FROM unit_roles_on(day, known_on) f WHERE f.employee_id = e.employee_id)
      AND NOT EXISTS (SELECT FROM appointed_roles_on(day, known_on) f WHERE f.employee_id = e.employee_id)
$$;

-- Every appointment as it stands on a day, and the assignments that follow from personnel facts.
CREATE FUNCTION role_assignments_on(day date, known_on date)
RETURNS TABLE (id uuid, employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, status text,
               valid_from date, valid_to date, letter_number varchar, end_reason varchar, updated_at timestamptz,
               version integer)
LANGUAGE sql STABLE AS $$
    SELECT a.id, a.employee_id, a.role_code, NULL, 'appointment', a.org_unit_id,
        CASE
            WHEN a.status <> 'active' THEN a.status
            WHEN a.valid_from > day THEN 'upcoming'
            WHEN a.valid_to <= day THEN 'ended'
            WHEN EXISTS (SELECT FROM firm_roles_on(day, known_on) f
                         WHERE f.employee_id = a.employee_id AND f.source_id = a.id) THEN 'active'
            ELSE 'lapsed'
        END,
        a.valid_from, a.valid_to, a.letter_number, a.end_reason, a.updated_at, a.version
    FROM role_assignment a
    UNION ALL
    SELECT md5(r.role_code || r.source_id)::uuid, r.employee_id, r.role_code, r.sub_tier, r.basis, r.org_unit_id,
        'active', r.valid_from, r.valid_to, NULL, NULL, r.updated_at, 1
    FROM roles_on(day, known_on) r
    WHERE r.basis <> 'appointment'
$$;

-- Units that need a holder of an appointed role and have none on a day. A holder appointed to a unit above covers the
-- unit. Days are counted from the last holder's last day of effect, else from the start of the unit or the role.
CREATE FUNCTION role_vacancies_on(day date, known_on date)
RETURNS TABLE (id uuid, role_code varchar, org_unit_id uuid, code varchar, name varchar, name_en varchar,
               lineage uuid[], days_open integer, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT md5(r.code || u.id)::uuid, r.code, u.id, u.code, u.name, u.name_en, u.lineage,
        day - greatest(
            u.valid_from,
            (SELECT min(first.valid_from) FROM role first WHERE first.code = r.code),
            (SELECT max(least(a.valid_to, CASE WHEN p.end_published_on > known_on THEN NULL ELSE p.valid_to END))
             FROM role_assignment a
             JOIN post p ON p.employee_id = a.employee_id AND p.kind = 'primary'
                 AND (p.published_on IS NULL OR p.published_on <= known_on)
                 AND daterange(p.valid_from, p.valid_to) && daterange(a.valid_from, a.valid_to)
             JOIN org_unit works ON works.id = p.org_unit_id
                 AND works.lineage && ARRAY[a.org_unit_id, a.home_unit_id]
             WHERE a.role_code = r.code AND a.status = 'active' AND a.org_unit_id = ANY (u.lineage)
               AND least(a.valid_to, CASE WHEN p.end_published_on > known_on THEN NULL ELSE p.valid_to END) <= day)),
        u.updated_at
    FROM role r
    JOIN org_unit u ON u.needs_leader
    WHERE r.basis = 'appointment' AND r.valid_from <= day AND (r.valid_to IS NULL OR r.valid_to > day)
      AND u.valid_from <= day AND (u.valid_to IS NULL OR u.valid_to > day)
      AND NOT EXISTS (
          SELECT FROM org_unit below CROSS JOIN unnest(below.lineage) above
          JOIN appointed_roles_on(day, known_on) f ON f.org_unit_id = above
          WHERE below.id = u.id AND f.role_code = r.code)
$$;

-- What a person may act for on a day: the own unit's lineage, units headed (not while away), units led.
-- plpgsql, because role_assignment comes with a later migration.
CREATE FUNCTION standing_of(person uuid, day date)
RETURNS TABLE (own_lineage uuid[], headed uuid[], acting uuid[], led uuid[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH held AS (SELECT * FROM posts_on(day, day) p WHERE p.employee_id = person),
    heading AS (
        SELECT h.org_unit_id, h.kind FROM held h JOIN position_rank r ON r.code = h.position_rank AND r.is_head
        WHERE NOT EXISTS (
            SELECT FROM absence a WHERE a.employee_id = person
              AND a.valid_from <= day AND (a.valid_to IS NULL OR a.valid_to > day))),
    own AS (SELECT u.lineage FROM held h JOIN org_unit u ON u.id = h.org_unit_id WHERE h.kind = 'primary')
    SELECT coalesce((SELECT lineage FROM own), '{}'),
        coalesce((SELECT array_agg(org_unit_id) FROM heading), '{}'),
        coalesce((SELECT array_agg(org_unit_id) FROM heading WHERE kind = 'acting'), '{}'),
        coalesce((
            SELECT array_agg(a.org_unit_id) FROM role_assignment a
            WHERE a.employee_id = person AND a.status = 'active'
              AND a.valid_from <= day AND (a.valid_to IS NULL OR a.valid_to > day)
              AND (a.org_unit_id = ANY ((SELECT lineage FROM own)::uuid[])
                   OR a.home_unit_id = ANY ((SELECT lineage FROM own)::uuid[]))), '{}');
END $$;
