"""While payouts are frozen none is asked for and none is sent; everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.refused import Refused
from everfair.ledger import checking
from everfair.ledger.actions import freeze_payouts, lift_freeze
from everfair.ledger.proofs import prove
from everfair.payments.actions import request_payout
from everfair.payments.actions.events import end_payout
from everfair.payments.jobs import send_payouts
from everfair.payments.models import Payout
from everfair.payments.rails import client
from tests import make
from tests.base.together import together
from tests.payments.running_sandbox import API_KEY, SECRET, RunningSandbox, running_sandbox
from tests.payments.test_actions import held, usd


@pytest.fixture
def bank(committed: None, tmp_path: Path, settings: Any) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path / "sandbox") as running:
        settings.PROVIDERS = {
            "sandbox": {"EVERFAIR_SANDBOX_URL": running.url, "EVERFAIR_SANDBOX_API_KEY": API_KEY, "EVERFAIR_SANDBOX_WEBHOOK_SECRET": SECRET}
        }  # fmt: skip
        client.cache_clear()
        cache.clear()
        checking.forget()
        yield running
    client.cache_clear()


def at_the_bank(payouts: list[Payout]) -> int:
    return sum(client("sandbox").look_up_payout(str(payout.pk)) is not None for payout in payouts)


def test_what_was_asked_for_waits_and_is_sent_when_the_freeze_is_lifted(bank: RunningSandbox):
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    payout = request_payout(account.pk, usd(100), by=trade.seller)
    freeze = freeze_payouts("odd", by=CLOCK_ACTOR)

    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, usd(200), by=trade.seller)
    send_payouts()
    payout.refresh_from_db()
    while_frozen = payout.state, at_the_bank([payout])
    checking.check()
    for who in (make.operator(make.person()), make.operator(make.person())):
        lift_freeze(freeze.pk, "looked at it", by=who)
    send_payouts()
    payout.refresh_from_db()

    assert (refusal.value.code, Payout.objects.count()) == ("ledger.frozen", 1)
    assert held(trade.order.seller_id) == (41160, 100)
    assert while_frozen == ("released", 0)
    assert (payout.state, at_the_bank([payout])) == ("sent", 1)


def test_the_banks_word_about_what_was_sent_before_still_counts(bank: RunningSandbox):
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    payout = request_payout(account.pk, usd(100), by=trade.seller)
    send_payouts()
    freeze_payouts("odd", by=CLOCK_ACTOR)

    assert end_payout(payout.pk, paid=True)[0] == "applied"
    assert held(trade.order.seller_id) == (41060, 0)
    assert make.trade("completed").order.agreement == "completed"  # payments in, escrow and releases go on
    assert [proof for proof in prove() if proof.breach] == []


def test_a_freeze_that_races_with_payouts_being_sent_has_the_last_word(bank: RunningSandbox):
    """Those that were with the bank when it stood were sent before it; after it not one is."""
    trade = make.trade("completed")
    account = make.bank_account(trade.seller)
    payouts = [request_payout(account.pk, usd(100 + n), by=trade.seller) for n in range(12)]
    seen: list[int] = []

    def freeze() -> None:
        freeze_payouts("odd", by=CLOCK_ACTOR)
        seen.append(at_the_bank(payouts))

    results = together([send_payouts, send_payouts, freeze])
    send_payouts()

    assert [result for result in results if isinstance(result, Exception)] == []
    assert [at_the_bank(payouts)] == seen
    assert Payout.objects.filter(state="sent").count() == seen[0]
    assert [proof for proof in prove() if proof.breach] == []
