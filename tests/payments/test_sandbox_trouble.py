"""The payment sandbox in trouble: webhooks that are refused, lost or late, faults asked for at the console, and its memory after a kill."""

import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from everfair.base.sandbox.events import RETRY_AFTER_S, next_attempt_at
from everfair.base.sandbox.faults import chance
from tests.payments.at_the_sandbox import CHECKOUT, PAYOUT, code, fits, opened, receiver, sandbox, shared
from tests.payments.running_sandbox import OLD_SECRET, SECRET, RunningSandbox, running_sandbox, wait_until

__all__ = ["receiver", "sandbox", "shared"]


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


def test_the_console_sends_what_has_settled_to_the_merchants_bank_which_may_send_it_back(sandbox):
    sandbox.pay(opened(sandbox)["url"])

    sent = sandbox.visit("/console/withdrawals", {"amount_minor": "5000", "currency": "USD"})
    page = sandbox.visit("/console").text

    assert (sent.status, sent.headers["location"]) == (303, "/console?lang=en")
    assert "USD 50.00" in page
    ref = page.partition("wdr_")[2][:24]
    assert sandbox.visit("/console/withdrawals", {"amount_minor": "99999999", "currency": "USD"}).status == 409
    assert sandbox.visit("/console/withdrawals", {"amount_minor": "", "currency": "USD"}).status == 400
    assert sandbox.visit("/console/withdrawals/return", {"id": f"wdr_{ref}"}).status == 303
    assert "came back" in sandbox.visit("/console").text
    assert sandbox.visit("/console/withdrawals/return", {"id": f"wdr_{ref}"}).status == 409


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
