"""Orders for programs: the same verbs, permissions and refusals as the pages."""

from ninja import Router

from everfair.trade.api import amendments, extensions, orders

router = Router(tags=["Orders"])
for part in (orders, amendments, extensions):
    router.add_router("", part.router)
