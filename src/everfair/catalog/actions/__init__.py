"""Everything that writes offers."""

from .touching import touch_offers

__all__ = ["touch_offers"]
