from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every payment until now was of the one market there was; every rail carried all."""

    dependencies = [("payments", "0017_fx_guards")]
    operations = [
        migrations.AddField("intent", "market", models.CharField(db_default="export", default="export", max_length=20)),
        migrations.AddField(
            "railorder", "markets", ArrayField(models.CharField(max_length=20), db_default=[], default=list, size=None)
        ),
        migrations.AddField(
            "railorder", "currencies", ArrayField(models.CharField(max_length=3), db_default=[], default=list, size=None)
        ),
        migrations.AddField("railorder", "most", models.JSONField(db_default={}, default=dict)),
        migrations.AddField("railorder", "watched", models.BooleanField(db_default=True, default=True)),
    ]
