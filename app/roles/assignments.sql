-- When an appointment as shown last changed: something that decides it was recorded or published, or a day came on which
-- it began, ended, lapsed or passed to another unit.
CREATE FUNCTION appointment_changed_at(changed_at timestamptz, valid_from date, ends_on date, lapses_on date, today date)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(changed_at, began(valid_from, today), began(ends_on, today), began(lapses_on, today))
$$;

-- The first and the last day of each person's service as known, and when facts about them last changed. `roles_at`: what gives
-- roles, by a definition, by terms of service or posts, by a unit that these are in or below, or by an appointment, which
-- other people's absences may end, too. `others_at`: absences and numbers. The days of a person are sorted.
CREATE FUNCTION people_known(published_by date, today date)
RETURNS TABLE (employee_id uuid, hired_on date, left_on date, roles_at timestamptz, others_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT c.employee_id, c.hired_on, c.left_on, greatest(
        c.service_changed_at,
        start_of(c.service_days[width_bucket(today, c.service_days)]),
        (SELECT max(greatest(u.updated_at, began(u.valid_from, today), began(u.valid_to, today)))
         FROM org_unit u WHERE u.id = ANY (c.unit_ids)),
        (SELECT max(appointment_changed_at(a.updated_at, a.valid_from, a.ends_on, a.lapses_on, today))
         FROM appointments_known(published_by) a WHERE a.employee_id = c.employee_id),
        (SELECT max(greatest(r.updated_at, began(r.valid_from, today), began(r.valid_to, today))) FROM role r)),
        greatest(c.changed_at, start_of(c.days[width_bucket(today, c.days)]))
    FROM person_change c WHERE c.known @> published_by
$$;

-- Role assignments as of a day: all appointments with their status, and those derived from personnel data.
-- `ends_on`, `lapses_on` and `cause` do not depend on the day; `valid_to` shows the return of somebody away only then.
-- What is known and in force is asked of both kinds together, so that PostgreSQL reads either by an index of a person.
-- `updated_at` is null for a derived one: `people_known` dates all that gives a person roles.
CREATE FUNCTION role_assignments_on(day date, published_by date, today date)
RETURNS TABLE (id uuid, employee_id uuid, role_code varchar, sub_tier varchar, basis varchar, org_unit_id uuid,
               status varchar, valid_from date, valid_to date, ends_on date, lapses_on date, cause varchar,
               stands_in_for_id uuid, letter_number varchar, end_reason varchar, updated_at timestamptz,
               row_version integer)
LANGUAGE sql STABLE AS $$
    SELECT k.id, k.employee_id, k.role_code, k.sub_tier, k.basis,
        coalesce(
            (SELECT passed.id FROM unnest(k.unit_ids, k.unit_days) passed (id, day)
             WHERE passed.day <= least($1, k.ends_on - 1) ORDER BY passed.day DESC LIMIT 1),
            k.org_unit_id),
        CASE
            WHEN k.decision IS NULL THEN 'active'
            WHEN k.decision <> 'active' THEN k.decision
            WHEN k.valid_from > day THEN 'upcoming'
            WHEN k.ends_on <= day THEN 'ended'
            WHEN k.lapses_on <= day THEN 'lapsed'
            ELSE 'active'
        END::varchar,
        k.valid_from, CASE WHEN k.returns_on = k.ends_on AND k.ends_on > day THEN k.valid_to ELSE k.ends_on END,
        k.ends_on, k.lapses_on, k.cause, k.stands_in_for_id, k.letter_number, k.end_reason,
        CASE WHEN k.decision IS NOT NULL THEN
            greatest(appointment_changed_at(k.updated_at, k.valid_from, k.ends_on, k.lapses_on, today),
                (SELECT max(began(passed.day, today)) FROM unnest(k.unit_days) passed (day)))
        END,
        k.row_version
    FROM (
        SELECT a.id, a.employee_id, a.role_code, NULL::varchar AS sub_tier, 'appointment'::varchar AS basis, a.org_unit_id,
            a.unit_ids, a.unit_days, a.decision, a.valid_from, a.valid_to, a.ends_on, a.lapses_on, a.returns_on, a.cause,
            a.stands_in_for_id, a.letter_number, a.end_reason, a.updated_at, a.row_version, a.known,
            NULL::daterange AS during
        FROM appointment_period a
        UNION ALL
        SELECT r.id, r.employee_id, r.role_code, r.sub_tier, r.basis, r.org_unit_id, NULL::uuid[], NULL::date[],
            NULL::varchar, r.valid_from, r.valid_to, r.valid_to, NULL::date, NULL::date, NULL::varchar, NULL::uuid,
            NULL::varchar, NULL::varchar, NULL::timestamptz, 1, r.known, r.during
        FROM role_period r
    ) k
    WHERE k.known @> published_by AND (k.decision IS NOT NULL OR (k.during @> day AND k.basis <> 'appointment'))
$$;

-- Since when a person is away on a day, by absences that follow each other without a break and last for more than so
-- many days; no row otherwise.
CREATE FUNCTION away_since(person uuid, day date, published_by date, absence_days integer)
RETURNS TABLE (since date, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT lower(away.during), away.updated_at
    FROM (
        SELECT unnest(range_agg(period_of(a.valid_from, a.valid_to))) AS during, max(a.updated_at) AS updated_at
        FROM absences_known(published_by) a WHERE a.employee_id = person
    ) away
    WHERE away.during @> day
      AND (upper_inf(away.during) OR upper(away.during) - lower(away.during) > absence_days)
$$;

-- Who holds an appointed role on a day, who of them stands in, and since when they are away for long.
CREATE FUNCTION appointed_on(day date, published_by date, absence_days integer)
RETURNS TABLE (role_code varchar, org_unit_id uuid, employee_id uuid, stands_in boolean, away_since date,
               updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT x.role_code, x.org_unit_id, x.employee_id, a.stands_in_for_id IS NOT NULL, away.since,
        greatest(a.updated_at, away.updated_at)
    FROM roles_on(day, published_by) x
    JOIN appointments_known(published_by) a ON a.id = x.source_id
    LEFT JOIN LATERAL away_since(x.employee_id, day, published_by, absence_days) away ON true
    WHERE x.basis = 'appointment'
$$;

-- The last appointment that had effect for each unit before a day, and why it ended. One that ended with its unit is the
-- last one for the unit's successors, too.
CREATE FUNCTION last_appointed_before(day date, published_by date)
RETURNS TABLE (role_code varchar, org_unit_id uuid, ended_on date, cause text, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (k.role_code, unit.id) k.role_code, unit.id, least(k.ends_on, k.lapses_on), k.cause, k.updated_at
    FROM appointments_known(published_by) k
    JOIN org_unit last ON last.id = k.unit_ids[cardinality(k.unit_ids)]
    CROSS JOIN LATERAL unnest(k.unit_ids || CASE WHEN k.cause = 'unit_closed' THEN last.successor_ids END) unit (id)
    WHERE k.decision = 'active' AND k.stands_in_for_id IS NULL
      AND least(k.ends_on, k.lapses_on) > k.valid_from AND least(k.ends_on, k.lapses_on) <= day
    ORDER BY k.role_code, unit.id, least(k.ends_on, k.lapses_on) DESC, k.id
$$;

-- Units that need a holder of an appointed role and have none on a day, or none who is not away for long. A holder
-- appointed to a unit above covers the unit; one who stands in is named. Days are counted from the last holder's last
-- day of effect or presence, else from the start of the unit or the role.
CREATE FUNCTION role_vacancies_on(day date, published_by date, absence_days integer)
RETURNS TABLE (id uuid, role_code varchar, org_unit_id uuid, code varchar, name varchar, name_en varchar,
               lineage uuid[], reason text, stand_in_id uuid, days_open integer, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    WITH covered AS MATERIALIZED (
        SELECT h.role_code, u.id, bool_or(NOT h.stands_in AND h.away_since IS NULL) AS is_held,
            max(h.away_since) FILTER (WHERE NOT h.stands_in) AS away_since,
            max(h.updated_at) FILTER (WHERE NOT h.stands_in) AS updated_at,
            array_agg(h.employee_id ORDER BY h.employee_id) FILTER (WHERE h.stands_in AND h.away_since IS NULL) AS present,
            array_agg(h.updated_at ORDER BY h.employee_id) FILTER (WHERE h.stands_in AND h.away_since IS NULL) AS changes
        FROM appointed_on(day, published_by, absence_days) h
        JOIN org_unit u ON u.needs_leader AND u.lineage @> ARRAY[h.org_unit_id]
        GROUP BY h.role_code, u.id
    ), former AS MATERIALIZED (
        SELECT DISTINCT ON (f.role_code, u.id) f.role_code, u.id, f.ended_on, f.cause, f.updated_at
        FROM last_appointed_before(day, published_by) f
        JOIN org_unit u ON u.needs_leader AND u.lineage @> ARRAY[f.org_unit_id]
        ORDER BY f.role_code, u.id, f.ended_on DESC
    )
    SELECT derived_id(r.code || u.id), r.code, u.id, u.code, u.name, u.name_en, u.lineage,
        CASE
            WHEN covered.away_since IS NOT NULL THEN 'away'
            WHEN former.cause IN ('unit_closed', 'left_unit') THEN former.cause
            ELSE 'not_appointed'
        END,
        covered.present[1],
        day - greatest(
            u.valid_from, (SELECT min(first.valid_from) FROM role first WHERE first.code = r.code), covered.away_since,
            former.ended_on),
        greatest(u.updated_at, covered.updated_at, former.updated_at, covered.changes[1])
    FROM role r
    JOIN org_unit u ON u.needs_leader AND in_force(u.valid_from, u.valid_to, day)
    LEFT JOIN covered ON covered.id = u.id AND covered.role_code = r.code
    LEFT JOIN former ON former.id = u.id AND former.role_code = r.code
    WHERE r.basis = 'appointment' AND in_force(r.valid_from, r.valid_to, day) AND covered.is_held IS NOT TRUE
$$;

-- The units that a person may act for on a day: the lineage of the primary unit, the units headed, and the units led,
-- by appointment to a role that leads its unit; nobody leads while on leave, as nobody heads.
-- In plpgsql because every request calls it: the connection caches its plans.
CREATE FUNCTION standing_on(person uuid, day date)
RETURNS TABLE (own_lineage uuid[], headed uuid[], acting uuid[], led uuid[])
LANGUAGE plpgsql STABLE STRICT SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    own_lineage := (
        SELECT u.lineage FROM posts_on(day, day) p JOIN org_unit u ON u.id = p.org_unit_id
        WHERE p.employee_id = person AND p.kind = 'primary');
    SELECT array_agg(h.org_unit_id), array_agg(h.org_unit_id) FILTER (WHERE h.kind = 'acting')
        INTO headed, acting
        FROM heads_on(day, day) h WHERE h.employee_id = person;
    led := (
        SELECT array_agg(x.org_unit_id)
        FROM roles_on(day, day) x
        JOIN role r ON r.code = x.role_code AND r.leads_unit AND in_force(r.valid_from, r.valid_to, day)
        WHERE x.employee_id = person AND x.basis = 'appointment'
          AND NOT EXISTS (SELECT FROM absences_on(day, day) a WHERE a.employee_id = person));
    RETURN NEXT;
END $$;
