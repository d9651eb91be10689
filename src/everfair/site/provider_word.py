"""What the sandbox's provider would say of a payment: the same signed event, through the same door. For demo worlds and simulations."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from django.conf import settings

from everfair.base.signature import signed_headers, split_secrets
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.payments.rails import RECIPIENT, client


def provider_says(intent: Intent, name: str, kind: str = "captured", *, failure: str = "") -> str:
    """Tell the platform that this payment was captured (or failed); returns what the platform made of it. `name` is unique."""
    event_id = f"evt_{name}"
    body = json.dumps(
        {
            "id": event_id,
            "type": f"checkout.{kind}",
            "created_at": datetime.now(UTC).isoformat(),
            "account": client(intent.provider).account,
            "data": {
                "id": intent.provider_ref or f"chk_{name}", "merchant_reference": str(intent.pk), "amount_minor": intent.amount_minor,
                "currency": intent.currency, "recipient": RECIPIENT, "state": kind, "failure_code": failure, "version": 2,
            },
        }
    ).encode()  # fmt: skip
    secret = split_secrets(settings.PROVIDERS["sandbox"]["EVERFAIR_SANDBOX_WEBHOOK_SECRET"])[0]
    return take_event("sandbox", signed_headers([secret], event_id, int(time.time()), body), body)
