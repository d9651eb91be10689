from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_letter_choice")]
    operations = [
        migrations.AddField(
            model_name="notice",
            name="address",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.RemoveIndex(model_name="notice", name="messaging_notice_unmailed"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["id"],
                condition=models.Q(("mailed_at", None), models.Q(("read_at", None), models.Q(("address", ""), _negated=True), _connector="OR")),
                name="messaging_notice_unmailed",
            ),
        ),
    ]
