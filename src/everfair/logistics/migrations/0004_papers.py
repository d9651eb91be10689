import django.db.models.deletion
from django.db import migrations, models

import everfair.base.clock
import everfair.base.ids

# What was shown to the other side stays shown.
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON logistics_consignmentpaper
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
"""
UNDONE = "DROP TRIGGER append_only ON logistics_consignmentpaper;"
CODES = [
    "commercial_invoice", "packing_list", "transport_document", "export_clearance", "import_clearance", "insurance_certificate",
    "delivery_document", "inspection_certificate",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("logistics", "0003_guards"), ("base", "0003_event")]

    operations = [
        migrations.CreateModel(
            name="ConsignmentPaper",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("code", models.CharField(max_length=30)),
                ("file_id", models.UUIDField()),
                ("company_id", models.UUIDField()),
                ("added_by", models.UUIDField(null=True)),
                (
                    "consignment",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="logistics.consignment"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("consignment", "code", "file_id"), name="logistics_paper_once"),
                    models.CheckConstraint(condition=models.Q(("code__in", CODES)), name="logistics_paper_code"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="carrierevent",
            index=models.Index(
                condition=models.Q(("outcome__in", ("parked", "mismatch", "unknown"))),
                fields=["id"],
                name="logistics_carrierevent_misfits",
            ),
        ),
        migrations.RunSQL(GUARD, UNDONE),
    ]
