"""The functions every table leans on; the first migration of all installs them."""

EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS unaccent;
"""

# Most names and addresses are plain ASCII: they take the first branch, which costs a tenth of the second.
FOLD = """
CREATE FUNCTION usher_fold(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF octet_length(t) = char_length(t) THEN RETURN lower(t); END IF;
  RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(t, NFKC)));
END $$;
CREATE FUNCTION usher_name_key(display text, first text, last text, email text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT usher_fold(CASE WHEN display <> '' THEN display WHEN first <> '' OR last <> '' THEN btrim(first || ' ' || last) ELSE email END)
$$;
"""

# The same with its schema named: pg_restore fills the tables without a search path, and people_user could not be made.
NAME_KEY = """
CREATE OR REPLACE FUNCTION usher_name_key(display text, first text, last text, email text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT public.usher_fold(CASE WHEN display <> '' THEN display WHEN first <> '' OR last <> '' THEN btrim(first || ' ' || last) ELSE email END)
$$;
"""

# PostgreSQL 18 makes UUIDv7 itself; before it, 48 bits of milliseconds are laid over a random version 4.
UUID7 = """
DO $do$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'CREATE FUNCTION usher_uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $f$ SELECT uuidv7() $f$';
  ELSE
    EXECUTE $e$CREATE FUNCTION usher_uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $f$
      SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid $f$ $e$;
  END IF;
END $do$;
"""

# A permutation of a sequence: ten digits, never twice, and the next one cannot be guessed by adding one.
MEETING_ID = """
CREATE SEQUENCE people_meeting_id;
CREATE FUNCTION usher_meeting_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT 1000000000 + ((nextval('people_meeting_id')::numeric * 5701935829 + 3141592653) % 8999999929)::bigint
$$;
"""

DROP = """
DROP FUNCTION usher_meeting_id(); DROP SEQUENCE people_meeting_id; DROP FUNCTION usher_uuid7();
DROP FUNCTION usher_name_key(text, text, text, text); DROP FUNCTION usher_fold(text);
"""
