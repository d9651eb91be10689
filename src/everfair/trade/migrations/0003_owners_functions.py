from django.db import migrations

# A trigger that stands needs nobody's right to its function; whoever had the right could hang it on a table of their own and let
# it run with the owner's rights.
CLOSED = """
REVOKE ALL ON FUNCTION trade_stages_sum() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION trade_stages_sum() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0002_guards")]
    operations = [migrations.RunSQL(CLOSED, migrations.RunSQL.noop)]
