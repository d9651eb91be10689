import django.contrib.postgres.fields
import django.db.models.deletion
import everfair.base.clock
import everfair.base.ids
import everfair.base.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0007_former_contacts"),
        ("trust", "0009_fact_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE trust_blacklist_number START 1001", "DROP SEQUENCE trust_blacklist_number"),
        migrations.RunSQL("CREATE SEQUENCE trust_complaint_number START 1001", "DROP SEQUENCE trust_complaint_number"),
        migrations.RunSQL("CREATE SEQUENCE trust_penalty_number START 1001", "DROP SEQUENCE trust_penalty_number"),
        migrations.CreateModel(
            name="BlacklistEntry",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=everfair.base.models.NextNumber("trust_blacklist_number"), editable=False, unique=True
                    ),
                ),
                ("public_reason", models.TextField()),
                ("evidence", models.TextField()),
                ("state", models.CharField(default="proposed", max_length=20)),
                ("listed_at", models.DateTimeField(null=True)),
                (
                    "stop_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                ("appeal", models.TextField(blank=True, default="")),
                ("judgement", models.TextField(blank=True, default="")),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BlacklistTrait",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("kind", models.CharField(max_length=12)),
                ("digest", models.CharField(max_length=64)),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.blacklistentry"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=everfair.base.models.NextNumber("trust_complaint_number"), editable=False, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("pay_by", models.DateField(null=True)),
                ("deliver_by", models.DateField(null=True)),
                ("agreed", models.TextField()),
                ("text", models.TextField()),
                (
                    "file_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                ("state", models.CharField(default="open", max_length=20)),
                ("answer", models.TextField(blank=True, default="")),
                (
                    "answer_file_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                ("finding", models.CharField(blank=True, default="", max_length=10)),
                ("finding_reason", models.TextField(blank=True, default="")),
                ("decision_reason", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "against",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "checker",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Penalty",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                (
                    "number",
                    models.BigIntegerField(
                        db_default=everfair.base.models.NextNumber("trust_penalty_number"), editable=False, unique=True
                    ),
                ),
                ("offence", models.CharField(max_length=20)),
                ("acted_on", models.DateField()),
                ("points", models.SmallIntegerField()),
                ("counts", models.SmallIntegerField()),
                ("until", models.DateField()),
                ("state", models.CharField(default="proposed", max_length=20)),
                ("reason", models.TextField(blank=True, default="")),
                ("reference", models.CharField(blank=True, default="", max_length=80)),
                (
                    "file_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                ("origin", models.CharField(blank=True, default="", max_length=80)),
                ("given_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("text", models.TextField()),
                (
                    "file_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                ("state", models.CharField(default="open", max_length=20)),
                ("left", models.SmallIntegerField(null=True)),
                ("decision_reason", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "penalty",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.penalty"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reentry",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ("state", models.CharField(default="open", max_length=20)),
                ("finding", models.CharField(blank=True, default="", max_length=5)),
                ("reason", models.TextField(blank=True, default="")),
                ("decision_reason", models.TextField(blank=True, default="")),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.blacklistentry"),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sanction",
            fields=[
                ("id", models.UUIDField(default=everfair.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=everfair.base.clock.EfNow(), editable=False)),
                ("rung", models.CharField(max_length=10)),
                ("points", models.SmallIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("state", models.CharField(default="standing", max_length=20)),
                (
                    "stop_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="blacklistentry",
            index=models.Index(
                condition=models.Q(("state__in", ["listed", "appealed", "upheld"])),
                fields=["-listed_at"],
                name="trust_blacklist_public",
            ),
        ),
        migrations.AddConstraint(
            model_name="blacklistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "listed", "dropped", "appealed", "upheld", "removed"])),
                name="trust_blacklist_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="blacklistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["removed", "dropped"]), _negated=True),
                fields=("company",),
                name="trust_blacklist_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="blacklistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_by", None), ("listed_at", None), ("state__in", ["proposed", "dropped"])),
                    models.Q(
                        models.Q(("state__in", ["proposed", "dropped"]), _negated=True),
                        ("confirmed_by__isnull", False),
                        ("listed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="trust_blacklist_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="blacklisttrait",
            index=models.Index(fields=["digest", "kind"], name="trust_blacklisttrait_digest"),
        ),
        migrations.AddConstraint(
            model_name="blacklisttrait",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["registration", "phone", "email", "bank_account", "document"])),
                name="trust_blacklisttrait_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="blacklisttrait",
            constraint=models.UniqueConstraint(fields=("entry", "kind", "digest"), name="trust_blacklisttrait_once"),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(fields=["company", "-created_at"], name="trust_complaint_company"),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(fields=["against", "state"], name="trust_complaint_against"),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "reviewing", "proposed"])),
                fields=["number"],
                name="trust_complaint_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "reviewing", "proposed", "founded", "unfounded", "settled"])),
                name="trust_complaint_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["not_shipped", "fake", "quality", "late", "other"])), name="trust_complaint_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("company", models.F("against")), _negated=True), name="trust_complaint_two_companies"
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0), models.Q(("currency", ""), _negated=True)),
                name="trust_complaint_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("pay_by__isnull", False), ("deliver_by__isnull", False), _connector="OR"),
                name="trust_complaint_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("maker", None), ("checker", None), models.Q(("maker", models.F("checker")), _negated=True), _connector="OR"
                ),
                name="trust_complaint_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["founded", "unfounded", "settled"]),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    models.Q(models.Q(("state__in", ["founded", "unfounded", "settled"]), _negated=True), ("ended_at", None)),
                    _connector="OR",
                ),
                name="trust_complaint_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="penalty",
            index=models.Index(fields=["company", "-number"], name="trust_penalty_company"),
        ),
        migrations.AddIndex(
            model_name="penalty",
            index=models.Index(
                condition=models.Q(("state__in", ["proposed", "waiting"])), fields=["number"], name="trust_penalty_queue"
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "waiting", "given", "dropped", "struck"])),
                name="trust_penalty_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "offence__in",
                        [
                            "not_delivered",
                            "forged_proof",
                            "no_return_action",
                            "late_delivery",
                            "wash_trading",
                            "bait",
                            "counterfeit",
                            "false_papers",
                            "breach",
                        ],
                    )
                ),
                name="trust_penalty_offence",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counts__gte", 0), ("counts__lte", models.F("points")), ("points__gt", 0), ("points__lte", 1000)
                ),
                name="trust_penalty_points",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_at__isnull", False), ("given_by__isnull", False), ("state__in", ["given", "struck"])),
                    models.Q(
                        models.Q(("state__in", ["given", "struck"]), _negated=True), ("confirmed_by", None), ("given_at", None)
                    ),
                    _connector="OR",
                ),
                name="trust_penalty_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("acted_on"))), name="trust_penalty_until"
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin", ""), _negated=True), fields=("origin", "offence"), name="trust_penalty_once"
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(condition=models.Q(("state", "open")), fields=["created_at"], name="trust_appeal_queue"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "upheld", "reduced", "struck"])), name="trust_appeal_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("left", None), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        models.Q(("decision_reason", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("left__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="trust_appeal_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="reentry",
            index=models.Index(fields=["company", "state"], name="trust_reentry_company"),
        ),
        migrations.AddConstraint(
            model_name="reentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "proposed", "cleared", "barred"])), name="trust_reentry_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="reentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cleared"), _negated=True), fields=("company", "entry"), name="trust_reentry_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="reentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("finding__in", ["", "clear", "bar"])), name="trust_reentry_finding"
            ),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["company", "-since"], name="trust_sanction_company"),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["standing", "served", "replaced", "lifted"])), name="trust_sanction_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("rung__in", ["warning", "first", "second", "third", "ended"])), name="trust_sanction_rung"
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "standing")), fields=("company",), name="trust_sanction_one_standing"
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "lifted"), _negated=True),
                fields=("company", "rung", "since"),
                name="trust_sanction_once",
            ),
        ),
    ]
