from django.db import migrations

# What was handed in stays as it was; after the answer, the decision or the day nothing is added.
GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_defence FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE FUNCTION trade_defence_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM payments_chargeback c WHERE c.id = NEW.chargeback_id AND c.payee_id = NEW.company_id AND c.state = 'open'
        AND c.answer = '' AND (c.evidence_due_at IS NULL OR c.evidence_due_at > ef_now()) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a chargeback is defended by its payee while it can be answered'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_defence_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_time BEFORE INSERT ON trade_defence FOR EACH ROW EXECUTE FUNCTION trade_defence_in_time();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_defence FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0023_defences"), ("payments", "0028_withdrawals"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
