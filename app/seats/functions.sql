CREATE FUNCTION day_of(instant timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT (instant AT TIME ZONE 'Asia/Tokyo')::date
$$;

-- Who can come to a session, by facts published up to a day: who is employed and not on leave on every day of its
-- meetings, has no other seat at the time, and is in the course's target where its participants are designated.
CREATE FUNCTION admissions(session_id uuid, published_by date)
RETURNS TABLE (employee_id uuid, employed boolean, on_leave boolean, clashes boolean, targeted boolean, can_come boolean)
LANGUAGE sql STABLE AS $$
    SELECT f.*, f.employed AND NOT f.on_leave AND NOT f.clashes AND f.targeted
    FROM (
        SELECT e.id,
            NOT EXISTS (
                SELECT FROM session_meeting m
                WHERE m.course_session_id = session_id AND NOT EXISTS (
                    SELECT FROM employments_on(day_of(m.starts_at), published_by) t
                    WHERE t.employee_id = e.id)) AS employed,
            EXISTS (
                SELECT FROM session_meeting m, absences_on(day_of(m.starts_at), published_by) a
                WHERE m.course_session_id = session_id AND a.employee_id = e.id) AS on_leave,
            EXISTS (
                SELECT FROM session_meeting m
                JOIN booking b ON b.during && tstzrange(m.starts_at, m.ends_at) AND b.holds
                JOIN session_meeting booked ON booked.id = b.session_meeting_id
                WHERE m.course_session_id = session_id AND b.employee_id = e.id
                  AND booked.course_session_id <> session_id) AS clashes,
            NOT EXISTS (
                SELECT FROM course_session s JOIN course c ON c.id = s.course_id
                WHERE s.id = session_id AND c.mode = 'designated'
                  AND NOT is_targeted(e.id, c.target, day_of(s.starts_at), published_by)) AS targeted
        FROM employee e
    ) f
$$;

-- The unit at the level of a section that a unit is or belongs to; the topmost above it where there is none.
CREATE FUNCTION section_of(unit_id uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT above.id
    FROM org_unit u
    CROSS JOIN LATERAL unnest(u.lineage) WITH ORDINALITY AS l (id, depth)
    JOIN org_unit above ON above.id = l.id
    WHERE u.id = unit_id
    ORDER BY CASE WHEN above.level IN ('section', 'office') THEN -l.depth ELSE l.depth END
    LIMIT 1
$$;

-- What a seat in a session is confirmed with: the person's sections on its days, those days on which they are on leave,
-- and whether they are outside the target group of a course with designated participants.
CREATE FUNCTION circumstances(session_id uuid, published_by date)
RETURNS TABLE (employee_id uuid, section_ids uuid[], leave_days date[], out_of_target boolean)
LANGUAGE sql STABLE AS $$
    SELECT a.employee_id,
        ARRAY(
            SELECT DISTINCT section_of(p.org_unit_id)
            FROM session_meeting m, posts_on(day_of(m.starts_at), published_by) p
            WHERE m.course_session_id = session_id AND p.employee_id = a.employee_id AND p.kind = 'primary'),
        ARRAY(
            SELECT DISTINCT day_of(m.starts_at)
            FROM session_meeting m, absences_on(day_of(m.starts_at), published_by) l
            WHERE m.course_session_id = session_id AND l.employee_id = a.employee_id),
        NOT a.targeted
    FROM admissions(session_id, published_by) a
$$;

CREATE TRIGGER enrollment_event_stays BEFORE UPDATE OR DELETE ON enrollment_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Seats and waiting list of a session follow the status of its enrollments, however these are written and however many
-- at once. A change is added to the counts instead of counting anew, so two transactions that wait for each other's row
-- still add up. The session's `updated_at` follows too; its time is that of the enrollments, from the service's clock.

-- `SEATED` of the rules.
CREATE FUNCTION holds_seat(status varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('confirmed', 'completed', 'not_completed', 'absent')
$$;

CREATE FUNCTION add_seats(session_id uuid, seats bigint, waiting bigint, changed_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE course_session s
    SET seats_taken = s.seats_taken + seats,
        waitlist_length = s.waitlist_length + waiting,
        updated_at = greatest(s.updated_at, changed_at)
    WHERE s.id = session_id AND (seats <> 0 OR waiting <> 0)
$$;

CREATE FUNCTION count_inserted_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_seats(course_session_id,
        count(*) FILTER (WHERE holds_seat(status)),
        count(*) FILTER (WHERE status = 'waitlisted'),
        max(updated_at))
    FROM new_rows
    GROUP BY course_session_id
    ORDER BY course_session_id;
    RETURN NULL;
END $$;

CREATE FUNCTION count_updated_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_seats(course_session_id,
        coalesce(sum(sign) FILTER (WHERE holds_seat(status)), 0),
        coalesce(sum(sign) FILTER (WHERE status = 'waitlisted'), 0),
        max(updated_at))
    FROM (
        SELECT course_session_id, status, updated_at, 1 AS sign FROM new_rows
        UNION ALL
        SELECT course_session_id, status, updated_at, -1 FROM old_rows
    ) changes
    GROUP BY course_session_id
    ORDER BY course_session_id;
    RETURN NULL;
END $$;

CREATE FUNCTION count_deleted_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_seats(course_session_id,
        -count(*) FILTER (WHERE holds_seat(status)),
        -count(*) FILTER (WHERE status = 'waitlisted'),
        max(updated_at))
    FROM old_rows
    GROUP BY course_session_id
    ORDER BY course_session_id;
    RETURN NULL;
END $$;

CREATE TRIGGER enrollment_counts_inserted AFTER INSERT ON enrollment
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_seats();

CREATE TRIGGER enrollment_counts_updated AFTER UPDATE ON enrollment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_updated_seats();

CREATE TRIGGER enrollment_counts_deleted AFTER DELETE ON enrollment
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_seats();
