"""Who decides a case: a reviewer of the platform, never the clock."""

from everfair.base.roles import CLOCK, SYSTEM_ROLE
from everfair.trust.roles import REVIEWER

__all__ = ["CLOCK", "REVIEWER", "SYSTEM_ROLE"]
