"""Whose payments are under watch: what a rail may be kept from."""

from __future__ import annotations

from everfair.base.rows import ask
from everfair.companies.queries import lock_companies, open_stops
from everfair.markets.queries import rules_at
from everfair.payments.models import Intent
from everfair.payments.queries.reserves import is_watched


def is_under_watch(intent: Intent, *, steady: bool = False) -> bool:
    """Whether a stop of any kind stands on the payer, the payer's bank is taking a payment of theirs back (an open chargeback), or too
    many payments to this seller come back (`is_watched`).

    `steady`: in a transaction that goes by it. The companies are share-locked, so that a stop or a chargeback is either seen here or
    waits until it ends.
    """
    if steady:
        lock_companies([company for company in (intent.company_id, intent.payee_id) if company is not None])
    if open_stops([intent.company_id]) or ask(_TAKEN_BACK, [intent.company_id])[0][0]:
        return True
    return intent.payee_id is not None and is_watched(intent.payee_id, rules_at(intent.market)["payments.chargeback_alarm"])


_TAKEN_BACK = "SELECT EXISTS (SELECT FROM payments_chargeback WHERE company_id = %s AND state = 'open')"
