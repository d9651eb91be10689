"""The payment sandbox over a real socket: its API and its pages."""

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from everfair.base.sandbox.words import COMMON, LANGUAGES, language_of
from everfair.payments.sandbox.amounts import fee_minor, written
from everfair.payments.sandbox.faults import FAULTS
from everfair.payments.sandbox.words import WORDS
from tests.payments.at_the_sandbox import CHECKOUT, PAYOUT, code, fits, opened, receiver, sandbox, shared
from tests.payments.running_sandbox import SECRET

__all__ = ["receiver", "sandbox", "shared"]


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


def test_the_merchants_own_money_is_withdrawn_to_its_bank_and_comes_back_once(sandbox):
    sandbox.pay(opened(sandbox)["url"])
    too_much = sandbox.call("POST", "/v1/withdrawals", {"amount_minor": 10**9, "currency": "USD"}, key="w0")
    sent = sandbox.call("POST", "/v1/withdrawals", {"amount_minor": 100_000, "currency": "USD"}, key="w1")
    again = sandbox.call("POST", "/v1/withdrawals", {"amount_minor": 100_000, "currency": "USD"}, key="w1")
    back = sandbox.call("POST", f"/v1/withdrawals/{sent.json['id']}/return", {})
    twice = sandbox.call("POST", f"/v1/withdrawals/{sent.json['id']}/return", {})
    lines = sandbox.call("GET", "/v1/statement?from=2020-01-01&to=2999-12-31").json["lines"]

    assert (code(too_much), code(twice)) == ((409, "balance_too_small"), (409, "returned_already"))
    assert code(sandbox.call("POST", "/v1/withdrawals/wdr_0123456789ab/return", {})) == (404, "not_found")
    assert again.json == sent.json
    assert (back.json["state"], back.json["amount_minor"]) == ("returned", 100_000)
    assert [(row["kind"], row["reference"] == sent.json["id"], row["net_minor"]) for row in lines if row["kind"] != "checkout"] == [
        ("withdrawal", True, -100_000), ("withdrawal_returned", True, 100_000),
    ]  # fmt: skip


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
