-- How many people need skills on a day, and how many have them, in steps that can each be run alone: README.md beside
-- this file has an example of each. The parameters are the same in every step:
--
--   day, published_by        the day to count for; orders published by the second day are known
--   role_codes, skill_codes  count these requirements only; null = all
--   under, visible           count people whose primary unit is, or is below, this one and any of these; null = all
--   unsuppressed             groups of people of these units and below are shown at any size; null = all units
--   by_unit, levels          group by the lowest unit at or above the primary one that has one of the levels
--   by_role, by_skill        group by role, by skill

-- 1. The requirements. Roles are numbered, and so are skills with the level to be reached; `role` and `skill`
-- have a bit for each number, and the requirement's own is set.
CREATE FUNCTION gap_requirements(day date, role_codes varchar[], skill_codes varchar[])
RETURNS TABLE (role_code varchar, skill_code varchar, target integer, role varbit, skill varbit)
LANGUAGE sql STABLE AS $$
    SELECT n.role_code, n.skill_code, n.target,
        rpad(lpad('1', role_number, '0'), max(role_number) OVER (), '0')::varbit,
        rpad(lpad('1', skill_number, '0'), max(skill_number) OVER (), '0')::varbit
    FROM (
        SELECT q.role_code, q.skill_code, coalesce(q.target_level, 0) AS target,
            dense_rank() OVER (ORDER BY q.role_code)::integer AS role_number,
            dense_rank() OVER (ORDER BY q.skill_code, coalesce(q.target_level, 0))::integer AS skill_number
        FROM skill_requirement q
        JOIN skill_map m ON m.id = q.skill_map_id
        WHERE m.status <> 'draft' AND in_force(m.valid_from, m.valid_to, day)
          AND (role_codes IS NULL OR q.role_code = ANY (role_codes))
          AND (skill_codes IS NULL OR q.skill_code = ANY (skill_codes))
    ) n
$$;

-- 2. The units whose people are counted, and the unit that each is counted in: the topmost if none has one of the levels.
CREATE FUNCTION gap_units(by_unit boolean, levels varchar[], under uuid, visible uuid[], unsuppressed uuid[])
RETURNS TABLE (org_unit_id uuid, group_id uuid, is_exempt boolean)
LANGUAGE sql STABLE AS $$
    SELECT u.id,
        CASE WHEN by_unit THEN coalesce(
            (SELECT above.id FROM org_unit above WHERE above.id = ANY (u.lineage) AND above.level = ANY (levels)
             ORDER BY cardinality(above.lineage) DESC LIMIT 1),
            u.lineage[1]) END,
        unsuppressed IS NULL OR u.lineage && unsuppressed
    FROM org_unit u
    WHERE (under IS NULL OR u.lineage @> ARRAY[under]) AND (visible IS NULL OR u.lineage && visible)
$$;

-- 3. The people in scope whose primary unit is one of these. People without a primary post are counted only with all.
CREATE FUNCTION gap_people(day date, published_by date, by_unit boolean, levels varchar[], under uuid,
                           visible uuid[], unsuppressed uuid[])
RETURNS TABLE (employee_id uuid, group_id uuid, is_exempt boolean, absent boolean)
LANGUAGE sql STABLE AS $$
    WITH unit AS MATERIALIZED (SELECT * FROM gap_units(by_unit, levels, under, visible, unsuppressed))
    SELECT w.employee_id, u.group_id, coalesce(u.is_exempt, true), w.absent
    FROM workforce_on(day, published_by) w
    LEFT JOIN unit u ON u.org_unit_id = w.org_unit_id
    WHERE w.in_scope AND (u.org_unit_id IS NOT NULL OR under IS NULL AND visible IS NULL)
$$;

-- 4. The roles of each person that have requirements, as one bit string per person.
CREATE FUNCTION gap_roles(day date, published_by date, role_codes varchar[], skill_codes varchar[])
RETURNS TABLE (employee_id uuid, roles varbit)
LANGUAGE sql STABLE AS $$
    SELECT held.employee_id, bit_or(needed.role)
    FROM roles_on(day, published_by) held
    JOIN (SELECT DISTINCT q.role_code, q.role FROM gap_requirements(day, role_codes, skill_codes) q) needed
        ON needed.role_code = held.role_code
    GROUP BY held.employee_id
$$;

-- 5. The required skills that each person has, as one bit string per person. Self-assessments do not count; revoked
-- evidence ends on the day of revocation. Unless all people are counted, only those of the units are looked up.
CREATE FUNCTION gap_skills(day date, published_by date, role_codes varchar[], skill_codes varchar[], under uuid,
                           visible uuid[])
RETURNS TABLE (employee_id uuid, skills varbit)
LANGUAGE sql STABLE AS $$
    SELECT e.employee_id, bit_or(required.skill)
    FROM skill_record e
    JOIN (SELECT DISTINCT q.skill_code, q.target, q.skill FROM gap_requirements(day, role_codes, skill_codes) q) required
        ON required.skill_code = e.skill_code AND required.target <= coalesce(e.level, 0)
    WHERE e.basis <> 'self_assessment' AND in_force(e.valid_from, least(e.valid_to, e.revoked_on), day)
      AND (under IS NULL AND visible IS NULL OR e.employee_id IN (
          SELECT p.employee_id FROM posts_on(day, published_by) p
          JOIN gap_units(false, '{}', under, visible, NULL) u ON u.org_unit_id = p.org_unit_id))
    GROUP BY e.employee_id
