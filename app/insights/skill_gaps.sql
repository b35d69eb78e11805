-- How many people need skills on a day, and how many have them, in steps that can each be run alone: README.md beside
-- this file has an example of each. The parameters are the same in every step:
--
--   day, published_by        the day to count for; orders published by the second day are known
--   expires_within           days; evidence that ends within them is expiring
--   role_codes, skill_codes  count these requirements only; null = all
--   under, visible           count people whose primary unit is, or is below, this one and any of these; null = all
--   people                   count these people only; null = all
--   by_unit, levels          group by the lowest unit at or above the primary one that has one of the levels
--   by_role, by_skill        group by role, by skill

-- 1. The requirements. Each is a cell of the skill map, and has a bit of its own set in `cell`; `since` is the first day
-- from which the role has needed the skill.
CREATE FUNCTION gap_requirements(day date, role_codes varchar[], skill_codes varchar[])
RETURNS TABLE (role_code varchar, skill_code varchar, target integer, grace_days integer, since date, cell varbit)
LANGUAGE sql STABLE AS $$
    SELECT n.role_code, n.skill_code, n.target, n.grace_days, n.since,
        rpad(lpad('1', n.number, '0'), max(n.number) OVER (), '0')::varbit
    FROM (
        SELECT q.*, coalesce(q.target_level, 0) AS target,
            row_number() OVER (ORDER BY q.role_code, q.skill_code)::integer AS number
        FROM requirements_on(day) q
        WHERE (role_codes IS NULL OR q.role_code = ANY (role_codes))
          AND (skill_codes IS NULL OR q.skill_code = ANY (skill_codes))
    ) n
$$;

