from django.db import migrations

# Nobody is granted a level unscreened (I38), and what may be said of a hit by whom.
GUARDS = """
CREATE FUNCTION trust_screened_facts(of_company uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('country', c.country, 'address', c.address, 'names', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(role, name) ORDER BY role, name), '[]'::jsonb) FROM (
            SELECT 'company' AS role, c.name AS name
            UNION SELECT 'trade', n.value FROM jsonb_each_text(c.names) AS n
            UNION SELECT said.role, said.name
                FROM trust_verification v JOIN trust_check k ON k.verification_id = v.id
                CROSS JOIN LATERAL (VALUES
                    ('declared', CASE WHEN k.kind IN ('identity', 'licence') THEN k.declared ->> 'name' END),
                    ('declared', CASE WHEN k.kind IN ('identity', 'licence') THEN k.found ->> 'name' END),
                    ('legal_person', k.declared ->> 'legal_person'), ('legal_person', k.found ->> 'legal_person'),
                    ('person', k.declared ->> 'person'), ('person', k.found ->> 'person'),
                    ('holder', k.declared ->> 'holder'), ('holder', k.found ->> 'holder')
                ) AS said (role, name)
                WHERE v.company_id = c.id AND v.state IN ('waiting', 'reviewing', 'asked', 'proposed', 'granted')
            UNION SELECT 'holder', b.holder FROM payments_bankaccount b WHERE b.company_id = c.id AND b.state <> 'removed'
        ) AS named WHERE btrim(name) <> ''
    )) FROM companies_company c WHERE c.id = of_company
$$;

CREATE FUNCTION trust_lists_stand(alone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('trust.lists', 0));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('trust.lists', 0));
    END IF;
END $$;

CREATE FUNCTION trust_unscreened(of_company uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM trust_hit h WHERE h.company_id = of_company AND h.state = 'confirmed') THEN 'confirmed'
        WHEN EXISTS (SELECT FROM trust_hit h WHERE h.company_id = of_company AND h.state IN ('open', 'proposed')) THEN 'open'
        WHEN NOT EXISTS (SELECT FROM trust_sanctionlist l WHERE l.state = 'current') THEN NULL
        WHEN EXISTS (SELECT FROM trust_screening s WHERE s.company_id = of_company AND s.done_at IS NULL) THEN 'waits'
        WHEN NOT coalesce((
            SELECT s.asked = trust_screened_facts(of_company)
                AND s.lists @> ARRAY(SELECT l.id FROM trust_sanctionlist l WHERE l.state = 'current')
            FROM trust_screening s WHERE s.company_id = of_company AND s.done_at IS NOT NULL ORDER BY s.done_at DESC, s.id DESC LIMIT 1
        ), false) THEN 'stale'
    END
$$;

CREATE FUNCTION trust_grant_is_screened() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text;
BEGIN
    PERFORM FROM companies_company c WHERE c.id = NEW.company_id FOR NO KEY UPDATE;
    PERFORM trust_lists_stand(false);
    why := trust_unscreened(NEW.company_id);
    IF why IS NOT NULL THEN
        RAISE EXCEPTION 'nobody is granted a level unscreened: %', why USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_screened';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER zz_grant_is_screened BEFORE UPDATE ON trust_verification FOR EACH ROW
    WHEN (NEW.state = 'granted' AND OLD.state <> 'granted') EXECUTE FUNCTION trust_grant_is_screened();

CREATE FUNCTION trust_list_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'current' OR TG_OP = 'UPDATE' AND OLD.state = 'current' THEN
        PERFORM trust_lists_stand(true);
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'taken' THEN
            RAISE EXCEPTION 'an edition is read before it is in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_sanctionlist_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.created_at, OLD.source, OLD.edition_on, OLD.digest, OLD.files, OLD.party_count, OLD.name_count, OLD.imported_by) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.source, NEW.edition_on, NEW.digest, NEW.files, NEW.party_count, NEW.name_count, NEW.imported_by)
       OR (OLD.state, NEW.state) NOT IN (('taken', 'current'), ('taken', 'replaced'), ('current', 'replaced')) THEN
        RAISE EXCEPTION 'an edition stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_sanctionlist_stays';
    END IF;
    IF NEW.state = 'current' AND EXISTS (SELECT FROM trust_listedname n WHERE n.edition_id = NEW.id AND n.keys IS NULL) THEN
        RAISE EXCEPTION 'an edition is read before it is in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_sanctionlist_read';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_moves BEFORE INSERT OR UPDATE ON trust_sanctionlist FOR EACH ROW EXECUTE FUNCTION trust_list_moves();

CREATE FUNCTION trust_name_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.edition_id, OLD.party_id, OLD.kind, OLD.name, OLD.strength) IS DISTINCT FROM
       (NEW.id, NEW.edition_id, NEW.party_id, NEW.kind, NEW.name, NEW.strength) THEN
        RAISE EXCEPTION 'a listed name stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_listedname_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER name_stays BEFORE UPDATE ON trust_listedname FOR EACH ROW EXECUTE FUNCTION trust_name_stays();

CREATE FUNCTION trust_screening_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.done_at IS NOT NULL OR OLD.company_id <> NEW.company_id OR OLD.created_at <> NEW.created_at THEN
        RAISE EXCEPTION 'a screening stays what it was' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_screening_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_stays BEFORE UPDATE ON trust_screening FOR EACH ROW EXECUTE FUNCTION trust_screening_stays();

CREATE FUNCTION trust_hit_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    speaker uuid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.proposed_by_id IS NOT NULL OR NEW.reason <> '' THEN
            RAISE EXCEPTION 'a hit begins open' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_hit_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.created_at, OLD.number, OLD.screening_id, OLD.company_id, OLD.party_id, OLD.listed_name_id, OLD.key, OLD.role, OLD.name,
        OLD.score, OLD.parts, OLD.same_country, OLD.needs_two) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.number, NEW.screening_id, NEW.company_id, NEW.party_id, NEW.listed_name_id, NEW.key, NEW.role, NEW.name,
        NEW.score, NEW.parts, NEW.same_country, NEW.needs_two) THEN
        RAISE EXCEPTION 'a hit stays what was found' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_hit_stays';
    END IF;
    IF OLD.state IN ('cleared', 'confirmed') AND NEW.state NOT IN (OLD.state, 'open')
       OR OLD.state = 'open' AND NEW.state = 'confirmed' THEN
        RAISE EXCEPTION 'one proposes, another says it' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_hit_two_steps';
    END IF;
    IF NEW.state = OLD.state AND (OLD.proposal, OLD.proposal_reason, OLD.proposed_by_id, OLD.reason, OLD.decided_by_id, OLD.decided_at)
       IS DISTINCT FROM (NEW.proposal, NEW.proposal_reason, NEW.proposed_by_id, NEW.reason, NEW.decided_by_id, NEW.decided_at) THEN
        RAISE EXCEPTION 'what was said of a hit stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_hit_said';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('proposed', 'cleared', 'confirmed') THEN
        speaker := CASE WHEN NEW.state = 'proposed' THEN NEW.proposed_by_id ELSE NEW.decided_by_id END;
        IF NOT EXISTS (SELECT FROM companies_person p WHERE p.id = speaker AND p.is_active AND p.is_staff_member
                       AND p.staff_roles && ARRAY['reviewer', 'operator']::varchar[])
           OR trust_link_between(speaker, NEW.company_id) IS NOT NULL THEN
            RAISE EXCEPTION 'only a reviewer without a link says what a hit is' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_hit_reviewer';
        END IF;
        IF NEW.state <> 'proposed' AND (NEW.needs_two OR NEW.state = 'confirmed' OR OLD.state = 'proposed') AND (
            OLD.state <> 'proposed' OR NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id OR NEW.decided_by_id = OLD.proposed_by_id
            OR OLD.proposal <> CASE NEW.state WHEN 'cleared' THEN 'clear' ELSE 'confirm' END
        ) THEN
            RAISE EXCEPTION 'one proposes, another says it' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_hit_two_people';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hit_fits BEFORE INSERT OR UPDATE ON trust_hit FOR EACH ROW EXECUTE FUNCTION trust_hit_fits();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_listedparty FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trust_listedparty FROM ef_app;
        REVOKE DELETE, TRUNCATE ON trust_sanctionlist, trust_listedname, trust_screening, trust_hit FROM ef_app;
    END IF;
END $$;
"""
AWAY = """
DROP TRIGGER append_only ON trust_listedparty;
DROP TRIGGER hit_fits ON trust_hit;
DROP FUNCTION trust_hit_fits();
DROP TRIGGER screening_stays ON trust_screening;
DROP FUNCTION trust_screening_stays();
DROP TRIGGER name_stays ON trust_listedname;
DROP FUNCTION trust_name_stays();
DROP TRIGGER list_moves ON trust_sanctionlist;
DROP FUNCTION trust_list_moves();
DROP TRIGGER zz_grant_is_screened ON trust_verification;
DROP FUNCTION trust_grant_is_screened();
DROP FUNCTION trust_unscreened(uuid);
DROP FUNCTION trust_lists_stand(boolean);
DROP FUNCTION trust_screened_facts(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0006_screening"), ("payments", "0027_fx_cover_guards")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
