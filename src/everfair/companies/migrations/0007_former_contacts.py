import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import everfair.base.clock
import everfair.base.ids

# Whoever could be told of what happens to a company's money, and under which address, before somebody changed that. The database
# writes it down itself, whatever door the change came through: a thief changes the address first and the bank account second.
GUARDS = """
CREATE FUNCTION companies_keep_contact(who uuid, at_company uuid, had varchar[], address text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO companies_formercontact (id, created_at, person_id, company_id, roles, email)
    VALUES (gen_random_uuid(), ef_now(), who, at_company, had, address)
$$;
CREATE FUNCTION companies_membership_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM companies_keep_contact(OLD.person_id, OLD.company_id, OLD.roles, (SELECT email FROM companies_person WHERE id = OLD.person_id));
    RETURN NULL;
END $$;
CREATE TRIGGER keep_contact AFTER UPDATE OF roles, ended_at ON companies_membership
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND (OLD.roles IS DISTINCT FROM NEW.roles OR NEW.ended_at IS NOT NULL))
    EXECUTE FUNCTION companies_membership_left();

CREATE FUNCTION companies_person_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM companies_keep_contact(m.person_id, m.company_id, m.roles, OLD.email)
    FROM companies_membership m WHERE m.person_id = OLD.id AND m.ended_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_contact AFTER UPDATE OF email ON companies_person
    FOR EACH ROW WHEN (lower(OLD.email) <> lower(NEW.email)) EXECUTE FUNCTION companies_person_moved();

CREATE FUNCTION companies_company_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.renamed_at := ef_now();
    RETURN NEW;
END $$;
CREATE TRIGGER renamed BEFORE UPDATE OF name, names ON companies_company
    FOR EACH ROW WHEN ((OLD.name, OLD.names) IS DISTINCT FROM (NEW.name, NEW.names)) EXECUTE FUNCTION companies_company_renamed();

-- It is somebody's address: forgotten after a month, and not before.
CREATE FUNCTION companies_formercontact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.created_at > ef_now() - interval '30 days' THEN
        RAISE EXCEPTION 'a former contact is kept for a month' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'companies_formercontact_stays';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER stays BEFORE DELETE ON companies_formercontact FOR EACH ROW EXECUTE FUNCTION companies_formercontact_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON companies_formercontact FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, TRUNCATE ON companies_formercontact FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0006_inspectors"), ("base", "0003_event")]
    operations = [
        migrations.AddField(model_name="company", name="renamed_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FormerContact",
            fields=[
                (
                    "id",
                    models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("roles", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ("email", models.EmailField(max_length=254)),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.person"),
                ),
            ],
            options={"indexes": [models.Index(fields=["company", "-created_at"], name="companies_formercontact_of")]},
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
