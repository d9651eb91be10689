from django.db import migrations

# What a machine read stays as it was read.
GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_reading FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trust_reading FROM ef_app;
    END IF;
END $$;
"""
AWAY = "DROP TRIGGER append_only ON trust_reading;"


class Migration(migrations.Migration):
    dependencies = [("trust", "0016_reading"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
