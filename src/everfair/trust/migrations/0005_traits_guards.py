from django.db import migrations

# Who shares a trait with a company is linked to it, found and never declared; and whoever sells decides nothing (decision 0032).
GUARDS = """
CREATE OR REPLACE FUNCTION trust_link_between(of_person uuid, with_company uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT kind FROM (
        SELECT 1 AS n, l.kind FROM trust_link l WHERE l.person_id = of_person AND l.company_id = with_company
        UNION ALL
        SELECT 2, 'member' FROM companies_membership m WHERE m.person_id = of_person AND m.company_id = with_company
        UNION ALL
        SELECT 3, 'phone' FROM companies_person p WHERE p.id = of_person AND p.phone <> '' AND (
            EXISTS (SELECT FROM companies_company c WHERE c.id = with_company AND c.phone = p.phone)
            OR EXISTS (SELECT FROM companies_membership m JOIN companies_person o ON o.id = m.person_id
                       WHERE m.company_id = with_company AND o.phone = p.phone))
        UNION ALL
        SELECT 4, CASE t.kind WHEN 'bank' THEN 'bank_account' ELSE t.kind END FROM trust_trait t
            JOIN trust_trait o ON o.kind = t.kind AND o.digest = t.digest AND o.id <> t.id
            WHERE t.person_id = of_person AND t.kind IN ('phone', 'device', 'bank', 'address') AND (o.company_id = with_company
                OR EXISTS (SELECT FROM companies_membership m WHERE m.company_id = with_company AND m.person_id = o.person_id))
    ) AS found ORDER BY n, kind LIMIT 1
$$;

CREATE FUNCTION trust_trait_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.created_at, OLD.company_id, OLD.person_id, OLD.kind, OLD.digest, OLD.bits, OLD.first_seen) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.company_id, NEW.person_id, NEW.kind, NEW.digest, NEW.bits, NEW.first_seen) THEN
        RAISE EXCEPTION 'a trait stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_trait_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trait_stays BEFORE UPDATE ON trust_trait FOR EACH ROW EXECUTE FUNCTION trust_trait_stays();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON trust_trait FROM ef_app;
    END IF;
END $$;

-- Whoever sells, or has to do with the company, neither lifts its stops nor stands for the account its money goes to.
CREATE FUNCTION trust_sells(of_person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM companies_person p WHERE p.id = of_person AND 'sales' = ANY(p.staff_roles))
$$;
CREATE FUNCTION trust_person_in(label text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT substring(label FROM '^[a-z]+:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$')::uuid
$$;

CREATE FUNCTION trust_stop_unlinked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND trust_sells(trust_person_in(NEW.placed_by)) THEN
        RAISE EXCEPTION 'whoever sells places no stop' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_stop_unlinked';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.lifted_by IS DISTINCT FROM OLD.lifted_by AND (trust_sells(trust_person_in(NEW.lifted_by))
        OR trust_link_between(trust_person_in(NEW.lifted_by), NEW.company_id) IS NOT NULL) THEN
        RAISE EXCEPTION 'whoever has to do with a company lifts none of its stops' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_stop_unlinked';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.lifted_at IS NULL AND ((NEW.lifted_at IS NOT NULL AND NEW.lifted_by = '')
        OR (NEW.company_id, NEW.kind, NEW.placed_by, NEW.until) IS DISTINCT FROM (OLD.company_id, OLD.kind, OLD.placed_by, OLD.until)) THEN
        RAISE EXCEPTION 'a stop is lifted by somebody, and otherwise stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_stop_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stop_unlinked BEFORE INSERT OR UPDATE ON companies_stop FOR EACH ROW EXECUTE FUNCTION trust_stop_unlinked();

CREATE FUNCTION trust_account_unlinked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid;
BEGIN
    IF TG_OP = 'INSERT' AND trust_sells(NEW.added_by) THEN
        RAISE EXCEPTION 'whoever sells adds no bank account' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_account_unlinked';
    END IF;
    FOREACH who IN ARRAY ARRAY[NEW.looked_by, NEW.confirmed_by] LOOP
        IF who IS NOT NULL AND (trust_sells(who) OR trust_link_between(who, NEW.company_id) IS NOT NULL)
           AND (TG_OP = 'INSERT' OR who NOT IN (coalesce(OLD.looked_by, NEW.id), coalesce(OLD.confirmed_by, NEW.id))) THEN
            RAISE EXCEPTION 'whoever has to do with a company does not stand for its account'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_account_unlinked';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER account_unlinked BEFORE INSERT OR UPDATE OF looked_by, confirmed_by ON payments_bankaccount
    FOR EACH ROW EXECUTE FUNCTION trust_account_unlinked();
"""
AWAY = """
DROP TRIGGER account_unlinked ON payments_bankaccount;
DROP FUNCTION trust_account_unlinked();
DROP TRIGGER stop_unlinked ON companies_stop;
DROP FUNCTION trust_stop_unlinked();
DROP FUNCTION trust_person_in(text);
DROP FUNCTION trust_sells(uuid);
DROP TRIGGER trait_stays ON trust_trait;
DROP FUNCTION trust_trait_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0004_traits"), ("payments", "0027_fx_cover_guards"), ("companies", "0008_sales")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
