from django.db import migrations

# Who may look, who may decide, and that neither has to do with the company (I16).
GUARDS = """
CREATE FUNCTION trust_link_between(of_person uuid, with_company uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT kind FROM (
        SELECT 1 AS n, l.kind FROM trust_link l WHERE l.person_id = of_person AND l.company_id = with_company
        UNION ALL
        SELECT 2, 'member' FROM companies_membership m WHERE m.person_id = of_person AND m.company_id = with_company
        UNION ALL
        SELECT 3, 'phone' FROM companies_person p WHERE p.id = of_person AND p.phone <> '' AND (
            EXISTS (SELECT FROM companies_company c WHERE c.id = with_company AND c.phone = p.phone)
            OR EXISTS (SELECT FROM companies_membership m JOIN companies_person o ON o.id = m.person_id
                       WHERE m.company_id = with_company AND o.phone = p.phone))
    ) AS found ORDER BY n LIMIT 1
$$;

CREATE FUNCTION trust_seat_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked trust_verification;
BEGIN
    SELECT * INTO asked FROM trust_verification WHERE id = NEW.verification_id;
    IF NOT EXISTS (SELECT FROM companies_person p WHERE p.id = NEW.person_id AND p.is_active AND p.is_staff_member
                   AND p.staff_roles && ARRAY['reviewer', 'operator']::varchar[]) THEN
        RAISE EXCEPTION 'only a reviewer takes a seat' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_seat_reviewer';
    END IF;
    IF trust_link_between(NEW.person_id, asked.company_id) IS NOT NULL THEN
        RAISE EXCEPTION 'this reviewer is linked to the company' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_seat_unlinked';
    END IF;
    IF EXISTS (SELECT FROM trust_seat s WHERE s.verification_id = NEW.verification_id AND s.person_id = NEW.person_id
               AND s.role <> NEW.role) THEN
        RAISE EXCEPTION 'nobody checks their own word' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_seat_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seat_fits BEFORE INSERT ON trust_seat FOR EACH ROW EXECUTE FUNCTION trust_seat_fits();

CREATE FUNCTION trust_holder(of_verification uuid, of_role text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT s.person_id FROM trust_seat s WHERE s.verification_id = of_verification AND s.role = of_role ORDER BY s.id DESC LIMIT 1
$$;

CREATE FUNCTION trust_verification_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.created_at, OLD.number, OLD.company_id, OLD.market, OLD.level) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.number, NEW.company_id, NEW.market, NEW.level)
       OR (OLD.decided_at IS NOT NULL AND (OLD.decided_at, OLD.until, OLD.maker_id, OLD.checker_id) IS DISTINCT FROM
           (NEW.decided_at, NEW.until, NEW.maker_id, NEW.checker_id)) THEN
        RAISE EXCEPTION 'a verification stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_verification_stays';
    END IF;
    IF (NEW.maker_id IS NOT NULL AND NEW.maker_id IS DISTINCT FROM trust_holder(NEW.id, 'maker'))
       OR (NEW.checker_id IS NOT NULL AND NEW.checker_id IS DISTINCT FROM trust_holder(NEW.id, 'checker')) THEN
        RAISE EXCEPTION 'who reviews is drawn' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_drawn';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('proposed', 'granted', 'refused') THEN
        IF (OLD.state, NEW.state) NOT IN (('reviewing', 'proposed'), ('proposed', 'granted'), ('proposed', 'refused'))
           OR NEW.maker_id IS NULL OR NEW.checker_id IS NULL
           OR (NEW.state = 'granted' AND NEW.proposal <> 'grant') OR (NEW.state = 'refused' AND NEW.proposal <> 'refuse') THEN
            RAISE EXCEPTION 'one proposes, another decides' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_two_steps';
        END IF;
        IF trust_link_between(NEW.maker_id, NEW.company_id) IS NOT NULL OR trust_link_between(NEW.checker_id, NEW.company_id) IS NOT NULL THEN
            RAISE EXCEPTION 'a reviewer is linked to the company' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_unlinked';
        END IF;
    END IF;
    IF NEW.state = 'granted' AND OLD.state <> 'granted' AND EXISTS (
        SELECT FROM trust_check c WHERE c.verification_id = NEW.id AND (c.result <> 'passed' OR c.valid_until < NEW.until)
    ) THEN
        RAISE EXCEPTION 'every check has passed and holds as long' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_proven';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verification_fits BEFORE UPDATE ON trust_verification FOR EACH ROW EXECUTE FUNCTION trust_verification_fits();

CREATE FUNCTION trust_verification_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' OR NEW.maker_id IS NOT NULL OR NEW.checker_id IS NOT NULL OR NEW.decided_at IS NOT NULL THEN
        RAISE EXCEPTION 'a verification begins as a draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_begins';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verification_begins BEFORE INSERT ON trust_verification FOR EACH ROW EXECUTE FUNCTION trust_verification_begins();

CREATE FUNCTION trust_check_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked trust_verification;
    recorded boolean;
BEGIN
    SELECT * INTO asked FROM trust_verification WHERE id = NEW.verification_id;
    recorded := TG_OP = 'INSERT' AND NEW.result <> 'open' OR TG_OP = 'UPDATE' AND
        (OLD.found, OLD.result, OLD.reason, OLD.by_id, OLD.at, OLD.valid_until, OLD.cost_minor, OLD.cost_currency) IS DISTINCT FROM
        (NEW.found, NEW.result, NEW.reason, NEW.by_id, NEW.at, NEW.valid_until, NEW.cost_minor, NEW.cost_currency);
    IF TG_OP = 'UPDATE' AND (OLD.verification_id, OLD.kind, OLD.created_at) IS DISTINCT FROM (NEW.verification_id, NEW.kind, NEW.created_at) THEN
        RAISE EXCEPTION 'a check stays where it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_check_stays';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.declared, OLD.file_ids) IS DISTINCT FROM (NEW.declared, NEW.file_ids) AND asked.state NOT IN ('draft', 'asked') THEN
        RAISE EXCEPTION 'what was handed in stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_check_handed_in';
    END IF;
    IF recorded AND NEW.result <> 'open' AND (asked.state <> 'reviewing' OR NEW.by_id IS DISTINCT FROM asked.maker_id
        OR trust_link_between(NEW.by_id, asked.company_id) IS NOT NULL) THEN
        RAISE EXCEPTION 'only who was drawn to look says what was seen' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_check_maker';
    END IF;
    IF recorded AND NEW.result = 'open' AND asked.state NOT IN ('reviewing', 'asked') THEN
        RAISE EXCEPTION 'what was seen stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_check_seen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_fits BEFORE INSERT OR UPDATE ON trust_check FOR EACH ROW EXECUTE FUNCTION trust_check_fits();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_seat FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_link FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trust_seat, trust_link FROM ef_app;
        REVOKE DELETE, TRUNCATE ON trust_verification, trust_check FROM ef_app;
    END IF;
END $$;
"""
AWAY = """
DROP TRIGGER append_only ON trust_link;
DROP TRIGGER append_only ON trust_seat;
DROP TRIGGER check_fits ON trust_check;
DROP FUNCTION trust_check_fits();
DROP TRIGGER verification_begins ON trust_verification;
DROP FUNCTION trust_verification_begins();
DROP TRIGGER verification_fits ON trust_verification;
DROP FUNCTION trust_verification_fits();
DROP FUNCTION trust_holder(uuid, text);
DROP TRIGGER seat_fits ON trust_seat;
DROP FUNCTION trust_seat_fits();
DROP FUNCTION trust_link_between(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0001_initial"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
