"""What risk does: it looks, proposes, holds for a time; people decide."""

from everfair.risk.actions.cases import CONFIRM, clear_case, confirm_fraud, hold_case, lapse_hold, open_case, take_proposal
from everfair.risk.actions.looking import ask_for_look, look_at_all, look_at_due

__all__ = [
    "CONFIRM", "ask_for_look", "clear_case", "confirm_fraud", "hold_case", "lapse_hold", "look_at_all", "look_at_due", "open_case",
    "take_proposal",
]  # fmt: skip
