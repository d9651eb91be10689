"""The payment sandbox over a real socket: its API, its pages, its webhooks, its faults, and its memory."""

import base64
import hashlib
import hmac
import json
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from everfair.base.sandbox.events import RETRY_AFTER_S, next_attempt_at
from everfair.base.sandbox.faults import chance
from everfair.base.sandbox.words import COMMON, LANGUAGES, language_of
from everfair.payments.sandbox.amounts import fee_minor, written
from everfair.payments.sandbox.faults import FAULTS
from everfair.payments.sandbox.words import WORDS
from tests.payments.running_sandbox import OLD_SECRET, SECRET, RunningSandbox, running_receiver, running_sandbox, wait_until

CHECKOUT = {
    "merchant_reference": "intent-1",
    "amount_minor": 123450,
    "currency": "USD",
    "recipient": "company:7",
    "description": "EF-10042, deposit",
    "return_url": "https://shop.example/orders/7?tab=money",
    "language": "en",
}
PAYOUT = {
    "reference": "payout-1",
    "amount_minor": 5000,
    "currency": "EUR",
    "holder": "Ada GmbH",
    "account": "DE89370400440532013000",
}


@pytest.fixture
def receiver():
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def sandbox(tmp_path, receiver):
    with running_sandbox(tmp_path, receiver.url, "--payout-seconds", "0.1", "--late-seconds", "1") as sandbox:
        yield sandbox


def opened(sandbox: RunningSandbox, reference: str = "intent-1", **changes) -> dict:
    reply = sandbox.call("POST", "/v1/checkouts", CHECKOUT | {"merchant_reference": reference} | changes, key=f"key-{reference}")
    assert reply.status == 201, reply.text
    return reply.json


def code(reply) -> tuple[int, str]:
    assert reply.json["error"]["message"]
    return reply.status, reply.json["error"]["code"]


