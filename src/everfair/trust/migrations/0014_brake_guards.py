from django.db import migrations

# Nobody passes another in the line, nobody is drawn for before their turn, and what was admitted stays.
GUARDS = """
CREATE FUNCTION trust_carries_level(of_verification trust_verification) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM trust_verification g WHERE g.company_id = of_verification.company_id
                   AND g.market = of_verification.market AND g.state = 'granted')
$$;

CREATE FUNCTION trust_admission_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a JOIN trust_verification v ON v.id = a.verification_id WHERE v.state <> 'waiting') THEN
        RAISE EXCEPTION 'only what waits is admitted' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_admission_waits';
    END IF;
    IF EXISTS (
        SELECT FROM trust_verification w WHERE w.state = 'waiting'
        AND NOT EXISTS (SELECT FROM trust_admission x WHERE x.verification_id = w.id)
        AND (w.submitted_at, w.number) < (SELECT v.submitted_at, v.number FROM added a JOIN trust_verification v ON v.id = a.verification_id
                                          WHERE a.lane = 'arrival' ORDER BY v.submitted_at DESC, v.number DESC LIMIT 1)
    ) THEN
        RAISE EXCEPTION 'who came first is admitted first' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_admission_in_order';
    END IF;
    IF EXISTS (SELECT FROM added a JOIN trust_verification v ON v.id = a.verification_id
               WHERE a.lane = 'renewal' AND NOT trust_carries_level(v)) OR EXISTS (
        SELECT FROM trust_verification w WHERE w.state = 'waiting'
        AND NOT EXISTS (SELECT FROM trust_admission x WHERE x.verification_id = w.id)
        AND (w.submitted_at, w.number) < (SELECT v.submitted_at, v.number FROM added a JOIN trust_verification v ON v.id = a.verification_id
                                          WHERE a.lane = 'renewal' ORDER BY v.submitted_at DESC, v.number DESC LIMIT 1)
        AND trust_carries_level(w)
    ) THEN
        RAISE EXCEPTION 'what is kept for renewals goes to renewals, in order' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'trust_admission_renewals';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER admission_fits AFTER INSERT ON trust_admission REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trust_admission_fits();

CREATE FUNCTION trust_seat_admitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM trust_admission a WHERE a.verification_id = NEW.verification_id) THEN
        RAISE EXCEPTION 'its turn has not come' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_seat_admitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seat_admitted BEFORE INSERT ON trust_seat FOR EACH ROW EXECUTE FUNCTION trust_seat_admitted();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_admission FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_confirmedfraud FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trust_admission, trust_confirmedfraud FROM ef_app;
        REVOKE DELETE, TRUNCATE ON trust_admissionday FROM ef_app;
    END IF;
END $$;
"""
AWAY = """
DROP TRIGGER append_only ON trust_confirmedfraud;
DROP TRIGGER append_only ON trust_admission;
DROP TRIGGER seat_admitted ON trust_seat;
DROP FUNCTION trust_seat_admitted();
DROP TRIGGER admission_fits ON trust_admission;
DROP FUNCTION trust_admission_fits();
DROP FUNCTION trust_carries_level(trust_verification);
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0013_brake_rows")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
