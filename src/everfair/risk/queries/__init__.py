"""What risk knows."""

from everfair.risk.queries.cases import case, cases_visible_to, newest_sweep, queue
from everfair.risk.queries.facts import suppliers

__all__ = ["case", "cases_visible_to", "newest_sweep", "queue", "suppliers"]
