from django.db import migrations

# Whose rows a session sees stands in its setting `everfair.sees` (base/sight.py, decision 0042): a company's id, operator, everything; where
# nothing stands, nothing is seen. The owner is held to policies as well (FORCE), and has one by name: for migrations and backups.
POLICY = """
CREATE POLICY whose ON payments_bankaccount USING (
    current_setting('everfair.sees', true) IN (company_id::text, 'operator', 'everything')
);
CREATE POLICY owners ON payments_bankaccount TO CURRENT_USER USING (true);
ALTER TABLE payments_bankaccount ENABLE ROW LEVEL SECURITY;
ALTER TABLE payments_bankaccount FORCE ROW LEVEL SECURITY;
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
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT prosecdef AND prosrc ~ '\\ypayments_bankaccount\\y'
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
    dependencies = [("payments", "0028_withdrawals")]
    operations = [
        migrations.RunSQL(
            POLICY + GUARDS_SEE,
            "ALTER TABLE payments_bankaccount NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;"
            "DROP POLICY whose ON payments_bankaccount; DROP POLICY owners ON payments_bankaccount;",
        )
    ]
