from django.db import migrations

# Contracts from before payment plans: the balance was due when the deposit was held.
FORMER = "UPDATE trade_stage SET due_on = 'former_held' WHERE name = 'balance' AND n > 1"

# I7: no stage is paid out without its evidence; I18: what a stage was signed as stays.
GUARDS = """
CREATE OR REPLACE FUNCTION trade_stage_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.n, OLD.amount_minor, OLD.currency, OLD.percent, OLD.due_on, OLD.ends_on) IS DISTINCT FROM
       (NEW.order_id, NEW.n, NEW.amount_minor, NEW.currency, NEW.percent, NEW.due_on, NEW.ends_on) THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    IF OLD.state IN ('released', 'refunded', 'void') AND OLD.state <> NEW.state THEN
        RAISE EXCEPTION 'an ended stage stays ended' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_stage_ended';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION trade_release_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_release r
        LEFT JOIN trade_acceptance a ON a.id = r.acceptance_id
        LEFT JOIN trade_decision d ON d.id = r.decision_id
        WHERE r.stage_id = NEW.id AND coalesce(a.order_id, d.order_id) = NEW.order_id
            AND (a.stage_id IS NULL OR a.stage_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'a stage is paid out on evidence' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_release_evidence';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION trade_release_has_evidence() FROM PUBLIC;
CREATE TRIGGER release_has_evidence BEFORE UPDATE OF state ON trade_stage
    FOR EACH ROW WHEN (NEW.state = 'released' AND OLD.state <> 'released') EXECUTE FUNCTION trade_release_has_evidence();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_shown FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_acceptance FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_decision FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_release FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE UNIQUE INDEX trade_acceptance_once ON trade_acceptance (order_id) WHERE stage_id IS NULL;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION trade_release_has_evidence() FROM ef_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_shown, trade_acceptance, trade_decision, trade_release FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0004_payment_plans")]
    operations = [
        migrations.RunSQL(FORMER, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
