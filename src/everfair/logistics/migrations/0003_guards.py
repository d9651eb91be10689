from django.db import migrations

# What was seen stays seen. And whatever the code does: the shipper's own word never proves a delivery, a consignee's word is that of
# the consignee.
GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON logistics_trackingevent
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON logistics_proofofdelivery
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();
CREATE FUNCTION logistics_proof_whose() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    goods record;
BEGIN
    SELECT shipper_id, consignee_id INTO goods FROM logistics_consignment WHERE id = NEW.consignment_id;
    IF NEW.company_id = goods.shipper_id OR NEW.company_id <> goods.consignee_id THEN
        RAISE EXCEPTION 'only the carrier, the consignee or an operator proves a delivery' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER whose BEFORE INSERT ON logistics_proofofdelivery FOR EACH ROW EXECUTE FUNCTION logistics_proof_whose();
"""
UNDONE = """
DROP TRIGGER whose ON logistics_proofofdelivery;
DROP FUNCTION logistics_proof_whose();
DROP TRIGGER append_only ON logistics_proofofdelivery;
DROP TRIGGER append_only ON logistics_trackingevent;
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0002_journeys"), ("base", "0003_event")]
    operations = [migrations.RunSQL(GUARDS, UNDONE)]
