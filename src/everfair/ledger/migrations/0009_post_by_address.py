from django.db import migrations

# The same door, planned for the two or three rows it is about. A set made of jsonb is taken for a hundred rows, so a join with it was
# planned as one that reads every account; and an array of unknown length was planned anew at every posting. Here each account is
# looked up by its address. What is locked, in which order, and what is refused is as it was, but for one thing: a transfer whose end
# no account stands for is refused at once, and not left out.
POST = """
CREATE OR REPLACE FUNCTION ledger_lock(addresses text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT DISTINCT a FROM unnest(addresses) a ORDER BY a LOOP
        PERFORM 1 FROM ledger_balance WHERE account_id = (SELECT id FROM ledger_account WHERE address = one) FOR UPDATE;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ledger_post(
    the_key text, the_kind text, the_digest text, the_actor text, the_why jsonb, accounts jsonb, transfers jsonb, the_day date DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
    known text;
    account jsonb;
    addresses text[] := '{}';
    transfer jsonb;
BEGIN
    FOR account IN SELECT a FROM jsonb_array_elements(accounts) a ORDER BY a->>'address' LOOP
        addresses := addresses || (account->>'address');
        IF NOT EXISTS (SELECT FROM ledger_account WHERE address = account->>'address') THEN
            INSERT INTO ledger_account (address, currency, account_class, kept, escrow)
            VALUES (account->>'address', account->>'currency', account->>'account_class',
                (account->>'kept')::boolean, (account->>'escrow')::boolean)
            ON CONFLICT (address) DO NOTHING;
        END IF;
    END LOOP;
    PERFORM ledger_lock(addresses);
    -- What stands already is answered before its month is asked about: repeating an old entry stays harmless.
    SELECT digest INTO known FROM ledger_entry WHERE key = the_key;
    IF known IS NULL THEN
        INSERT INTO ledger_entry (key, kind, digest, actor, why, booked_on) VALUES (the_key, the_kind, the_digest, the_actor, the_why, the_day)
        ON CONFLICT (key) DO NOTHING RETURNING id INTO made;
        IF made IS NULL THEN
            SELECT digest INTO known FROM ledger_entry WHERE key = the_key;
        END IF;
    END IF;
    IF made IS NULL THEN
        IF known IS DISTINCT FROM the_digest THEN
            RAISE EXCEPTION 'the key % stands for another entry', the_key USING ERRCODE = 'unique_violation', CONSTRAINT = 'ledger_entry_other';
        END IF;
        RETURN NULL;
    END IF;
    FOR transfer IN SELECT t FROM jsonb_array_elements(transfers) WITH ORDINALITY AS x(t, n) ORDER BY n LOOP
        INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose)
        VALUES (made, (SELECT id FROM ledger_account WHERE address = transfer->>'source'),
            (SELECT id FROM ledger_account WHERE address = transfer->>'target'),
            (transfer->>'amount')::bigint, transfer->>'currency', transfer->>'purpose');
    END LOOP;
    RETURN made;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_chargebacks")]
    operations = [migrations.RunSQL(POST, migrations.RunSQL.noop)]
