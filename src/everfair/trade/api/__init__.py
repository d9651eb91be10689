"""Orders for programs: the same verbs, permissions and refusals as the pages."""

from ninja import Router

from everfair.trade.api import amendments, defences, extensions, inspections, kinds, orders, returns, statements

router = Router()
for part in (orders, amendments, extensions, inspections, kinds, returns, defences, statements):
    router.add_router("", part.router)
