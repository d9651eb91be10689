from django.db import migrations

# Who gives points, who confirms them and who judges an appeal (I16). 12 is the sum from which nobody decides alone
# (`values.discipline.ALONE_BELOW`): the rule may ask for a second person sooner, never later.
GUARDS = """
CREATE FUNCTION trust_may_discipline(of_person uuid, of_company uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM companies_person p WHERE p.id = of_person AND p.is_active AND p.is_staff_member
                   AND p.staff_roles && ARRAY['reviewer', 'operator']::varchar[])
        AND trust_link_between(of_person, of_company) IS NULL
$$;

CREATE FUNCTION trust_penalty_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.counts <> NEW.points OR NEW.given_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'points begin as a proposal' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.created_at, OLD.number, OLD.company_id, OLD.offence, OLD.acted_on, OLD.points, OLD.until, OLD.origin) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.number, NEW.company_id, NEW.offence, NEW.acted_on, NEW.points, NEW.until, NEW.origin)
       OR (OLD.state <> 'proposed' AND (OLD.given_by_id, OLD.reason, OLD.file_ids, OLD.reference) IS DISTINCT FROM
           (NEW.given_by_id, NEW.reason, NEW.file_ids, NEW.reference))
       OR (OLD.given_at IS NOT NULL AND (OLD.given_at, OLD.confirmed_by_id) IS DISTINCT FROM (NEW.given_at, NEW.confirmed_by_id)) THEN
        RAISE EXCEPTION 'points stay what they are' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_penalty_stays';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('proposed', 'waiting'), ('proposed', 'given'), ('proposed', 'dropped'), ('waiting', 'given'), ('waiting', 'dropped'), ('given', 'struck')
    ) THEN
        RAISE EXCEPTION 'points do not go that way' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_steps';
    END IF;
    IF NEW.state = 'waiting' AND (NEW.given_by_id IS NULL OR NOT trust_may_discipline(NEW.given_by_id, NEW.company_id)) THEN
        RAISE EXCEPTION 'an unlinked reviewer gives points' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_giver';
    END IF;
    IF NEW.state = 'given' AND OLD.state <> 'given' THEN
        IF NEW.given_by_id IS NULL OR NOT trust_may_discipline(NEW.given_by_id, NEW.company_id) THEN
            RAISE EXCEPTION 'an unlinked reviewer gives points' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_giver';
        END IF;
        IF NEW.confirmed_by_id IS NULL THEN
            PERFORM 1 FROM companies_company c WHERE c.id = NEW.company_id FOR NO KEY UPDATE;
            SELECT coalesce(sum(p.counts), 0) INTO counted FROM trust_penalty p
            WHERE p.company_id = NEW.company_id AND p.state = 'given' AND p.until >= (ef_now() AT TIME ZONE 'UTC')::date;
            IF counted + NEW.counts >= 12 THEN
                RAISE EXCEPTION 'from 12 points on a second person confirms' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_second';
            END IF;
        ELSIF NEW.confirmed_by_id = NEW.given_by_id OR NOT trust_may_discipline(NEW.confirmed_by_id, NEW.company_id) THEN
            RAISE EXCEPTION 'another unlinked reviewer confirms' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_second';
        END IF;
    END IF;
    IF (NEW.counts <> OLD.counts OR NEW.state = 'struck' AND OLD.state <> 'struck') AND NOT EXISTS (
        SELECT FROM trust_appeal a WHERE a.penalty_id = NEW.id AND a.state IN ('reduced', 'struck') AND a."left" = NEW.counts
        AND NEW.counts < OLD.counts AND (a.state = 'struck') = (NEW.state = 'struck')
    ) THEN
        RAISE EXCEPTION 'only an appeal makes points fewer' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_penalty_appealed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER penalty_fits BEFORE INSERT OR UPDATE ON trust_penalty FOR EACH ROW EXECUTE FUNCTION trust_penalty_fits();

CREATE FUNCTION trust_appeal_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    against trust_penalty;
BEGIN
    SELECT * INTO against FROM trust_penalty WHERE id = NEW.penalty_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR against.state <> 'given' OR against.company_id <> NEW.company_id THEN
            RAISE EXCEPTION 'an appeal is against points that count' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_appeal_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'open' OR (OLD.id, OLD.created_at, OLD.company_id, OLD.penalty_id, OLD.text, OLD.file_ids) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.company_id, NEW.penalty_id, NEW.text, NEW.file_ids) THEN
        RAISE EXCEPTION 'an appeal stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_appeal_stays';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND (NEW.decided_by_id IN (against.given_by_id, coalesce(against.confirmed_by_id, against.given_by_id))
        OR NOT trust_may_discipline(NEW.decided_by_id, NEW.company_id)) THEN
        RAISE EXCEPTION 'nobody judges their own points' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_appeal_judge';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_fits BEFORE INSERT OR UPDATE ON trust_appeal FOR EACH ROW EXECUTE FUNCTION trust_appeal_fits();

CREATE FUNCTION trust_may_hear(of_person uuid, one_company uuid, other_company uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT of_person IS NOT NULL AND trust_may_discipline(of_person, one_company) AND trust_may_discipline(of_person, other_company)
$$;
CREATE FUNCTION trust_complaint_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.maker_id IS NOT NULL OR NEW.checker_id IS NOT NULL THEN
            RAISE EXCEPTION 'a complaint begins open' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_complaint_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.created_at, OLD.number, OLD.company_id, OLD.against_id, OLD.kind, OLD.amount_minor, OLD.currency, OLD.pay_by,
        OLD.deliver_by, OLD.agreed, OLD.text, OLD.file_ids) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.number, NEW.company_id, NEW.against_id, NEW.kind, NEW.amount_minor, NEW.currency, NEW.pay_by,
        NEW.deliver_by, NEW.agreed, NEW.text, NEW.file_ids)
       OR OLD.state IN ('founded', 'unfounded', 'settled')
       OR (OLD.state <> 'open' AND (OLD.answer, OLD.answer_file_ids) IS DISTINCT FROM (NEW.answer, NEW.answer_file_ids)) THEN
        RAISE EXCEPTION 'a complaint stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_complaint_stays';
    END IF;
    IF (NEW.maker_id IS NOT NULL AND NEW.maker_id = OLD.checker_id) OR (NEW.checker_id IS NOT NULL AND NEW.checker_id = OLD.maker_id) THEN
        RAISE EXCEPTION 'nobody checks their own word' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_complaint_two_people';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('proposed', 'founded', 'unfounded') THEN
        IF (OLD.state, NEW.state) NOT IN (('reviewing', 'proposed'), ('proposed', 'founded'), ('proposed', 'unfounded'))
           OR NEW.state <> 'proposed' AND (NEW.finding <> NEW.state OR NEW.finding <> OLD.finding)
           OR (NEW.maker_id, NEW.checker_id) IS DISTINCT FROM (OLD.maker_id, OLD.checker_id) THEN
            RAISE EXCEPTION 'one proposes, another decides' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_complaint_two_steps';
        END IF;
        IF NOT trust_may_hear(NEW.maker_id, NEW.company_id, NEW.against_id) OR NOT trust_may_hear(NEW.checker_id, NEW.company_id, NEW.against_id) THEN
            RAISE EXCEPTION 'two unlinked reviewers decide' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_complaint_unlinked';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complaint_fits BEFORE INSERT OR UPDATE ON trust_complaint FOR EACH ROW EXECUTE FUNCTION trust_complaint_fits();

CREATE FUNCTION trust_blacklist_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NOT trust_may_discipline(NEW.proposed_by_id, NEW.company_id) THEN
            RAISE EXCEPTION 'an unlinked reviewer proposes an entry' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_blacklist_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.created_at, OLD.number, OLD.company_id, OLD.public_reason, OLD.evidence, OLD.proposed_by_id) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.number, NEW.company_id, NEW.public_reason, NEW.evidence, NEW.proposed_by_id)
       OR OLD.listed_at IS NOT NULL AND (OLD.listed_at, OLD.confirmed_by_id) IS DISTINCT FROM (NEW.listed_at, NEW.confirmed_by_id)
       OR OLD.state IN ('removed', 'dropped') OR OLD.state <> 'listed' AND OLD.appeal IS DISTINCT FROM NEW.appeal THEN
        RAISE EXCEPTION 'an entry stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_blacklist_stays';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('proposed', 'listed'), ('proposed', 'dropped'), ('listed', 'appealed'),
        ('appealed', 'upheld'), ('appealed', 'removed')) THEN
        RAISE EXCEPTION 'an entry does not go that way' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_blacklist_steps';
    END IF;
    IF NEW.state = 'listed' AND OLD.state = 'proposed' AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.proposed_by_id
        OR NOT trust_may_discipline(NEW.confirmed_by_id, NEW.company_id)) THEN
        RAISE EXCEPTION 'another unlinked reviewer lists' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_blacklist_second';
    END IF;
    IF NEW.state IN ('upheld', 'removed') AND OLD.state = 'appealed' AND (NEW.judged_by_id IS NULL
        OR NEW.judged_by_id IN (NEW.proposed_by_id, NEW.confirmed_by_id) OR NOT trust_may_discipline(NEW.judged_by_id, NEW.company_id)) THEN
        RAISE EXCEPTION 'nobody judges their own entry' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_blacklist_judge';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER blacklist_fits BEFORE INSERT OR UPDATE ON trust_blacklistentry FOR EACH ROW EXECUTE FUNCTION trust_blacklist_fits();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trust_blacklisttrait FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

CREATE FUNCTION trust_reentry_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'a re-entry begins open' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_reentry_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.company_id, OLD.entry_id) IS DISTINCT FROM (NEW.id, NEW.company_id, NEW.entry_id) OR OLD.state IN ('cleared', 'barred')
       OR OLD.kinds IS DISTINCT FROM NEW.kinds AND NOT (NEW.state = 'open' AND NEW.kinds @> OLD.kinds) THEN
        RAISE EXCEPTION 'a re-entry stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trust_reentry_stays';
    END IF;
    IF NEW.state = 'proposed' AND (NEW.finding = '' OR NOT coalesce(trust_may_discipline(NEW.judged_by_id, NEW.company_id), false)) THEN
        RAISE EXCEPTION 'an unlinked reviewer judges' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_reentry_first';
    END IF;
    IF NEW.state IN ('cleared', 'barred') AND (OLD.state <> 'proposed' OR NEW.judged_by_id IS DISTINCT FROM OLD.judged_by_id
        OR NEW.finding <> OLD.finding OR (NEW.state = 'cleared') <> (NEW.finding = 'clear') OR NEW.decided_by_id IS NULL
        OR NEW.decided_by_id = NEW.judged_by_id OR NOT trust_may_discipline(NEW.decided_by_id, NEW.company_id)) THEN
        RAISE EXCEPTION 'one judges, another decides' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_reentry_second';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reentry_fits BEFORE INSERT OR UPDATE ON trust_reentry FOR EACH ROW EXECUTE FUNCTION trust_reentry_fits();

-- Who may have come back under another name carries no level until two people have said that it is somebody else.
CREATE FUNCTION trust_verification_not_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM trust_reentry r WHERE r.company_id = NEW.company_id AND r.state <> 'cleared') THEN
        RAISE EXCEPTION 'this company may be one of the blacklist' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_verification_reentry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verification_not_back BEFORE UPDATE OF state ON trust_verification
    FOR EACH ROW WHEN (NEW.state = 'granted' AND OLD.state <> 'granted') EXECUTE FUNCTION trust_verification_not_back();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON trust_penalty, trust_sanction, trust_appeal, trust_complaint, trust_blacklistentry, trust_reentry FROM ef_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON trust_blacklisttrait FROM ef_app;
    END IF;
END $$;
"""
AWAY = """
DROP TRIGGER verification_not_back ON trust_verification;
DROP FUNCTION trust_verification_not_back();
DROP TRIGGER reentry_fits ON trust_reentry;
DROP FUNCTION trust_reentry_fits();
DROP TRIGGER append_only ON trust_blacklisttrait;
DROP TRIGGER blacklist_fits ON trust_blacklistentry;
DROP FUNCTION trust_blacklist_fits();
DROP TRIGGER complaint_fits ON trust_complaint;
DROP FUNCTION trust_complaint_fits();
DROP FUNCTION trust_may_hear(uuid, uuid, uuid);
DROP TRIGGER appeal_fits ON trust_appeal;
DROP FUNCTION trust_appeal_fits();
DROP TRIGGER penalty_fits ON trust_penalty;
DROP FUNCTION trust_penalty_fits();
DROP FUNCTION trust_may_discipline(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0010_discipline")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
