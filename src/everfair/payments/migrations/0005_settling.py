import django.db.models.deletion
from django.db import migrations, models

import everfair.base.clock
import everfair.base.ids

BREAKS = ["open", "explained", "booked", "dismissed"]
KINDS = ("unknown", "amount", "sum", "twice", "changed", "gone", "missing")
GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_statementday FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

-- What a provider told stays as it was told first; what it settles is said of it once.
CREATE FUNCTION payments_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.booking_id IS NOT NULL
       OR (to_jsonb(OLD) - 'entry_id' - 'booking_id') <> (to_jsonb(NEW) - 'entry_id' - 'booking_id') THEN
        RAISE EXCEPTION 'a line of a statement stays as it was told' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_line_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_settledline FOR EACH ROW EXECUTE FUNCTION payments_line_stays();

-- A break ends once, and what was found does not change.
CREATE FUNCTION payments_break_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open' OR (to_jsonb(OLD) - '{state,reason,ended_by,ended_at,booking_id}'::text[])
        <> (to_jsonb(NEW) - '{state,reason,ended_by,ended_at,booking_id}'::text[]) THEN
        RAISE EXCEPTION 'a break stays as it was found and ended' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_break_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_railbreak FOR EACH ROW EXECUTE FUNCTION payments_break_stays();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON payments_statementday FROM ef_app;
        REVOKE DELETE, TRUNCATE ON payments_settledline, payments_railbreak FROM ef_app;
    END IF;
END $$;
"""


def _row() -> list[tuple[str, models.Field]]:
    return [
        ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
        ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
        ("rail", models.CharField(max_length=20)),
    ]


def _to(model: str, *, once: bool = False) -> models.Field:
    kind = models.OneToOneField if once else models.ForeignKey
    return kind(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_periods"), ("payments", "0004_drills")]
    operations = [
        migrations.CreateModel(
            name="SettledLine",
            fields=[
                *_row(),
                ("ref", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=120)),
                ("gross_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("settled_at", models.DateTimeField()),
                ("booking", _to("ledger.entry", once=True)),
                ("entry", _to("ledger.entry", once=True)),
            ],
            options={
                "indexes": [models.Index(fields=["rail", "settled_at"], name="payments_settledline_day")],
                "constraints": [models.UniqueConstraint(fields=("rail", "ref"), name="payments_settledline_once")],
            },
        ),
        migrations.CreateModel(
            name="RailBreak",
            fields=[
                *_row(),
                ("kind", models.CharField(max_length=10)),
                ("about", models.CharField(max_length=200)),
                ("currency", models.CharField(max_length=3)),
                ("gross_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("cleared_minor", models.BigIntegerField()),
                ("state", models.CharField(default="open", max_length=20)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("ended_by", models.CharField(blank=True, default="", max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
                ("booking", _to("ledger.entry")),
                ("entry", _to("ledger.entry")),
                ("line", _to("payments.settledline")),
            ],
            options={
                "indexes": [models.Index(fields=["state", "-id"], name="payments_railbreak_state")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", BREAKS)), name="payments_railbreak_state"),
                    models.UniqueConstraint(fields=("rail", "kind", "about"), name="payments_railbreak_once"),
                    models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="payments_railbreak_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementDay",
            fields=[*_row(), ("on", models.DateField()), ("lines", models.IntegerField())],
            options={"constraints": [models.UniqueConstraint(fields=("rail", "on"), name="payments_statementday_once")]},
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
