from django.db import migrations

# Which transaction last touched an offer: the search index follows the rows by (changed, number), as cursors follow events.
CHANGED = """
ALTER TABLE catalog_offer ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX catalog_offer_changed ON catalog_offer (changed, number);
CREATE FUNCTION catalog_offer_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON catalog_offer FOR EACH ROW EXECUTE FUNCTION catalog_offer_touch();
CREATE FUNCTION catalog_offer_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY everfair_offers;
    RETURN NULL;
END $$;
CREATE TRIGGER wake AFTER INSERT OR UPDATE ON catalog_offer FOR EACH STATEMENT EXECUTE FUNCTION catalog_offer_wake();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON catalog_offer FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunSQL(CHANGED, migrations.RunSQL.noop)]