def fits(secret: str, headers: dict, body: bytes) -> bool:
    """Standard Webhooks, written a second time so that the sandbox is not its own judge."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}" in headers["webhook-signature"].split()


# A whole life


def test_a_checkout_is_opened_paid_told_refunded_and_settled(sandbox, receiver):
    checkout = opened(sandbox)
    assert checkout["state"] == "open"
    assert re.fullmatch(rf"http://localhost:\d+/pay/{checkout['id']}", checkout["url"])

    answer = sandbox.pay(checkout["url"])
    assert (answer.status, answer.headers["location"]) == (
        303,
        f"https://shop.example/orders/7?tab=money&checkout={checkout['id']}",
    )
    event = receiver.wait_for(1)[0]
    assert event["type"] == "checkout.captured"
    assert event["account"] == "acct_everfair"
    assert event["data"] == {
        "id": checkout["id"],
        "merchant_reference": "intent-1",
        "amount_minor": 123450,
        "currency": "USD",
        "recipient": "company:7",
        "state": "captured",
        "failure_code": "",
        "version": 2,
    }
    headers, body = receiver.got[0]
    assert headers["webhook-id"] == event["id"]
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
    assert fits(SECRET, headers, body)

    refund = sandbox.call("POST", "/v1/refunds", {"checkout": checkout["id"], "amount_minor": 23450, "reference": "r1"}, key="r1")
    assert (refund.status, refund.json["state"]) == (201, "succeeded")
    told = receiver.wait_for(2)[1]
    assert (told["type"], told["data"]["reference"], told["data"]["merchant_reference"]) == ("refund.succeeded", "r1", "intent-1")
    assert sandbox.call("GET", f"/v1/checkouts/{checkout['id']}").json["refunded_minor"] == 23450
    assert sandbox.call("GET", f"/v1/refunds/{refund.json['id']}").json == refund.json

    today = datetime.now(UTC).date().isoformat()
    statement = sandbox.call("GET", f"/v1/statement?from={today}&to={today}").json
    lines = [
        (line["kind"], line["reference"], line["gross_minor"], line["fee_minor"], line["net_minor"])
        for line in statement["lines"]
    ]
    assert lines == [("checkout", "intent-1", 123450, 1753, 121697), ("refund", "r1", -23450, 0, -23450)]
    assert statement["next"] is None


def test_a_declined_checkout_fails_for_good_and_settles_nothing(sandbox, receiver):
    checkout = opened(sandbox)

    sandbox.pay(checkout["url"], "declined")
    sandbox.pay(checkout["url"], "pays")

    assert [(e["type"], e["data"]["failure_code"]) for e in receiver.wait_for(1)] == [("checkout.failed", "card_declined")]
    assert sandbox.call("GET", f"/v1/checkouts/{checkout['id']}").json["state"] == "failed"
    assert sandbox.call("GET", "/v1/statement?from=2020-01-01&to=2999-12-31").json["lines"] == []


def test_paying_fifty_times_at_once_captures_once(sandbox, receiver):
    checkout = opened(sandbox)

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: sandbox.pay(checkout["url"]).status, range(50)))

    assert statuses == [303] * 50
    receiver.wait_for(1)
    assert len(sandbox.call("GET", "/v1/deliveries").json["items"]) == 1
    assert len(sandbox.call("GET", "/v1/statement?from=2020-01-01&to=2999-12-31").json["lines"]) == 1


def test_a_late_confirmation_comes_late_and_a_double_one_twice(sandbox, receiver):
    sandbox.pay(opened(sandbox, "late")["url"], "late")
    assert sandbox.call("GET", "/v1/checkouts?merchant_reference=late").json["items"][0]["state"] == "captured"
    sandbox.pay(opened(sandbox, "twice")["url"], "twice")

    first, second, third = receiver.wait_for(3)
    assert [e["data"]["merchant_reference"] for e in (first, second, third)] == ["twice", "twice", "late"]
    assert first["id"] == second["id"]


def test_a_cancelled_checkout_cannot_be_paid_and_a_paid_one_not_cancelled(sandbox):
    left, paid = opened(sandbox, "left"), opened(sandbox, "paid")
    sandbox.pay(paid["url"])

    for _ in range(2):
        assert sandbox.call("POST", f"/v1/checkouts/{left['id']}/cancel").json["state"] == "cancelled"
    sandbox.pay(left["url"])

    assert sandbox.call("GET", f"/v1/checkouts/{left['id']}").json["state"] == "cancelled"
    assert code(sandbox.call("POST", f"/v1/checkouts/{paid['id']}/cancel")) == (409, "checkout_not_open")


def test_a_payout_is_pending_then_paid_or_failed(sandbox, receiver):
    sandbox.fault("payout_fails", merchant_reference="payout-2")

    first = sandbox.call("POST", "/v1/payouts", PAYOUT, key="p1")
    sandbox.call("POST", "/v1/payouts", PAYOUT | {"reference": "payout-2"}, key="p2")

    assert (first.status, first.json["state"]) == (201, "pending")
    told = {e["data"]["merchant_reference"]: e for e in receiver.wait_for(2)}
    assert (told["payout-1"]["type"], told["payout-1"]["data"]["recipient"]) == ("payout.paid", "DE89370400440532013000")
    assert (told["payout-2"]["type"], told["payout-2"]["data"]["failure_code"]) == ("payout.failed", "account_closed")
    assert sandbox.call("GET", "/v1/payouts?reference=payout-1").json["items"][0]["state"] == "paid"
    lines = sandbox.call("GET", "/v1/statement?from=2020-01-01&to=2999-12-31").json["lines"]
    assert [(line["reference"], line["net_minor"]) for line in lines] == [("payout-1", -5000)]


# Idempotency and refusals


def test_the_same_key_gets_the_same_answer_and_another_body_is_refused(sandbox):
    first = sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k")
    sandbox.pay(first.json["url"])

    again = sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k")
    other = sandbox.call("POST", "/v1/checkouts", CHECKOUT | {"amount_minor": 1}, key="k")

    assert (again.status, again.body, again.headers["idempotent-replayed"]) == (201, first.body, "true")
    assert code(other) == (422, "idempotency_key_reused")
    assert code(sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k2")) == (409, "reference_taken")
    assert code(sandbox.call("POST", "/v1/checkouts", CHECKOUT)) == (400, "idempotency_key_required")


def test_fifty_equal_posts_at_once_make_one_checkout(sandbox):
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k"), range(50)))

    assert {(reply.status, reply.body) for reply in replies} == {(201, replies[0].body)}


def test_refunds_never_exceed_what_was_captured(sandbox):
    checkout = opened(sandbox)
    refund = {"checkout": checkout["id"], "amount_minor": 10000, "currency": "USD"}
    assert code(sandbox.call("POST", "/v1/refunds", refund | {"reference": "r"}, key="r")) == (409, "checkout_not_captured")
    sandbox.pay(checkout["url"])

    with ThreadPoolExecutor(10) as pool:
        replies = list(
            pool.map(lambda n: sandbox.call("POST", "/v1/refunds", refund | {"reference": f"r{n}"}, key=f"r{n}"), range(20))
        )

    assert sorted(reply.status for reply in replies) == [201] * 12 + [409] * 8
    assert sandbox.call("GET", f"/v1/checkouts/{checkout['id']}").json["refunded_minor"] == 120000
    other = refund | {"reference": "eur", "currency": "EUR", "amount_minor": 1}
    assert code(sandbox.call("POST", "/v1/refunds", other, key="eur")) == (400, "currency_mismatch")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_minor": 0}, "amount_out_of_bounds"),
        ({"amount_minor": -5}, "amount_out_of_bounds"),
        ({"amount_minor": 10**15 + 1}, "amount_out_of_bounds"),
        ({"amount_minor": True}, "invalid_amount"),
        ({"amount_minor": "100"}, "invalid_amount"),
        ({"amount_minor": 1.5}, "invalid_json"),
        ({"amount_minor": float("nan")}, "invalid_json"),
        ({"currency": "usd"}, "unsupported_currency"),
        ({"currency": "XXX"}, "unsupported_currency"),
        ({"currency": ["USD"]}, "unsupported_currency"),
        ({"merchant_reference": ""}, "invalid_field"),
        ({"merchant_reference": {"a": 1}}, "invalid_field"),
        ({"merchant_reference": "x" * 129}, "invalid_field"),
        ({"description": "a\x00b"}, "invalid_field"),
        ({"description": "\ud800"}, "invalid_field"),
        ({"description": "a\u202eb"}, "invalid_field"),
        ({"return_url": "javascript:alert(1)"}, "invalid_field"),
        ({"return_url": "//evil.example/"}, "invalid_field"),
        ({"return_url": "http://a;script-src *.evil/"}, "invalid_field"),
        ({"return_url": "http://user@a.example/"}, "invalid_field"),
        ({"webhook_url": "file:///etc/passwd"}, "invalid_field"),
        ({"amount": 5}, "unknown_field"),
    ],
)
def test_a_bad_field_is_refused_cleanly_and_nothing_is_kept(shared, changes, refusal):
    assert code(shared.call("POST", "/v1/checkouts", CHECKOUT | changes, key="bad")) == (400, refusal)
    assert shared.call("GET", "/v1/checkouts?merchant_reference=intent-1").json == {"items": []}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"account": "DE88370400440532013000"}, "invalid_account"),
        ({"account": "de 89"}, "invalid_account"),
        ({"bic": "NOPE"}, "invalid_bic"),
        ({"holder": ""}, "invalid_field"),
        ({"currency": "ZZZ"}, "unsupported_currency"),
    ],
)
def test_a_bad_payout_is_refused(shared, changes, refusal):
    assert code(shared.call("POST", "/v1/payouts", PAYOUT | changes, key="bad")) == (400, refusal)
    assert shared.call("GET", "/v1/payouts?reference=payout-1").json == {"items": []}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One sandbox for tests that use references of their own and leave the faults as they were."""
    with running_sandbox(tmp_path_factory.mktemp("shared")) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b'{"a": 1, "a": 2}', (400, "invalid_json")),
        (b"[]", (400, "invalid_json")),
        (b"{", (400, "invalid_json")),
        (b'{"a": "\xff"}', (400, "invalid_json")),
        (b"[" * 60000, (400, "invalid_json")),
        (b'{"a": ' + b"9" * 5000 + b"}", (400, "invalid_json")),
        (b" " * 70000, (413, "body_too_large")),
    ],
)
def test_an_unreadable_body_is_refused(shared, body, refusal):
    headers = {"Authorization": "Bearer sandbox-key-for-tests", "Idempotency-Key": "bad"}
    assert code(shared.send("POST", "/v1/checkouts", body, headers)) == refusal