-- 2. The units whose people are counted, and the unit that each is counted in: the topmost if none has one of the levels.
CREATE FUNCTION gap_units(by_unit boolean, levels varchar[], under uuid, visible uuid[])
RETURNS TABLE (org_unit_id uuid, group_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT u.id,
        CASE WHEN by_unit THEN coalesce(
            (SELECT above.id FROM org_unit above WHERE above.id = ANY (u.lineage) AND above.level = ANY (levels)
             ORDER BY cardinality(above.lineage) DESC LIMIT 1),
            u.lineage[1]) END
    FROM org_unit u
    WHERE (under IS NULL OR u.lineage @> ARRAY[under]) AND (visible IS NULL OR u.lineage && visible)
$$;

-- 3. The people in scope whose primary unit is one of these. People without a primary post are counted only with all.
CREATE FUNCTION gap_people(day date, published_by date, by_unit boolean, levels varchar[], under uuid,
                           visible uuid[], people uuid[])
RETURNS TABLE (employee_id uuid, group_id uuid, absent boolean)
LANGUAGE sql STABLE AS $$
    WITH unit AS MATERIALIZED (SELECT * FROM gap_units(by_unit, levels, under, visible))
    SELECT w.employee_id, u.group_id, w.absent
    FROM workforce_on(day, published_by) w
    LEFT JOIN unit u ON u.org_unit_id = w.org_unit_id
    WHERE w.in_scope AND (u.org_unit_id IS NOT NULL OR under IS NULL AND visible IS NULL)
      AND (people IS NULL OR w.employee_id = ANY (people))
$$;

-- 4. The requirements of each role that a person holds.
CREATE FUNCTION gap_needs(day date, published_by date, role_codes varchar[], skill_codes varchar[])
RETURNS TABLE (employee_id uuid, needed varbit)
LANGUAGE sql STABLE AS $$
    SELECT held.employee_id, q.cells
    FROM roles_on(day, published_by) held
    JOIN (SELECT r.role_code, bit_or(r.cell) AS cells FROM gap_requirements(day, role_codes, skill_codes) r GROUP BY 1) q
        ON q.role_code = held.role_code
$$;

-- 5. The requirements that each piece of a person's evidence meets, of any role: beyond the days in which it expires, only
-- within them, or until it expired less than the days of grace ago. Self-assessments do not count; revoked evidence ends
-- on the day of revocation, without grace.
CREATE FUNCTION gap_evidence(day date, expires_within integer, role_codes varchar[], skill_codes varchar[])
RETURNS TABLE (employee_id uuid, lasting varbit, ending varbit, lapsed varbit)
LANGUAGE sql STABLE AS $$
    SELECT e.employee_id,
        CASE WHEN (e.valid_to <= day + expires_within) IS NOT TRUE THEN q.cells END,
        CASE WHEN e.valid_to > day AND e.valid_to <= day + expires_within THEN q.cells END,
        CASE WHEN e.valid_to <= day THEN q.cells END
    FROM skill_record e
    JOIN (
        SELECT r.skill_code, r.target, r.grace_days, bit_or(r.cell) AS cells
        FROM gap_requirements(day, role_codes, skill_codes) r GROUP BY 1, 2, 3
    ) q ON q.skill_code = e.skill_code AND q.target <= coalesce(e.level, 0)
    WHERE e.basis <> 'self_assessment' AND e.valid_from <= day AND (e.revoked_on <= day) IS NOT TRUE
      AND (e.valid_to + q.grace_days <= day) IS NOT TRUE
$$;

-- 6. The periods of roles held on a day of which a row began from `since` on: what they cover without a break began then,
-- or before, where another source gave the role.
CREATE FUNCTION gap_beginnings(since date, day date, published_by date)
RETURNS TABLE (employee_id uuid, role_code varchar, during daterange)
LANGUAGE sql STABLE AS $$
    SELECT late.employee_id, late.role_code, r.during
    FROM role_period late
    JOIN role_period r ON r.employee_id = late.employee_id AND r.role_code = late.role_code
    WHERE late.during @> day AND lower(late.during) >= since AND late.known @> published_by AND r.known @> published_by
$$;

-- 7. Each person with the requirements needed, those that evidence meets, and those of which the days of grace run: from the
-- return of the latest absence that has begun, or from the first day of a role. An absence whose end is not known ends
-- tomorrow at the earliest. Everything about people is looked up for those counted only, or in whole tables where all are
-- counted, and grouped at once: joined one by one, a bad guess of their number would make it quadratic.
CREATE FUNCTION gap_each(day date, published_by date, expires_within integer, by_unit boolean, levels varchar[],
                         role_codes varchar[], skill_codes varchar[], under uuid, visible uuid[], people uuid[])
RETURNS TABLE (employee_id uuid, group_id uuid, absent boolean, needed varbit, lasting varbit, ending varbit,
               lapsed varbit, returned varbit, begun varbit)
LANGUAGE sql STABLE AS $$
    WITH requirement AS MATERIALIZED (SELECT * FROM gap_requirements(day, role_codes, skill_codes)),
    person AS MATERIALIZED (SELECT * FROM gap_people(day, published_by, by_unit, levels, under, visible, people)),
    known (employee_id, group_id, absent, needed, lasting, ending, lapsed, returned, begun) AS (
        SELECT p.employee_id, p.group_id, p.absent, NULL::varbit, NULL::varbit, NULL::varbit, NULL::varbit, NULL::varbit,
            NULL::varbit
        FROM person p
        UNION ALL
        SELECT n.employee_id, NULL, NULL, n.needed, NULL, NULL, NULL, NULL, NULL
        FROM gap_needs(day, published_by, role_codes, skill_codes) n
        WHERE under IS NULL AND visible IS NULL AND people IS NULL
        UNION ALL
        SELECT p.employee_id, NULL, NULL, n.needed, NULL, NULL, NULL, NULL, NULL
        FROM person p JOIN gap_needs(day, published_by, role_codes, skill_codes) n ON n.employee_id = p.employee_id
        WHERE under IS NOT NULL OR visible IS NOT NULL OR people IS NOT NULL
        UNION ALL
        SELECT e.employee_id, NULL, NULL, NULL, e.lasting, e.ending, e.lapsed, NULL, NULL
        FROM gap_evidence(day, expires_within, role_codes, skill_codes) e
        WHERE under IS NULL AND visible IS NULL AND people IS NULL
        UNION ALL
        SELECT p.employee_id, NULL, NULL, NULL, e.lasting, e.ending, e.lapsed, NULL, NULL
        FROM person p JOIN gap_evidence(day, expires_within, role_codes, skill_codes) e ON e.employee_id = p.employee_id
        WHERE under IS NOT NULL OR visible IS NOT NULL OR people IS NOT NULL
        UNION ALL
        SELECT r.employee_id, NULL, NULL, NULL, NULL, NULL, NULL, q.cell, NULL
        FROM (
            SELECT p.employee_id, max(coalesce(a.valid_to, day + 1)) AS returned_on
            FROM person p JOIN absences_known(published_by) a ON a.employee_id = p.employee_id
            WHERE a.valid_from <= day AND (a.valid_to + (SELECT max(q.grace_days) FROM requirement q) <= day) IS NOT TRUE
            GROUP BY 1
        ) r JOIN requirement q ON r.returned_on + q.grace_days > day
        UNION ALL
        SELECT h.employee_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, q.cell
        FROM (
            SELECT p.employee_id, f.role_code, range_agg(f.during) AS runs
            FROM (SELECT max(q.grace_days) AS longest FROM requirement q) w
            CROSS JOIN LATERAL gap_beginnings(day - w.longest + 1, day, published_by) f
            JOIN person p ON p.employee_id = f.employee_id
            GROUP BY 1, 2
        ) h
        CROSS JOIN unnest(h.runs) run
        JOIN requirement q ON q.role_code = h.role_code AND lower(run) + q.grace_days > day
        WHERE run @> day
    )
    SELECT k.employee_id, (array_agg(k.group_id) FILTER (WHERE k.group_id IS NOT NULL))[1], bool_or(k.absent),
        bit_or(k.needed), bit_or(k.lasting), bit_or(k.ending), bit_or(k.lapsed), bit_or(k.returned), bit_or(k.begun)
    FROM known k
    GROUP BY k.employee_id
    HAVING bool_or(k.absent) IS NOT NULL AND bit_or(k.needed) IS NOT NULL
$$;

-- 8. Profiles: people alike in all of this, counted; a few thousand rows for 100,000 people. People without requirements
-- are in none. Only then it is asked what of the needed is met, what is met beyond the days in which evidence expires, and
-- what is due: a requirement is due when it is not met, and the days of grace are over since the last of these days: the
-- role's first, the requirement's first, the return from an absence, the end of evidence that met it.
CREATE FUNCTION gap_profiles(day date, published_by date, expires_within integer, by_unit boolean, levels varchar[],
                             role_codes varchar[], skill_codes varchar[], under uuid, visible uuid[], people uuid[])
RETURNS TABLE (group_id uuid, absent boolean, needed varbit, met varbit, lasting varbit, due varbit, people bigint)
LANGUAGE sql STABLE AS $$
    WITH whole AS MATERIALIZED (
        SELECT bit_and(q.cell & ~q.cell) AS none,
            bit_or(CASE WHEN q.since + q.grace_days > day THEN q.cell ELSE q.cell & ~q.cell END) AS fresh
        FROM gap_requirements(day, role_codes, skill_codes) q
    )
    SELECT p.group_id, p.absent, p.needed,
        p.needed & (coalesce(p.lasting, w.none) | coalesce(p.ending, w.none)),
        p.needed & coalesce(p.lasting, w.none),
        p.needed & ~(w.fresh | coalesce(p.lasting, w.none) | coalesce(p.ending, w.none) | coalesce(p.lapsed, w.none)
            | coalesce(p.returned, w.none) | coalesce(p.begun, w.none)),
        p.people
    FROM (
        SELECT e.group_id, e.absent, e.needed, e.lasting, e.ending, e.lapsed, e.returned, e.begun, count(*) AS people
        FROM gap_each(day, published_by, expires_within, by_unit, levels, role_codes, skill_codes, under, visible,
                      people) e
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ) p CROSS JOIN whole w
$$;

-- 9. What is required in each group, and in the total, of a person who needs these cells.
CREATE FUNCTION gap_demand(needed varbit, day date, by_role boolean, by_skill boolean, role_codes varchar[],
                           skill_codes varchar[])
RETURNS TABLE (is_total boolean, role_code varchar, skill_code varchar, cells varbit)
LANGUAGE sql STABLE AS $$
    WITH requirement AS MATERIALIZED (SELECT * FROM gap_requirements(day, role_codes, skill_codes))
    SELECT t.is_total, CASE WHEN by_role AND NOT t.is_total THEN q.role_code END,
        CASE WHEN by_skill AND NOT t.is_total THEN q.skill_code END, bit_or(q.cell)
    FROM requirement q CROSS JOIN (VALUES (true), (false)) t (is_total)
    WHERE needed & q.cell = q.cell
    GROUP BY 1, 2, 3
$$;

-- 10. The counts of each group and of the total. A holder meets everything that the group requires of them, and is expiring
-- if not all of that lasts; a person is missing if something is due. Who is neither is within the days of grace.
CREATE FUNCTION gap_counts(day date, published_by date, expires_within integer, by_unit boolean, by_role boolean,
                           by_skill boolean, levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                           visible uuid[], people uuid[])
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint, expiring bigint,
               missing bigint)