$$;

-- 6. Profiles: people with equal unit, roles, skills and absence, counted; a few hundred rows for 100,000 people.
-- People without requirements are in none.
CREATE FUNCTION gap_profiles(day date, published_by date, by_unit boolean, levels varchar[], role_codes varchar[],
                             skill_codes varchar[], under uuid, visible uuid[], unsuppressed uuid[])
RETURNS TABLE (group_id uuid, is_exempt boolean, absent boolean, roles varbit, skills varbit, people bigint)
LANGUAGE sql STABLE AS $$
    SELECT p.group_id, p.is_exempt, p.absent, needed.roles, held.skills, count(*)
    FROM gap_people(day, published_by, by_unit, levels, under, visible, unsuppressed) p
    JOIN gap_roles(day, published_by, role_codes, skill_codes) needed ON needed.employee_id = p.employee_id
    LEFT JOIN gap_skills(day, published_by, role_codes, skill_codes, under, visible) held
        ON held.employee_id = p.employee_id
    GROUP BY 1, 2, 3, 4, 5
$$;

-- 7. The skills required of a person with these roles: a row for each group that the person counts in, and the total.
CREATE FUNCTION gap_demand(held varbit, day date, by_role boolean, by_skill boolean, role_codes varchar[],
                           skill_codes varchar[])
RETURNS TABLE (is_total boolean, role_code varchar, skill_code varchar, skills varbit)
LANGUAGE sql STABLE AS $$
    WITH requirement AS MATERIALIZED (SELECT * FROM gap_requirements(day, role_codes, skill_codes))
    SELECT t.is_total, CASE WHEN by_role AND NOT t.is_total THEN q.role_code END,
        CASE WHEN by_skill AND NOT t.is_total THEN q.skill_code END, bit_or(q.skill)
    FROM requirement q CROSS JOIN (VALUES (true), (false)) t (is_total)
    WHERE held & q.role = q.role
    GROUP BY 1, 2, 3
$$;

-- 8. The counts of each group and of the total; a holder has all skills that the group requires. `protected` counts the
-- people outside `unsuppressed`, without those absent; `protected_absent` counts those.
CREATE FUNCTION gap_counts(day date, published_by date, by_unit boolean, by_role boolean, by_skill boolean,
                           levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                           visible uuid[], unsuppressed uuid[])
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint,
               protected bigint, protected_absent bigint)
LANGUAGE sql STABLE AS $$
    WITH profile AS MATERIALIZED (
        SELECT * FROM gap_profiles(day, published_by, by_unit, levels, role_codes, skill_codes, under, visible, unsuppressed)
    ), demand AS MATERIALIZED (
        SELECT p.roles, d.*
        FROM (SELECT DISTINCT profile.roles FROM profile) p
        CROSS JOIN gap_demand(p.roles, day, by_role, by_skill, role_codes, skill_codes) d
    ), met AS (
        SELECT d.is_total, CASE WHEN NOT d.is_total THEN p.group_id END AS group_id, d.role_code, d.skill_code,
            p.people, p.is_exempt, NOT p.absent AS present, coalesce(p.skills & d.skills = d.skills, false) AS held
        FROM profile p JOIN demand d ON d.roles = p.roles
    )
    SELECT m.is_total, m.group_id, m.role_code, m.skill_code,
        coalesce(sum(people) FILTER (WHERE present), 0)::bigint,
        sum(people)::bigint,
        coalesce(sum(people) FILTER (WHERE present AND held), 0)::bigint,
        coalesce(sum(people) FILTER (WHERE held), 0)::bigint,
        coalesce(sum(people) FILTER (WHERE present AND NOT is_exempt), 0)::bigint,
        coalesce(sum(people) FILTER (WHERE NOT present AND NOT is_exempt), 0)::bigint
    FROM met m
    GROUP BY 1, 2, 3, 4
$$;

-- 9. The figures that may be shown. Holders are withheld if the protected people are a small group; holders including
-- absent people also if the protected absent ones are, as the difference of the two would show them.
CREATE FUNCTION skill_gaps_on(day date, published_by date, by_unit boolean, by_role boolean, by_skill boolean,
                              levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                              visible uuid[], unsuppressed uuid[], smallest integer)
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint, suppressed boolean)
LANGUAGE sql STABLE AS $$
    SELECT c.is_total, c.org_unit_id, c.role_code, c.skill_code, c.headcount, c.headcount_with_absent,
        CASE WHEN NOT is_small_group(c.protected, smallest) THEN c.holders END,
        CASE WHEN NOT is_small_group(c.protected, smallest) AND NOT is_small_group(c.protected_absent, smallest)
            THEN c.holders_with_absent END,
        is_small_group(c.protected, smallest)
    FROM gap_counts(day, published_by, by_unit, by_role, by_skill, levels, role_codes, skill_codes, under, visible,
                    unsuppressed) c
$$;
