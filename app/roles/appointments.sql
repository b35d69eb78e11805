-- Appointments as known from the orders published up to a day: for which unit, and until when they have effect.

-- The units that an appointment to a unit is for, one after another: the unit, and its successor where the unit passes
-- appointments on when it closes; of several successors the one in or below which the person works from then on.
-- In plpgsql so that it is only run for the few units that pass appointments on.
CREATE FUNCTION passed_units(unit uuid, person uuid, published_by date)
RETURNS TABLE (id uuid, valid_from date, valid_to date, successor_ids uuid[], updated_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 2 SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE passed AS (
        SELECT u.id, u.valid_from, u.valid_to, u.successor_ids, u.updated_at, u.appointments_pass_on
        FROM org_unit u WHERE u.id = unit
        UNION ALL
        SELECT s.id, former.valid_to, s.valid_to, s.successor_ids, s.updated_at, s.appointments_pass_on
        FROM passed former CROSS JOIN LATERAL (
            SELECT next.*
            FROM org_unit next
            WHERE next.id = ANY (former.successor_ids) AND in_force(next.valid_from, next.valid_to, former.valid_to)
              AND (cardinality(former.successor_ids) = 1 OR EXISTS (
                  SELECT FROM posts_on(former.valid_to, published_by) p JOIN org_unit works ON works.id = p.org_unit_id
                  WHERE p.employee_id = person AND p.kind = 'primary' AND works.lineage @> ARRAY[next.id]))
            ORDER BY cardinality(next.lineage) DESC LIMIT 1
        ) s
        WHERE former.appointments_pass_on
    )
    SELECT passed.id, passed.valid_from, passed.valid_to, passed.successor_ids, passed.updated_at FROM passed;
END $$;

-- The day on which each kind of source ends an appointment, null for never: its unit with those that it passes to, its
-- role, and the person's primary post, once it leaves these units and the home unit, also if it returns later.
-- `updated_at` is the latest of all that could have been a source, so that it also moves when one ceases to be.
CREATE FUNCTION appointment_ends(published_by date)
RETURNS TABLE (id uuid, employee_id uuid, role_code varchar, org_unit_id uuid, unit_ids uuid[], decision varchar,
               stands_in_for_id uuid, valid_from date, valid_to date, unit_until date, role_until date, post_until date,
               updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT a.id, a.employee_id, a.role_code, a.org_unit_id, a.org_unit_id || passed.ids, a.status, a.stands_in_for_id,
        a.valid_from, a.valid_to, CASE WHEN passed.ids IS NULL THEN u.valid_to ELSE passed.until END, role.until,
        post.until,
        greatest(a.updated_at, u.updated_at, passed.updated_at, home.updated_at, home_passed.updated_at,
            role.updated_at, post.updated_at)
    FROM role_assignment a
    JOIN org_unit u ON u.id = a.org_unit_id
    JOIN org_unit home ON home.id = a.home_unit_id
    LEFT JOIN LATERAL (
        SELECT array_agg(p.id ORDER BY p.valid_from) AS ids, max(p.updated_at) AS updated_at,
            (array_agg(p.valid_to ORDER BY p.valid_from DESC))[1] AS until
        FROM passed_units(a.org_unit_id, a.employee_id, published_by) p
        WHERE u.appointments_pass_on AND u.valid_to IS NOT NULL AND p.id <> a.org_unit_id
    ) passed ON true
    CROSS JOIN LATERAL (
        SELECT max(p.updated_at) AS updated_at FROM passed_units(a.home_unit_id, a.employee_id, published_by) p
        WHERE home.appointments_pass_on AND home.valid_to IS NOT NULL
    ) home_passed
    CROSS JOIN LATERAL (
        SELECT CASE WHEN held.during @> a.valid_from
            THEN (SELECT upper(d) FROM unnest(held.during) d WHERE d @> a.valid_from) ELSE a.valid_from END AS until,
            held.updated_at
        FROM (
            SELECT range_agg(period_of(r.valid_from, r.valid_to)) FILTER (WHERE r.basis = 'appointment') AS during,
                max(r.updated_at) AS updated_at
            FROM role r WHERE r.code = a.role_code
        ) held
    ) role
    CROSS JOIN LATERAL (
        SELECT CASE WHEN held.during @> a.valid_from
            THEN (SELECT upper(d) FROM unnest(held.during) d WHERE d @> a.valid_from) ELSE a.valid_from END AS until,
            held.updated_at
        FROM (
            SELECT range_agg(period_of(greatest(p.valid_from, covering.since), p.valid_to))
                    FILTER (WHERE p.kind = 'primary' AND covering.id IS NOT NULL) AS during,
                max(p.updated_at) AS updated_at
            FROM posts_known(published_by) p
            JOIN org_unit works ON works.id = p.org_unit_id
            LEFT JOIN (
                SELECT a.org_unit_id AS id, '-infinity'::date AS since
                UNION ALL
                SELECT a.home_unit_id, '-infinity'
                UNION ALL
                SELECT x.id, x.valid_from FROM passed_units(a.org_unit_id, a.employee_id, published_by) x
                WHERE u.appointments_pass_on AND u.valid_to IS NOT NULL
                UNION ALL
                SELECT x.id, x.valid_from FROM passed_units(a.home_unit_id, a.employee_id, published_by) x
                WHERE home.appointments_pass_on AND home.valid_to IS NOT NULL
            ) covering ON covering.id = ANY (works.lineage)
            WHERE p.employee_id = a.employee_id
        ) held
    ) post
$$;

-- The first day on which a person who is stood in for is back: holds the appointment and is not away. With it, when what
-- decides the day last changed. In plpgsql so that it is only planned and run for the few who stand in.
CREATE FUNCTION returned_on(stood_in_for uuid, since date, published_by date)
RETURNS TABLE (day date, updated_at timestamptz)
LANGUAGE plpgsql STABLE STRICT ROWS 1 SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT
        CASE WHEN e.decision = 'active' THEN lower(
            (datemultirange(period_of(e.valid_from, least(e.valid_to, e.unit_until, e.role_until, e.post_until)))
             - coalesce(away.during, '{}')) * datemultirange(daterange(since, NULL))) END,
        greatest(e.updated_at, away.updated_at,
            employee_known_change(holder.updated_at, holder.public_updated_at, published_by))
    FROM appointment_ends(published_by) e
    JOIN employee holder ON holder.id = e.employee_id
    CROSS JOIN LATERAL (
        SELECT range_agg(period_of(x.valid_from, x.valid_to)) AS during, max(x.updated_at) AS updated_at
        FROM absences_known(published_by) x WHERE x.employee_id = e.employee_id
    ) away
    WHERE e.id = stood_in_for;
END $$;

-- Decisions on appointments, computed from what decides them, with the day on which each ends for good (`ends_on`), the day on which it lapses before that
-- (`lapses_on`), and the cause of whichever comes first.
CREATE FUNCTION appointment_effects(published_by date)
RETURNS TABLE (id uuid, employee_id uuid, role_code varchar, org_unit_id uuid, unit_ids uuid[], decision varchar,
               stands_in_for_id uuid, valid_from date, valid_to date, ends_on date, lapses_on date, returns_on date,
               cause text, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT k.id, k.employee_id, k.role_code, k.org_unit_id, k.unit_ids, k.decision, k.stands_in_for_id, k.valid_from,
        k.valid_to, k.ends_on, CASE WHEN k.post_until < k.ends_on OR k.ends_on IS NULL THEN k.post_until END,
        k.returns_on,
        CASE
            WHEN k.post_until < k.ends_on OR k.ends_on IS NULL AND k.post_until IS NOT NULL THEN 'left_unit'
            WHEN k.valid_to = k.ends_on THEN 'term'
            WHEN k.unit_until = k.ends_on THEN 'unit_closed'
            WHEN k.role_until = k.ends_on THEN 'role_ended'
            WHEN k.returns_on = k.ends_on THEN 'return'
        END,
        k.changed_at
    FROM (
        SELECT e.*, r.day AS returns_on, least(e.valid_to, e.unit_until, e.role_until, r.day) AS ends_on,
            greatest(e.updated_at, r.updated_at) AS changed_at
        FROM appointment_ends(published_by) e
        LEFT JOIN LATERAL returned_on(e.stands_in_for_id, e.valid_from, published_by) r ON true
    ) k
$$;
