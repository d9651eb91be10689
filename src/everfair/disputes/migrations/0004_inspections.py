from django.db import migrations, models

# An inspection inside a claim is of that claim's order, and begins while its file can take in a report.
GUARDS = """
CREATE FUNCTION disputes_inspection_has_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM disputes_claim c WHERE c.id = NEW.claim_id AND c.order_id = NEW.order_id AND c.state IN ('answering', 'talking', 'arbitration')
    ) THEN
        RAISE EXCEPTION 'an inspection inside a claim has an open claim' USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_inspection_claim';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION disputes_inspection_has_claim() FROM PUBLIC;
CREATE TRIGGER has_claim BEFORE INSERT ON trade_inspection FOR EACH ROW WHEN (NEW.claim_id IS NOT NULL)
    EXECUTE FUNCTION disputes_inspection_has_claim();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION disputes_inspection_has_claim() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("disputes", "0003_grounds"), ("trade", "0018_claim_inspections")]

    operations = [
        migrations.RemoveConstraint(model_name="exhibit", name="disputes_exhibit_kind"),
        migrations.RemoveConstraint(model_name="exhibit", name="disputes_exhibit_side"),
        migrations.AddField(model_name="claim", name="report_by", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="exhibit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "opening",
                            "answer",
                            "note",
                            "chat",
                            "snapshot",
                            "tracking",
                            "offer",
                            "move",
                            "ruling",
                            "appeal",
                            "late",
                            "inspection",
                        ),
                    )
                ),
                name="disputes_exhibit_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="exhibit",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ("buyer", "seller", "arbitrator", "inspector", "clock"))),
                name="disputes_exhibit_side",
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
