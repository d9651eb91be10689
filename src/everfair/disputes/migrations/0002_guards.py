from django.db import migrations

# I8: while a claim is open on what is held, no stage of its order leaves escrow. What was said, shown and ruled stays.
GUARDS = """
CREATE FUNCTION disputes_claim_keeps_stages() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM disputes_claim WHERE order_id = NEW.order_id AND held_minor > 0
            AND state NOT IN ('settled', 'dropped', 'decided', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'an open claim keeps the money where it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_claim_keeps_stages';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION disputes_claim_keeps_stages() FROM PUBLIC;
CREATE TRIGGER claim_keeps_stages BEFORE UPDATE OF state ON trade_stage
    FOR EACH ROW WHEN (NEW.state IN ('released', 'refunded') AND OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION disputes_claim_keeps_stages();

CREATE FUNCTION disputes_claim_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.buyer_id, OLD.seller_id, OLD.currency, OLD.held_minor, OLD.amount_minor, OLD.remedy, OLD.number) IS DISTINCT FROM
       (NEW.order_id, NEW.buyer_id, NEW.seller_id, NEW.currency, NEW.held_minor, NEW.amount_minor, NEW.remedy, NEW.number) THEN
        RAISE EXCEPTION 'what was claimed stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disputes_claim_stays';
    END IF;
    IF OLD.state IN ('settled', 'dropped', 'decided', 'withdrawn') AND OLD.state <> NEW.state THEN
        RAISE EXCEPTION 'an ended claim stays ended' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disputes_claim_ended';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_stays BEFORE UPDATE ON disputes_claim FOR EACH ROW EXECUTE FUNCTION disputes_claim_stays();

-- The leaves of a file are numbered without a gap.
CREATE FUNCTION disputes_exhibit_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM disputes_exhibit WHERE claim_id = NEW.claim_id) THEN
        RAISE EXCEPTION 'the leaves of a file have no gap' USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_exhibit_next';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exhibit_next BEFORE INSERT ON disputes_exhibit FOR EACH ROW EXECUTE FUNCTION disputes_exhibit_next();

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['disputes_claimline', 'disputes_exhibit', 'disputes_offer', 'disputes_assignment', 'disputes_ground', 'disputes_ruling',
        'disputes_rulingcheck', 'disputes_appeal']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', one);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM ef_app', one);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION disputes_claim_keeps_stages() FROM ef_app;
        REVOKE DELETE, TRUNCATE ON disputes_claim FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_initial"), ("trade", "0012_claims")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
