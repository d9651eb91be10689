"""Indexes that only the office asks for: the audit trail by person, act and day, and what the mapping desk counts.

A trail grows by every look of every member of the staff; without them a search for one person reads it from the end.
`text_pattern_ops`, because acts and actors are looked for by their beginnings.
"""

from django.db import migrations

INDEXES = {
    "office_trail_actor": "companies_auditnote (actor text_pattern_ops, id DESC)",
    "office_trail_act": "companies_auditnote (act text_pattern_ops, id DESC)",
    "office_trail_day": "companies_auditnote (created_at)",
    "office_unmapped": "catalog_offer (source_category) WHERE category = 'unsorted/unsorted'",
}


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_skeletons"), ("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX IF EXISTS {name}")
        for name, what in INDEXES.items()
    ]
