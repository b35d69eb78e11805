-- Explicit roles on a day, given by the rank of a post, by a unit or by an appointment: one row per source.
-- Each kind of source has a function of its own, so that an index answers whether it gives a person no role.

CREATE FUNCTION post_roles_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT p.employee_id, r.code, r.sub_tier, 'post', p.org_unit_id, p.id, p.valid_from, p.valid_to, p.updated_at
    FROM posts_on(day, published_by) p
    JOIN (
        SELECT role.code, rank, (
            SELECT tier ->> 'code' FROM jsonb_array_elements(role.sub_tiers) tier
            WHERE tier -> 'position_ranks' ? rank LIMIT 1) AS sub_tier
        FROM role, unnest(role.position_ranks) rank
        WHERE role.basis = 'post' AND in_force(role.valid_from, role.valid_to, day)
    ) r ON r.rank = p.position_rank
$$;

CREATE FUNCTION unit_roles_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT p.employee_id, r.code, NULL, 'unit', p.org_unit_id, p.id, p.valid_from, p.valid_to, p.updated_at
    FROM (
        SELECT DISTINCT role.code, u.id AS unit_id
        FROM role
        JOIN org_unit named ON named.code = ANY (role.org_unit_codes)
        JOIN org_unit u ON u.lineage @> ARRAY[named.id]
        WHERE role.basis = 'unit' AND in_force(role.valid_from, role.valid_to, day)
          AND in_force(named.valid_from, named.valid_to, day)
    ) r
    JOIN posts_on(day, published_by) p ON p.org_unit_id = r.unit_id
$$;

-- An appointment has effect from its first day without a break: what has ended it once does not bring it back.
CREATE FUNCTION appointed_roles_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT a.employee_id, a.role_code, NULL, 'appointment',
        CASE WHEN cardinality(a.unit_ids) = 1 THEN a.org_unit_id
            ELSE appointed_unit(a.org_unit_id, a.employee_id, day, published_by) END,
        a.id, a.valid_from, least(a.ends_on, a.lapses_on), a.updated_at
    FROM appointments_known(published_by) a
    WHERE a.decision = 'active' AND in_force(a.valid_from, a.valid_to, day)
      AND in_force(a.valid_from, least(a.ends_on, a.lapses_on), day)
$$;

CREATE FUNCTION explicit_roles_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT * FROM post_roles_on(day, published_by)
    UNION ALL
    SELECT * FROM unit_roles_on(day, published_by)
    UNION ALL
    SELECT * FROM appointed_roles_on(day, published_by)
$$;

-- Everyone's roles on a day: the explicit ones, else the job category's, else the residual role.
CREATE FUNCTION roles_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, source_id uuid,
               valid_from date, valid_to date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT * FROM explicit_roles_on(day, published_by)
    UNION ALL
    SELECT e.employee_id, r.code, NULL, r.basis, p.org_unit_id, coalesce(p.id, e.id),
        greatest(e.valid_from, p.valid_from), least(e.valid_to, p.valid_to), greatest(e.updated_at, p.updated_at)
    FROM employments_on(day, published_by) e
    LEFT JOIN posts_on(day, published_by) p ON p.employee_id = e.employee_id AND p.kind = 'primary'
    JOIN (
        SELECT role.code, role.basis, category, array_agg(category) OVER () AS categories
        FROM role LEFT JOIN unnest(role.job_categories) category ON true
        WHERE role.basis IN ('job_category', 'residual') AND in_force(role.valid_from, role.valid_to, day)
    ) r ON r.category = e.job_category
        OR r.basis = 'residual' AND (e.job_category = ANY (r.categories)) IS NOT TRUE
    WHERE NOT EXISTS (SELECT FROM post_roles_on(day, published_by) x WHERE x.employee_id = e.employee_id)
      AND NOT EXISTS (SELECT FROM unit_roles_on(day, published_by) x WHERE x.employee_id = e.employee_id)
      AND NOT EXISTS (SELECT FROM appointed_roles_on(day, published_by) x WHERE x.employee_id = e.employee_id)
$$;
