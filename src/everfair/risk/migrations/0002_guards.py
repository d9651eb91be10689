from django.db import migrations

# Who decides a case, and that it is nobody who has to do with the company or who held it (I16, decision 0036).
GUARDS = """
CREATE FUNCTION risk_case_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.created_at, OLD.number, OLD.company_id) IS DISTINCT FROM (NEW.id, NEW.created_at, NEW.number, NEW.company_id)
       OR (OLD.held_by_id IS NOT NULL AND OLD.held_by_id IS DISTINCT FROM NEW.held_by_id AND OLD.state <> 'escalated') THEN
        RAISE EXCEPTION 'a case stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'risk_case_stays';
    END IF;
    IF OLD.decided_at IS NOT NULL AND (OLD.state, OLD.points, OLD.findings, OLD.decided_by_id, OLD.decided_at, OLD.reason, OLD.stops)
       IS DISTINCT FROM (NEW.state, NEW.points, NEW.findings, NEW.decided_by_id, NEW.decided_at, NEW.reason, NEW.stops) THEN
        RAISE EXCEPTION 'what was decided stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'risk_case_decided_stays';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND OLD.decided_by_id IS NULL THEN
        IF NOT EXISTS (SELECT FROM companies_person p WHERE p.id = NEW.decided_by_id AND p.is_active AND p.is_staff_member
                       AND p.staff_roles && ARRAY['reviewer', 'operator']::varchar[]) THEN
            RAISE EXCEPTION 'only a reviewer decides' USING ERRCODE = 'check_violation', CONSTRAINT = 'risk_case_reviewer';
        END IF;
        IF trust_link_between(NEW.decided_by_id, NEW.company_id) IS NOT NULL THEN
            RAISE EXCEPTION 'this reviewer is linked to the company' USING ERRCODE = 'check_violation', CONSTRAINT = 'risk_case_unlinked';
        END IF;
        IF NEW.decided_by_id = NEW.held_by_id THEN
            RAISE EXCEPTION 'nobody confirms their own hold' USING ERRCODE = 'check_violation', CONSTRAINT = 'risk_case_two_people';
        END IF;
    END IF;
    IF NEW.held_by_id IS NOT NULL AND OLD.held_by_id IS DISTINCT FROM NEW.held_by_id
       AND trust_link_between(NEW.held_by_id, NEW.company_id) IS NOT NULL THEN
        RAISE EXCEPTION 'this reviewer is linked to the company' USING ERRCODE = 'check_violation', CONSTRAINT = 'risk_case_unlinked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_fits BEFORE UPDATE ON risk_riskcase FOR EACH ROW EXECUTE FUNCTION risk_case_fits();

CREATE FUNCTION risk_case_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.held_by_id IS NOT NULL OR NEW.decided_by_id IS NOT NULL OR NEW.stops <> '{}' THEN
        RAISE EXCEPTION 'a case begins open' USING ERRCODE = 'check_violation', CONSTRAINT = 'risk_case_begins';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_begins BEFORE INSERT ON risk_riskcase FOR EACH ROW EXECUTE FUNCTION risk_case_begins();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON risk_sweep FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON risk_sweep FROM ef_app;
        REVOKE DELETE, TRUNCATE ON risk_riskcase FROM ef_app;
    END IF;
END $$;
"""
AWAY = """
DROP TRIGGER append_only ON risk_sweep;
DROP TRIGGER case_begins ON risk_riskcase;
DROP FUNCTION risk_case_begins();
DROP TRIGGER case_fits ON risk_riskcase;
DROP FUNCTION risk_case_fits();
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial"), ("trust", "0002_guards"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