def test_without_the_key_nothing_is_told(shared):
    for value in ("", "Bearer", "Bearer ", "Bearer wrong", "Basic sandbox-key-for-tests", "Bearer sandbox-key-for-tests2"):
        assert code(shared.send("GET", "/v1/faults", headers={"Authorization": value})) == (401, "unauthorized")


def test_unknown_addresses_methods_and_queries_are_clean_errors(shared):
    assert code(shared.call("GET", "/v1/nothing")) == (404, "not_found")
    assert code(shared.call("GET", "/v1/checkouts/chk_" + "0" * 32)) == (404, "not_found")
    assert code(shared.call("DELETE", "/v1/checkouts")) == (405, "method_not_allowed")
    assert code(shared.call("GET", "/v1/checkouts")) == (400, "invalid_field")
    assert code(shared.call("GET", "/v1/checkouts?merchant_reference=%ff")) == (400, "invalid_address")
    assert code(shared.call("GET", "/v1/statement?from=2026-02-30&to=2026-03-01")) == (400, "invalid_period")
    assert code(shared.call("GET", "/v1/statement?from=2026-03-02&to=2026-03-01")) == (400, "invalid_period")
    assert code(shared.call("POST", "/v1/faults", {"kind": "nonsense"})) == (400, "unknown_fault")
    assert code(shared.call("DELETE", "/v1/faults/12345")) == (404, "not_found")
    assert shared.visit("/healthz").json == {"status": "ok"}


