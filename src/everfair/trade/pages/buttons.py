"""The moves of an order as buttons: the same verbs as the API's, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.formats import plain_money
from everfair.trade.models import Order, Stage
from everfair.trade.queries.moves import payable_stage, presented_stage

# What comes first is the main button; the ways out stand last.
_ORDER = (
    "sign",
    "call",
    "end",
    "keep",
    "pay",
    "confirm",
    "show",
    "ship",
    "finish_shipping",
    "receive",
    "accept_part",
    "inspect",
    "send_back",
    "resolve",
    "decline",
    "amend",
    "call_off",
    "cancel",
)


def buttons(order: Order, stages: Sequence[Stage], moves: Sequence[str], actor: Actor) -> list[dict[str, Any]]:
    # A supplier who has not signed declines; that it could cancel as well would only puzzle.
    wanted = [verb for verb in _ORDER if verb in moves and not (verb == "cancel" and "decline" in moves)]
    shown = [_button(verb, order, stages, actor, moves) for verb in wanted]
    return [button for button in shown if button]


def _button(verb: str, order: Order, stages: Sequence[Stage], actor: Actor, moves: Sequence[str]) -> dict[str, Any] | None:
    def at(name: str, **more: Any) -> str:
        return reverse(f"trade:{name}", kwargs={"order_id": order.pk, **more})

    match verb:
        case "sign":
            return {
                "text": _("Sign the contract"),
                "url": at("sign"),
                "icon": "signature",
                "fields": {"terms_hash": order.terms_hash},
                "note": _("You sign exactly the terms shown below."),
            }
        case "pay":
            stage = payable_stage(order, stages, actor)
            if stage is None:
                return None
            text = _("Pay %(amount)s into escrow") % {"amount": plain_money(stage.amount)}
            return {"text": text, "url": at("pay", n=stage.n), "icon": "lock-keyhole"}
        case "ship":
            text = _("Ship the rest") if order.goods == "part" else _("Ship the goods")
            return {"text": text, "confirm": at("ship"), "icon": "truck", "kind": "primary"}
        case "finish_shipping":
            return {"text": _("Nothing more follows"), "url": at("finish_shipping"), "kind": "plain"}
        case "inspect":
            again = order.inspection == "failed"
            text = _("Inspect again") if again else _("Book an inspection")
            return {"text": text, "confirm": at("inspect"), "icon": "search", "kind": "primary" if again else "plain"}
        case "show":
            return {"text": _("Show your work"), "confirm": at("show"), "icon": "camera", "kind": "primary"}
        case "confirm" | "send_back":
            shown = presented_stage(stages)
            if shown is None:
                return None
            if verb == "send_back":
                return {"text": _("Send it back"), "confirm": at("send_back", n=shown.n), "kind": "quiet"}
            text = _("Confirm what was shown")
            return {"text": text, "confirm": at("confirm", n=shown.n), "icon": "check", "kind": "primary"}
        case "receive":
            return {
                "text": _("I have the goods and they are right"),
                "confirm": at("receive"),
                "icon": "package-check",
                "kind": "primary",
            }
        case "accept_part":
            return {"text": _("Confirm a part of the goods"), "confirm": at("accept"), "kind": "plain"}
        case "call":
            return {"text": _("Call goods off"), "confirm": at("call"), "icon": "package-check", "kind": "primary"}
        case "end":
            text = _("Agree to the end") if "keep" in moves else _("End the framework contract")
            note = "" if "keep" in moves else _("The other side is asked first.")
            return {"text": text, "url": at("end_frame"), "kind": "plain", "note": note}
        case "keep":
            return {"text": _("Let it go on"), "url": at("keep_frame"), "kind": "plain"}
        case "amend":
            return {"text": _("Propose new terms"), "confirm": at("amend"), "kind": "quiet"}
        case "decline" | "cancel" | "call_off":
            words = {"decline": _("Decline"), "cancel": _("Cancel the order"), "call_off": _("Call the order off")}
            return {"text": words[verb], "confirm": at(verb), "kind": "quiet"}
    return None
