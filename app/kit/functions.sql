-- A period covers its first day and not its last; an end that is null is open.
CREATE FUNCTION in_force(valid_from date, valid_to date, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT valid_from <= day AND (valid_to IS NULL OR valid_to > day)
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END $$;