def test_a_statement_comes_in_pages_that_miss_nothing(sandbox):
    for number in range(103):
        checkout = opened(sandbox, f"page-{number}", currency="JPY", amount_minor=1000)
        sandbox.pay(checkout["url"])

    first = sandbox.call("GET", "/v1/statement?from=2020-01-01&to=2999-12-31")
    second = sandbox.call("GET", f"/v1/statement?from=2020-01-01&to=2999-12-31&after={first.json['next']}")

    references = [line["reference"] for page in (first, second) for line in page.json["lines"]]
    assert references == [f"page-{number}" for number in range(103)]
    assert second.json["next"] is None
    assert len(first.body) < 64 * 1024


def test_fees_and_amounts_follow_the_currency():
    assert [fee_minor("checkout", minor, "EUR") for minor in (10, 10000, 10036)] == [10, 165, 166]
    assert fee_minor("checkout", 1000, "JPY") == 14
    assert fee_minor("checkout", 1000, "KWD") == 264
    assert fee_minor("payout", 1000, "EUR") == 0
    assert [written(1234550, "USD"), written(5, "EUR"), written(1234, "JPY"), written(1234, "KWD")] == [
        "USD 12,345.50",
        "EUR 0.05",
        "JPY 1,234",
        "KWD 1.234",
    ]


# The hosted page


