-- Who holds which role on a day, and by which appointment, read from the kept periods (`periods.sql`).

-- Decisions on appointments with the day on which each ends for good (`ends_on`), the day on which it lapses before that
-- (`lapses_on`), and the cause of whichever comes first. The appointment is for `unit_ids` one after another, from
-- `unit_days` on.
CREATE FUNCTION appointments_known(published_by date) RETURNS SETOF appointment_period LANGUAGE sql STABLE AS $$
    SELECT a.* FROM appointment_period a WHERE a.known @> published_by
$$;

-- Everyone's roles on a day, one row per source: the explicit ones, which the rank of a post, a unit or an appointment
-- gives, else the job category's, else the residual role.
CREATE FUNCTION roles_on(day date, published_by date)
RETURNS TABLE (id uuid, employee_id uuid, role_code varchar, sub_tier varchar, basis varchar, org_unit_id uuid,
               source_id uuid, valid_from date, valid_to date)
LANGUAGE sql STABLE AS $$
    SELECT r.id, r.employee_id, r.role_code, r.sub_tier, r.basis, r.org_unit_id, r.source_id, r.valid_from, r.valid_to
    FROM role_period r WHERE r.during @> day AND r.known @> published_by
$$;
