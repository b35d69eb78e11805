-- When definitions that hold for everybody last changed, besides those of roles: ranks and the policy's scope.
CREATE FUNCTION policy_changed(today date) RETURNS TABLE (updated_at timestamptz) LANGUAGE sql STABLE AS $$
    SELECT greatest(
        (SELECT max(greatest(updated_at, began(valid_from, today), began(valid_to, today))) FROM scope_rule),
        (SELECT max(updated_at) FROM position_rank))
$$;

-- Numbers that are no longer in use, and what a person was called before, the oldest first: one row each.
CREATE FUNCTION former_numbers(person uuid, today date) RETURNS TABLE (numbers varchar[]) LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(n.number ORDER BY n.valid_to), '{}')
    FROM employee_number n WHERE n.employee_id = person AND n.valid_to <= today
$$;

CREATE FUNCTION former_names(person uuid) RETURNS TABLE (names jsonb) LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'name_kana', f.name_kana,
        'display_name', f.display_name, 'valid_to', f.valid_to) ORDER BY f.valid_to, f.id), '[]')
    FROM former_name f WHERE f.employee_id = person
$$;
