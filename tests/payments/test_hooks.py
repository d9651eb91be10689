"""Where providers report: only what is truly signed, fresh and fitting counts, and it counts once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from everfair.base.signature import signed_headers
from everfair.base.sql import ask
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.payments.models import Intent, ProviderEvent
from everfair.trade.actions import pay_stage
from tests import make

pytestmark = pytest.mark.django_db
HOOK = "/hooks/payments/sandbox"


def post(headers: dict[str, str], body: bytes, address: str = HOOK) -> Any:
    return Client().post(address, body, "application/json", headers=headers)


def waiting() -> tuple[make.Trade, Intent]:
    trade = make.trade("agreed")
    return trade, Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))


def signed(body: bytes, *, secret: str = "", at: int | None = None, event_id: str = "evt_x") -> dict[str, str]:
    secret = secret or settings.PROVIDERS["sandbox"]["EVERFAIR_SANDBOX_WEBHOOK_SECRET"]
    return signed_headers([secret], event_id, int(datetime.now(UTC).timestamp()) if at is None else at, body)


def kept() -> list[tuple[str, str]]:
    return list(ProviderEvent.objects.order_by("id").values_list("outcome", "outcome_note"))


def in_the_books() -> int:
    return int(ask("SELECT count(*) FROM ledger_entry")[0][0])


def test_a_true_event_is_taken_and_its_repetition_answered_the_same():
    """B87."""
    _trade, intent = waiting()
    headers, body = make.told(intent)

    first, second = post(headers, body), post(headers, body)

    intent.refresh_from_db()
    assert (first.status_code, first.content, second.status_code, second.content) == (200, b"applied", 200, b"applied")
    assert (intent.state, ProviderEvent.objects.count()) == ("captured", 1)


@pytest.mark.parametrize("age_s", [3 * 86400, 301, -303, -86400])
def test_old_and_future_signatures_are_refused(age_s):
    """B89."""
    _trade, intent = waiting()
    _headers, body = make.told(intent)

    answer = post(signed(body, at=int(datetime.now(UTC).timestamp()) - age_s, event_id=json.loads(body)["id"]), body)

    intent.refresh_from_db()
    assert (answer.status_code, intent.state) == (401, "created")
    assert kept() == [("refused", "signed too long ago")]
    assert in_the_books() == 0


def test_a_signature_of_another_secret_or_of_other_bytes_is_refused():
    """B89."""
    _trade, intent = waiting()
    headers, body = make.told(intent)
    stranger = signed(body, secret="whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    rewritten = json.dumps(json.loads(body), indent=1).encode()
    cheaper = body.replace(b"12600", b"12601")

    answers = [post(stranger, body), post(headers, rewritten), post(headers, cheaper), post({}, body), post(headers, b"")]

    intent.refresh_from_db()
    assert {answer.status_code for answer in answers} == {401}
    assert intent.state == "created"
    assert kept() == [("refused", "no valid signature")] * 3  # the same bytes once, and none of no bytes
    assert in_the_books() == 0


def test_of_two_signatures_one_true_one_is_enough():
    """B89: while a secret is changed both are sent."""
    _trade, intent = waiting()
    _headers, body = make.told(intent)
    event_id, now = json.loads(body)["id"], int(datetime.now(UTC).timestamp())
    other = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    own = settings.PROVIDERS["sandbox"]["EVERFAIR_SANDBOX_WEBHOOK_SECRET"]

    assert post(signed_headers([other, own], event_id, now, body), body).status_code == 200


def test_money_for_an_unknown_payment_is_booked_where_a_person_looks():
    """B88."""
    _trade, intent = waiting()
    headers, body = make.told(intent, merchant_reference="01a20000-0000-7000-8000-000000000000")

    answer = post(headers, body)

    intent.refresh_from_db()
    assert (answer.status_code, answer.content, intent.state) == (200, b"unknown", "created")
    assert ProviderEvent.objects.get().outcome == "unknown"
    assert [proof for proof in prove() if proof.breach] == []


def test_an_event_of_another_amount_pays_nothing():
    trade, intent = waiting()
    headers, body = make.told(intent, amount_minor=1)

    assert post(headers, body).content == b"mismatch"
    assert balance(wallet(trade.order.buyer_id, "USD"), "USD").posted.minor == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"id":"evt_x","id":"evt_y"}', b'{"id":"evt_x"}', b"\xff\xfe", b'{"id":"evt_x","type":"checkout.captured","data":{}}'],
)  # fmt: skip
def test_a_signed_event_that_cannot_be_read_is_kept_for_a_person(body):
    """B27, B40."""
    answer = post(signed(body), body)

    assert answer.status_code in (401, 422)
    assert kept() == ([("refused", "not to be read")] if body else [])
    assert in_the_books() == 0


def test_only_a_known_provider_posts_and_only_posts():
    _trade, intent = waiting()
    headers, body = make.told(intent)

    assert post(headers, body, "/hooks/payments/stripe").status_code == 404
    assert post(headers, body, "/hooks/payments/../sandbox").status_code == 404
    assert Client().get(HOOK).status_code == 405
    assert post(headers, b"x" * 70_000).status_code == 413


def test_events_out_of_order_end_in_the_same_place():
    """I13: a failure that is older than what we know is passed over."""
    _trade, intent = waiting()
    later = make.told(intent, version=5)
    earlier = make.told(intent, "checkout.failed", version=4, failure_code="declined")

    outcomes = [post(*later).content, post(*earlier).content]

    intent.refresh_from_db()
    assert (outcomes, intent.state) == ([b"applied", b"ignored"], "captured")


def test_an_event_of_another_merchant_is_kept_and_nothing_is_booked():
    """I12: truly signed, the right payment and amount, and somebody else's money."""
    _trade, intent = waiting()
    headers, body = make.told(intent, account="acct_stranger")

    answer = post(headers, body)

    intent.refresh_from_db()
    assert (answer.status_code, intent.state, in_the_books()) == (422, "created", 0)
    assert kept() == [("refused", "of another merchant")]


def test_a_refused_event_never_stands_in_the_way_of_the_true_one():
    """Whoever forges an event under the id of one that is coming gains nothing."""
    _trade, intent = waiting()
    headers, body = make.told(intent)
    forged = post({**headers, "webhook-signature": "v1,AAAA"}, body)

    true = post(headers, body)

    intent.refresh_from_db()
    assert (forged.status_code, true.content, intent.state) == (401, b"applied", "captured")
    assert sorted(outcome for outcome, _note in kept()) == ["applied", "refused"]


def test_a_flood_of_forged_events_fills_no_table(monkeypatch):
    """F24: what nothing proves is kept so many times an hour; what is signed always."""
    monkeypatch.setattr("everfair.payments.actions.events.REFUSED_IN_AN_HOUR", 3)
    _trade, intent = waiting()
    for n in range(8):
        post(signed(b"%d" % n, secret="whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="), b"%d" % n)
    post(*make.told(intent, account="acct_stranger"))

    assert kept() == [("refused", "no valid signature")] * 3 + [("refused", "of another merchant")]
