"""Trust over the API: the same verbs, permissions and refusals as the pages."""

from ninja import Router

from everfair.trust.api import blacklist, complaints, discipline, verification

router = Router()
for part in (verification, discipline, complaints, blacklist):
    router.add_router("", part.router)
