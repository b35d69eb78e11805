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

-- Codes of the courses that a course requires of which a person has completed neither the course nor an equivalent.
CREATE FUNCTION missing_prerequisites(of_course uuid, person uuid) RETURNS TABLE (code varchar)
LANGUAGE sql STABLE AS $$
    SELECT c.code
    FROM course_prerequisite p JOIN course c ON c.id = p.required_course_id
    WHERE p.course_id = of_course AND NOT EXISTS (
        SELECT FROM enrollment e JOIN course_session s ON s.id = e.course_session_id
        WHERE e.employee_id = person AND e.status = 'completed' AND (s.course_id = c.id OR EXISTS (
            SELECT FROM course_equivalent q
            WHERE q.course_id = c.id AND q.equivalent_course_id = s.course_id
              AND in_force(q.valid_from, q.valid_to, e.completed_on))))
$$;

-- What decides an application, read once its locks are held: the queue of the session, its row, then the calendars of the
-- person and of everybody who waits (`seats/queries.py`). One call does it, as rivals wait for each round trip between
-- the lock and the commit; it is not STABLE, so each of its statements sees what was saved while the former one waited.
-- No row: no such session. Lineage and heads are those that the caller knows, all else is what is published.
CREATE FUNCTION locked_application(session_id uuid, person uuid, day date, known_by date, published_by date)
RETURNS TABLE (status varchar, fiscal_year integer, starts_at timestamptz, ends_at timestamptz,
               application_opens_at timestamptz, application_closes_at timestamptz, withdrawal_closes_at timestamptz,
               needs_approval boolean, capacity integer, seats_taken integer, waitlist_length integer,
               last_waitlist_order bigint, somebody_leaves boolean, meeting_ids uuid[], meetings_start timestamptz[],
               meetings_end timestamptz[], org_unit_id uuid, lineage uuid[], heads uuid[], is_known boolean,
               employed boolean, on_leave boolean, clashes boolean, targeted boolean, missing varchar[],
               section_ids uuid[], leave_days date[])
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(course_session.id::text, 0))
    FROM course_session WHERE course_session.id = session_id;
    PERFORM FROM course_session WHERE course_session.id = session_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM employee
    WHERE employee.id = ANY (person || ARRAY(
        SELECT w.employee_id FROM enrollment w WHERE w.course_session_id = session_id AND w.status = 'waitlisted'))
    ORDER BY employee.id FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT s.status, s.fiscal_year, s.starts_at, s.ends_at, s.application_opens_at, s.application_closes_at,
        s.withdrawal_closes_at, s.needs_approval, s.capacity, s.seats_taken, s.waitlist_length,
        (SELECT coalesce(max(w.waitlist_order), 0) FROM enrollment w WHERE w.course_session_id = s.id),
        (s.waitlist_length > 0 OR s.seats_taken >= s.capacity) AND EXISTS (
            SELECT FROM enrollment x, admissions(session_id, published_by) n
            WHERE x.course_session_id = s.id AND x.status IN ('applied', 'waitlisted', 'confirmed')
              AND n.employee_id = x.employee_id AND NOT n.employed),
        meetings.ids, meetings.starts, meetings.ends,
        p.org_unit_id, u.lineage,
        ARRAY(SELECT h.employee_id FROM heads_on(day, known_by) h WHERE h.org_unit_id = ANY (u.lineage)),
        EXISTS (SELECT FROM employments_known(published_by) k WHERE k.employee_id = person),
        a.employed, a.on_leave, a.clashes, a.targeted,
        ARRAY(SELECT q.code FROM missing_prerequisites(s.course_id, person) q),
        c.section_ids, c.leave_days
    FROM course_session s
    CROSS JOIN LATERAL (
        SELECT array_agg(m.id), array_agg(m.starts_at), array_agg(m.ends_at)
        FROM session_meeting m WHERE m.course_session_id = s.id) meetings (ids, starts, ends)
    LEFT JOIN posts_on(day, known_by) p ON p.employee_id = person AND p.kind = 'primary'
    LEFT JOIN org_unit u ON u.id = p.org_unit_id
    LEFT JOIN admissions(session_id, published_by) a ON a.employee_id = person
    LEFT JOIN circumstances(session_id, published_by) c ON c.employee_id = person
    WHERE s.id = session_id;
END $$;

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
