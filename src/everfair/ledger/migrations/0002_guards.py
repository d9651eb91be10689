from django.db import migrations

# The database's own word on money: who may write what, and that every insert moves the balances and nothing else does.
GUARDS = """
CREATE FUNCTION ledger_open_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kept THEN
        INSERT INTO ledger_balance (account_id, posted_minor, reserved_minor) VALUES (NEW.id, 0, 0);
    END IF;
    IF NEW.escrow THEN
        INSERT INTO ledger_escrow (account_id, funded_minor, held_minor, released_minor, refunded_minor, fees_minor, lost_minor)
        VALUES (NEW.id, 0, 0, 0, 0, 0, 0);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER open_account AFTER INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_open_account();

CREATE FUNCTION ledger_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    source ledger_account;
    target ledger_account;
BEGIN
    SELECT * INTO STRICT source FROM ledger_account WHERE id = NEW.source_id;
    SELECT * INTO STRICT target FROM ledger_account WHERE id = NEW.target_id;
    IF source.currency <> NEW.currency OR target.currency <> NEW.currency THEN
        RAISE EXCEPTION 'a transfer stays in one currency' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_currency';
    END IF;
    IF (source.escrow AND NEW.purpose NOT IN ('release', 'refund', 'fee', 'loss'))
       OR (target.escrow AND NEW.purpose <> 'fund') OR (source.escrow AND target.escrow) THEN
        RAISE EXCEPTION 'an escrow moves only for a stated purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_purpose';
    END IF;
    IF source.kept THEN
        UPDATE ledger_balance SET posted_minor = posted_minor - NEW.amount_minor WHERE account_id = source.id;
    END IF;
    IF target.kept THEN
        UPDATE ledger_balance SET posted_minor = posted_minor + NEW.amount_minor WHERE account_id = target.id;
    END IF;
    IF source.escrow THEN
        UPDATE ledger_escrow SET
            held_minor = held_minor - NEW.amount_minor,
            released_minor = released_minor + CASE NEW.purpose WHEN 'release' THEN NEW.amount_minor ELSE 0 END,
            refunded_minor = refunded_minor + CASE NEW.purpose WHEN 'refund' THEN NEW.amount_minor ELSE 0 END,
            fees_minor = fees_minor + CASE NEW.purpose WHEN 'fee' THEN NEW.amount_minor ELSE 0 END,
            lost_minor = lost_minor + CASE NEW.purpose WHEN 'loss' THEN NEW.amount_minor ELSE 0 END
        WHERE account_id = source.id;
    ELSIF target.escrow THEN
        UPDATE ledger_escrow SET funded_minor = funded_minor + NEW.amount_minor, held_minor = held_minor + NEW.amount_minor
        WHERE account_id = target.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER move AFTER INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_move();

-- I1: an entry without a transfer says nothing and may not stand at commit.
CREATE FUNCTION ledger_entry_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_transfer WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'an entry has at least one transfer' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_whole();

-- An entry is closed by the transaction that made it: nobody adds a transfer later.
ALTER TABLE ledger_entry ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION ledger_entry_closed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entry WHERE id = NEW.entry_id AND tx = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'an entry is closed once it is committed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_entry_closed();

CREATE FUNCTION ledger_reserve() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ledger_balance SET reserved_minor = reserved_minor + NEW.amount_minor WHERE account_id = NEW.account_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a kept account can be reserved from' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_hold_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER reserve AFTER INSERT ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_reserve();

CREATE FUNCTION ledger_end_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    hold ledger_hold;
BEGIN
    SELECT * INTO STRICT hold FROM ledger_hold WHERE id = NEW.hold_id;
    IF NEW.posted_minor > hold.amount_minor THEN
        RAISE EXCEPTION 'no more is posted than was held' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_holdend_at_most';
    END IF;
    UPDATE ledger_balance SET reserved_minor = reserved_minor - hold.amount_minor WHERE account_id = hold.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER end_hold AFTER INSERT ON ledger_holdend FOR EACH ROW EXECUTE FUNCTION ledger_end_hold();

-- I2: what is written stays.
DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['ledger_account', 'ledger_entry', 'ledger_transfer', 'ledger_hold', 'ledger_holdend'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', name);
    END LOOP;
END $$;

-- Locks the kept balances in address order: one order everywhere, so no two postings wait for each other.
CREATE FUNCTION ledger_lock(addresses text[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.account_id FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
    WHERE a.address = ANY (addresses) ORDER BY a.address FOR UPDATE OF b
$$;

-- The one door, in one round trip. Each transfer is {source, target, amount, currency, purpose}; each account
-- {address, currency, account_class, kept, escrow}. Returns the new entry's id, or null when the key stands already.
CREATE FUNCTION ledger_post(the_key text, the_kind text, the_digest text, the_actor text, the_why jsonb, accounts jsonb, transfers jsonb)
RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
    known text;
BEGIN
    INSERT INTO ledger_account (address, currency, account_class, kept, escrow)
    SELECT a.address, a.currency, a.account_class, a.kept, a.escrow
    FROM jsonb_to_recordset(accounts) AS a(address text, currency text, account_class text, kept boolean, escrow boolean)
    WHERE NOT EXISTS (SELECT FROM ledger_account l WHERE l.address = a.address)
    ORDER BY a.address
    ON CONFLICT (address) DO NOTHING;
    PERFORM ledger_lock(ARRAY(SELECT a->>'address' FROM jsonb_array_elements(accounts) a));
    INSERT INTO ledger_entry (key, kind, digest, actor, why) VALUES (the_key, the_kind, the_digest, the_actor, the_why)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        SELECT digest INTO known FROM ledger_entry WHERE key = the_key;
        IF known IS DISTINCT FROM the_digest THEN
            RAISE EXCEPTION 'the key % stands for another entry', the_key USING ERRCODE = 'unique_violation', CONSTRAINT = 'ledger_entry_other';
        END IF;
        RETURN NULL;
    END IF;
    INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose)
    SELECT made, s.id, t.id, (x.row->>'amount')::bigint, x.row->>'currency', x.row->>'purpose'
    FROM jsonb_array_elements(transfers) WITH ORDINALITY AS x(row, n)
    JOIN ledger_account s ON s.address = x.row->>'source' JOIN ledger_account t ON t.address = x.row->>'target'
    ORDER BY x.n;
    RETURN made;
END $$;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_account, ledger_entry, ledger_transfer, ledger_hold, ledger_holdend FROM ef_app;
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_balance, ledger_escrow FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
