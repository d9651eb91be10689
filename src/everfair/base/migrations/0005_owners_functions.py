from django.db import migrations

# Every function is PUBLIC's to call unless somebody says otherwise, and this one runs with the owner's rights. ef_app keeps it: it
# moves the clock of a demonstration or a test, and refuses where the installation is live.
CLOSED = "REVOKE ALL ON FUNCTION ef_advance(interval) FROM PUBLIC"


class Migration(migrations.Migration):
    dependencies = [("base", "0004_installation_kind")]
    operations = [migrations.RunSQL(CLOSED, migrations.RunSQL.noop)]
