from django.db import migrations

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_creditlimit FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

-- I32: whatever the application asked, nobody owes more than was granted, nor anything new by a line that is not agreed. A limit
-- lowered below what is owed stands; the debt only shrinks then.
CREATE FUNCTION payments_creditline_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.seller_id, OLD.buyer_id, OLD.currency, OLD.net_days) IS DISTINCT FROM (NEW.seller_id, NEW.buyer_id, NEW.currency, NEW.net_days) THEN
        RAISE EXCEPTION 'the terms of a line of credit stay' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_creditline_stays';
    END IF;
    IF NEW.drawn_minor > OLD.drawn_minor AND (NEW.state <> 'agreed' OR NEW.drawn_minor > NEW.limit_minor) THEN
        RAISE EXCEPTION 'no more is drawn than was granted' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_creditline_within';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER within BEFORE UPDATE ON payments_creditline FOR EACH ROW EXECUTE FUNCTION payments_creditline_within();

-- What was drawn, and what fell due, is written once; only what becomes of it moves, and only onward.
CREATE FUNCTION payments_creditdraw_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.intent_id, OLD.line_id, OLD.amount_minor, OLD.limit_minor, OLD.drawn_minor)
            IS DISTINCT FROM (NEW.intent_id, NEW.line_id, NEW.amount_minor, NEW.limit_minor, NEW.drawn_minor)
       OR NEW.due_minor < OLD.due_minor OR NEW.came_back_minor < OLD.came_back_minor THEN
        RAISE EXCEPTION 'what was drawn stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_creditdraw_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON payments_creditdraw FOR EACH ROW EXECUTE FUNCTION payments_creditdraw_stays();

CREATE FUNCTION payments_creditdue_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.line_id, OLD.draw_id, OLD.amount_minor, OLD.fee_minor, OLD.currency, OLD.due_on)
            IS DISTINCT FROM (NEW.id, NEW.line_id, NEW.draw_id, NEW.amount_minor, NEW.fee_minor, NEW.currency, NEW.due_on)
       OR OLD.state = 'paid' THEN
        RAISE EXCEPTION 'what fell due stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_creditdue_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON payments_creditdue FOR EACH ROW EXECUTE FUNCTION payments_creditdue_stays();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_creditlimit FROM ef_app;
        REVOKE DELETE, TRUNCATE ON payments_creditline, payments_creditdraw, payments_creditdue FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_trade_credit")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
