-- How many people are asked for skills on a day and have shown them, in steps that can each be tried alone:
-- README.md beside this file has an example for each. The parameters mean the same in every step:
--
--   day, published_by        the day asked for; personnel orders published up to the second are known
--   role_codes, skill_codes  count these requirements only; null = all
--   under, visible        count people whose primary unit lies below this one, and below any of these; null = all
--   unsuppressed               people below these may be counted in groups of any size; null = everybody
--   by_unit, levels          group by the lowest unit at or above the primary one that has one of the levels
--   by_role, by_skill        group by role, by skill

-- 1. The requirements asked. Roles are numbered, and so are skills with the level to be reached; `role` and `skill`
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

-- 2. The units whose people are counted, and the unit that each is counted in: the topmost where none has a level asked.
CREATE FUNCTION gap_units(by_unit boolean, levels varchar[], under uuid, visible uuid[], unsuppressed uuid[])
RETURNS TABLE (org_unit_id uuid, group_id uuid, is_open boolean)
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

-- 3. The people in the policy's scope who work there. Somebody without a primary post is counted when all people are.
CREATE FUNCTION gap_people(day date, published_by date, by_unit boolean, levels varchar[], under uuid,
                           visible uuid[], unsuppressed uuid[])
RETURNS TABLE (employee_id uuid, group_id uuid, is_open boolean, absent boolean)
LANGUAGE sql STABLE AS $$
    WITH place AS MATERIALIZED (SELECT * FROM gap_units(by_unit, levels, under, visible, unsuppressed))
    SELECT s.employee_id, p.group_id, coalesce(p.is_open, true), s.absent
    FROM workforce_on(day, published_by) s
    LEFT JOIN place p ON p.org_unit_id = s.org_unit_id
    WHERE s.in_scope AND (p.org_unit_id IS NOT NULL OR under IS NULL AND visible IS NULL)
$$;

-- 4. The roles by which each person is asked for anything, as one bit string a person.
CREATE FUNCTION gap_roles(day date, published_by date, role_codes varchar[], skill_codes varchar[])
RETURNS TABLE (employee_id uuid, roles varbit)
LANGUAGE sql STABLE AS $$
    SELECT held.employee_id, bit_or(asked.role)
    FROM roles_on(day, published_by) held
    JOIN (SELECT DISTINCT q.role_code, q.role FROM gap_requirements(day, role_codes, skill_codes) q) asked
        ON asked.role_code = held.role_code
    GROUP BY held.employee_id
$$;

-- 5. What each person has shown of it, as one bit string a person. Self-assessments do not count; evidence that has been
-- revoked ends on that day. Where not all people are counted, only those of the units are looked at.
CREATE FUNCTION gap_skills(day date, published_by date, role_codes varchar[], skill_codes varchar[], under uuid,
                           visible uuid[])
RETURNS TABLE (employee_id uuid, skills varbit)
LANGUAGE sql STABLE AS $$
    SELECT e.employee_id, bit_or(asked.skill)
    FROM skill_record e
    JOIN (SELECT DISTINCT q.skill_code, q.target, q.skill FROM gap_requirements(day, role_codes, skill_codes) q) asked
        ON asked.skill_code = e.skill_code AND asked.target <= coalesce(e.level, 0)
    WHERE e.basis <> 'self_assessment' AND in_force(e.valid_from, least(e.valid_to, e.revoked_on), day)
      AND (under IS NULL AND visible IS NULL OR e.employee_id IN (
          SELECT p.employee_id FROM posts_on(day, published_by) p
          JOIN gap_units(false, '{}', under, visible, NULL) u ON u.org_unit_id = p.org_unit_id))
    GROUP BY e.employee_id
$$;

-- 6. People who are alike in all that is counted, and how many they are: a few hundred rows for 100,000 people.
-- Nobody is in it who is asked for nothing.
CREATE FUNCTION gap_alike(day date, published_by date, by_unit boolean, levels varchar[], role_codes varchar[],
                          skill_codes varchar[], under uuid, visible uuid[], unsuppressed uuid[])
