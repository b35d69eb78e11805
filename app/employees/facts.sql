-- Keeps the facts of each day as rows (`people/workforce.sql`, `roles/periods.sql`): whatever changes a fact writes them anew
-- in the same transaction, with the statements that could make all of them again.
--
-- Writers about one person take turns at the person's row, so that the second sees what the first has written. What defines
-- facts of many (units, roles, scope) waits for all writers and lets none begin meanwhile: they share a lock, it does not.

CREATE FUNCTION write_facts(people uuid[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    DELETE FROM workforce_period w WHERE w.employee_id = ANY (people);
    INSERT INTO workforce_period SELECT * FROM workforce_periods_of(people);
    DELETE FROM role_period r WHERE r.employee_id = ANY (people);
    INSERT INTO role_period SELECT * FROM role_periods_of(people);
    DELETE FROM person_change c WHERE c.employee_id = ANY (people);
    INSERT INTO person_change SELECT * FROM person_changes_of(people);
END $$;

CREATE FUNCTION lock_people(people uuid[]) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM employee e WHERE e.id = ANY (people) ORDER BY e.id FOR NO KEY UPDATE;
END $$;

-- Of these people, and of those who stand in for them, as an absence ends a substitute's appointment. Both are locked before
-- it is asked who stands in for whom: an appointment that another transaction has added meanwhile is seen then.
CREATE FUNCTION refresh_facts(people uuid[], assignments uuid[] = '{}') RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    concerned uuid[];
    everybody uuid[];
BEGIN
    PERFORM lock_people(people || ARRAY(
        SELECT holder.employee_id FROM role_assignment a JOIN role_assignment holder ON holder.id = a.stands_in_for_id
        WHERE a.employee_id = ANY (people) OR a.id = ANY (assignments)));
    concerned := ARRAY(
        SELECT a.id FROM role_assignment a WHERE a.employee_id = ANY (people)
        UNION
        SELECT s.id FROM role_assignment a JOIN role_assignment s ON s.stands_in_for_id = a.id
        WHERE a.employee_id = ANY (people) OR a.id = ANY (assignments)
        UNION
        SELECT unnest(assignments));
    everybody := ARRAY(
        SELECT unnest(people) UNION SELECT a.employee_id FROM role_assignment a WHERE a.id = ANY (concerned) ORDER BY 1);
    PERFORM lock_people(everybody);
    DELETE FROM appointment_period a WHERE a.id = ANY (concerned) OR a.employee_id = ANY (people);
    INSERT INTO appointment_period SELECT * FROM appointment_periods_of(concerned);
    FOR place IN 1 .. cardinality(everybody) BY 2000 LOOP
        PERFORM write_facts(everybody[place : place + 1999]);
    END LOOP;
END $$;

CREATE FUNCTION facts_later() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('hagukumi.facts_later', true), '') = 'on'
$$;

-- Terms of service, posts, absences, numbers and appointments: rows with an `employee_id`.
CREATE FUNCTION keep_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people uuid[];
BEGIN
    IF facts_later() THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('facts'));
    IF TG_OP = 'INSERT' THEN
        people := ARRAY(SELECT DISTINCT employee_id FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        people := ARRAY(SELECT DISTINCT employee_id FROM old_rows);
    ELSE
        people := ARRAY(SELECT employee_id FROM new_rows UNION SELECT employee_id FROM old_rows);
    END IF;
    PERFORM refresh_facts(people);
    RETURN NULL;
END $$;

-- A person's name dates the appointments of those who stand in for them.
CREATE FUNCTION keep_facts_of_substitutes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    substitutes uuid[] := ARRAY(
        SELECT s.id FROM new_rows n
        JOIN role_assignment a ON a.employee_id = n.id
        JOIN role_assignment s ON s.stands_in_for_id = a.id);
BEGIN
    IF cardinality(substitutes) > 0 AND NOT facts_later() THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('facts'));
        PERFORM refresh_facts('{}', substitutes);
    END IF;
    RETURN NULL;
END $$;

-- A unit dates and ends the appointments to it, and to those that pass theirs on to it. Its code and period matter to
-- people below it where a role or the scope names it.
CREATE FUNCTION keep_facts_of_units() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    renamed uuid[] := ARRAY(
        SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE (n.code, n.valid_from, n.valid_to) IS DISTINCT FROM (o.code, o.valid_from, o.valid_to)
          AND (EXISTS (SELECT FROM role r WHERE r.org_unit_codes && ARRAY[n.code, o.code])
               OR EXISTS (SELECT FROM scope_rule r WHERE r.except_org_unit_codes && ARRAY[n.code, o.code])));
    assignments uuid[];
BEGIN
    IF facts_later() THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('facts'));
    WITH RECURSIVE former AS (
        SELECT n.id FROM new_rows n
        UNION
        SELECT u.id FROM org_unit u JOIN former f ON u.successor_ids @> ARRAY[f.id]
    )
    SELECT array_agg(a.id) INTO assignments
    FROM former f JOIN role_assignment a ON f.id IN (a.org_unit_id, a.home_unit_id);
    PERFORM refresh_facts(ARRAY(
        SELECT DISTINCT p.employee_id FROM post p JOIN org_unit u ON u.id = p.org_unit_id WHERE u.lineage && renamed
    ), coalesce(assignments, '{}'));
    RETURN NULL;
END $$;

