from django.db import migrations

EVENT = """
CREATE TABLE base_event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    name varchar(80) NOT NULL,
    subject uuid NOT NULL,
    body jsonb NOT NULL,
    actor varchar(60) NOT NULL,
    at timestamptz NOT NULL DEFAULT ef_now()
);
CREATE INDEX base_event_order ON base_event (tx, seq);
CREATE INDEX base_event_subject ON base_event (subject, seq);

CREATE FUNCTION ef_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON base_event
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON base_history
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

CREATE FUNCTION ef_event_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY everfair_events;
    RETURN NULL;
END $$;
CREATE TRIGGER wake AFTER INSERT ON base_event FOR EACH STATEMENT EXECUTE FUNCTION ef_event_wake();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON base_event, base_history FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0002_tables")]
    operations = [
        migrations.RunSQL(
            EVENT,
            "DROP TABLE base_event; DROP FUNCTION ef_event_wake(); DROP TRIGGER append_only ON base_history; "
            "DROP FUNCTION ef_append_only();",
        )
    ]