@pytest.mark.parametrize(
    ("language", "banner", "title"),
    [
        ("en", "Sandbox: no real money", "Pay Everfair"),
        ("zh-hant", "沙盒環境", "付款給 Everfair"),
        ("zh-CN", "沙盒环境", "付款给 Everfair"),
    ],
)
def test_the_hosted_page_says_what_is_paid_in_the_payers_language(shared, language, banner, title):
    checkout = opened(shared, f"page-in-{language}", language=language, description="<b>50 % & kettles</b> {x}")

    page = shared.visit(urlsplit(checkout["url"]).path)

    assert page.status == 200
    for part in (
        banner,
        "USD 1,234.50",
        f">{title}</h1>",
        "company:7",
        "&lt;b&gt;50 % &amp; kettles&lt;/b&gt; {x}",
        f'lang="{language_of(language)}"',
    ):
        assert part in page.text
    assert page.text.count('name="instrument"') == 4
    assert "<script" not in page.text
    assert " style=" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https://shop.example"
    )


def test_a_settled_page_offers_only_the_way_back(shared):
    checkout = opened(shared, "settled-page")
    shared.pay(checkout["url"])

    page = shared.visit(urlsplit(checkout["url"]).path)

    assert "This payment is made" in page.text
    assert 'name="instrument"' not in page.text
    assert f"https://shop.example/orders/7?tab=money&amp;checkout={checkout['id']}" in page.text


def test_a_form_of_another_site_pays_nothing(shared):
    checkout = opened(shared, "foreign-form")
    path = urlsplit(checkout["url"]).path

    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert shared.visit(path, {"instrument": "pays"}, headers).status == 403
    assert shared.visit(path, {"instrument": "nonsense"}).status == 400
    assert shared.visit("/pay/chk_unknown").status == 404

    assert shared.call("GET", f"/v1/checkouts/{checkout['id']}").json["state"] == "open"


def test_every_word_exists_in_every_language():
    assert {kind for kind in FAULTS.kinds if f"fault_{kind}" not in COMMON | WORDS} == set()
    assert {name for name, row in (COMMON | WORDS).items() if len(row) != len(LANGUAGES) or not all(row)} == set()
    assert [language_of(tag) for tag in ("", "de", "zh", "zh-Hans-CN", "zh_TW", "zh-HK", "ZH-HANT")] == [
        "en",
        "en",
        "zh-Hans",
        "zh-Hans",
        "zh-Hant",
        "zh-Hant",
        "zh-Hant",
    ]


# Webhooks


def test_a_refused_webhook_is_sent_again_until_taken(sandbox, receiver):
    receiver.statuses = [500, 302]
    sandbox.pay(opened(sandbox)["url"])

    events = receiver.wait_for(3, within_s=12)

    assert len({event["id"] for event in events}) == 1
    wait_until(lambda: sandbox.call("GET", "/v1/deliveries").json["items"][0]["state"] == "delivered")
    assert sandbox.call("GET", "/v1/deliveries").json["items"][0]["attempts"] == 3


def test_a_gone_receiver_is_left_alone_and_an_operator_can_send_again(sandbox, receiver):
    receiver.statuses = [410]
    sandbox.pay(opened(sandbox)["url"])
    wait_until(lambda: sandbox.call("GET", "/v1/deliveries").json["items"][0]["state"] == "gave_up")

    sandbox.call("POST", f"/v1/deliveries/{sandbox.call('GET', '/v1/deliveries').json['items'][0]['id']}/replay")

    first, second = receiver.wait_for(2)
    assert first == second


def test_the_schedule_lasts_three_days_with_a_fifth_of_jitter():
    assert RETRY_AFTER_S[:6] == (0, 1, 5, 30, 300, 1800)
    assert 2.5 < sum(RETRY_AFTER_S) / 86400 < 3.5
    for attempts, wait_s in enumerate(RETRY_AFTER_S[1:], start=1):
        drawn = [next_attempt_at(1, delivery, attempts, 1000.0) - 1000 for delivery in range(200)]
        assert wait_s * 0.8 <= min(drawn) < max(drawn) <= wait_s * 1.2
    assert next_attempt_at(1, 1, len(RETRY_AFTER_S), 0) is None
    assert chance(1, "a", 1) == chance(1, "a", 1) != chance(2, "a", 1)


