-- The same rule as `is_small_group` in disclosure.py, for figures that are counted in the database: some people, but
-- fewer than `smallest`.
CREATE FUNCTION is_small_group(people bigint, smallest integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT people BETWEEN 1 AND smallest - 1
$$;
