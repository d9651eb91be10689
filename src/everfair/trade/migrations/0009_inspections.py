import django.db.models.deletion
import everfair.base.clock
import everfair.base.ids
from django.db import migrations, models

# I7: a passed inspection of the same order is the fourth evidence. What was booked stays, and its verdict is the report's.
GUARDS = """
CREATE OR REPLACE FUNCTION trade_release_has_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM trade_release r
        LEFT JOIN trade_acceptance a ON a.id = r.acceptance_id
        LEFT JOIN trade_decision d ON d.id = r.decision_id
        LEFT JOIN logistics_proofofdelivery p ON p.id = r.delivery_id
        LEFT JOIN logistics_consignment c ON c.id = p.consignment_id
        LEFT JOIN trade_inspection i ON i.id = r.inspection_id AND i.state = 'passed'
        WHERE r.stage_id = NEW.id AND coalesce(a.order_id, d.order_id, c.subject, i.order_id) = NEW.order_id
            AND (a.stage_id IS NULL OR a.stage_id = NEW.id)
            AND (r.delivery_id IS NULL OR trade_delivery_is_silent(NEW.order_id, NEW.ends_on))
            AND (r.inspection_id IS NULL OR NEW.ends_on = 'settlement')
    ) THEN
        RAISE EXCEPTION 'a stage is paid out on evidence' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_release_evidence';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION trade_inspection_is_neutral() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM trade_order o WHERE o.id = NEW.order_id AND (
            NEW.inspector_id IN (o.buyer_id, o.seller_id) OR NEW.booked_by_id NOT IN (o.buyer_id, o.seller_id)
            OR NEW.currency <> o.currency)
    ) OR NOT EXISTS (SELECT FROM companies_company c WHERE c.id = NEW.inspector_id AND c.is_inspector) THEN
        RAISE EXCEPTION 'an inspector is neither side' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_inspection_neutral';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER is_neutral BEFORE INSERT ON trade_inspection FOR EACH ROW EXECUTE FUNCTION trade_inspection_is_neutral();

CREATE FUNCTION trade_inspection_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.order_id, OLD.n, OLD.booked_by_id, OLD.inspector_id, OLD.former_id, OLD.level, OLD.lots, OLD.wanted_on, OLD.place,
        OLD.note, OLD.fee_minor, OLD.currency)
       IS DISTINCT FROM
       (NEW.order_id, NEW.n, NEW.booked_by_id, NEW.inspector_id, NEW.former_id, NEW.level, NEW.lots, NEW.wanted_on, NEW.place,
        NEW.note, NEW.fee_minor, NEW.currency) THEN
        RAISE EXCEPTION 'what was booked stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_inspection_stays';
    END IF;
    IF NEW.state IN ('passed', 'failed') AND OLD.state <> NEW.state AND NOT EXISTS (
        SELECT FROM trade_inspectionreport r WHERE r.inspection_id = NEW.id AND r.passed = (NEW.state = 'passed')
    ) THEN
        RAISE EXCEPTION 'a verdict is its report''s' USING ERRCODE = 'check_violation', CONSTRAINT = 'trade_inspection_verdict';
    END IF;
    IF OLD.state IN ('declined', 'cancelled', 'lapsed', 'passed', 'replaced', 'waived') AND OLD.state <> NEW.state THEN
        RAISE EXCEPTION 'an ended inspection stays ended' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trade_inspection_ended';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_stays BEFORE UPDATE ON trade_inspection FOR EACH ROW EXECUTE FUNCTION trade_inspection_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_inspectionreport
    FOR EACH STATEMENT EXECUTE FUNCTION ef_append_only();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ef_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON trade_inspectionreport FROM ef_app;
        REVOKE DELETE, TRUNCATE ON trade_inspection, trade_inspectiondebt FROM ef_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0006_inspectors'),
        ('sourcing', '0003_quote_payment_plan'),
        ('trade', '0008_time'),
    ]

    operations = [
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ('n', models.IntegerField()),
                ('level', models.CharField(default='II', max_length=3)),
                ('lots', models.JSONField()),
                ('wanted_on', models.DateField()),
                ('place', models.CharField(max_length=200)),
                ('note', models.TextField(blank=True, default='')),
                ('fee_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(default='asked', max_length=20)),
                ('fee', models.CharField(default='due', max_length=20)),
                ('packing', models.CharField(default='open', max_length=20)),
                ('packed_percent', models.IntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='InspectionDebt',
            fields=[
                ('id', models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ('amount_minor', models.BigIntegerField()),
                ('taken_minor', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
            ],
        ),
        migrations.CreateModel(
            name='InspectionReport',
            fields=[
                ('id', models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ('defects', models.JSONField()),
                ('remarks', models.TextField(blank=True, default='')),
                ('file_ids', models.JSONField(default=list)),
                ('passed', models.BooleanField()),
                ('by', models.CharField(max_length=60)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='trade_release_one_evidence',
        ),
        migrations.RemoveConstraint(
            model_name='stage',
            name='trade_stage_plan',
        ),
        migrations.AddField(
            model_name='order',
            name='inspection',
            field=models.CharField(db_default='none', default='none', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('inspection__in', ('none', 'open', 'failed', 'again', 'passed', 'waived'))), name='trade_order_inspection'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__in', ('signature', 'former_held', 'production_photo', 'inspection', 'shipping_document', 'acceptance')), ('ends_on__in', ('settlement', 'production_photo', 'shipping_document'))), name='trade_stage_plan'),
        ),
        migrations.AddField(
            model_name='inspection',
            name='booked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='inspection',
            name='former',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.inspection'),
        ),
        migrations.AddField(
            model_name='inspection',
            name='inspector',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='inspection',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.order'),
        ),
        migrations.AddField(
            model_name='release',
            name='inspection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.inspection'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(
                condition=models.Q(acceptance__isnull=False, decision__isnull=True, delivery__isnull=True, inspection__isnull=True)
                | models.Q(acceptance__isnull=True, decision__isnull=False, delivery__isnull=True, inspection__isnull=True)
                | models.Q(acceptance__isnull=True, decision__isnull=True, delivery__isnull=False, inspection__isnull=True)
                | models.Q(acceptance__isnull=True, decision__isnull=True, delivery__isnull=True, inspection__isnull=False),
                name='trade_release_one_evidence',
            ),
        ),
        migrations.AddField(
            model_name='inspectiondebt',
            name='inspection',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.inspection'),
        ),
        migrations.AddField(
            model_name='inspectiondebt',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.order'),
        ),
        migrations.AddField(
            model_name='inspectionreport',
            name='inspection',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.inspection'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['inspector', '-id'], name='trade_inspection_inspector'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'accepted', 'declined', 'cancelled', 'lapsed', 'passed', 'failed', 'replaced', 'waived'])), name='trade_inspection_state'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('fee__in', ['due', 'paying', 'held', 'paid', 'returned', 'void'])), name='trade_inspection_fee'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('packing__in', ['open', 'declared'])), name='trade_inspection_packing'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(fields=('order', 'n'), name='trade_inspection_once'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'accepted'))), fields=('order',), name='trade_inspection_one_open'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'failed')), fields=('order',), name='trade_inspection_one_failed'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor__gt', 0)), name='trade_inspection_fee_amount'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('packed_percent', None), ('packed_percent__range', (0, 100)), _connector='OR'), name='trade_inspection_packed'),
        ),
        migrations.AddIndex(
            model_name='inspectiondebt',
            index=models.Index(fields=['order'], name='trade_inspectiondebt_order'),
        ),
        migrations.AddConstraint(
            model_name='inspectiondebt',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('taken_minor__gte', 0), ('taken_minor__lte', models.F('amount_minor'))), name='trade_inspectiondebt_amounts'),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
