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

-- Up to where the log of the primary reaches, in bytes; and which history that is: a new primary begins the next one.
CREATE FUNCTION wal_position() RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
$$;

CREATE FUNCTION wal_timeline() RETURNS integer LANGUAGE sql AS $$
    SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
$$;

-- Called after the commit of what was written: the log reaches beyond it.
CREATE FUNCTION note_write(writer uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO write_mark AS noted (caller, lsn, era) VALUES (writer, wal_position(), gen_random_uuid())
    ON CONFLICT (caller) DO UPDATE SET lsn = greatest(noted.lsn, EXCLUDED.lsn)
$$;

-- Up to where a replica must have replayed for this caller; no row as long as nobody has begun the era.
CREATE FUNCTION written_by(writer uuid) RETURNS TABLE (era uuid, lsn bigint) LANGUAGE sql STABLE AS $$
    SELECT everybody.era, greatest(everybody.lsn, own.lsn)
    FROM write_mark everybody LEFT JOIN write_mark own ON own.caller = writer
    WHERE everybody.caller = '00000000-0000-0000-0000-000000000000'
$$;
