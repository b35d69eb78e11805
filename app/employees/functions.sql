-- When what a person's read model shows last changed, for callers who know the orders published by a day: something was
-- recorded, an order was published, or a period began or ended. `today` is the day in Tokyo.

-- Definitions that hold for everybody, besides those of roles: ranks and the policy's scope.
CREATE FUNCTION policy_changed_at(today date) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT greatest(
        (SELECT max(greatest(updated_at, began(valid_from, today), began(valid_to, today))) FROM scope_rule),
        (SELECT max(updated_at) FROM position_rank))
$$;

-- Called for each person of a list, and always by person: one plan serves all of them.
CREATE FUNCTION employee_changed_at(person uuid, published_by date, today date) RETURNS timestamptz
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan AS $$
    SELECT greatest(
        (SELECT employee_known_change(e.updated_at, e.public_updated_at, published_by)
         FROM employee e WHERE e.id = person),
        (SELECT max(began(n.valid_to, today)) FROM employee_number n WHERE n.employee_id = person),
        (SELECT max(greatest(k.updated_at, began(k.valid_from, today), began(k.valid_to, today)))
         FROM absences_known(published_by) k WHERE k.employee_id = person),
        roles_changed_at(person, published_by, today),
        policy_changed_at(today))
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
