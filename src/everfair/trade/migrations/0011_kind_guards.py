from django.db import migrations

# Contracts from before order kinds say their kind by their stages.
FORMER = """
UPDATE trade_order o SET kind = 'made_to_order'
WHERE kind = 'spot' AND EXISTS (SELECT FROM trade_stage s WHERE s.order_id = o.id AND s.name = 'production');
"""

GUARDS = """
-- I18: what kind of contract was signed, and what it rests on, stays.
CREATE FUNCTION trade_kind_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.kind, OLD.basis_id, OLD.group_buy_id) IS DISTINCT FROM (NEW.kind, NEW.basis_id, NEW.group_buy_id)
       OR (OLD.opened_at IS NOT NULL AND OLD.opened_at IS DISTINCT FROM NEW.opened_at) THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kind_stays BEFORE UPDATE ON trade_order FOR EACH ROW EXECUTE FUNCTION trade_kind_stays();

-- A framework contract has no money of its own: no stages, and its total is a ceiling.
DROP TRIGGER stages_sum ON trade_order;
CREATE CONSTRAINT TRIGGER stages_sum AFTER INSERT ON trade_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind <> 'framework') EXECUTE FUNCTION trade_stages_sum();
CREATE FUNCTION trade_framework_has_no_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM trade_order WHERE id = NEW.order_id) = 'framework' THEN
        RAISE EXCEPTION 'a framework contract has no stages' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_stages_sum';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER framework_has_no_stage BEFORE INSERT ON trade_stage FOR EACH ROW EXECUTE FUNCTION trade_framework_has_no_stage();

CREATE FUNCTION trade_framework_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'end_asked_by' - 'called' IS DISTINCT FROM to_jsonb(NEW) - 'end_asked_by' - 'called' THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER terms_stay BEFORE UPDATE ON trade_framework FOR EACH ROW EXECUTE FUNCTION trade_framework_stays();
CREATE TRIGGER terms_stay BEFORE UPDATE ON trade_frameworkline FOR EACH ROW EXECUTE FUNCTION trade_framework_stays();

CREATE FUNCTION trade_credit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'returned_at' IS DISTINCT FROM to_jsonb(NEW) - 'returned_at' OR OLD.returned_at IS NOT NULL THEN
        RAISE EXCEPTION 'a credit stays as it was given' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_credit_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_stays BEFORE UPDATE ON trade_samplecredit FOR EACH ROW EXECUTE FUNCTION trade_credit_stays();

-- What was published is what buyers joined; a group buy closes once.
CREATE FUNCTION trade_group_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'state' - 'closed_at' - 'counted' IS DISTINCT FROM to_jsonb(NEW) - 'state' - 'closed_at' - 'counted'
       OR OLD.state <> 'open' THEN
        RAISE EXCEPTION 'a published group buy never changes' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_group_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER group_stays BEFORE UPDATE ON trade_groupbuy FOR EACH ROW EXECUTE FUNCTION trade_group_stays();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON trade_framework, trade_frameworkline, trade_samplecredit, trade_groupbuy FROM ef_app;
    END IF;
END $$;
"""
BACK = """
DROP TRIGGER kind_stays ON trade_order;
DROP TRIGGER stages_sum ON trade_order;
CREATE CONSTRAINT TRIGGER stages_sum AFTER INSERT ON trade_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trade_stages_sum();
DROP TRIGGER framework_has_no_stage ON trade_stage;
DROP TRIGGER terms_stay ON trade_framework;
DROP TRIGGER terms_stay ON trade_frameworkline;
DROP TRIGGER credit_stays ON trade_samplecredit;
DROP TRIGGER group_stays ON trade_groupbuy;
DROP FUNCTION trade_kind_stays(), trade_framework_has_no_stage(), trade_framework_stays(), trade_credit_stays(), trade_group_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0010_order_kinds")]
    operations = [migrations.RunSQL(FORMER, migrations.RunSQL.noop), migrations.RunSQL(GUARDS, BACK)]
