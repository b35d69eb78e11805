CREATE TRIGGER enrollment_event_stays BEFORE UPDATE OR DELETE ON enrollment_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Seats and queue of a session follow the status of its enrollments, whoever writes them and however many at once.
-- It is an increment, not a recount: two transactions that wait for each other's row still add up.
CREATE FUNCTION count_seats_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE course_session
    SET seats_taken = seats_taken + change.seats, waitlist_length = waitlist_length + change.waiting
    FROM (
        SELECT course_session_id,
            coalesce(sum(sign) FILTER (WHERE status IN ('confirmed', 'completed', 'not_completed', 'absent')), 0)
                AS seats,
            coalesce(sum(sign) FILTER (WHERE status = 'waitlisted'), 0) AS waiting
        FROM (SELECT course_session_id, status, 1 AS sign FROM entered) AS moved GROUP BY course_session_id
    ) AS change
    WHERE course_session.id = change.course_session_id AND (change.seats <> 0 OR change.waiting <> 0);
    RETURN NULL;
END $$;

CREATE TRIGGER enrollment_counts_on_insert AFTER insert ON enrollment
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION count_seats_on_insert();

-- Seats and queue of a session follow the status of its enrollments, whoever writes them and however many at once.
-- It is an increment, not a recount: two transactions that wait for each other's row still add up.
CREATE FUNCTION count_seats_on_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE course_session
    SET seats_taken = seats_taken + change.seats, waitlist_length = waitlist_length + change.waiting
    FROM (
        SELECT course_session_id,
            coalesce(sum(sign) FILTER (WHERE status IN ('confirmed', 'completed', 'not_completed', 'absent')), 0)
                AS seats,
            coalesce(sum(sign) FILTER (WHERE status = 'waitlisted'), 0) AS waiting
        FROM (SELECT course_session_id, status, 1 AS sign FROM entered UNION ALL SELECT course_session_id, status, -1 AS sign FROM gone) AS moved GROUP BY course_session_id
    ) AS change
    WHERE course_session.id = change.course_session_id AND (change.seats <> 0 OR change.waiting <> 0);
    RETURN NULL;
END $$;

CREATE TRIGGER enrollment_counts_on_update AFTER update ON enrollment
    REFERENCING OLD TABLE AS gone NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION count_seats_on_update();

-- Seats and queue of a session follow the status of its enrollments, whoever writes them and however many at once.
-- It is an increment, not a recount: two transactions that wait for each other's row still add up.
CREATE FUNCTION count_seats_on_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE course_session
    SET seats_taken = seats_taken + change.seats, waitlist_length = waitlist_length + change.waiting
    FROM (
        SELECT course_session_id,
            coalesce(sum(sign) FILTER (WHERE status IN ('confirmed', 'completed', 'not_completed', 'absent')), 0)
                AS seats,
            coalesce(sum(sign) FILTER (WHERE status = 'waitlisted'), 0) AS waiting
        FROM (SELECT course_session_id, status, -1 AS sign FROM gone) AS moved GROUP BY course_session_id
    ) AS change
    WHERE course_session.id = change.course_session_id AND (change.seats <> 0 OR change.waiting <> 0);
    RETURN NULL;
END $$;

CREATE TRIGGER enrollment_counts_on_delete AFTER delete ON enrollment
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_seats_on_delete();
