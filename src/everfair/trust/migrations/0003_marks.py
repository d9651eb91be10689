from django.db import migrations

# A company carries the mark by a granted verification and by nothing else: whoever writes it, through whatever door. Taken away with a
# reason, or ended by a new name, it returns only by a newer grant.
GUARD = """
CREATE FUNCTION trust_mark_granted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.verified_at IS NULL) <> (NEW.verified_until IS NULL) OR NOT EXISTS (
        SELECT FROM trust_verification v WHERE v.company_id = NEW.id AND v.state = 'granted' AND v.until >= NEW.verified_until
        AND v.decided_at >= coalesce(NEW.renamed_at, '-infinity') AND NOT EXISTS (
            SELECT FROM companies_auditnote n
            WHERE n.subject = NEW.id AND n.act = 'verification withdrawn' AND n.created_at > v.decided_at)
    ) THEN
        RAISE EXCEPTION 'only a granted verification gives the mark' USING ERRCODE = 'check_violation', CONSTRAINT = 'trust_mark_granted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verified_by_grant BEFORE UPDATE OF verified_at, verified_until ON companies_company FOR EACH ROW
    WHEN ((NEW.verified_at IS NOT NULL OR NEW.verified_until IS NOT NULL)
          AND (OLD.verified_at, OLD.verified_until) IS DISTINCT FROM (NEW.verified_at, NEW.verified_until))
    EXECUTE FUNCTION trust_mark_granted();
CREATE TRIGGER begins_without_mark BEFORE INSERT ON companies_company FOR EACH ROW
    WHEN (NEW.verified_at IS NOT NULL OR NEW.verified_until IS NOT NULL) EXECUTE FUNCTION trust_mark_granted();
"""
AWAY = """
DROP TRIGGER begins_without_mark ON companies_company;
DROP TRIGGER verified_by_grant ON companies_company;
DROP FUNCTION trust_mark_granted();
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0002_guards"), ("companies", "0007_former_contacts")]
    operations = [migrations.RunSQL(GUARD, AWAY)]
