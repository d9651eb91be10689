from django.conf import settings
from django.db import migrations

# The kind is settled once, when the tables are made, by whoever may own them: a live installation never turns into one whose
# clock can be moved.


def settle(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE base_installation SET kind = %s", [settings.KIND])


class Migration(migrations.Migration):
    dependencies = [("base", "0003_event")]
    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
