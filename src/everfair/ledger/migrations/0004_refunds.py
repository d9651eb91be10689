from django.db import migrations

CHART = """
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_chart;
ALTER TABLE ledger_account
    ADD CONSTRAINT ledger_account_chart CHECK (
        kept = (address ~ '^(company|stage|intent|refund):') AND escrow = (address ~ '^stage:')
        AND address ~ '^(company:[0-9a-f-]{36}:wallet:[A-Z]{3}|stage:[0-9a-f-]{36}:escrow|intent:[0-9a-f-]{36}:received|refund:[0-9a-f-]{36}:due|platform:[a-z]+:[A-Z]{3}|provider:[a-z0-9_]+:[a-z]+:[A-Z]{3})$');
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_chart")]
    operations = [migrations.RunSQL(CHART, migrations.RunSQL.noop)]
