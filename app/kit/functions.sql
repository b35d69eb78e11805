-- A period covers its first day and not its last; an end that is null is open.
CREATE FUNCTION in_force(valid_from date, valid_to date, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT valid_from <= day AND (valid_to IS NULL OR valid_to > day)
$$;

-- A period as a range; empty where it does not begin before it ends.
CREATE FUNCTION period_of(valid_from date, valid_to date) RETURNS daterange LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN valid_to <= valid_from THEN 'empty' ELSE daterange(valid_from, valid_to) END
$$;

-- The id of what has no row: a UUID of version 8 (RFC 9562), the same for the same words.
CREATE FUNCTION derived_id(words text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT overlay(overlay(md5(words) PLACING '8' FROM 13)
        PLACING substr('89ab', ascii(substr(md5(words), 17, 1)) % 4 + 1, 1) FROM 17)::uuid
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END $$;
