"""A provider's own page may have a long address: Stripe's have some 400 to 600 characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_payout_guards")]
    operations = [
        migrations.AlterField("intent", "checkout_url", models.CharField(max_length=2048, blank=True, default="")),
    ]
