from django.db import migrations

GUARDS = """
-- A payment goes by no rail whose scope, as it holds when the choice commits, forbids its market, currency or amount. An operator's word
-- on a rail takes the same lock alone.
CREATE FUNCTION payments_route_in_scope() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said payments_railorder;
    paid payments_intent;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('payments.rail_orders', 0));
    SELECT * INTO said FROM payments_railorder WHERE rail = NEW.rail ORDER BY id DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    SELECT * INTO paid FROM payments_intent WHERE id = NEW.intent_id;
    IF (said.markets <> '{}' AND paid.market <> ALL (said.markets))
       OR (said.currencies <> '{}' AND paid.currency <> ALL (said.currencies))
       OR paid.amount_minor > (said.most ->> paid.currency)::bigint THEN
        RAISE EXCEPTION 'this rail may not carry this payment' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_route_scope';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION payments_route_in_scope() FROM PUBLIC;
CREATE TRIGGER in_scope BEFORE INSERT ON payments_route FOR EACH ROW EXECUTE FUNCTION payments_route_in_scope();

-- Whoever writes an order without the lock, a script by hand, waits as well.
CREATE FUNCTION payments_railorder_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('payments.rail_orders', 0));
    IF jsonb_typeof(NEW.most) <> 'object' THEN
        RAISE EXCEPTION 'amounts by currency' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_railorder_most';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alone BEFORE INSERT ON payments_railorder FOR EACH ROW EXECUTE FUNCTION payments_railorder_alone();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION payments_route_in_scope() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_rail_scopes")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
