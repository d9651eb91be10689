"""Which offers of a supplier are variants of one thing, as the supplier says it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_views")]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="variant_group",
            field=models.CharField(max_length=100, null=True),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("variant_group__isnull", False)),
                fields=["company", "variant_group"],
                name="catalog_offer_variants",
            ),
        ),
    ]
