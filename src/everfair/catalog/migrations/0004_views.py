"""Views of offers, day by day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_imports")]

    operations = [
        migrations.CreateModel(
            name="OfferView",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("offer_id", "day", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("count", models.BigIntegerField()),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.offer"
                    ),
                ),
            ],
        ),
    ]
