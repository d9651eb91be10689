from django.db import migrations

# Whoever sells, or has to do with one of the two sides, is given no case and rules on none (decision 0032).
GUARDS = """
CREATE FUNCTION disputes_claim_unlinked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid := CASE WHEN TG_TABLE_NAME = 'disputes_ruling' THEN (to_jsonb(NEW)->>'person_id')::uuid ELSE (to_jsonb(NEW)->>'arbitrator_id')::uuid END;
    of_claim uuid := CASE WHEN TG_TABLE_NAME = 'disputes_ruling' THEN (to_jsonb(NEW)->>'claim_id')::uuid ELSE NEW.id END;
BEGIN
    IF who IS NOT NULL AND (trust_sells(who) OR EXISTS (
        SELECT FROM disputes_claim c WHERE c.id = of_claim
        AND (trust_link_between(who, c.buyer_id) IS NOT NULL OR trust_link_between(who, c.seller_id) IS NOT NULL))) THEN
        RAISE EXCEPTION 'whoever has to do with a side does not judge it' USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_claim_unlinked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_unlinked BEFORE UPDATE OF arbitrator_id ON disputes_claim FOR EACH ROW
    WHEN (NEW.arbitrator_id IS DISTINCT FROM OLD.arbitrator_id) EXECUTE FUNCTION disputes_claim_unlinked();
CREATE TRIGGER claim_unlinked BEFORE INSERT ON disputes_ruling FOR EACH ROW EXECUTE FUNCTION disputes_claim_unlinked();
"""
AWAY = """
DROP TRIGGER claim_unlinked ON disputes_ruling;
DROP TRIGGER claim_unlinked ON disputes_claim;
DROP FUNCTION disputes_claim_unlinked();
"""


class Migration(migrations.Migration):
    dependencies = [("disputes", "0004_inspections"), ("trust", "0005_traits_guards")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
