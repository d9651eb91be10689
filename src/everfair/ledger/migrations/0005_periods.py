from django.db import migrations, models

import everfair.base.clock
import everfair.base.ids

DAYS = """
ALTER TABLE ledger_entry ADD COLUMN booked_on date;
ALTER TABLE ledger_entry DISABLE TRIGGER append_only;
UPDATE ledger_entry SET booked_on = (posted_at AT TIME ZONE 'UTC')::date;
ALTER TABLE ledger_entry ENABLE TRIGGER append_only;
ALTER TABLE ledger_entry ALTER COLUMN booked_on SET NOT NULL;
"""
GUARDS = """
-- The lock of a month: postings into it share it, whoever closes it has it alone. Both see what the other did, whoever comes first.
CREATE FUNCTION ledger_month_lock(month date) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (382537::bigint << 32) + extract(year FROM month)::bigint * 12 + extract(month FROM month)::bigint
$$;

-- I37: an entry has a day, that of its posting unless it says another; never one to come, never one of a closed month.
CREATE FUNCTION ledger_entry_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    today date := (ef_now() AT TIME ZONE 'UTC')::date;
BEGIN
    NEW.booked_on := coalesce(NEW.booked_on, today);
    IF NEW.booked_on > today THEN
        RAISE EXCEPTION 'an entry is not booked on a day to come' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_day_to_come';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(ledger_month_lock(NEW.booked_on));
    IF EXISTS (SELECT FROM ledger_period WHERE month = date_trunc('month', NEW.booked_on)::date AND state = 'closed') THEN
        RAISE EXCEPTION 'the month of % is closed', NEW.booked_on USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_period_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER day BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_day();

-- A month is closed by two persons, once it is over, and stays closed.
CREATE FUNCTION ledger_period_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'closed' THEN
            RAISE EXCEPTION 'a month is closed by two' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_two';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state = 'closed' OR NEW.month <> OLD.month
       OR (OLD.state = 'closing' AND NEW.state <> 'open' AND NEW.closed_by <> OLD.closed_by) THEN
        RAISE EXCEPTION 'what is closed stays closed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_period_stays';
    END IF;
    IF NEW.state = 'closed' THEN
        IF OLD.state <> 'closing' OR OLD.closed_by = '' OR NEW.confirmed_by IN ('', OLD.closed_by) THEN
            RAISE EXCEPTION 'a month is closed by two' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_two';
        END IF;
        IF (NEW.month + interval '1 month 1 day')::date > (ef_now() AT TIME ZONE 'UTC')::date THEN
            RAISE EXCEPTION 'the month is not over' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_over';
        END IF;
        -- Waits for every posting into this month that is under way.
        PERFORM pg_advisory_xact_lock(ledger_month_lock(NEW.month));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ends BEFORE INSERT OR UPDATE OR DELETE ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_period_ends();

-- The one door, with the accounting day; without one it is today. Otherwise as it was.
DROP FUNCTION ledger_post(text, text, text, text, jsonb, jsonb, jsonb);
CREATE FUNCTION ledger_post(
    the_key text, the_kind text, the_digest text, the_actor text, the_why jsonb, accounts jsonb, transfers jsonb, the_day date DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
    INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose)
    SELECT made, s.id, t.id, (x.row->>'amount')::bigint, x.row->>'currency', x.row->>'purpose'
    FROM jsonb_array_elements(transfers) WITH ORDINALITY AS x(row, n)
    JOIN ledger_account s ON s.address = x.row->>'source' JOIN ledger_account t ON t.address = x.row->>'target'
    ORDER BY x.n;
    RETURN made;
END $$;

REVOKE ALL ON FUNCTION ledger_entry_day(), ledger_period_ends() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON ledger_period FROM ef_app;
        REVOKE ALL ON FUNCTION ledger_entry_day(), ledger_period_ends() FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_refunds")]
    operations = [
        migrations.CreateModel(
            name="Period",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("month", models.DateField(unique=True)),
                ("state", models.CharField(default="open", max_length=20)),
                ("closed_by", models.CharField(blank=True, default="", max_length=60)),
                ("closed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=60)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("checks", models.JSONField(default=list)),
            ],
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "closing", "closed"])), name="ledger_period_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(condition=models.Q(("month__day", 1)), name="ledger_period_month"),
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(DAYS, migrations.RunSQL.noop)],
            [migrations.AddField("entry", "booked_on", models.DateField(editable=False, default=None), preserve_default=False)],
        ),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["booked_on", "id"], name="ledger_entry_booked_on")
        ),
        migrations.AddIndex(model_name="entry", index=models.Index(fields=["posted_at"], name="ledger_entry_posted_at")),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
