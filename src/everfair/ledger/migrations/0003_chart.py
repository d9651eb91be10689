from django.db import migrations

GUARDS = """
-- The chart of accounts holds in the database too: a party's account or an escrow that keeps no balance would be without a floor,
-- and an address that names a currency holds no other.
ALTER TABLE ledger_account
    ADD CONSTRAINT ledger_account_chart CHECK (
        kept = (address ~ '^(company|stage|intent):') AND escrow = (address ~ '^stage:')
        AND address ~ '^(company:[0-9a-f-]{36}:wallet:[A-Z]{3}|stage:[0-9a-f-]{36}:escrow|intent:[0-9a-f-]{36}:received|platform:[a-z]+:[A-Z]{3}|provider:[a-z0-9_]+:[a-z]+:[A-Z]{3})$'),
    ADD CONSTRAINT ledger_account_currency CHECK (currency ~ '^[A-Z]{3}$' AND (address !~ ':[A-Z]{3}$' OR right(address, 3) = currency));

-- An entry belongs to the transaction that writes it, whatever the statement says: otherwise one could be left open for later.
CREATE FUNCTION ledger_entry_tx() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER tx BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_tx();

-- Whoever may execute a trigger function may hang it on a temporary table of their own, and it would move balances with the
-- owner's rights. A trigger that stands needs nobody's right.
REVOKE ALL ON FUNCTION ledger_open_account(), ledger_move(), ledger_entry_whole(), ledger_entry_closed(), ledger_reserve(),
    ledger_end_hold(), ledger_lock(text[]) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE ALL ON FUNCTION ledger_open_account(), ledger_move(), ledger_entry_whole(), ledger_entry_closed(), ledger_reserve(),
            ledger_end_hold() FROM ef_app;
        GRANT EXECUTE ON FUNCTION ledger_lock(text[]) TO ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
