-- How many people in scope are asked for skills on a day and have shown them: a row a group, and one that counts
-- everybody once (`is_total`). A group demands what the cells of its role and skill demand together: whoever has shown
-- all of it is a holder, and somebody with two roles counts once in a group that does not tell roles apart.
-- `role_codes` and `skill_codes` narrow the cells, `seen_under` and `under` the people by primary unit; null = all.
-- A person's unit is the lowest one above with one of the `levels`, else the topmost.
-- Holders are kept back when fewer than `smallest` people of the group stand outside `open_under`, but some do; those
-- with the absent also when so few are absent, since subtraction would show them.
-- Sets of roles, and of skills shown at a target level, are bit strings: the cells meet sets of people who are alike
-- instead of every person.
CREATE FUNCTION skill_gaps_on(day date, known_on date, by_unit boolean, by_role boolean, by_skill boolean,
                              levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                              seen_under uuid[], open_under uuid[], smallest integer)
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint, suppressed boolean)
LANGUAGE sql STABLE AS $$
    WITH ranked AS (
        SELECT q.role_code, q.skill_code, coalesce(q.target_level, 0) AS target,
            dense_rank() OVER (ORDER BY q.role_code)::integer AS role_rank,
            dense_rank() OVER (ORDER BY q.skill_code, coalesce(q.target_level, 0))::integer AS kind_rank
        FROM skill_requirement q JOIN skill_map m ON m.id = q.skill_map_id
        WHERE m.status <> 'draft' AND m.valid_from <= day AND (m.valid_to IS NULL OR m.valid_to > day)
          AND (role_codes IS NULL OR q.role_code = ANY (role_codes))
          AND (skill_codes IS NULL OR q.skill_code = ANY (skill_codes))
    ), cell AS MATERIALIZED (
        SELECT ranked.role_code, ranked.skill_code, target,
            rpad(lpad('1', role_rank, '0'), max(role_rank) OVER (), '0')::varbit AS role,
            rpad(lpad('1', kind_rank, '0'), max(kind_rank) OVER (), '0')::varbit AS kind
        FROM ranked
    ), place AS MATERIALIZED (
        SELECT u.id, (open_under IS NULL OR u.lineage && open_under) AS open,
            CASE WHEN by_unit THEN coalesce(
                (SELECT above.id FROM org_unit above WHERE above.id = ANY (u.lineage) AND above.level = ANY (levels)
                 ORDER BY cardinality(above.lineage) DESC LIMIT 1),
                u.lineage[1]) END AS group_id
        FROM org_unit u
        WHERE (seen_under IS NULL OR u.lineage && seen_under) AND (under IS NULL OR u.lineage @> ARRAY[under])
    ), person AS MATERIALIZED (
        SELECT s.employee_id, s.absent, p.group_id, coalesce(p.open, true) AS open
        FROM scope_on(day, known_on) s LEFT JOIN place p ON p.id = s.org_unit_id
        WHERE s.in_scope AND (p.id IS NOT NULL OR seen_under IS NULL AND under IS NULL)
    ), asked AS (
        SELECT r.employee_id, bit_or(c.role) AS roles
        FROM roles_on(day, known_on) r
        JOIN (SELECT DISTINCT cell.role_code, role FROM cell) c ON c.role_code = r.role_code
        GROUP BY r.employee_id
    ), shown AS (
        SELECT e.employee_id, bit_or(c.kind) AS kinds
        FROM skill_record e
        JOIN (SELECT DISTINCT cell.skill_code, target, kind FROM cell) c
            ON c.skill_code = e.skill_code AND c.target <= coalesce(e.level, 0)
        WHERE e.basis <> 'self_assessment'
          AND e.valid_from <= day AND (e.valid_to IS NULL OR e.valid_to > day)
          AND (e.revoked_on IS NULL OR e.revoked_on > day)
          AND (seen_under IS NULL AND under IS NULL OR e.employee_id IN (SELECT person.employee_id FROM person))
        GROUP BY e.employee_id
    ), alike AS MATERIALIZED (
        SELECT p.group_id, p.absent, p.open, a.roles, s.kinds, count(*) AS people
        FROM person p JOIN asked a ON a.employee_id = p.employee_id LEFT JOIN shown s ON s.employee_id = p.employee_id
        GROUP BY 1, 2, 3, 4, 5
    ), demand AS (
        SELECT total.is_total, sets.roles,
            CASE WHEN by_role AND NOT total.is_total THEN c.role_code END AS role_code,
            CASE WHEN by_skill AND NOT total.is_total THEN c.skill_code END AS skill_code, bit_or(c.kind) AS kinds
        FROM (SELECT DISTINCT alike.roles FROM alike) sets
        JOIN cell c ON sets.roles & c.role = c.role
        CROSS JOIN (VALUES (true), (false)) total (is_total)
        GROUP BY 1, 2, 3, 4
    ), met AS (
        SELECT d.is_total, CASE WHEN NOT d.is_total THEN a.group_id END AS group_id, d.role_code, d.skill_code,
            a.people, NOT a.absent AS present, a.open, coalesce(a.kinds & d.kinds = d.kinds, false) AS held
        FROM alike a JOIN demand d ON d.roles = a.roles
    ), counted AS (
        SELECT met.is_total, met.group_id, met.role_code, met.skill_code,
            sum(people) FILTER (WHERE present) AS headcount, sum(people) AS headcount_with_absent,
            sum(people) FILTER (WHERE present AND held) AS holders, sum(people) FILTER (WHERE held) AS with_absent,
            coalesce(sum(people) FILTER (WHERE present AND NOT open) BETWEEN 1 AND smallest - 1, false) AS few,
            coalesce(sum(people) FILTER (WHERE NOT present AND NOT open) BETWEEN 1 AND smallest - 1, false) AS few_away
        FROM met
        GROUP BY 1, 2, 3, 4
    )
    SELECT c.is_total, c.group_id, c.role_code, c.skill_code,
        coalesce(c.headcount, 0)::bigint, c.headcount_with_absent::bigint,
        CASE WHEN NOT few THEN coalesce(c.holders, 0) END::bigint,
        CASE WHEN NOT few AND NOT few_away THEN coalesce(c.with_absent, 0) END::bigint, few
    FROM counted c
$$;
