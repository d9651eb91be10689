from django.db import migrations

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_shippedline FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

CREATE FUNCTION trade_shippedline_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM logistics_consignment WHERE id = NEW.consignment_id AND subject = NEW.order_id)
       OR (SELECT goods FROM trade_order WHERE id = NEW.order_id) NOT IN ('awaiting', 'part') THEN
        RAISE EXCEPTION 'a consignment carries goods of its own order' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_shippedline_belongs';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION trade_shippedline_belongs() FROM PUBLIC;
CREATE TRIGGER belongs BEFORE INSERT ON trade_shippedline FOR EACH ROW EXECUTE FUNCTION trade_shippedline_belongs();

-- What was sent more or less than ordered is settled once: with the last goods.
CREATE FUNCTION trade_difference_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (NEW.goods = 'shipped' AND OLD.goods IN ('awaiting', 'part')) THEN
        RAISE EXCEPTION 'what was sent is settled once' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_difference_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER difference_stays BEFORE UPDATE ON trade_order FOR EACH ROW
    WHEN (OLD.difference_minor IS DISTINCT FROM NEW.difference_minor) EXECUTE FUNCTION trade_difference_stays();

-- The stages of an order sum to its total, the difference of what was sent, and its credits, at every commit.
CREATE OR REPLACE FUNCTION trade_stages_sum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- of a stage or a credit its order, of an order itself
    the_order uuid := coalesce(to_jsonb(NEW)->>'order_id', to_jsonb(NEW)->>'id')::uuid;
BEGIN
    IF (SELECT sum(amount_minor) FROM trade_stage WHERE order_id = the_order) IS DISTINCT FROM
       (SELECT total_minor + difference_minor + (SELECT coalesce(sum(amount_minor), 0) FROM trade_credit WHERE order_id = the_order)
        FROM trade_order WHERE id = the_order) THEN
        RAISE EXCEPTION 'the stages sum to the total' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_stages_sum';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER stages_still_sum ON trade_order;
CREATE CONSTRAINT TRIGGER stages_still_sum AFTER UPDATE OF total_minor, difference_minor ON trade_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trade_stages_sum();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_shippedline FROM ef_app;
        REVOKE ALL ON FUNCTION trade_shippedline_belongs() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0013_shipments")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
