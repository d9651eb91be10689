from django.db import migrations

# ef_now(): database time plus an offset that only a demo or a test installation may set.
CLOCK = """
CREATE TABLE base_installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    kind text NOT NULL DEFAULT 'live' CHECK (kind IN ('demo', 'test', 'live')),
    clock_offset interval NOT NULL DEFAULT interval '0'
);
INSERT INTO base_installation DEFAULT VALUES;

CREATE FUNCTION ef_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT now() + (SELECT clock_offset FROM base_installation) $$;

CREATE FUNCTION ef_advance(step interval) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE base_installation SET clock_offset = clock_offset + step WHERE kind IN ('demo', 'test');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the clock of a live installation is not moved';
    END IF;
    RETURN ef_now();
END $$;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON base_installation FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.RunSQL(
            CLOCK,
            "DROP FUNCTION ef_advance(interval); DROP FUNCTION ef_now(); DROP TABLE base_installation;",
        )
    ]