-- A role concerns those to whom its definition, the former or the present, gives or denies it.
CREATE FUNCTION keep_facts_of_roles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed role[];
BEGIN
    IF facts_later() THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('facts'));
    IF TG_OP <> 'INSERT' THEN
        changed := ARRAY(SELECT ROW(o.*)::role FROM old_rows o);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        changed := changed || ARRAY(SELECT ROW(n.*)::role FROM new_rows n);
    END IF;
    PERFORM refresh_facts(ARRAY(
        SELECT p.employee_id FROM unnest(changed) r JOIN post p ON p.position_rank = ANY (r.position_ranks)
        UNION
        SELECT p.employee_id
        FROM unnest(changed) r
        JOIN org_unit named ON named.code = ANY (r.org_unit_codes)
        JOIN org_unit u ON u.lineage @> ARRAY[named.id]
        JOIN post p ON p.org_unit_id = u.id
        UNION
        SELECT e.employee_id FROM unnest(changed) r
        JOIN employment e ON r.basis = 'residual' OR e.job_category = ANY (r.job_categories)
    ), ARRAY(SELECT DISTINCT a.id FROM unnest(changed) r JOIN role_assignment a ON a.role_code = r.code));
    RETURN NULL;
END $$;

CREATE FUNCTION keep_facts_of_scope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed scope_rule[];
BEGIN
    IF facts_later() THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('facts'));
    IF TG_OP <> 'INSERT' THEN
        changed := ARRAY(SELECT ROW(o.*)::scope_rule FROM old_rows o);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        changed := changed || ARRAY(SELECT ROW(n.*)::scope_rule FROM new_rows n);
    END IF;
    PERFORM refresh_facts(ARRAY(
        SELECT DISTINCT e.employee_id FROM unnest(changed) r
        JOIN employment e ON (e.appointment_type, e.job_service) = (r.appointment_type, r.job_service)));
    RETURN NULL;
END $$;

-- All of them anew: after a load in bulk, which sets `hagukumi.facts_later`, and after an upgrade.
CREATE FUNCTION rebuild_facts() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('facts'));
    DELETE FROM appointment_period;
    DELETE FROM workforce_period;
    DELETE FROM role_period;
    DELETE FROM person_change;
    PERFORM refresh_facts(ARRAY(SELECT e.id FROM employee e));
END $$;

-- What is kept of these people and what would be written now, where it differs.
CREATE FUNCTION facts_that_differ(people uuid[]) RETURNS TABLE (kept_in text, employee_id uuid, is_kept boolean, fact text)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY WITH kept AS (
        SELECT 'appointment_period', a.employee_id, a::text FROM appointment_period a WHERE a.employee_id = ANY (people)
        UNION ALL
        SELECT 'workforce_period', w.employee_id, w::text FROM workforce_period w WHERE w.employee_id = ANY (people)
        UNION ALL
        SELECT 'role_period', r.employee_id, r::text FROM role_period r WHERE r.employee_id = ANY (people)
        UNION ALL
        SELECT 'person_change', c.employee_id, c::text FROM person_change c WHERE c.employee_id = ANY (people)
    ), computed AS (
        SELECT 'appointment_period', a.employee_id, a::text
        FROM appointment_periods_of(ARRAY(SELECT r.id FROM role_assignment r WHERE r.employee_id = ANY (people))) a
        UNION ALL
        SELECT 'workforce_period', w.employee_id, w::text FROM workforce_periods_of(people) w
        UNION ALL
        SELECT 'role_period', r.employee_id, r::text FROM role_periods_of(people) r
        UNION ALL
        SELECT 'person_change', c.employee_id, c::text FROM person_changes_of(people) c
    )
    SELECT d.* FROM (
        (SELECT k.kept_in, k.employee_id, true, k.fact FROM (
            TABLE kept EXCEPT ALL TABLE computed) k (kept_in, employee_id, fact))
        UNION ALL
        (SELECT c.kept_in, c.employee_id, false, c.fact FROM (
            TABLE computed EXCEPT ALL TABLE kept) c (kept_in, employee_id, fact))
    ) d;
END $$;

CREATE TRIGGER employment_facts_inserted AFTER INSERT ON employment
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER employment_facts_updated AFTER UPDATE ON employment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER employment_facts_deleted AFTER DELETE ON employment
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER post_facts_inserted AFTER INSERT ON post
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER post_facts_updated AFTER UPDATE ON post
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER post_facts_deleted AFTER DELETE ON post
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER absence_facts_inserted AFTER INSERT ON absence
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER absence_facts_updated AFTER UPDATE ON absence
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER absence_facts_deleted AFTER DELETE ON absence
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER employee_number_facts_inserted AFTER INSERT ON employee_number
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER employee_number_facts_updated AFTER UPDATE ON employee_number
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER employee_number_facts_deleted AFTER DELETE ON employee_number
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER role_assignment_facts_inserted AFTER INSERT ON role_assignment
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER role_assignment_facts_updated AFTER UPDATE ON role_assignment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER role_assignment_facts_deleted AFTER DELETE ON role_assignment
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts();

CREATE TRIGGER employee_facts_updated AFTER UPDATE ON employee
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_substitutes();

CREATE TRIGGER org_unit_facts_updated AFTER UPDATE ON org_unit
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_units();

CREATE TRIGGER role_facts_inserted AFTER INSERT ON role
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_roles();

CREATE TRIGGER role_facts_updated AFTER UPDATE ON role
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_roles();

CREATE TRIGGER role_facts_deleted AFTER DELETE ON role
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_roles();

CREATE TRIGGER scope_rule_facts_inserted AFTER INSERT ON scope_rule
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_scope();

CREATE TRIGGER scope_rule_facts_updated AFTER UPDATE ON scope_rule
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_scope();

CREATE TRIGGER scope_rule_facts_deleted AFTER DELETE ON scope_rule
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_facts_of_scope();
