from django.db import migrations

# I33: numbers without a gap. A series counts by one, an invoice takes the number that its series was just given, and at commit every
# number that was given has its invoice. What was charged and issued stays.
GUARDS = """
CREATE FUNCTION billing_series_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.last <> 0
       OR TG_OP = 'UPDATE' AND ((OLD.entity, OLD.name) IS DISTINCT FROM (NEW.entity, NEW.name) OR NEW.last <> OLD.last + 1) THEN
        RAISE EXCEPTION 'a series counts by one' USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_series_counts';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER counts BEFORE INSERT OR UPDATE ON billing_series FOR EACH ROW EXECUTE FUNCTION billing_series_counts();

CREATE FUNCTION billing_number_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.n IS DISTINCT FROM (SELECT last FROM billing_series WHERE entity = NEW.entity AND name = NEW.series) THEN
        RAISE EXCEPTION 'an invoice takes the number its series was given' USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_number_given';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_given BEFORE INSERT ON billing_invoice FOR EACH ROW EXECUTE FUNCTION billing_number_given();

CREATE FUNCTION billing_number_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM billing_invoice WHERE entity = NEW.entity AND series = NEW.name AND n = NEW.last) THEN
        RAISE EXCEPTION 'every number has its invoice' USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_number_used';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER number_used AFTER UPDATE ON billing_series DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION billing_number_used();

DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['billing_issuer', 'billing_taxrate', 'billing_taxnumber', 'billing_charge', 'billing_invoice', 'billing_invoicedcharge'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', name);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON billing_issuer, billing_taxrate, billing_taxnumber, billing_charge, billing_invoice,
            billing_invoicedcharge FROM ef_app;
        REVOKE DELETE, TRUNCATE ON billing_series FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