LANGUAGE sql STABLE AS $$
    WITH profile AS MATERIALIZED (
        SELECT * FROM gap_profiles(day, published_by, expires_within, by_unit, levels, role_codes, skill_codes, under,
                                   visible, people)
    ), demand AS MATERIALIZED (
        SELECT p.needed, d.*
        FROM (SELECT DISTINCT profile.needed FROM profile) p
        CROSS JOIN gap_demand(p.needed, day, by_role, by_skill, role_codes, skill_codes) d
    ), state AS (
        SELECT d.is_total, CASE WHEN NOT d.is_total THEN p.group_id END AS group_id, d.role_code, d.skill_code,
            p.people AS n, NOT p.absent AS present, p.met & d.cells = d.cells AS held,
            p.lasting & d.cells = d.cells AS lasts, p.due & d.cells <> p.due & ~p.due AS due
        FROM profile p JOIN demand d ON d.needed = p.needed
    )
    SELECT s.is_total, s.group_id, s.role_code, s.skill_code,
        coalesce(sum(n) FILTER (WHERE present), 0)::bigint,
        sum(n)::bigint,
        coalesce(sum(n) FILTER (WHERE present AND held), 0)::bigint,
        coalesce(sum(n) FILTER (WHERE held), 0)::bigint,
        coalesce(sum(n) FILTER (WHERE present AND held AND NOT lasts), 0)::bigint,
        coalesce(sum(n) FILTER (WHERE present AND due), 0)::bigint
    FROM state s
    GROUP BY 1, 2, 3, 4
