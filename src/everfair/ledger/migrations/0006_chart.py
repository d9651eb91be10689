from django.db import migrations

# Every kind of account (`chart.py`): which keep a balance, and what addresses there may be.
CHART = """
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_chart;
ALTER TABLE ledger_account
    ADD CONSTRAINT ledger_account_chart CHECK (
        kept = (address ~ '^((company:[0-9a-f-]{36}:wallet|stage|intent|refund|line|return):|credit:[0-9a-f-]{36}:(receivable|fees)$)')
        AND escrow = (address ~ '^stage:')
        AND address ~ '^(company:[0-9a-f-]{36}:(wallet|owed):[A-Z]{3}|stage:[0-9a-f-]{36}:escrow|intent:[0-9a-f-]{36}:(received|gathered)|refund:[0-9a-f-]{36}:due|line:[0-9a-f-]{36}:suspense|return:[0-9a-f-]{36}:due|credit:[0-9a-f-]{36}:(owed|receivable|fees)|platform:[a-z]+(:[a-z_]{1,30})?:[A-Z]{3}|provider:[a-z0-9_]+:[a-z]+:[A-Z]{3}|bank:[a-z0-9]+:cash:[A-Z]{3})$');
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_periods")]
    operations = [migrations.RunSQL(CHART, migrations.RunSQL.noop)]
