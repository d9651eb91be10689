"""Trust over the API: the same verbs, permissions and refusals as the pages."""

from ninja import Router

from everfair.trust.api import admission, blacklist, complaints, discipline, own, screening, standing, verification

router = Router()
for part in (verification, admission, standing, screening, discipline, complaints, blacklist, own):
    router.add_router("", part.router)
