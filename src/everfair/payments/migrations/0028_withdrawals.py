import django.db.models.deletion
from django.db import migrations, models

TARGETS = ["intent", "wallet", "return", "reversal", "costs", "sent", "payout", "returned", "cover", "withdrawal"]


class Migration(migrations.Migration):
    dependencies = [("payments", "0027_fx_cover_guards")]
    operations = [
        migrations.AddField(
            model_name="match",
            name="settled_line",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.settledline"
            ),
        ),
        migrations.RemoveConstraint(model_name="match", name="payments_match_target"),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(condition=models.Q(("target__in", TARGETS)), name="payments_match_target"),
        ),
    ]