$$;

-- 11. The figures that may be shown. With `shown`, these are the headcounts, and the holders of these skills: a leader may
-- see no more (`app/findings/README.md`). Null is everything.
CREATE FUNCTION skill_gaps_on(day date, published_by date, expires_within integer, by_unit boolean, by_role boolean,
                              by_skill boolean, levels varchar[], role_codes varchar[], skill_codes varchar[], under uuid,
                              visible uuid[], people uuid[], shown varchar[])
RETURNS TABLE (is_total boolean, org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint,
               headcount_with_absent bigint, holders bigint, holders_with_absent bigint, in_grace bigint,
               expiring bigint, missing bigint, suppressed boolean)
LANGUAGE sql STABLE AS $$
    SELECT c.is_total, c.org_unit_id, c.role_code, c.skill_code, c.headcount, c.headcount_with_absent,
        CASE WHEN shown IS NULL OR c.skill_code = ANY (shown) THEN c.holders END,
        CASE WHEN shown IS NULL THEN c.holders_with_absent END,
        CASE WHEN shown IS NULL THEN c.headcount - c.holders - c.missing END,
        CASE WHEN shown IS NULL THEN c.expiring END,
        CASE WHEN shown IS NULL THEN c.missing END,
        (shown IS NULL OR c.skill_code = ANY (shown)) IS NOT TRUE
    FROM gap_counts(day, published_by, expires_within, by_unit, by_role, by_skill, levels, role_codes, skill_codes,
                    under, visible, people) c
$$;

-- 12. Who is counted with each skill on the first day of every quarter up to a day, and whether they hold it: from these,
-- `app/findings/disclosure.py` decides what a leader may see.
CREATE FUNCTION skill_readings_on(until date, published_by date, visible uuid[])
RETURNS TABLE (read_on date, skill_code varchar, employee_id uuid, holds boolean)
LANGUAGE sql STABLE AS $$
    SELECT quarter::date, reading.*
    FROM generate_series(
        (SELECT date_trunc('quarter', min(m.valid_from)::timestamp) FROM skill_map m),
        until::timestamp, interval '3 months') quarter
    CROSS JOIN LATERAL (
        SELECT q.skill_code, p.employee_id, bool_and(coalesce(e.met & q.cell = q.cell, false))
        FROM gap_people(quarter::date, published_by, false, '{}', NULL, visible, NULL) p
        JOIN roles_on(quarter::date, published_by) held ON held.employee_id = p.employee_id
        JOIN gap_requirements(quarter::date, NULL, NULL) q ON q.role_code = held.role_code
        LEFT JOIN LATERAL (
            SELECT bit_or(coalesce(e.lasting, e.ending)) AS met
            FROM gap_evidence(quarter::date, 0, NULL, NULL) e WHERE e.employee_id = p.employee_id
        ) e ON true
        WHERE NOT p.absent
        GROUP BY 1, 2
    ) reading
$$;
