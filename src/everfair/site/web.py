"""The application that Granian serves: Django behind the front."""

import sys

# isort: off
from everfair.site.wsgi import application as django  # first, because it sets Django up

from everfair.catalog.actions import count_views
from everfair.discovery.follow import index_mark
from everfair.site.front.follower import Follower
from everfair.site.front.gate import SWITCH_S, Gate
from everfair.site.front.short_way import ShortWay
from everfair.base.store import Store
from everfair.site.front.store import Kept
from everfair.site.rubbish import search_seldom
from everfair.site.worker import conninfo
# isort: on


def _follower(store: Store[Kept]) -> Follower:
    return Follower(store, conninfo, index_mark)


search_seldom()
sys.setswitchinterval(SWITCH_S)
application = Gate(django, Store(), short_way=ShortWay(), follower=_follower, count_views=count_views)
