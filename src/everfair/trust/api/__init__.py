"""Trust over the API: the same verbs, permissions and refusals as the pages."""

from ninja import Router

from everfair.trust.api import standing, verification

router = Router()
for part in (verification, standing):
    router.add_router("", part.router)
