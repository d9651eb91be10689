from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0004_assortment")]

    operations = [
        migrations.AddField(
            model_name="person",
            name=name,
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        )
        for name in ("text_size", "theme")
    ]
