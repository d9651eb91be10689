from django.db import migrations

# What was typed of an exchange stays, what was booked too, and who typed it does not book it.
GUARDS = """
CREATE FUNCTION payments_fxcover_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'what was booked stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_fxcover_stays';
    END IF;
    IF NEW.state = 'booked' AND NEW."second" IN ('', NEW."by") THEN
        RAISE EXCEPTION 'another person books it' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_fxcover_by_two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_two BEFORE UPDATE ON payments_fxcover FOR EACH ROW EXECUTE FUNCTION payments_fxcover_by_two();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_fxcover
    FOR EACH ROW EXECUTE FUNCTION payments_said_stays('state', 'second', 'booked_at', 'book_minor', 'result_minor');
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0026_fx_covers")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
