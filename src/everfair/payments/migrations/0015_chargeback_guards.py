from django.db import migrations

GUARDS = """
-- What a payer's bank said stays as it was said first; only how it stands, and our answer, go on. An answer is given once.
CREATE FUNCTION payments_chargeback_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - '{state,version,moved,ended_at,answer,evidence,answered_by,answered_at,sent_at,failure}'::text[])
        <> (to_jsonb(NEW) - '{state,version,moved,ended_at,answer,evidence,answered_by,answered_at,sent_at,failure}'::text[])
        OR NEW.moved < OLD.moved OR NEW.version < OLD.version
        OR (OLD.answer <> '' AND (OLD.answer, OLD.evidence, OLD.answered_by, OLD.answered_at)
            IS DISTINCT FROM (NEW.answer, NEW.evidence, NEW.answered_by, NEW.answered_at))
    THEN
        RAISE EXCEPTION 'a chargeback stays as it was told' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_chargeback_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_chargeback FOR EACH ROW EXECUTE FUNCTION payments_chargeback_stays();

-- From whom it was taken stays; it goes back once, and whole.
CREATE FUNCTION payments_take_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - 'returned_minor') <> (to_jsonb(NEW) - 'returned_minor')
        OR OLD.returned_minor <> 0 OR NEW.returned_minor NOT IN (0, NEW.amount_minor)
    THEN
        RAISE EXCEPTION 'what was taken stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_take_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_chargebacktake FOR EACH ROW EXECUTE FUNCTION payments_take_stays();

-- A reserve is let go once, not before its day, and never moved to another.
CREATE FUNCTION payments_reserve_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(OLD) - '{state,left_minor}'::text[]) <> (to_jsonb(NEW) - '{state,left_minor}'::text[])
        OR OLD.state = 'released' OR (NEW.state = 'released' AND ef_now() < OLD.release_at)
    THEN
        RAISE EXCEPTION 'a reserve is let go once, by its day' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_reserve_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_reserve FOR EACH ROW EXECUTE FUNCTION payments_reserve_stays();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON payments_chargeback, payments_chargebacktake, payments_reserve FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_chargebacks"), ("ledger", "0008_chargebacks"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
