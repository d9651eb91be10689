from django.db import migrations

# A held rate is one that was published, and ends; a price made of it is that rate's, in time. What was promised stays.
GUARDS = """
CREATE FUNCTION payments_fx_was_published(source text, day date, currency text, rate numeric) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN $3 = 'EUR' THEN $4 = 1 ELSE EXISTS (SELECT FROM payments_rate r
        WHERE r.source = $1 AND r.published_on = $2 AND r.currency = $3 AND r.rate = $4) END
$$;
CREATE FUNCTION payments_fxlock_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.expires_at <= ef_now() OR NEW.expires_at > ef_now() + interval '31 days' THEN
        RAISE EXCEPTION 'a contract holds a rate for days' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxlock_days';
    END IF;
    IF NOT payments_fx_was_published(NEW.source, NEW.rated_on, NEW.give_currency, NEW.give_rate)
       OR NOT payments_fx_was_published(NEW.source, NEW.rated_on, NEW.get_currency, NEW.get_rate) THEN
        RAISE EXCEPTION 'a held rate is one that was published' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxlock_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER begins BEFORE INSERT ON payments_fxlock FOR EACH ROW EXECUTE FUNCTION payments_fxlock_begins();

CREATE FUNCTION payments_fxquote_as_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payments_fxlock l JOIN payments_intent i ON i.id = NEW.intent_id AND i.purpose = l.purpose
                   WHERE l.id = NEW.lock_id AND l.expires_at >= NEW.expires_at AND l.company_id = NEW.company_id
                       AND (l.give_minor, l.give_currency, l.spread_minor, l.get_minor, l.get_currency, l.give_rate, l.get_rate)
                         = (NEW.give_minor, NEW.give_currency, NEW.spread_minor, NEW.get_minor, NEW.get_currency, NEW.give_rate, NEW.get_rate)) THEN
        RAISE EXCEPTION 'this is not the rate the contract holds' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxquote_as_held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER as_held BEFORE INSERT ON payments_fxquote FOR EACH ROW WHEN (NEW.lock_id IS NOT NULL)
    EXECUTE FUNCTION payments_fxquote_as_held();

DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['payments_fxlock', 'payments_fxlockend'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', name);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_fxlock, payments_fxlockend FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0024_fx_locks")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
