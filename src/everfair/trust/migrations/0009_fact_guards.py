from django.db import migrations

# A fact is told by an event, once, and stays: nobody edits it, whoever they are. What a company pays has no way in.
GUARDS = """
CREATE FUNCTION trust_fact_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM base_event e WHERE e.seq = NEW.event_seq AND e.at = NEW.at) THEN
        RAISE EXCEPTION 'a fact is told by an event' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_fact_told';
    END IF;
    IF NEW.kind = 'corrected' AND NOT EXISTS (
        SELECT FROM trust_fact f WHERE f.event_seq = NEW.answers AND f.company_id = NEW.company_id AND f.kind <> 'corrected'
    ) THEN
        RAISE EXCEPTION 'a correction answers a fact of the company' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_fact_answers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fact_is_told BEFORE INSERT ON trust_fact FOR EACH ROW EXECUTE FUNCTION trust_fact_is_told();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_fact FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trust_fact FROM ef_app;
        REVOKE TRUNCATE ON trust_standing FROM ef_app;
    END IF;
END $$;
"""
AWAY = """
DROP TRIGGER append_only ON trust_fact;
DROP TRIGGER fact_is_told ON trust_fact;
DROP FUNCTION trust_fact_is_told();
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0008_facts"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
