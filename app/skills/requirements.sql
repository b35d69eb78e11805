-- The requirements in force on a day, each with the first day from which its role has needed the skill without a break, at
-- this level or a higher one, whatever the version of the map.
CREATE FUNCTION requirements_on(day date)
RETURNS TABLE (id uuid, role_code varchar, skill_code varchar, target_level integer, grace_days integer, since date)
LANGUAGE sql STABLE AS $$
    SELECT q.id, q.role_code, q.skill_code, q.target_level, q.grace_days, (
        SELECT lower(run)
        FROM (
            SELECT range_agg(daterange(earlier.valid_from, earlier.valid_to)) AS runs
            FROM skill_requirement e JOIN skill_map earlier ON earlier.id = e.skill_map_id
            WHERE earlier.valid_from IS NOT NULL AND e.role_code = q.role_code AND e.skill_code = q.skill_code
              AND coalesce(e.target_level, 0) >= coalesce(q.target_level, 0)) needed, unnest(needed.runs) run
        WHERE run @> day)
    FROM skill_requirement q JOIN skill_map m ON m.id = q.skill_map_id
    WHERE in_force(m.valid_from, m.valid_to, day)
$$;
