from django.db import migrations

# I27: a contract's fees are those of the version it was signed under, and its signed rules hold them whole.
GUARDS = """
ALTER TABLE trade_order ADD CONSTRAINT trade_order_fee_schedule
    CHECK (((rules->>'trade.fees')::jsonb->>'version') IS NOT DISTINCT FROM fee_schedule_id::text);
CREATE FUNCTION trade_fees_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.fee_schedule_id IS DISTINCT FROM NEW.fee_schedule_id THEN
        RAISE EXCEPTION 'signed terms never change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_terms_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fees_stay BEFORE UPDATE OF fee_schedule_id ON trade_order FOR EACH ROW EXECUTE FUNCTION trade_fees_stay();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_return FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_return FROM ef_app;
    END IF;
END $$;
"""
# Fees from before there were charges: taken by the one rate, by nobody who issued invoices.
FORMER = """
INSERT INTO billing_charge (id, created_at, company_id, kind, net_minor, tax_minor, currency, code, rate, exemption_code, exemption,
                            subject, reference, entry_key)
SELECT gen_random_uuid(), e.posted_at, o.seller_id, 'commission', sum(t.amount_minor), 0, t.currency, '', 0, '', '', o.id,
    'EF-' || o.number, e.key
FROM ledger_transfer t
JOIN ledger_entry e ON e.id = t.entry_id
JOIN ledger_account g ON g.id = t.target_id AND g.address = 'platform:fees:' || t.currency
JOIN ledger_account a ON a.id = t.source_id
JOIN trade_stage s ON a.address = 'stage:' || s.id || ':escrow'
JOIN trade_order o ON o.id = s.order_id
GROUP BY e.posted_at, e.key, o.seller_id, o.id, o.number, t.currency;
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0020_fee_schedules"), ("billing", "0002_guards"), ("ledger", "0006_chart"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop), migrations.RunSQL(FORMER, migrations.RunSQL.noop)]
