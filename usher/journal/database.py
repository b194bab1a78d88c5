"""What makes the journal append-only and keeps the engine's rows cheap to update."""

NUMBERS = "CREATE SEQUENCE journal_change_number"

APPEND_ONLY = """
CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_change FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_effect FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_seal FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
"""

STORAGE = """
ALTER TABLE journal_run SET (fillfactor = 30);
ALTER TABLE journal_planrow SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.5);
"""
