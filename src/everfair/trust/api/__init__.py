"""Trust over the API: the same verbs, permissions and refusals as the pages."""

from ninja import Router

from everfair.trust.api import discipline, verification

router = Router()
for part in (verification, discipline):
    router.add_router("", part.router)
