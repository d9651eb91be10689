"""The JSON API under /v1: checkouts, refunds, payouts, disputes, withdrawals, the statement."""

import sqlite3
from typing import Any

from everfair.base.sandbox.api import Api, Call, Route, found, one, references_in
from everfair.base.sandbox.refusals import only
from everfair.payments.sandbox import checkouts, disputes, payouts, withdrawals
from everfair.payments.sandbox.faults import STATEMENT_FAULTS, misprinted
from everfair.payments.sandbox.settlements import statement


def _open_checkout(call: Call) -> dict[str, Any]:
    row = checkouts.open_checkout(call.db, call.given, call.service.settings.webhook_url, call.now)
    return checkouts.shown_checkout(row, call.service.public_url)


def _read_checkout(call: Call) -> dict[str, Any]:
    return checkouts.shown_checkout(checkouts.checkout(call.db, call.id), call.service.public_url)


def _find_checkouts(call: Call) -> dict[str, Any]:
    rows = found(call, "checkouts", "merchant_reference")
    return {"items": [checkouts.shown_checkout(row, call.service.public_url) for row in rows]}


def _cancel_checkout(call: Call) -> dict[str, Any]:
    only(call.given, "")
    return checkouts.shown_checkout(checkouts.cancel_checkout(call.db, call.id), call.service.public_url)


def _create_refund(call: Call) -> dict[str, Any]:
    return checkouts.shown_refund(checkouts.create_refund(call.db, call.service.announcer, call.given, call.now))


def _read_refund(call: Call) -> dict[str, Any]:
    return checkouts.shown_refund(one(call, "refunds"))


def _find_refunds(call: Call) -> dict[str, Any]:
    return {"items": [checkouts.shown_refund(row) for row in found(call, "refunds", "reference")]}


def _send_payout(call: Call) -> dict[str, Any]:
    settings = call.service.settings
    row = payouts.send_payout(call.db, call.given, settings.webhook_url, settings.payout_after_s, call.now)
    return payouts.shown_payout(row)


def _read_payout(call: Call) -> dict[str, Any]:
    return payouts.shown_payout(one(call, "payouts"))


def _find_payouts(call: Call) -> dict[str, Any]:
    return {"items": [payouts.shown_payout(row) for row in found(call, "payouts", "reference")]}


def _open_dispute(call: Call) -> dict[str, Any]:
    return disputes.shown_dispute(disputes.open_dispute(call.db, call.service.announcer, call.given, call.now))


def _read_dispute(call: Call) -> dict[str, Any]:
    return disputes.shown_dispute(disputes.dispute(call.db, call.id))


def _find_disputes(call: Call) -> dict[str, Any]:
    return {"items": [disputes.shown_dispute(row) for row in found(call, "disputes", "merchant_reference")]}


def _answer_dispute(call: Call) -> dict[str, Any]:
    return disputes.shown_dispute(disputes.answer_dispute(call.db, call.service.announcer, call.id, call.given, call.now))


def _decide_dispute(call: Call) -> dict[str, Any]:
    """As the payer's bank: what the console does by its buttons."""
    only(call.given, "verb")
    row = disputes.decide_dispute(call.db, call.service.announcer, call.id, str(call.given.get("verb", "")), call.now)
    return disputes.shown_dispute(row)


def _withdraw(call: Call) -> dict[str, Any]:
    return withdrawals.withdraw(call.db, call.given, call.now)


def _send_withdrawal_back(call: Call) -> dict[str, Any]:
    only(call.given, "")
    return withdrawals.send_back(call.db, call.id, call.now)


def _read_statement(call: Call) -> dict[str, Any]:
    told = statement(call.db, call.query.get("from", ""), call.query.get("to", ""), call.query.get("after", "0"))
    announcer = call.service.announcer
    if any(fault["kind"] in STATEMENT_FAULTS for fault in announcer.faults.switched_on(call.db)):
        told["lines"] = [
            printed
            for line in told["lines"]
            for printed in misprinted(
                line, announcer.faults.firing(call.db, announcer.seed, STATEMENT_FAULTS, {line["reference"]})
            )
        ]
    return told


# fmt: off
ROUTES = (
    Route("POST",   "/v1/checkouts",              "checkouts.open",   _open_checkout, key_required=True),
    Route("GET",    "/v1/checkouts",              "checkouts.find",   _find_checkouts),
    Route("GET",    "/v1/checkouts/{id}",         "checkouts.read",   _read_checkout),
    Route("POST",   "/v1/checkouts/{id}/cancel",  "checkouts.cancel", _cancel_checkout),
    Route("POST",   "/v1/refunds",                "refunds.create",   _create_refund, key_required=True),
    Route("GET",    "/v1/refunds",                "refunds.find",     _find_refunds),
    Route("GET",    "/v1/refunds/{id}",           "refunds.read",     _read_refund),
    Route("POST",   "/v1/payouts",                "payouts.send",     _send_payout, key_required=True),
    Route("GET",    "/v1/payouts",                "payouts.find",     _find_payouts),
    Route("GET",    "/v1/payouts/{id}",           "payouts.read",     _read_payout),
    Route("POST",   "/v1/disputes",               "disputes.open",    _open_dispute),
    Route("GET",    "/v1/disputes",               "disputes.find",    _find_disputes),
    Route("GET",    "/v1/disputes/{id}",          "disputes.read",    _read_dispute),
    Route("POST",   "/v1/disputes/{id}/answer",   "disputes.answer",  _answer_dispute, key_required=True),
    Route("POST",   "/v1/disputes/{id}/decide",   "disputes.decide",  _decide_dispute),
    Route("POST",   "/v1/withdrawals",            "withdrawals.send", _withdraw, key_required=True),
    Route("POST",   "/v1/withdrawals/{id}/return", "withdrawals.return", _send_withdrawal_back),
    Route("GET",    "/v1/statement",              "statement.read",   _read_statement),
)
# fmt: on


def _references(db: sqlite3.Connection, given: dict[str, Any], query: dict[str, str], thing_id: str) -> set[str]:
    """Every id of the merchant's that a call is about."""
    named = [source.get(name) for source in (given, query) for name in ("merchant_reference", "reference")]
    of_checkout = "select merchant_reference from checkouts where id = ?"
    of_dispute = "select merchant_reference from disputes where id = ?"
    return references_in(db, named, [(of_checkout, thing_id), (of_checkout, given.get("checkout")), (of_dispute, thing_id)])


API = Api(ROUTES, _references)