def test_while_a_secret_is_rotated_both_sign(tmp_path, receiver):
    with running_sandbox(tmp_path, receiver.url, EVERFAIR_SANDBOX_WEBHOOK_SECRET=f"{SECRET} {OLD_SECRET}") as sandbox:
        sandbox.pay(opened(sandbox)["url"])
        receiver.wait_for(1)

    headers, body = receiver.got[0]
    assert fits(SECRET, headers, body)
    assert fits(OLD_SECRET, headers, body)


# Faults


def test_an_answer_can_get_lost_after_the_work_is_done(sandbox):
    sandbox.fault("timeout_after_commit", count=1, value=1)

    with pytest.raises(ConnectionError):
        sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k")

    found = sandbox.call("GET", "/v1/checkouts?merchant_reference=intent-1").json["items"]
    assert sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k").json["id"] == found[0]["id"]


def test_errors_before_and_after_the_work_differ_in_what_was_done(sandbox):
    sandbox.fault("error_5xx", count=1, on="checkouts.open")
    sandbox.fault("error_5xx_after_commit", count=1, value=502, merchant_reference="second")

    assert code(sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="a")) == (503, "scripted_trouble")
    assert sandbox.call("GET", "/v1/checkouts?merchant_reference=intent-1").json["items"] == []
    assert sandbox.call("POST", "/v1/checkouts", CHECKOUT | {"merchant_reference": "second"}, key="b").status == 502
    assert len(sandbox.call("GET", "/v1/checkouts?merchant_reference=second").json["items"]) == 1


def test_it_can_be_slow_and_ask_to_come_later(sandbox):
    sandbox.fault("slow", count=1, value=1)
    sandbox.fault("rate_limit_429", count=1, value=7)

    begun = time.monotonic()
    reply = sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k")

    assert time.monotonic() - begun >= 1
    assert (*code(reply), reply.headers["retry-after"]) == (429, "rate_limited", "7")
    assert sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k").status == 201


def test_a_fault_strikes_only_its_reference_and_only_so_often(sandbox):
    sandbox.fault("error_5xx", count=2, merchant_reference="intent-1")

    assert sandbox.call("GET", "/v1/checkouts?merchant_reference=other").status == 200
    assert [sandbox.call("GET", "/v1/checkouts?merchant_reference=intent-1").status for _ in range(3)] == [503, 503, 200]
    assert sandbox.call("GET", "/v1/faults").json["items"] == []


def test_the_same_seed_makes_the_same_trouble(tmp_path):
    runs = []
    for name in ("one", "two"):
        with running_sandbox(tmp_path / name, "", "--seed", "5") as sandbox:
            sandbox.fault("error_5xx", probability_percent=40)
            runs.append([sandbox.call("GET", "/v1/checkouts?merchant_reference=x").status for _ in range(40)])

    assert runs[0] == runs[1]
    assert 5 < runs[0].count(503) < 30


def test_webhooks_can_be_lost_for_good_until_sent_again_by_hand(sandbox, receiver):
    sandbox.fault("drop_webhooks", count=1)
    sandbox.pay(opened(sandbox)["url"])
    delivery = sandbox.call("GET", "/v1/deliveries").json["items"][0]
    assert delivery["state"] == "dropped"

    sandbox.call("POST", f"/v1/deliveries/{delivery['id']}/replay")

    assert receiver.wait_for(1)[0]["type"] == "checkout.captured"


def test_webhooks_can_be_delayed_and_repeated(sandbox, receiver):
    sandbox.fault("delay_webhooks", count=1, value=1)
    sandbox.fault("duplicate_webhooks", count=1, value=3)
    begun = time.monotonic()
    sandbox.pay(opened(sandbox)["url"])

    events = receiver.wait_for(4)

    assert time.monotonic() - begun >= 0.9
    assert len(events) == 4
    assert len({event["id"] for event in events}) == 1


