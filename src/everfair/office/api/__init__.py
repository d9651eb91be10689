"""The office over the API: for an operator's own session only, no key opens it."""

from ninja import Router

from everfair.office.api import bank, books, chargebacks, exchanging, outgoing, rails, trades, watch

router = Router(tags=["Office"])
for part in (trades, outgoing, chargebacks, bank, books, exchanging, rails, watch):
    router.add_router("", part.router)
