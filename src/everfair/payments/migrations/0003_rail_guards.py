from django.db import migrations

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_railorder FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_sharealarm FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

-- I14: whatever a rail may still have done to a payment is never forgotten, and its place is not given to another.
CREATE FUNCTION payments_route_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.intent_id, OLD.n, OLD.rail, OLD.ranking) IS DISTINCT FROM (NEW.intent_id, NEW.n, NEW.rail, NEW.ranking)
       OR OLD.outcome NOT IN ('asked', 'doubt') THEN
        RAISE EXCEPTION 'where a payment was asked for stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_route_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON payments_route FOR EACH ROW EXECUTE FUNCTION payments_route_stays();

CREATE FUNCTION payments_route_is_sure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_route WHERE intent_id = NEW.intent_id AND rail <> NEW.rail AND outcome IN ('asked', 'doubt', 'opened')) THEN
        RAISE EXCEPTION 'another rail may have this payment' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_route_sure';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION payments_route_is_sure() FROM PUBLIC;
CREATE TRIGGER is_sure BEFORE INSERT ON payments_route FOR EACH ROW EXECUTE FUNCTION payments_route_is_sure();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_railorder, payments_sharealarm FROM ef_app;
        REVOKE DELETE, TRUNCATE ON payments_route FROM ef_app;
        REVOKE ALL ON FUNCTION payments_route_is_sure() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_rails")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
