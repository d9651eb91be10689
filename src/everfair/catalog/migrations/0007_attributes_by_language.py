"""Attributes once more in each language, beside those that were typed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_unsaved")]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="attributes_by_language",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
