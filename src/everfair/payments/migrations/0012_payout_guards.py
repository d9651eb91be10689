from django.db import migrations

# I15, I16: where money goes to and who lets it go, in the database's own words and by its own clock.
# Accounts from before: what was paid to counts as believed, everything else is looked at; their wait ran since they were added.
BEFORE = """
UPDATE payments_bankaccount SET changed_at = created_at, state = CASE WHEN removed_at IS NOT NULL THEN 'removed' ELSE 'added' END;
UPDATE payments_bankaccount a SET matched = true, state = CASE WHEN removed_at IS NOT NULL THEN 'removed' ELSE 'verified' END
WHERE EXISTS (SELECT FROM payments_payout p WHERE p.bank_account_id = a.id AND p.state IN ('sent', 'indeterminate', 'paid'));
UPDATE payments_payout SET state = 'approved' WHERE state = 'requested';
"""
GUARDS = """
-- An account begins unverified and its wait begins now, whatever the statement says; live it waits three days at least.
CREATE FUNCTION payments_account_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'added' OR NEW.matched OR NEW.looked_by IS NOT NULL OR NEW.confirmed_by IS NOT NULL THEN
        RAISE EXCEPTION 'a bank account begins unverified' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_bankaccount_begins';
    END IF;
    NEW.changed_at := ef_now();
    IF (SELECT kind FROM base_installation) NOT IN ('demo', 'test') THEN
        NEW.wait_hours := greatest(NEW.wait_hours, 72);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER begins BEFORE INSERT ON payments_bankaccount FOR EACH ROW EXECUTE FUNCTION payments_account_begins();

CREATE FUNCTION payments_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.company_id, OLD.holder, OLD.account, OLD.bic, OLD.bank_name, OLD.country, OLD.currency, OLD.changed_at, OLD.wait_hours, OLD.created_at)
       IS DISTINCT FROM (NEW.company_id, NEW.holder, NEW.account, NEW.bic, NEW.bank_name, NEW.country, NEW.currency, NEW.changed_at, NEW.wait_hours, NEW.created_at)
    THEN
        RAISE EXCEPTION 'another bank account is another row' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_bankaccount_stays';
    END IF;
    IF (OLD.state = 'removed' AND NEW.state <> 'removed') OR (OLD.state = 'refused' AND NEW.state NOT IN ('refused', 'removed'))
       OR (OLD.state <> 'added' AND NEW.matched AND NOT OLD.matched)
       OR (OLD.looked_by IS NOT NULL AND NEW.looked_by IS DISTINCT FROM OLD.looked_by)
       OR (OLD.confirmed_by IS NOT NULL AND NEW.confirmed_by IS DISTINCT FROM OLD.confirmed_by)
    THEN
        RAISE EXCEPTION 'what was found of a bank account stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_bankaccount_found';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON payments_bankaccount FOR EACH ROW EXECUTE FUNCTION payments_account_stays();

-- A payout is asked for, let go and handed over only to a verified account of its own company that has stood long enough. The share
-- lock makes a removal in the same moment wait, or be seen.
CREATE FUNCTION payments_payout_destination() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    destination payments_bankaccount;
BEGIN
    SELECT * INTO STRICT destination FROM payments_bankaccount WHERE id = NEW.bank_account_id FOR SHARE;
    IF destination.company_id <> NEW.company_id OR destination.currency <> NEW.currency OR destination.state <> 'verified'
       OR destination.changed_at + make_interval(hours => destination.wait_hours) > ef_now()
    THEN
        RAISE EXCEPTION 'money goes to a verified account that has stood long enough' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'payments_payout_destination';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER destination_at_first BEFORE INSERT ON payments_payout FOR EACH ROW EXECUTE FUNCTION payments_payout_destination();
CREATE TRIGGER destination_still BEFORE UPDATE OF state ON payments_payout
    FOR EACH ROW WHEN (NEW.state IN ('released', 'dispatched') AND OLD.state IS DISTINCT FROM NEW.state AND OLD.state <> 'dispatched')
    EXECUTE FUNCTION payments_payout_destination();

CREATE FUNCTION payments_payout_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'requested' OR NEW.batch_id IS NOT NULL OR NEW.approved_by IS NOT NULL THEN
            RAISE EXCEPTION 'a payout begins with being asked for' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payout_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.company_id, OLD.bank_account_id, OLD.amount_minor, OLD.currency, OLD.provider, OLD.hold_id, OLD.requested_by, OLD.needs_second, OLD.needs_batch)
       IS DISTINCT FROM (NEW.company_id, NEW.bank_account_id, NEW.amount_minor, NEW.currency, NEW.provider, NEW.hold_id, NEW.requested_by, NEW.needs_second, NEW.needs_batch)
       OR (OLD.approved_by IS NOT NULL AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
    THEN
        RAISE EXCEPTION 'what was asked for stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_payout_stays';
    END IF;
    IF OLD.state IS DISTINCT FROM NEW.state AND NOT (CASE NEW.state
        WHEN 'approved' THEN OLD.state IN ('requested', 'held')
        WHEN 'batched' THEN OLD.state = 'approved' AND NEW.batch_id IS NOT NULL
        WHEN 'held' THEN OLD.state IN ('batched', 'released')
        WHEN 'released' THEN (OLD.state = 'approved' AND NOT NEW.needs_batch) OR (OLD.state = 'dispatched' AND NEW.provider <> 'bank')
            OR (OLD.state = 'batched'
            AND EXISTS (SELECT FROM payments_batch WHERE id = NEW.batch_id AND state = 'released'))
        WHEN 'dispatched' THEN OLD.state = 'released'
        WHEN 'sent' THEN OLD.state = 'dispatched'
        WHEN 'indeterminate' THEN OLD.state = 'dispatched'
        WHEN 'paid' THEN OLD.state IN ('dispatched', 'sent', 'indeterminate')
        WHEN 'failed' THEN OLD.state IN ('dispatched', 'sent', 'indeterminate')
        WHEN 'returned' THEN OLD.state = 'paid'
        WHEN 'cancelled' THEN OLD.state IN ('requested', 'approved', 'batched', 'held')
        ELSE false END)
    THEN
        RAISE EXCEPTION 'a payout takes its steps in their order' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payout_path';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER path BEFORE INSERT OR UPDATE ON payments_payout FOR EACH ROW EXECUTE FUNCTION payments_payout_path();

-- I16: who lets a batch go has nothing to do with those it pays: no person of theirs, not who set their mark or placed their stops, and
-- not who stood for the account it goes to.
CREATE FUNCTION payments_batch_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.rail, OLD.currency, OLD.cut_off_at) IS DISTINCT FROM (NEW.rail, NEW.currency, NEW.cut_off_at)
       OR (OLD.released_by IS NOT NULL AND (OLD.prepared_by, OLD.released_by) IS DISTINCT FROM (NEW.prepared_by, NEW.released_by))
       OR (OLD.state IS DISTINCT FROM NEW.state AND NOT (CASE NEW.state
            WHEN 'open' THEN OLD.state = 'prepared' WHEN 'prepared' THEN OLD.state = 'open' AND NEW.prepared_by IS NOT NULL
            WHEN 'dropped' THEN OLD.state IN ('open', 'prepared') WHEN 'released' THEN OLD.state = 'prepared'
            WHEN 'filed' THEN OLD.state = 'released' WHEN 'sent' THEN OLD.state = 'filed' ELSE false END))
    THEN
        RAISE EXCEPTION 'a batch takes its steps in their order' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_batch_path';
    END IF;
    IF NEW.state = 'released' AND OLD.state <> 'released' AND EXISTS (
        SELECT FROM payments_payout p JOIN payments_bankaccount b ON b.id = p.bank_account_id WHERE p.batch_id = NEW.id AND p.state = 'batched' AND (
            NEW.released_by IN (b.looked_by, b.confirmed_by)
            OR EXISTS (SELECT FROM companies_membership m WHERE m.company_id = p.company_id AND m.person_id = NEW.released_by)
            OR EXISTS (SELECT FROM companies_company c WHERE c.id = p.company_id AND c.verified_by = NEW.released_by)
            OR EXISTS (SELECT FROM companies_stop s WHERE s.company_id = p.company_id AND s.placed_by = 'operator:' || NEW.released_by)
            OR EXISTS (SELECT FROM companies_auditnote a WHERE a.subject = p.company_id AND a.act = 'verified' AND a.actor = 'operator:' || NEW.released_by)))
    THEN
        RAISE EXCEPTION 'whoever has to do with a company does not let its money go' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_batch_link';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER steps BEFORE UPDATE ON payments_batch FOR EACH ROW EXECUTE FUNCTION payments_batch_steps();

-- A debt only shrinks.
CREATE FUNCTION payments_debt_shrinks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.company_id, OLD.cause, OLD.amount_minor, OLD.currency) IS DISTINCT FROM (NEW.company_id, NEW.cause, NEW.amount_minor, NEW.currency)
       OR NEW.left_minor > OLD.left_minor OR NEW.taken < OLD.taken
    THEN
        RAISE EXCEPTION 'a debt only shrinks' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_debt_shrinks';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shrinks BEFORE UPDATE ON payments_debt FOR EACH ROW EXECUTE FUNCTION payments_debt_shrinks();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_payoutfile FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_filetaking FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_payoutfile, payments_filetaking FROM ef_app;
        REVOKE DELETE, TRUNCATE ON payments_bankaccount, payments_payout, payments_batch, payments_debt FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_payouts"), ("ledger", "0006_chart"), ("companies", "0007_former_contacts")]
    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop), migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
