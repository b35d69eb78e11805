-- Apart from `is_targeted`, as most targets name no role, and even the plan of what gives roles takes a millisecond to start.
CREATE FUNCTION has_role_among(person uuid, role_codes jsonb, day date, published_by date) RETURNS boolean
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan AS $$
    SELECT EXISTS (
        SELECT FROM roles_on(day, published_by) r WHERE r.employee_id = person AND role_codes ? r.role_code)
$$;

-- Whether a person is in a course's target group on a day: every list of it that is not empty must match, and the
-- complete years of service lie within its bounds. An empty target means everyone.
CREATE FUNCTION is_targeted(person uuid, target jsonb, day date, published_by date) RETURNS boolean
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan AS $$
    SELECT (coalesce(target -> 'role_codes', '[]') = '[]'
            OR has_role_among(person, target -> 'role_codes', day, published_by))
        AND (coalesce(target -> 'position_ranks', '[]') = '[]' OR EXISTS (
            SELECT FROM posts_on(day, published_by) p
            WHERE p.employee_id = person AND target -> 'position_ranks' ? p.position_rank))
        AND (coalesce(target -> 'job_categories', '[]') = '[]' OR EXISTS (
            SELECT FROM employments_on(day, published_by) t
            WHERE t.employee_id = person AND target -> 'job_categories' ? t.job_category))
        AND EXISTS (
            SELECT FROM (
                SELECT extract(year FROM age(day, coalesce(min(t.valid_from), day))) AS years
                FROM employments_known(published_by) t WHERE t.employee_id = person) served
            WHERE years >= coalesce((target ->> 'years_of_service_min')::int, 0)
              AND years <= coalesce((target ->> 'years_of_service_max')::int, 1000))
$$;
