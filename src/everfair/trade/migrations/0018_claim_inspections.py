from django.db import migrations, models

# I7: an inspection inside a claim is evidence for its arbitrator, never for a payout by silence. It belongs to its claim for good, and
# nobody repeats or waives it.
GUARDS = """
CREATE OR REPLACE FUNCTION trade_release_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_release r
        LEFT JOIN trade_acceptance a ON a.id = r.acceptance_id
        LEFT JOIN trade_decision d ON d.id = r.decision_id
        LEFT JOIN logistics_proofofdelivery p ON p.id = r.delivery_id
        LEFT JOIN logistics_consignment c ON c.id = p.consignment_id
        LEFT JOIN trade_inspection i ON i.id = r.inspection_id AND i.state = 'passed' AND i.claim_id IS NULL
        WHERE r.stage_id = NEW.id AND coalesce(a.order_id, d.order_id, c.subject, i.order_id) = NEW.order_id
            AND (a.stage_id IS NULL OR a.stage_id = NEW.id) AND NOT coalesce(a.part, false)
            AND (r.delivery_id IS NULL OR trade_delivery_is_silent(NEW.order_id, NEW.ends_on))
            AND (r.inspection_id IS NULL OR NEW.ends_on = 'settlement')
    ) THEN
        RAISE EXCEPTION 'a stage is paid out on evidence' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_release_evidence';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION trade_claim_inspection_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.claim_id IS DISTINCT FROM NEW.claim_id OR (NEW.claim_id IS NOT NULL AND NEW.state IN ('replaced', 'waived')) THEN
        RAISE EXCEPTION 'what a claim ordered stays its' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_claim_inspection_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claims_stay BEFORE UPDATE ON trade_inspection FOR EACH ROW EXECUTE FUNCTION trade_claim_inspection_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0017_stage_day")]

    operations = [
        migrations.RemoveConstraint(model_name="inspection", name="trade_inspection_one_failed"),
        migrations.AddField(model_name="inspection", name="claim_id", field=models.UUIDField(null=True)),
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(
                condition=models.Q(("claim_id", None), _negated=True), fields=["claim_id"], name="trade_inspection_claim"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("claim_id", None), ("state", "failed")), fields=("order",), name="trade_inspection_one_failed"
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
