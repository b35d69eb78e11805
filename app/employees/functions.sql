-- When what a person's read model shows last changed, for callers who know the orders published by a day: something was
-- recorded, an order was published, or a period began or ended. `today` is the day in Tokyo.

-- Definitions that hold for everybody, besides those of roles: ranks and the policy's scope.
CREATE FUNCTION policy_changed_at(today date) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT greatest(
        (SELECT max(greatest(updated_at, began(valid_from, today), began(valid_to, today))) FROM scope_rule),
        (SELECT max(updated_at) FROM position_rank))
$$;

CREATE FUNCTION employees_changed(published_by date, today date) RETURNS TABLE (employee_id uuid, updated_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT e.id, greatest(
        employee_known_change(e.updated_at, e.public_updated_at, published_by),
        r.updated_at,
        c.changed_at,
        (SELECT start_of(max(d)) FROM unnest(c.days) d WHERE d <= today),
        (SELECT policy_changed_at(today)))
    FROM employee e
    JOIN person_change c ON c.employee_id = e.id AND c.known @> published_by
    JOIN roles_changed(published_by, today) r ON r.employee_id = e.id
$$;

-- Numbers that are no longer in use, and what a person was called before, the oldest first.
CREATE FUNCTION former_numbers(person uuid, today date) RETURNS varchar[]
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan AS $$
    SELECT coalesce(array_agg(n.number ORDER BY n.valid_to), '{}')
    FROM employee_number n WHERE n.employee_id = person AND n.valid_to <= today
$$;

CREATE FUNCTION former_names(person uuid) RETURNS jsonb
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'name_kana', f.name_kana,
        'display_name', f.display_name, 'valid_to', f.valid_to) ORDER BY f.valid_to, f.id), '[]')
    FROM former_name f WHERE f.employee_id = person
$$;
