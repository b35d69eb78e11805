-- Personnel data as known from the orders published up to a day: an order published later neither starts a row nor ends
-- one. `…_known` gives every row, `…_on` those in force on a day.

CREATE FUNCTION is_published(published_on date, published_by date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT published_on IS NULL OR published_on <= published_by
$$;

CREATE FUNCTION start_of(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT day::timestamp AT TIME ZONE 'Asia/Tokyo'
$$;

-- The start of a day that has come; null before. It dates a change that the calendar makes.
CREATE FUNCTION began(day date, today date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN day <= today THEN start_of(day) END
$$;

-- The end of a row: the recorded one once it is published, the former one until then.
CREATE FUNCTION known_end(valid_to date, end_published_on date, public_valid_to date, published_by date)
RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN is_published(end_published_on, published_by) THEN valid_to ELSE public_valid_to END
$$;

-- When a row last changed. For callers who do not know every order it changes when something public in it changes, and
-- at the start of the day on which an order is published.
CREATE FUNCTION known_change(updated_at timestamptz, public_updated_at timestamptz, published_on date,
                             end_published_on date, public_end_published_on date, published_by date)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN isfinite(published_by)
        THEN greatest(public_updated_at, start_of(published_on),
            start_of(known_end(end_published_on, end_published_on, public_end_published_on, published_by)))
        ELSE updated_at END
$$;

-- When a person's own fields last changed, or, with no trace but this, a fact about them was taken back.
CREATE FUNCTION employee_known_change(updated_at timestamptz, public_updated_at timestamptz, published_by date)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN isfinite(published_by) THEN public_updated_at ELSE updated_at END
$$;

-- The version is constant where callers do not know every order, as the stored one counts all changes.
CREATE FUNCTION known_version(row_version integer, published_by date) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN isfinite(published_by) THEN 1 ELSE row_version END
$$;

CREATE FUNCTION employments_known(published_by date) RETURNS SETOF employment LANGUAGE sql STABLE AS $$
    SELECT
        r.id, r.created_at, known_change(r.updated_at, r.public_updated_at, r.published_on, r.end_published_on,
            r.public_end_published_on, published_by),
        known_version(r.row_version, published_by), r.valid_from,
        known_end(r.valid_to, r.end_published_on, r.public_valid_to, published_by), r.appointment_type, r.job_service,
        r.job_category, r.employee_id, r.order_number, r.published_on,
        known_end(r.end_published_on, r.end_published_on, r.public_end_published_on, published_by), r.public_valid_to,
        r.public_end_published_on, r.public_updated_at
    FROM employment r
    WHERE is_published(r.published_on, published_by)
$$;

CREATE FUNCTION employments_on(day date, published_by date) RETURNS SETOF employment LANGUAGE sql STABLE AS $$
    SELECT k.* FROM employments_known(published_by) k WHERE in_force(k.valid_from, k.valid_to, day)
$$;

CREATE FUNCTION posts_known(published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT
        r.id, r.created_at, known_change(r.updated_at, r.public_updated_at, r.published_on, r.end_published_on,
            r.public_end_published_on, published_by),
        known_version(r.row_version, published_by), r.valid_from,
        known_end(r.valid_to, r.end_published_on, r.public_valid_to, published_by), r.employee_id, r.org_unit_id,
        r.kind, r.position_rank, r.job_title, r.order_number, r.published_on,
        known_end(r.end_published_on, r.end_published_on, r.public_end_published_on, published_by), r.public_valid_to,
        r.public_end_published_on, r.public_updated_at, r.cut_by, r.ordered_to, r.ordered_end_published_on
    FROM post r
    WHERE is_published(r.published_on, published_by)
$$;

CREATE FUNCTION posts_on(day date, published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT k.* FROM posts_known(published_by) k WHERE in_force(k.valid_from, k.valid_to, day)
$$;

CREATE FUNCTION absences_known(published_by date) RETURNS SETOF absence LANGUAGE sql STABLE AS $$
    SELECT
        r.id, r.created_at, known_change(r.updated_at, r.public_updated_at, r.published_on, r.end_published_on,
            r.public_end_published_on, published_by),
        known_version(r.row_version, published_by), r.valid_from,
        known_end(r.valid_to, r.end_published_on, r.public_valid_to, published_by), r.employee_id, r.kind,
        r.order_number, r.published_on,
        known_end(r.end_published_on, r.end_published_on, r.public_end_published_on, published_by), r.public_valid_to,
        r.public_end_published_on, r.public_updated_at, r.cut_by, r.ordered_to, r.ordered_end_published_on
    FROM absence r
    WHERE is_published(r.published_on, published_by)
$$;

CREATE FUNCTION absences_on(day date, published_by date) RETURNS SETOF absence LANGUAGE sql STABLE AS $$
    SELECT k.* FROM absences_known(published_by) k WHERE in_force(k.valid_from, k.valid_to, day)
$$;

-- People employed on a day: primary post and unit, terms of service, whether in the policy's scope, whether absent.
CREATE FUNCTION workforce_on(day date, published_by date)
RETURNS TABLE (employee_id uuid, post_id uuid, org_unit_id uuid, appointment_type varchar, job_service varchar,
               job_category varchar, in_scope boolean, absent boolean)
LANGUAGE sql STABLE AS $$
    SELECT w.employee_id, w.post_id, w.org_unit_id, w.appointment_type, w.job_service, w.job_category, w.in_scope, w.absent
    FROM workforce_period w WHERE w.during @> day AND w.known @> published_by
$$;

-- Posts of heads in office on a day; a head on leave is not in office.
CREATE FUNCTION heads_on(day date, published_by date) RETURNS SETOF post LANGUAGE sql STABLE AS $$
    SELECT p.*
    FROM posts_on(day, published_by) p
    JOIN position_rank r ON r.code = p.position_rank AND r.is_head
    WHERE NOT EXISTS (SELECT FROM absences_on(day, published_by) a WHERE a.employee_id = p.employee_id)
$$;

-- The last day up to `day` on which a person was employed, as published by then; null if never.
CREATE FUNCTION last_day_served(person uuid, day date) RETURNS date
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan AS $$
    SELECT max(least(k.valid_to - 1, day)) FROM employments_known(day) k
    WHERE k.employee_id = person AND k.valid_from <= day
$$;
