from django.db import migrations

GUARDS = """
-- An account that was verified may be doubted: it begins anew, nobody stands for it any more, and its name alone is not enough again.
CREATE OR REPLACE FUNCTION payments_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.company_id, OLD.holder, OLD.account, OLD.bic, OLD.bank_name, OLD.country, OLD.currency, OLD.changed_at, OLD.wait_hours, OLD.created_at)
       IS DISTINCT FROM (NEW.company_id, NEW.holder, NEW.account, NEW.bic, NEW.bank_name, NEW.country, NEW.currency, NEW.changed_at, NEW.wait_hours, NEW.created_at)
    THEN
        RAISE EXCEPTION 'another bank account is another row' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_bankaccount_stays';
    END IF;
    IF OLD.state = 'verified' AND NEW.state = 'added' AND NOT NEW.matched AND NEW.looked_by IS NULL AND NEW.confirmed_by IS NULL
       AND NEW.doubts <> '[]'::jsonb
    THEN
        RETURN NEW;
    END IF;
    IF (OLD.state = 'removed' AND NEW.state <> 'removed') OR (OLD.state = 'refused' AND NEW.state NOT IN ('refused', 'removed'))
       OR (OLD.state <> 'added' AND NEW.state = 'added')
       OR (OLD.state <> 'added' AND NEW.matched AND NOT OLD.matched)
       OR (NEW.matched AND NOT OLD.matched AND OLD.doubts ? 'returned')
       OR (OLD.looked_by IS NOT NULL AND NEW.looked_by IS DISTINCT FROM OLD.looked_by)
       OR (OLD.confirmed_by IS NOT NULL AND NEW.confirmed_by IS DISTINCT FROM OLD.confirmed_by)
    THEN
        RAISE EXCEPTION 'what was found of a bank account stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_bankaccount_found';
    END IF;
    RETURN NEW;
END $$;

-- A transfer that goes back takes its steps in their order, and leaves only with a batch that two people let go.
DROP TRIGGER stays ON payments_bankreturn;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_bankreturn
    FOR EACH ROW EXECUTE FUNCTION payments_said_stays('state', 'settled_at', 'batch_id', 'exception');
CREATE FUNCTION payments_bankreturn_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IS DISTINCT FROM NEW.state AND NOT (CASE NEW.state
        WHEN 'requested' THEN OLD.state = 'held' AND NEW.batch_id IS NULL
        WHEN 'batched' THEN OLD.state = 'requested' AND NEW.batch_id IS NOT NULL
        WHEN 'held' THEN OLD.state IN ('dispatched', 'sent') OR (OLD.state IN ('requested', 'batched', 'released') AND NEW.batch_id IS NULL)
        WHEN 'released' THEN OLD.state = 'batched' AND EXISTS (SELECT FROM payments_batch WHERE id = NEW.batch_id AND state = 'released')
        WHEN 'dispatched' THEN OLD.state = 'released'
        WHEN 'sent' THEN OLD.state = 'dispatched'
        WHEN 'done' THEN OLD.state IN ('requested', 'held', 'dispatched', 'sent')
        ELSE false END)
    THEN
        RAISE EXCEPTION 'a return takes its steps in their order' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_bankreturn_path';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER path BEFORE UPDATE ON payments_bankreturn FOR EACH ROW EXECUTE FUNCTION payments_bankreturn_path();

-- I16: who decided where a transfer goes back to does not let it go.
CREATE FUNCTION payments_batch_returns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payments_bankreturn r JOIN payments_linedecision d ON d.line_id = r.line_id AND d.verb = 'return'
        WHERE r.batch_id = NEW.id AND r.state = 'batched' AND 'operator:' || NEW.released_by IN (d."by", d."second"))
    THEN
        RAISE EXCEPTION 'who decided where money goes back to does not let it go' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_batch_link';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER returns BEFORE UPDATE ON payments_batch FOR EACH ROW
    WHEN (NEW.state = 'released' AND OLD.state <> 'released') EXECUTE FUNCTION payments_batch_returns();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0020_bank_loop")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
