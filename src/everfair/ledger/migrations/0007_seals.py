import django.contrib.postgres.fields
import django.db.models.deletion
import everfair.base.clock
import everfair.base.ids
from django.db import migrations, models

# The chain of seals over the books (I3), the freeze of payouts, and who may write them.
GUARDS = """
-- Which transaction wrote a row: what is older than every running one is complete and can be sealed, in whatever order ids committed.
ALTER TABLE ledger_hold ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE ledger_holdend ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE TRIGGER tx BEFORE INSERT ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_entry_tx();
CREATE TRIGGER tx BEFORE INSERT ON ledger_holdend FOR EACH ROW EXECUTE FUNCTION ledger_entry_tx();
-- A cluster that was restored from another counts its transactions anew: what stands here is older than all that come.
ALTER TABLE ledger_entry DISABLE TRIGGER USER;
UPDATE ledger_entry SET tx = '0'::xid8 WHERE tx > pg_current_xact_id();
ALTER TABLE ledger_entry ENABLE TRIGGER USER;
CREATE INDEX ledger_entry_tx ON ledger_entry (tx);
CREATE INDEX ledger_hold_tx ON ledger_hold (tx);
CREATE INDEX ledger_holdend_tx ON ledger_holdend (tx);
ALTER TABLE ledger_seal ADD COLUMN until_tx xid8 NOT NULL;

-- The mark of a row is the SHA-256 of its canonical text: PostgreSQL's own row text, in which quoting leaves no doubt where a column
-- ends, moments as microseconds since 1970 in UTC, accounts by their address. An entry carries its transfers, so that an account that
-- changes its address changes every entry it stands in.
-- Asked with the numbers themselves, so that each range is planned as what it is: a handful by its indexes, many by reading them along.
CREATE FUNCTION ledger_entry_marks(lowest bigint, highest bigint) RETURNS TABLE (id bigint, mark bytea) LANGUAGE plpgsql STABLE ROWS 20000 AS $$
BEGIN
    RETURN QUERY EXECUTE $query$
        SELECT e.id, sha256(convert_to(
            ROW(e.id, e.key, e.kind, e.digest, e.actor, e.why, (extract(epoch FROM e.posted_at) * 1000000)::bigint, e.booked_on - DATE '1970-01-01', x.said)::text, 'UTF8'))
        FROM ledger_entry e LEFT JOIN (
            SELECT t.entry_id, string_agg(ROW(t.id, s.address, s.currency, s.account_class, g.address, g.currency, g.account_class,
                t.amount_minor, t.currency, t.purpose)::text, ',' ORDER BY t.id) AS said
            FROM ledger_transfer t JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
            WHERE t.entry_id BETWEEN $1 AND $2 GROUP BY t.entry_id
        ) x ON x.entry_id = e.id
        WHERE e.id BETWEEN $1 AND $2
    $query$ USING lowest, highest;
END $$;
CREATE VIEW ledger_hold_mark AS
SELECT h.id, sha256(convert_to(ROW(h.id, h.key, a.address, h.amount_minor, h.actor,
    (extract(epoch FROM h.expires_at) * 1000000)::bigint, (extract(epoch FROM h.created_at) * 1000000)::bigint)::text, 'UTF8')) AS mark
FROM ledger_hold h JOIN ledger_account a ON a.id = h.account_id;
CREATE VIEW ledger_holdend_mark AS
SELECT hold_id AS id, sha256(convert_to(ROW(hold_id, how, posted_minor, actor,
    (extract(epoch FROM at) * 1000000)::bigint)::text, 'UTF8')) AS mark
FROM ledger_holdend;

-- What a seal says: the seal before it, its own number and moment, and the marks of its rows in the order of their ids.
CREATE FUNCTION ledger_seal_hash(previous bytea, seq bigint, sealed_at timestamptz, entries bytea, holds bytea, ends bytea)
RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || convert_to(ROW(seq, (extract(epoch FROM sealed_at) * 1000000)::bigint)::text, 'UTF8')
        || sha256(coalesce(entries, '')) || sha256(coalesce(holds, '')) || sha256(coalesce(ends, '')))
$$;

CREATE FUNCTION ledger_seal_rows(its_entries bigint[], its_holds uuid[], its_ends uuid[], upto xid8) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last ledger_seal;
    before bytea;
    number bigint;
    moment timestamptz := clock_timestamp();
BEGIN
    SELECT * INTO last FROM ledger_seal ORDER BY seq DESC LIMIT 1;
    before := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    number := coalesce(last.seq, 0) + 1;
    INSERT INTO ledger_seal (seq, first_entry, last_entry, count, entries, holds, ends, previous, hash, sealed_at, until_tx) VALUES (
        number, (SELECT min(id) FROM unnest(its_entries) id), (SELECT max(id) FROM unnest(its_entries) id),
        cardinality(its_entries) + cardinality(its_holds) + cardinality(its_ends), its_entries, its_holds, its_ends, before,
        ledger_seal_hash(before, number, moment,
            (SELECT string_agg(m.mark, ''::bytea ORDER BY m.id) FROM ledger_entry_marks(
                (SELECT min(id) FROM unnest(its_entries) id), (SELECT max(id) FROM unnest(its_entries) id)) m
             JOIN unnest(its_entries) AS its (id) ON its.id = m.id),
            (SELECT string_agg(mark, ''::bytea ORDER BY id) FROM ledger_hold_mark WHERE id = ANY (its_holds)),
            (SELECT string_agg(mark, ''::bytea ORDER BY id) FROM ledger_holdend_mark WHERE id = ANY (its_ends))),
        moment, upto);
    RETURN number;
END $$;

-- Seals what is complete and not sealed yet, about `most` entries; returns how many rows, 0 when there is nothing, null when another
-- session is at it. Whoever calls it can only seal what stands in the books.
CREATE FUNCTION ledger_seal_next(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    since xid8;
    upto xid8;
    cut xid8;
    its_entries bigint[];
    its_holds uuid[];
    its_ends uuid[];
    rows integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(3826, 1) THEN
        RETURN NULL;
    END IF;
    -- Each statement sees the newest state: the last seal of whoever held the lock before, and every row older than `upto`.
    SELECT until_tx INTO since FROM ledger_seal ORDER BY seq DESC LIMIT 1;
    since := coalesce(since, '0'::xid8);
    upto := pg_snapshot_xmin(pg_current_snapshot());
    SELECT tx INTO cut FROM ledger_entry WHERE tx >= since AND tx < upto ORDER BY tx OFFSET greatest(most, 1) LIMIT 1;
    IF cut IS NOT NULL AND EXISTS (SELECT FROM ledger_entry WHERE tx >= since AND tx < cut) THEN
        upto := cut;
    END IF;
    its_entries := ARRAY(SELECT id FROM ledger_entry WHERE tx >= since AND tx < upto ORDER BY id);
    its_holds := ARRAY(SELECT id FROM ledger_hold WHERE tx >= since AND tx < upto ORDER BY id);
    its_ends := ARRAY(SELECT hold_id FROM ledger_holdend WHERE tx >= since AND tx < upto ORDER BY hold_id);
    rows := cardinality(its_entries) + cardinality(its_holds) + cardinality(its_ends);
    IF rows > 0 THEN
        PERFORM ledger_seal_rows(its_entries, its_holds, its_ends, upto);
    END IF;
    RETURN rows;
END $$;

-- Transaction numbers begin anew in a restored cluster: the owner seals what is left, forgets the old numbers, and goes on from the
-- first new one. The chain shows it as a seal.
CREATE FUNCTION ledger_seal_restored() RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    name text;
    number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(3826, 1);
    FOREACH name IN ARRAY ARRAY['ledger_entry', 'ledger_hold', 'ledger_holdend'] LOOP
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', name);
        EXECUTE format('UPDATE %I SET tx = ''0''::xid8', name);
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', name);
    END LOOP;
    number := ledger_seal_rows(
        ARRAY(SELECT id FROM ledger_entry EXCEPT SELECT unnest(entries) FROM ledger_seal ORDER BY 1),
        ARRAY(SELECT id FROM ledger_hold EXCEPT SELECT unnest(holds) FROM ledger_seal ORDER BY 1),
        ARRAY(SELECT hold_id FROM ledger_holdend EXCEPT SELECT unnest(ends) FROM ledger_seal ORDER BY 1), '1'::xid8);
    RETURN number;
END $$;

CREATE FUNCTION ledger_seal_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last ledger_seal;
BEGIN
    SELECT * INTO last FROM ledger_seal ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.previous <> coalesce(last.hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION 'a seal follows the one before it' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_seal_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follows BEFORE INSERT ON ledger_seal FOR EACH ROW EXECUTE FUNCTION ledger_seal_follows();

-- One freeze at a time, and the second word comes after the first.
CREATE FUNCTION ledger_freeze_alone() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_freeze f WHERE (SELECT count(*) FROM ledger_thaw t WHERE t.freeze_id = f.id) < 2) THEN
        RAISE EXCEPTION 'payouts are frozen already' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_freeze_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alone BEFORE INSERT ON ledger_freeze FOR EACH ROW EXECUTE FUNCTION ledger_freeze_alone();

DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['ledger_seal', 'ledger_freeze', 'ledger_thaw'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', name);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION ledger_seal_rows(bigint[], uuid[], uuid[], xid8), ledger_seal_next(integer), ledger_seal_restored() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_seal FROM ef_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_freeze, ledger_thaw FROM ef_app;
        -- A view writes with its owner's rights.
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_hold_mark, ledger_holdend_mark FROM ef_app;
        REVOKE ALL ON FUNCTION ledger_seal_rows(bigint[], uuid[], uuid[], xid8), ledger_seal_restored() FROM ef_app;
        GRANT EXECUTE ON FUNCTION ledger_seal_next(integer) TO ef_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_read') THEN
        REVOKE ALL ON FUNCTION ledger_seal_rows(bigint[], uuid[], uuid[], xid8), ledger_seal_next(integer), ledger_seal_restored() FROM ef_read;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_chart")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_entry", models.BigIntegerField(null=True)),
                ("last_entry", models.BigIntegerField(null=True)),
                ("count", models.IntegerField()),
                ("entries", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("holds", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("ends", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Freeze",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("reason", models.CharField(max_length=2000)),
                ("placed_by", models.CharField(max_length=60)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Thaw",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("n", models.SmallIntegerField()),
                ("person_id", models.UUIDField()),
                ("reason", models.CharField(max_length=2000)),
                (
                    "freeze",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.freeze"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("figures", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddConstraint(
            model_name="thaw",
            constraint=models.UniqueConstraint(fields=("freeze", "n"), name="ledger_thaw_two_words"),
        ),
        migrations.AddConstraint(
            model_name="thaw",
            constraint=models.UniqueConstraint(fields=("freeze", "person_id"), name="ledger_thaw_two_persons"),
        ),
        migrations.AddConstraint(
            model_name="thaw",
            constraint=models.CheckConstraint(condition=models.Q(("n__in", [1, 2])), name="ledger_thaw_n"),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
