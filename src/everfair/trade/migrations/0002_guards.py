from django.db import migrations

# I18: what was signed stays as it was signed.
GUARDS = """
CREATE FUNCTION trade_terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.terms, OLD.terms_hash, OLD.rules, OLD.total_minor, OLD.currency, OLD.buyer_id, OLD.seller_id, OLD.incoterm,
        OLD.named_place, OLD.ship_by, OLD.quote_id)
       IS DISTINCT FROM
       (NEW.terms, NEW.terms_hash, NEW.rules, NEW.total_minor, NEW.currency, NEW.buyer_id, NEW.seller_id, NEW.incoterm,
        NEW.named_place, NEW.ship_by, NEW.quote_id)
       OR (OLD.buyer_signed_at IS NOT NULL AND (OLD.buyer_signed_at, OLD.buyer_signed_by) IS DISTINCT FROM (NEW.buyer_signed_at, NEW.buyer_signed_by))
       OR (OLD.seller_signed_at IS NOT NULL AND (OLD.seller_signed_at, OLD.seller_signed_by) IS DISTINCT FROM (NEW.seller_signed_at, NEW.seller_signed_by))
    THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER terms_stay BEFORE UPDATE ON trade_order FOR EACH ROW EXECUTE FUNCTION trade_terms_stay();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_orderline FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_ordercharge FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

CREATE FUNCTION trade_stage_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.n, OLD.amount_minor, OLD.currency, OLD.percent) IS DISTINCT FROM (NEW.order_id, NEW.n, NEW.amount_minor, NEW.currency, NEW.percent) THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER terms_stay BEFORE UPDATE ON trade_stage FOR EACH ROW EXECUTE FUNCTION trade_stage_stays();

-- The stages of an order sum to its total, at every commit.
CREATE FUNCTION trade_stages_sum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- of a stage its order, of an order itself
    the_order uuid := coalesce(to_jsonb(NEW)->>'order_id', to_jsonb(NEW)->>'id')::uuid;
BEGIN
    IF (SELECT sum(amount_minor) FROM trade_stage WHERE order_id = the_order) IS DISTINCT FROM
       (SELECT total_minor FROM trade_order WHERE id = the_order) THEN
        RAISE EXCEPTION 'the stages sum to the total' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_stages_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER stages_sum AFTER INSERT ON trade_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trade_stages_sum();
CREATE CONSTRAINT TRIGGER stages_sum AFTER INSERT ON trade_stage DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trade_stages_sum();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_orderline, trade_ordercharge FROM ef_app;
        REVOKE DELETE, TRUNCATE ON trade_order, trade_stage FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0001_initial"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
