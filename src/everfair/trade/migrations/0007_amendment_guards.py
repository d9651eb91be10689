from django.db import migrations

# I18: the terms change only into a version that both sides have signed.
GUARDS = """
CREATE OR REPLACE FUNCTION trade_terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.rules, OLD.currency, OLD.buyer_id, OLD.seller_id, OLD.quote_id) IS DISTINCT FROM
       (NEW.rules, NEW.currency, NEW.buyer_id, NEW.seller_id, NEW.quote_id) THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    IF (OLD.terms, OLD.terms_hash, OLD.terms_version, OLD.total_minor, OLD.incoterm, OLD.named_place, OLD.ship_by)
       IS DISTINCT FROM
       (NEW.terms, NEW.terms_hash, NEW.terms_version, NEW.total_minor, NEW.incoterm, NEW.named_place, NEW.ship_by)
       AND NOT (NEW.terms_version = OLD.terms_version + 1 AND EXISTS (
           SELECT FROM trade_amendment a WHERE a.order_id = NEW.id AND a.version = NEW.terms_version AND a.state = 'signed'
               AND a.former_hash = OLD.terms_hash AND a.terms_hash = NEW.terms_hash AND a.document = NEW.terms
               AND a.total_minor = NEW.total_minor))
    THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    IF OLD.terms_version = NEW.terms_version
       AND ((OLD.buyer_signed_at IS NOT NULL AND (OLD.buyer_signed_at, OLD.buyer_signed_by) IS DISTINCT FROM (NEW.buyer_signed_at, NEW.buyer_signed_by))
         OR (OLD.seller_signed_at IS NOT NULL AND (OLD.seller_signed_at, OLD.seller_signed_by) IS DISTINCT FROM (NEW.seller_signed_at, NEW.seller_signed_by)))
    THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION trade_amendment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - '{state,signed_at,signed_by}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{state,signed_at,signed_by}'::text[]
       OR OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'a proposed version never changes' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_amendment_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER amendment_stays BEFORE UPDATE ON trade_amendment FOR EACH ROW EXECUTE FUNCTION trade_amendment_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_credit FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_credituse FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

-- The stages of an order sum to its total and its credits, at every commit.
CREATE OR REPLACE FUNCTION trade_stages_sum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- of a stage or a credit its order, of an order itself
    the_order uuid := coalesce(to_jsonb(NEW)->>'order_id', to_jsonb(NEW)->>'id')::uuid;
BEGIN
    IF (SELECT sum(amount_minor) FROM trade_stage WHERE order_id = the_order) IS DISTINCT FROM
       (SELECT total_minor + (SELECT coalesce(sum(amount_minor), 0) FROM trade_credit WHERE order_id = the_order)
        FROM trade_order WHERE id = the_order) THEN
        RAISE EXCEPTION 'the stages sum to the total' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_stages_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER stages_still_sum AFTER UPDATE OF total_minor ON trade_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trade_stages_sum();
CREATE CONSTRAINT TRIGGER stages_sum AFTER INSERT ON trade_credit DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trade_stages_sum();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON trade_amendment FROM ef_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_credit, trade_credituse FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0006_amendments")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
