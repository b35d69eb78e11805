-- Role assignments as of a day: all appointments with their status, and those derived from personnel data.
CREATE FUNCTION role_assignments_on(day date, published_by date)
RETURNS TABLE (id uuid, employee_id uuid, role_code varchar, sub_tier text, basis text, org_unit_id uuid, status text,
               valid_from date, valid_to date, letter_number varchar, end_reason varchar, updated_at timestamptz,
               row_version integer)
LANGUAGE sql STABLE AS $$
    SELECT a.id, a.employee_id, a.role_code, NULL, 'appointment', a.org_unit_id,
        CASE
            WHEN a.status <> 'active' THEN a.status
            WHEN a.valid_from > day THEN 'upcoming'
            WHEN a.valid_to <= day THEN 'ended'
            WHEN EXISTS (
                SELECT FROM appointed_roles_on(day, published_by) x
                WHERE x.employee_id = a.employee_id AND x.source_id = a.id) THEN 'active'
            ELSE 'lapsed'
        END,
        a.valid_from, a.valid_to, a.letter_number, a.end_reason, a.updated_at, a.row_version
    FROM role_assignment a
    UNION ALL
    SELECT md5(r.role_code || r.source_id)::uuid, r.employee_id, r.role_code, r.sub_tier, r.basis, r.org_unit_id,
        'active', r.valid_from, r.valid_to, NULL, NULL, r.updated_at, 1
    FROM roles_on(day, published_by) r
    WHERE r.basis <> 'appointment'
$$;

-- Units that need a holder of an appointed role and have none on a day. A holder appointed to a unit above covers the
-- unit. Days are counted from the last holder's last day of effect, else from the start of the unit or the role.
CREATE FUNCTION role_vacancies_on(day date, published_by date)
RETURNS TABLE (id uuid, role_code varchar, org_unit_id uuid, code varchar, name varchar, name_en varchar,
               lineage uuid[], days_open integer, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    WITH covered AS MATERIALIZED (
        SELECT x.role_code, u.id
        FROM appointed_roles_on(day, published_by) x JOIN org_unit u ON u.lineage @> ARRAY[x.org_unit_id]
    )
    SELECT md5(r.code || u.id)::uuid, r.code, u.id, u.code, u.name, u.name_en, u.lineage,
        day - greatest(
            u.valid_from,
            (SELECT min(first.valid_from) FROM role first WHERE first.code = r.code),
            (SELECT max(least(a.valid_to, p.valid_to))
             FROM role_assignment a
             JOIN posts_known(published_by) p ON p.employee_id = a.employee_id AND p.kind = 'primary'
                 AND daterange(p.valid_from, p.valid_to) && daterange(a.valid_from, a.valid_to)
             JOIN org_unit works ON works.id = p.org_unit_id
                 AND works.lineage && ARRAY[a.org_unit_id, a.home_unit_id]
             WHERE a.role_code = r.code AND a.status = 'active' AND a.org_unit_id = ANY (u.lineage)
               AND least(a.valid_to, p.valid_to) <= day)),
        u.updated_at
    FROM role r
    JOIN org_unit u ON u.needs_leader
    WHERE r.basis = 'appointment' AND in_force(r.valid_from, r.valid_to, day)
      AND in_force(u.valid_from, u.valid_to, day)
      AND NOT EXISTS (SELECT FROM covered c WHERE c.id = u.id AND c.role_code = r.code)
$$;

-- The units that a person may act for on a day: the lineage of the primary unit, the units headed, and the units led,
-- by appointment to a role that leads its unit.
-- In plpgsql because every request calls it: the connection caches its plans, and the roles of the few who are
-- appointed are computed for them alone.
CREATE FUNCTION standing_on(person uuid, day date)
RETURNS TABLE (own_lineage uuid[], headed uuid[], acting uuid[], led uuid[])
LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    own_lineage := (
        SELECT u.lineage FROM posts_on(day, day) p JOIN org_unit u ON u.id = p.org_unit_id
        WHERE p.employee_id = person AND p.kind = 'primary');
    SELECT array_agg(h.org_unit_id), array_agg(h.org_unit_id) FILTER (WHERE h.kind = 'acting')
        INTO headed, acting
        FROM heads_on(day, day) h WHERE h.employee_id = person;
    IF EXISTS (SELECT FROM role_assignment a WHERE a.employee_id = person AND a.status = 'active') THEN
        led := (
            SELECT array_agg(x.org_unit_id)
            FROM appointed_roles_on(day, day) x
            JOIN role r ON r.code = x.role_code AND r.leads_unit AND in_force(r.valid_from, r.valid_to, day)
            WHERE x.employee_id = person);
    END IF;
    RETURN NEXT;
END $$;
