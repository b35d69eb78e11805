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
