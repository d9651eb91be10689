from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_bank_guards")]
    operations = [
        migrations.RemoveConstraint("providerevent", "payments_providerevent_outcome"),
        migrations.AddConstraint(
            "providerevent",
            models.CheckConstraint(
                condition=models.Q(("outcome__in", ["new", "applied", "ignored", "mismatch", "unknown", "refused"])),
                name="payments_providerevent_outcome",
            ),
        ),
    ]
