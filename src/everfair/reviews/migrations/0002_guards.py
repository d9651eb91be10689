from django.db import migrations

# Who may review what, and when; and that what was said stays.
GUARDS = """
CREATE FUNCTION reviews_invitation_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_order o WHERE o.id = NEW.order_id AND o.agreement = 'completed' AND o.kind <> 'framework'
            AND (o.buyer_id, o.seller_id, o.closed_at) = (NEW.buyer_id, NEW.seller_id, NEW.completed_at)
    ) OR NEW.month <> date_trunc('month', NEW.completed_at AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'only the sides of a completed order are invited' USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_invitation_fits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_fits BEFORE INSERT ON reviews_invitation FOR EACH ROW EXECUTE FUNCTION reviews_invitation_fits();

CREATE FUNCTION reviews_invitation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.created_at, OLD.order_id, OLD.buyer_id, OLD.seller_id, OLD.completed_at, OLD.month, OLD.closes_at) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.order_id, NEW.buyer_id, NEW.seller_id, NEW.completed_at, NEW.month, NEW.closes_at)
       OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at) THEN
        RAISE EXCEPTION 'an invitation stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reviews_invitation_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_stays BEFORE UPDATE ON reviews_invitation FOR EACH ROW EXECUTE FUNCTION reviews_invitation_stays();

CREATE FUNCTION reviews_review_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'written' OR NEW.version <> 1 OR NOT EXISTS (
        SELECT FROM reviews_invitation i WHERE i.order_id = NEW.order_id AND i.month = NEW.month
            AND i.published_at IS NULL AND ef_now() <= i.closes_at
            AND (NEW.author_id, NEW.subject_id) = CASE NEW.side WHEN 'buyer' THEN (i.buyer_id, i.seller_id) ELSE (i.seller_id, i.buyer_id) END
    ) THEN
        RAISE EXCEPTION 'a review is written by a side of a completed order, in time' USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_review_fits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_fits BEFORE INSERT ON reviews_review FOR EACH ROW EXECUTE FUNCTION reviews_review_fits();

CREATE FUNCTION reviews_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.created_at, OLD.order_id, OLD.side, OLD.author_id, OLD.subject_id, OLD.month, OLD.counts) IS DISTINCT FROM
       (NEW.id, NEW.created_at, NEW.order_id, NEW.side, NEW.author_id, NEW.subject_id, NEW.month, NEW.counts)
       OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at)
       OR (OLD.state, NEW.state) NOT IN (
           ('written', 'written'), ('written', 'published'), ('published', 'published'), ('published', 'hidden'), ('hidden', 'hidden'),
           ('hidden', 'published'))
       OR NEW.version < OLD.version
       OR NOT EXISTS (SELECT FROM reviews_wording w WHERE w.review_id = NEW.id AND w.n = NEW.version) THEN
        RAISE EXCEPTION 'a review stays what it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reviews_review_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_stays BEFORE UPDATE ON reviews_review FOR EACH ROW EXECUTE FUNCTION reviews_review_stays();

CREATE FUNCTION reviews_wording_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen reviews_review;
    aspects text[];
BEGIN
    SELECT * INTO seen FROM reviews_review WHERE id = NEW.review_id;
    aspects := CASE seen.side WHEN 'buyer' THEN ARRAY['delivery', 'goods', 'service'] ELSE ARRAY['communication', 'fairness', 'payment'] END;
    IF jsonb_typeof(NEW.grades) <> 'object'
       OR (SELECT array_agg(key ORDER BY key COLLATE "C") FROM jsonb_each(NEW.grades)) IS DISTINCT FROM aspects
       OR EXISTS (SELECT FROM jsonb_each(NEW.grades) WHERE jsonb_typeof(value) <> 'number' OR value::text NOT IN ('1', '2', '3', '4', '5')) THEN
        RAISE EXCEPTION 'each aspect has a grade from 1 to 5' USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_wording_grades';
    END IF;
    IF NEW.n = 2 AND (seen.state = 'hidden' OR NOT EXISTS (
        SELECT FROM reviews_invitation i WHERE i.order_id = seen.order_id AND ef_now() <= i.closes_at
    ) OR NOT EXISTS (SELECT FROM reviews_wording w WHERE w.review_id = seen.id AND w.n = 1)) THEN
        RAISE EXCEPTION 'a review is revised in time' USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_wording_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wording_fits BEFORE INSERT ON reviews_wording FOR EACH ROW EXECUTE FUNCTION reviews_wording_fits();

CREATE FUNCTION reviews_reply_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reviews_review WHERE id = NEW.review_id AND state = 'published') THEN
        RAISE EXCEPTION 'only what is shown is answered' USING ERRCODE = 'check_violation', CONSTRAINT = 'reviews_reply_fits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reply_fits BEFORE INSERT ON reviews_reply FOR EACH ROW EXECUTE FUNCTION reviews_reply_fits();

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['reviews_wording', 'reviews_reply']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only()', one);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM ef_app', one);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE DELETE, TRUNCATE ON reviews_review, reviews_invitation FROM ef_app;
    END IF;
END $$;
"""
UNGUARDED = """
DROP FUNCTION reviews_invitation_fits, reviews_invitation_stays, reviews_review_fits, reviews_review_stays, reviews_wording_fits, reviews_reply_fits CASCADE;
DROP TRIGGER append_only ON reviews_wording;
DROP TRIGGER append_only ON reviews_reply;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("trade", "0012_claims")]
    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
