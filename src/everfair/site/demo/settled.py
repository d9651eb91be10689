"""What the demo's payments are at the payment sandbox: they were never made on its page, so its own books are told of them.

Without this its statement would know nothing of them, and each would become a break after some days.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

from everfair.base.sandbox.store import AlreadyRunning, Store
from everfair.payments.models import Intent
from everfair.payments.sandbox.settlements import settle
from everfair.payments.sandbox.tables import SCHEMA


def tell_the_sandbox() -> int:
    """Book every captured payment of the first rail there, once; how many. Nothing where the sandbox runs already, or elsewhere."""
    folder = Path(settings.DATA) / "sandbox"
    try:
        store = Store(folder, SCHEMA)
    except AlreadyRunning:
        return 0
    told = 0
    try:
        with store.writing() as db:
            known = {row["ref"] for row in db.execute("select ref from settlements")}
            for intent in Intent.objects.filter(state="captured", provider="sandbox").order_by("id"):
                ref = intent.provider_ref
                if ref and ref not in known:
                    settle(db, "checkout", ref, str(intent.pk), intent.amount_minor, intent.currency, time.time())
                    told += 1
    finally:
        store.close()
    return told