def test_shuffled_webhooks_never_come_in_order(sandbox, receiver):
    sandbox.fault("shuffle_webhooks", value=1)
    references = ["a", "b", "c", "d"]
    for reference in references:
        sandbox.pay(opened(sandbox, reference)["url"])

    came = [event["data"]["merchant_reference"] for event in receiver.wait_for(4)]

    assert sorted(came) == references
    assert came != references


def test_even_a_draw_in_the_true_order_is_turned_round(tmp_path, receiver):
    seed = next(seed for seed in range(100) if chance(seed, "shuffle", 2, 0) < chance(seed, "shuffle", 2, 1))
    with running_sandbox(tmp_path, receiver.url, "--seed", str(seed)) as sandbox:
        sandbox.fault("shuffle_webhooks", value=1)
        for reference in ("a", "b"):
            sandbox.pay(opened(sandbox, reference)["url"])

        assert [event["data"]["merchant_reference"] for event in receiver.wait_for(2)] == ["b", "a"]


def test_an_event_can_lie_under_a_true_signature(sandbox, receiver):
    for kind in ("wrong_amount", "wrong_currency", "wrong_recipient"):
        sandbox.fault(kind, count=1)
    sandbox.pay(opened(sandbox)["url"])

    told = receiver.wait_for(1)[0]["data"]

    assert (told["amount_minor"], told["currency"], told["recipient"]) == (123449, "EUR", "somebody-else")
    assert fits(SECRET, *receiver.got[0])
    assert sandbox.call("GET", "/v1/checkouts?merchant_reference=intent-1").json["items"][0]["amount_minor"] == 123450


def test_a_forged_signature_fits_no_secret_and_the_next_attempt_is_true(sandbox, receiver):
    sandbox.fault("forged_signature", count=1)
    receiver.statuses = [401]
    sandbox.pay(opened(sandbox)["url"])

    receiver.wait_for(2)

    assert [fits(SECRET, headers, body) for headers, body in receiver.got] == [False, True]


# The console


def test_the_console_shows_and_steers(sandbox, receiver):
    sandbox.pay(opened(sandbox)["url"])
    sandbox.call("POST", "/v1/payouts", PAYOUT, key="p")
    receiver.wait_for(2)

    added = sandbox.visit("/console/faults", {"kind": "slow", "value": "2", "count": "", "probability_percent": "50"})
    page = sandbox.visit("/console")

    assert (added.status, added.headers["location"]) == (303, "/console?lang=en")
    for part in ("intent-1", "payout-1", "USD 1,234.50", "DE89370400440532013000", "checkout.captured", "answers slowly"):
        assert part in page.text
    fault = sandbox.call("GET", "/v1/faults").json["items"][0]
    assert (fault["kind"], fault["value"], fault["remaining"], fault["probability_percent"]) == ("slow", 2, None, 50)
    sandbox.visit("/console/faults/remove", {"id": str(fault["id"])})
    assert sandbox.call("GET", "/v1/faults").json["items"] == []
    newest = sandbox.call("GET", "/v1/deliveries").json["items"][0]["id"]
    sandbox.visit("/console/deliveries/replay", {"id": str(newest)})
    receiver.wait_for(3)
    assert sandbox.visit("/console/faults", {"kind": "slow", "value": "1,5"}).status == 400


def test_the_console_is_closed_to_strangers_hosts_and_foreign_forms(shared):
    assert shared.visit("/console", headers={"Host": "rebound.example"}).status == 403
    assert shared.visit("/console/faults", {"kind": "slow"}, {"Origin": "https://evil.example"}).status == 403
    assert shared.visit("/console/faults", {"kind": "slow"}, {"Sec-Fetch-Site": "same-site"}).status == 403
    assert shared.call("GET", "/v1/faults").json["items"] == []


