"""The office over the API: for an operator's own session only, no key opens it."""

from ninja import Router

from everfair.office.api import bank, books, chargebacks, exchanging, misfits, outgoing, own_payments, rails, trades, watch

router = Router(tags=["Office"])
for part in (trades, outgoing, chargebacks, bank, own_payments, misfits, books, exchanging, rails, watch):
    router.add_router("", part.router)