RETURNS TABLE (group_id uuid, is_open boolean, absent boolean, roles varbit, skills varbit, people bigint)
LANGUAGE sql STABLE AS $$
    SELECT p.group_id, p.is_open, p.absent, asked.roles, shown.skills, count(*)
    FROM gap_people(day, published_by, by_unit, levels, under, visible, unsuppressed) p
    JOIN gap_roles(day, published_by, role_codes, skill_codes) asked ON asked.employee_id = p.employee_id
    LEFT JOIN gap_skills(day, published_by, role_codes, skill_codes, under, visible) shown
        ON shown.employee_id = p.employee_id
    GROUP BY 1, 2, 3, 4, 5
$$;

-- 7. What is demanded of somebody who holds these roles: a row for each group that they count in, and one for the total.
CREATE FUNCTION gap_demand(held varbit, day date, by_role boolean, by_skill boolean, role_codes varchar[],
                           skill_codes varchar[])
RETURNS TABLE (is_total boolean, role_code varchar, skill_code varchar, skills varbit)
LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED (SELECT * FROM gap_requirements(day, role_codes, skill_codes))
    SELECT t.is_total, CASE WHEN by_role AND NOT t.is_total THEN q.role_code END,
        CASE WHEN by_skill AND NOT t.is_total THEN q.skill_code END, bit_or(q.skill)
    FROM asked q CROSS JOIN (VALUES (true), (false)) t (is_total)
    WHERE held & q.role = q.role
    GROUP BY 1, 2, 3
$$;

-- 8. The counts of each group and of the total: a holder has shown all that the group demands. `guarded` are
-- the people outside `unsuppressed`.
CREATE FUNCTION gap_counts(day date, published_by date, by_unit boolean, by_role boolean, by_skill boolean,
                           levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                           visible uuid[], unsuppressed uuid[])
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint,
               guarded bigint, guarded_absent bigint)
LANGUAGE sql STABLE AS $$
    WITH alike AS MATERIALIZED (
        SELECT * FROM gap_alike(day, published_by, by_unit, levels, role_codes, skill_codes, under, visible, unsuppressed)
    ), demand AS MATERIALIZED (
        SELECT a.roles, d.*
        FROM (SELECT DISTINCT alike.roles FROM alike) a
        CROSS JOIN gap_demand(a.roles, day, by_role, by_skill, role_codes, skill_codes) d
    ), met AS (
        SELECT d.is_total, CASE WHEN NOT d.is_total THEN a.group_id END AS group_id, d.role_code, d.skill_code,
            a.people, a.is_open, NOT a.absent AS present, coalesce(a.skills & d.skills = d.skills, false) AS held
        FROM alike a JOIN demand d ON d.roles = a.roles
    )
    SELECT m.is_total, m.group_id, m.role_code, m.skill_code,
        coalesce(sum(people) FILTER (WHERE present), 0)::bigint,
        sum(people)::bigint,
        coalesce(sum(people) FILTER (WHERE present AND held), 0)::bigint,
        coalesce(sum(people) FILTER (WHERE held), 0)::bigint,
        coalesce(sum(people) FILTER (WHERE present AND NOT is_open), 0)::bigint,
        coalesce(sum(people) FILTER (WHERE NOT present AND NOT is_open), 0)::bigint
    FROM met m
    GROUP BY 1, 2, 3, 4
$$;

-- Disclosure control: some people, but fewer than `smallest`.
CREATE FUNCTION is_small_group(people bigint, smallest integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT people BETWEEN 1 AND smallest - 1
$$;

-- 9. The figures as they may be shown. Holders are kept back where the guarded people are a small group; those with the
-- absent also where the guarded absent are one, since subtraction would show them.
CREATE FUNCTION skill_gaps_on(day date, published_by date, by_unit boolean, by_role boolean, by_skill boolean,
                              levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                              visible uuid[], unsuppressed uuid[], smallest integer)
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint, suppressed boolean)
LANGUAGE sql STABLE AS $$
    SELECT c.is_total, c.org_unit_id, c.role_code, c.skill_code, c.headcount, c.headcount_with_absent,
        CASE WHEN NOT is_small_group(c.guarded, smallest) THEN c.holders END,
        CASE WHEN NOT is_small_group(c.guarded, smallest) AND NOT is_small_group(c.guarded_absent, smallest)
            THEN c.holders_with_absent END,
        is_small_group(c.guarded, smallest)
    FROM gap_counts(day, published_by, by_unit, by_role, by_skill, levels, role_codes, skill_codes, under, visible,
                    unsuppressed) c
$$;
