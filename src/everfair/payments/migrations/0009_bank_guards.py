from django.db import migrations

GUARDS = """
DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['payments_statementfile', 'payments_bankstatement', 'payments_match'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', name);
    END LOOP;
END $$;

-- What a bank said, what a person decided and what was found wrong stay; only what became of it moves.
CREATE FUNCTION payments_said_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := TG_ARGV::text[];
BEGIN
    IF TG_OP <> 'UPDATE' OR to_jsonb(OLD) - moves IS DISTINCT FROM to_jsonb(NEW) - moves THEN
        RAISE EXCEPTION 'what was said stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_said_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_bankline
    FOR EACH ROW EXECUTE FUNCTION payments_said_stays('state', 'looked_at');
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_linedecision
    FOR EACH ROW EXECUTE FUNCTION payments_said_stays('state', 'second');
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_bankreturn
    FOR EACH ROW EXECUTE FUNCTION payments_said_stays('state', 'settled_at');
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_bankbreak
    FOR EACH ROW EXECUTE FUNCTION payments_said_stays('settled_at', 'settled_by', 'settled_note');

-- I6: a statement begins where the one before it ended, whatever the software thinks.
CREATE FUNCTION payments_statement_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.sequence < 1 OR NEW.sequence > 1 AND NOT EXISTS (
        SELECT FROM payments_bankstatement b WHERE b.account = NEW.account AND b.sequence = NEW.sequence - 1
            AND b.closing_minor = NEW.opening_minor AND b.currency = NEW.currency
    ) THEN
        RAISE EXCEPTION 'a statement begins where the one before it ended' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_statement_follows';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION payments_statement_follows() FROM PUBLIC;
CREATE TRIGGER follows BEFORE INSERT ON payments_bankstatement FOR EACH ROW EXECUTE FUNCTION payments_statement_follows();

-- And adds up, once all its lines are written.
CREATE FUNCTION payments_statement_adds_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.opening_minor + coalesce((SELECT sum(l.amount_minor) FROM payments_bankline l WHERE l.statement_id = NEW.id), 0) <> NEW.closing_minor THEN
        RAISE EXCEPTION 'a statement adds up' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_statement_adds_up';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION payments_statement_adds_up() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON payments_bankstatement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_statement_adds_up();

-- Who proposed a decision never approves it.
CREATE FUNCTION payments_decision_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'proposed' AND NEW.state = 'done' AND NEW."second" IN ('', NEW."by") THEN
        RAISE EXCEPTION 'another person approves' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_decision_by_two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_two BEFORE UPDATE ON payments_linedecision FOR EACH ROW EXECUTE FUNCTION payments_decision_by_two();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_statementfile, payments_bankstatement, payments_match FROM ef_app;
        REVOKE DELETE, TRUNCATE ON payments_bankline, payments_linedecision, payments_bankreturn, payments_bankbreak FROM ef_app;
        REVOKE ALL ON FUNCTION payments_statement_follows(), payments_statement_adds_up() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_bank_transfers"), ("ledger", "0006_chart")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
