"""What is typed and not saved yet, and how a company last read files with the same columns."""

import django.db.models.deletion
import everfair.base.clock
import everfair.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_variant_group"), ("companies", "0003_skeletons")]

    operations = [
        migrations.CreateModel(
            name="UnsavedOffer",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("person_id", models.UUIDField()),
                ("typed", models.JSONField(default=dict)),
                ("seen", models.CharField(blank=True, default="", max_length=32)),
                ("window", models.CharField(blank=True, default="", max_length=40)),
                ("version", models.IntegerField(default=0)),
                ("touched_at", models.DateTimeField(db_default=everfair.base.clock.EfNow())),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.offer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="catalog_unsaved_closed"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("offer__isnull", True)), fields=("person_id", "company"), name="catalog_unsaved_new_once"
                    ),
                    models.UniqueConstraint(fields=("person_id", "offer"), name="catalog_unsaved_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownColumns",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("names_hash", models.CharField(max_length=64)),
                ("fields", models.JSONField()),
                ("used_at", models.DateTimeField(db_default=everfair.base.clock.EfNow())),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "names_hash"), name="catalog_knowncolumns_once")
                ],
            },
        ),
    ]
