from django.db import migrations

GUARDS = """
-- A seller may give back what is still owed: what fell due becomes what came back, and never the other way.
CREATE OR REPLACE FUNCTION payments_creditdraw_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.intent_id, OLD.line_id, OLD.amount_minor, OLD.limit_minor, OLD.drawn_minor)
            IS DISTINCT FROM (NEW.intent_id, NEW.line_id, NEW.amount_minor, NEW.limit_minor, NEW.drawn_minor)
       OR NEW.came_back_minor < OLD.came_back_minor
       OR NEW.due_minor + NEW.came_back_minor < OLD.due_minor + OLD.came_back_minor THEN
        RAISE EXCEPTION 'what was drawn stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_creditdraw_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION payments_creditdue_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.line_id, OLD.draw_id, OLD.currency, OLD.due_on) IS DISTINCT FROM (NEW.id, NEW.line_id, NEW.draw_id, NEW.currency, NEW.due_on)
       OR OLD.state <> 'open' OR NEW.fee_minor > OLD.fee_minor OR NEW.came_back_minor < OLD.came_back_minor
       OR (NEW.state = 'returned' AND (NEW.amount_minor, NEW.came_back_minor) IS DISTINCT FROM (OLD.amount_minor, OLD.came_back_minor + OLD.amount_minor))
       OR (NEW.state <> 'returned' AND NEW.amount_minor + NEW.came_back_minor <> OLD.amount_minor + OLD.came_back_minor) THEN
        RAISE EXCEPTION 'what fell due stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_creditdue_stays';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0022_credit_given_back")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
