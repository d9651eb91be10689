from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0005_owners_functions")]
    operations = [
        migrations.AddField("deadline", "reminder", models.SmallIntegerField(db_default=0, default=0)),
        migrations.RemoveConstraint("deadline", "base_deadline_once"),
        migrations.RemoveConstraint("deadline", "base_deadline_one_waiting"),
        migrations.AddConstraint(
            "deadline",
            models.UniqueConstraint(fields=["kind", "subject", "generation", "reminder"], name="base_deadline_once"),
        ),
        migrations.AddConstraint(
            "deadline",
            models.UniqueConstraint(
                fields=["kind", "subject", "reminder"], condition=models.Q(state="waiting"), name="base_deadline_one_waiting"
            ),
        ),
    ]
