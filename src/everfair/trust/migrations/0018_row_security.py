from django.db import migrations

# What no company ever sees, of itself or of others: what it has in common with whom, and what the sanction lists gave (decision 0042).
POLICIES = """
CREATE POLICY whose ON trust_trait USING (current_setting('everfair.sees', true) IN ('operator', 'everything'));
CREATE POLICY owners ON trust_trait TO CURRENT_USER USING (true);
ALTER TABLE trust_trait ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_trait FORCE ROW LEVEL SECURITY;
CREATE POLICY whose ON trust_hit USING (current_setting('everfair.sees', true) IN ('operator', 'everything'));
CREATE POLICY owners ON trust_hit TO CURRENT_USER USING (true);
ALTER TABLE trust_hit ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_hit FORCE ROW LEVEL SECURITY;
"""

# A guard of the database asks whether there is a row: it must see them all, whoever writes. A trigger that stands needs nobody's right to
# its function.
GUARDS_SEE = """
DO $$
DECLARE
    guard regprocedure;
    is_trigger boolean;
BEGIN
    FOR guard, is_trigger IN SELECT oid::regprocedure, prorettype = 'trigger'::regtype FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT prosecdef AND prosrc ~ '\\y(payments_bankaccount|trust_trait|trust_hit)\\y'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', guard);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', guard);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM ef_app', guard);
            IF NOT is_trigger THEN
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ef_app', guard);
            END IF;
        END IF;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0017_reading_guards"), ("payments", "0029_row_security")]
    operations = [
        migrations.RunSQL(
            POLICIES + GUARDS_SEE,
            "ALTER TABLE trust_trait NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;"
            "ALTER TABLE trust_hit NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;"
            "DROP POLICY whose ON trust_trait; DROP POLICY owners ON trust_trait; DROP POLICY whose ON trust_hit; DROP POLICY owners ON trust_hit;",
        )
    ]
