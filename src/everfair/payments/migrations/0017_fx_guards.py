from django.db import migrations

# B37: what was published, quoted and exchanged stays, and nothing is exchanged by a price that is over, in the database's own words.
GUARDS = """
CREATE FUNCTION payments_fxquote_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named record;
BEGIN
    IF NEW.expires_at <= ef_now() OR NEW.expires_at > ef_now() + interval '15 minutes 1 second' THEN
        RAISE EXCEPTION 'a price holds for minutes' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxquote_minutes';
    END IF;
    FOR named IN SELECT * FROM (VALUES (NEW.give_currency, NEW.give_rate), (NEW.get_currency, NEW.get_rate)) v (currency, rate) LOOP
        IF named.currency = 'EUR' THEN
            CONTINUE WHEN named.rate = 1;
        ELSIF EXISTS (SELECT FROM payments_rate r WHERE r.source = NEW.source AND r.published_on = NEW.rated_on
                      AND r.currency = named.currency AND r.rate = named.rate) THEN
            CONTINUE;
        END IF;
        RAISE EXCEPTION 'a price is made of rates that were published' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxquote_published';
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER begins BEFORE INSERT ON payments_fxquote FOR EACH ROW EXECUTE FUNCTION payments_fxquote_begins();

CREATE FUNCTION payments_fxdeal_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.taken_at := ef_now();
    IF NOT EXISTS (SELECT FROM payments_fxquote q WHERE q.id = NEW.quote_id AND q.expires_at > ef_now()) THEN
        RAISE EXCEPTION 'this price is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxdeal_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_time BEFORE INSERT ON payments_fxdeal FOR EACH ROW EXECUTE FUNCTION payments_fxdeal_in_time();

DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['payments_ratefile', 'payments_rate', 'payments_fxquote', 'payments_fxdeal', 'payments_fxalarm'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', name);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_ratefile, payments_rate, payments_fxquote, payments_fxdeal, payments_fxalarm FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_fx"), ("ledger", "0006_chart")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
