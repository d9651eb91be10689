import everfair.base.clock
import everfair.base.ids
import everfair.base.models
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON markets_feeschedule
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON markets_feeschedule FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("markets", "0002_append_only")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE markets_fee_schedule_number START 1", "DROP SEQUENCE markets_fee_schedule_number"),
        migrations.CreateModel(
            name="FeeSchedule",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("number", models.BigIntegerField(unique=True, editable=False, db_default=everfair.base.models.NextNumber("markets_fee_schedule_number"))),
                ("market", models.CharField(max_length=20)),
                ("plan", models.CharField(blank=True, default="", max_length=20)),
                ("span", models.CharField(max_length=10)),
                ("lines", models.JSONField()),
                ("valid_from", models.DateTimeField(db_default=everfair.base.clock.EfNow())),
                ("set_by", models.CharField(max_length=60)),
                ("reason", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["market", "plan", "-valid_from"], name="markets_fee_lookup")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("span__in", ["order", "stage"])), name="markets_feeschedule_span")
                ],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
