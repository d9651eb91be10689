import django.db.models.deletion
from django.db import migrations, models

import everfair.base.clock
import everfair.base.ids

# I7: the third evidence is a delivery. It pays only what ends with the settlement of the goods, only when every consignment of the
# order is delivered with a proof, and only when the announced moment has passed by the database's clock.
GUARDS = """
CREATE OR REPLACE FUNCTION trade_release_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_release r
        LEFT JOIN trade_acceptance a ON a.id = r.acceptance_id
        LEFT JOIN trade_decision d ON d.id = r.decision_id
        LEFT JOIN logistics_proofofdelivery p ON p.id = r.delivery_id
        LEFT JOIN logistics_consignment c ON c.id = p.consignment_id
        WHERE r.stage_id = NEW.id AND coalesce(a.order_id, d.order_id, c.subject) = NEW.order_id
            AND (a.stage_id IS NULL OR a.stage_id = NEW.id)
            AND (r.delivery_id IS NULL OR trade_delivery_is_silent(NEW.order_id, NEW.ends_on))
    ) THEN
        RAISE EXCEPTION 'a stage is paid out on evidence' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_release_evidence';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION trade_delivery_is_silent(the_order uuid, ends_on text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ends_on = 'settlement'
        AND EXISTS (SELECT FROM trade_order WHERE id = the_order AND confirm_by <= ef_now() AND issue <> 'open')
        AND NOT EXISTS (
            SELECT FROM logistics_consignment c WHERE c.subject = the_order AND (c.state <> 'delivered'
                OR NOT EXISTS (SELECT FROM logistics_proofofdelivery p WHERE p.consignment_id = c.id))
        )
$$;
REVOKE ALL ON FUNCTION trade_delivery_is_silent(uuid, text) FROM PUBLIC;

CREATE FUNCTION trade_extension_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.kind, OLD.days, OLD.asked_by, OLD.reason) IS DISTINCT FROM (NEW.order_id, NEW.kind, NEW.days, NEW.asked_by, NEW.reason)
       OR OLD.state <> 'asked' THEN
        RAISE EXCEPTION 'what was answered stays answered' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_extension_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER extension_stays BEFORE UPDATE ON trade_extension FOR EACH ROW EXECUTE FUNCTION trade_extension_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_calendar FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION trade_delivery_is_silent(uuid, text) FROM ef_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_calendar FROM ef_app;
        REVOKE DELETE, TRUNCATE ON trade_extension FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0007_amendment_guards"), ("logistics", "0003_guards"), ("base", "0006_reminders")]
    operations = [
        migrations.CreateModel(
            "Calendar",
            [
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("countries", models.JSONField()),
                ("days_off", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
            ],
        ),
        migrations.CreateModel(
            "Extension",
            [
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("kind", models.CharField(max_length=10)),
                ("days", models.IntegerField()),
                ("reason", models.TextField()),
                ("asked_by", models.CharField(max_length=10)),
                ("state", models.CharField(default="asked", max_length=20)),
                ("answer_by", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("order", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.order")),
            ],
            options={
                "indexes": [models.Index(fields=["order", "id"], name="trade_extension_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state__in=["asked", "granted", "refused", "withdrawn", "lapsed"]),
                        name="trade_extension_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(kind="shipping", asked_by="seller")
                        | models.Q(kind="receipt", asked_by__in=["buyer", "seller"]),
                        name="trade_extension_kind",
                    ),
                    models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=365), name="trade_extension_days"),
                    models.UniqueConstraint(
                        fields=["order", "kind"], condition=models.Q(state="asked"), name="trade_extension_one_open"
                    ),
                ],
            },
        ),
        migrations.AddField("order", "ship_extended_days", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("order", "confirm_by", models.DateTimeField(null=True)),
        migrations.AddField(
            "order",
            "calendar",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trade.calendar"),
        ),
        migrations.AddField(
            "release",
            "delivery",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.proofofdelivery"
            ),
        ),
        migrations.RemoveConstraint("release", "trade_release_one_evidence"),
        migrations.AddConstraint(
            "release",
            models.CheckConstraint(
                condition=models.Q(acceptance__isnull=False, decision__isnull=True, delivery__isnull=True)
                | models.Q(acceptance__isnull=True, decision__isnull=False, delivery__isnull=True)
                | models.Q(acceptance__isnull=True, decision__isnull=True, delivery__isnull=False),
                name="trade_release_one_evidence",
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