def test_with_a_token_set_only_the_token_opens_the_console(tmp_path):
    with running_sandbox(tmp_path, EVERFAIR_SANDBOX_CONSOLE_TOKEN="console-token-for-tests") as sandbox:
        assert sandbox.visit("/console").status == 403
        assert sandbox.visit("/console?token=wrong").status == 403
        entered = sandbox.visit("/console?token=console-token-for-tests")
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly; SameSite=Strict" in cookie
        assert sandbox.visit("/console", headers={"Cookie": cookie.split(";")[0], "Host": "pay.example"}).status == 200


# The process


def test_kill_9_loses_neither_state_nor_faults_nor_waiting_webhooks(tmp_path, receiver):
    with running_sandbox(tmp_path, receiver.url) as sandbox:
        sandbox.fault("delay_webhooks", count=1, value=1, merchant_reference="intent-1")
        sandbox.fault("slow", value=0)
        checkout = opened(sandbox)
        sandbox.pay(checkout["url"])
        sandbox.call("POST", "/v1/payouts", PAYOUT, key="p")

        sandbox.kill()
        sandbox.start()

        assert sandbox.call("GET", f"/v1/checkouts/{checkout['id']}").json["state"] == "captured"
        assert sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="key-intent-1").json["id"] == checkout["id"]
        assert [fault["kind"] for fault in sandbox.call("GET", "/v1/faults").json["items"]] == ["slow"]
        assert {event["type"] for event in receiver.wait_for(2)} == {"checkout.captured", "payout.paid"}


def test_it_stops_at_once_even_while_it_keeps_a_line_silent(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        sandbox.fault("timeout_after_commit", value=60)
        caught: list[Exception] = []

        def ask() -> None:
            try:
                sandbox.call("POST", "/v1/checkouts", CHECKOUT, key="k")
            except OSError as error:
                caught.append(error)

        waiting = threading.Thread(target=ask)
        waiting.start()
        time.sleep(0.5)
        begun = time.monotonic()
        sandbox.stop()
        waiting.join()

    assert time.monotonic() - begun < 3
    assert len(caught) == 1


def test_two_sandboxes_never_share_a_folder(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        second = started_badly(tmp_path)
        assert (second.returncode, "another sandbox is using" in second.stderr) == (2, True)
        assert sandbox.visit("/healthz").status == 200


def test_it_does_not_start_without_secrets_or_on_a_taken_port(tmp_path):
    assert "EVERFAIR_SANDBOX_API_KEY" in started_badly(tmp_path, EVERFAIR_SANDBOX_API_KEY="").stderr
    assert "EVERFAIR_SANDBOX_WEBHOOK_SECRET" in started_badly(tmp_path, EVERFAIR_SANDBOX_WEBHOOK_SECRET="").stderr
    assert "base64" in started_badly(tmp_path, EVERFAIR_SANDBOX_WEBHOOK_SECRET="whsec_%%%").stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "in use" in started_badly(tmp_path, port=taken.getsockname()[1]).stderr


def started_badly(folder: Path, port: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    probe = RunningSandbox(folder, environment=environment)
    command = [sys.executable, "-m", "everfair.payments.sandbox", "--port", str(port), "--data", str(folder)]
    ended = subprocess.run(command, env=probe.full_environment(), capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    return ended


def test_it_is_small_when_idle(sandbox):
    opened(sandbox)
    sandbox.visit("/console")
    rollup = Path(f"/proc/{sandbox.process.pid}/smaps_rollup")
    if not rollup.exists():
        pytest.skip("this system does not say how much memory a process holds")

    pss_kb = int(re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE).group(1))

    assert pss_kb < 35 * 1024


def test_malformed_http_is_answered_in_the_same_form(shared):
    parts = urlsplit(shared.url)
    for raw in (
        b"NONSENSE\r\n\r\n",
        b"POST /v1/checkouts HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/checkouts HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
        b"BREW /v1/checkouts HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda line=line: line.recv(65536), b""))
        assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["error"]["code"]
