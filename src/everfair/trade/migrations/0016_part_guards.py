from django.db import migrations

# I7: what leaves a stage before its end is paid for goods that were accepted; that acceptance never pays out the rest.
GUARDS = """
CREATE OR REPLACE FUNCTION trade_release_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_release r
        LEFT JOIN trade_acceptance a ON a.id = r.acceptance_id
        LEFT JOIN trade_decision d ON d.id = r.decision_id
        LEFT JOIN logistics_proofofdelivery p ON p.id = r.delivery_id
        LEFT JOIN logistics_consignment c ON c.id = p.consignment_id
        LEFT JOIN trade_inspection i ON i.id = r.inspection_id AND i.state = 'passed'
        WHERE r.stage_id = NEW.id AND coalesce(a.order_id, d.order_id, c.subject, i.order_id) = NEW.order_id
            AND (a.stage_id IS NULL OR a.stage_id = NEW.id) AND NOT coalesce(a.part, false)
            AND (r.delivery_id IS NULL OR trade_delivery_is_silent(NEW.order_id, NEW.ends_on))
            AND (r.inspection_id IS NULL OR NEW.ends_on = 'settlement')
    ) THEN
        RAISE EXCEPTION 'a stage is paid out on evidence' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_release_evidence';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION trade_part_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_acceptance a JOIN trade_stage s ON s.order_id = a.order_id JOIN trade_order o ON o.id = a.order_id
        WHERE a.id = NEW.acceptance_id AND a.part AND s.id = NEW.stage_id AND s.state = 'funded' AND s.ends_on = 'settlement'
            AND o.agreement = 'agreed' AND o.goods IN ('part', 'shipped') AND o.issue <> 'open'
            AND EXISTS (SELECT FROM trade_acceptedline l WHERE l.acceptance_id = a.id AND l.order_id = a.order_id)
    ) THEN
        RAISE EXCEPTION 'a part of a stage is paid for accepted goods' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_part_evidence';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION trade_part_has_evidence() FROM PUBLIC;
CREATE TRIGGER has_evidence BEFORE INSERT ON trade_stagepart FOR EACH ROW EXECUTE FUNCTION trade_part_has_evidence();

CREATE FUNCTION trade_parts_sum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.parted_minor >= NEW.amount_minor OR NEW.state <> 'funded' OR OLD.state <> 'funded' OR
       NEW.parted_minor IS DISTINCT FROM (SELECT sum(amount_minor) FROM trade_stagepart WHERE stage_id = NEW.id) THEN
        RAISE EXCEPTION 'what was paid in parts is the sum of the parts' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_parts_sum';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION trade_parts_sum() FROM PUBLIC;
CREATE TRIGGER parts_sum BEFORE UPDATE ON trade_stage FOR EACH ROW
    WHEN (OLD.parted_minor IS DISTINCT FROM NEW.parted_minor) EXECUTE FUNCTION trade_parts_sum();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_acceptedline FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_stagepart FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_acceptedline, trade_stagepart FROM ef_app;
        REVOKE ALL ON FUNCTION trade_part_has_evidence() FROM ef_app;
        REVOKE ALL ON FUNCTION trade_parts_sum() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0015_part_acceptance")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
