"""Two ways to be paid: one hands over to the other when it did nothing, never when it may have; what comes twice goes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.base.sql import ask
from everfair.events.payments import PaymentFailed, RefundOwed, RefundSettled
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import clearing, wallet
from everfair.messaging.models import Notice
from everfair.payments import reactions
from everfair.payments.actions import give_up, order_rail, start_checkout, take_event
from everfair.payments.actions.rails import watch_shares
from everfair.payments.jobs import ask_providers, send_refunds
from everfair.payments.models import Intent, RailCall, RailOrder, Refund, Route
from everfair.payments.queries import rails_standing, share_by_counterparty
from everfair.payments.rails import client, configured
from everfair.trade import reactions as trade_reactions
from everfair.trade.actions import pay_stage
from tests import make
from tests.base.together import together
from tests.companies.signing_in import browser
from tests.payments.running_sandbox import API_KEY, SECRET, RunningSandbox, running_sandbox
from tests.payments.test_pages import text_of
from tests.trade.programs import program


@pytest.fixture
def two(committed: None, tmp_path: Path, settings: Any) -> Iterator[dict[str, RunningSandbox]]:
    """Both sandboxes, each a process of its own."""
    with ExitStack() as stack:
        found, settings.PROVIDERS = {}, {}
        for code, prefix in (("sandbox", "EVERFAIR_SANDBOX_"), ("sandbox2", "EVERFAIR_SANDBOX2_")):
            running = stack.enter_context(running_sandbox(tmp_path / code))
            found[code] = running
            settings.PROVIDERS[code] = {
                f"{prefix}URL": running.url, f"{prefix}API_KEY": API_KEY, f"{prefix}WEBHOOK_SECRET": SECRET,
            }  # fmt: skip
        client.cache_clear()
        cache.clear()
        yield found
    client.cache_clear()


def unpaid() -> tuple[make.Trade, Intent]:
    """A payment that its buyer has not gone on with."""
    trade = make.trade("agreed")
    return trade, Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))


def go(trade: make.Trade, intent: Intent) -> str:
    url = start_checkout(intent.pk, by=trade.buyer)
    intent.refresh_from_db()
    return url


def payment_failed(intent: Intent) -> None:
    trade_reactions.payment_failed(PaymentFailed(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id))


def tries(intent: Intent) -> list[tuple[str, str]]:
    return list(Route.objects.filter(intent=intent).order_by("n").values_list("rail", "outcome"))


def says(intent: Intent, rail: str, kind: str = "checkout.captured", **changes: Any) -> str:
    headers, body = make.told(intent, kind, **changes)
    return take_event(rail, headers, body)


def in_wallet(company_id: Any) -> int:
    return balance(wallet(company_id, "USD"), "USD").posted.minor


def at(rail: str) -> int:
    """What a rail owes us, in the books: an asset grows by debits."""
    return int(ask(_BALANCE, [clearing(rail, "USD")])[0][0])


_BALANCE = """
    SELECT coalesce(sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END), 0)
    FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) WHERE a.address = %s
"""


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def test_every_installation_has_two_rails_for_cards():
    assert [rail.code for rail in configured("card")] == ["sandbox", "sandbox2"]


def test_the_first_rail_carries_it_while_it_answers(two):
    trade, intent = unpaid()
    url = go(trade, intent)
    assert url.startswith(two["sandbox"].url.replace("127.0.0.1", "localhost"))
    assert (intent.provider, intent.state, tries(intent)) == ("sandbox", "open", [("sandbox", "opened")])
    assert go(trade, intent) == url
    assert Route.objects.count() == 1


def test_a_rail_that_did_nothing_hands_over_in_the_same_breath(two):
    two["sandbox"].kill()
    trade, intent = unpaid()
    url = go(trade, intent)
    assert url.startswith(two["sandbox2"].url.replace("127.0.0.1", "localhost"))
    assert tries(intent) == [("sandbox", "down"), ("sandbox2", "opened")]
    assert (intent.provider, intent.state) == ("sandbox2", "open")
    assert says(intent, "sandbox2") == "applied"
    assert (at("sandbox"), at("sandbox2")) == (0, 12600)
    assert nothing_is_wrong()


def test_when_no_rail_answers_nothing_is_paid_and_it_can_be_tried_again(two):
    for rail in two.values():
        rail.kill()
    trade, intent = unpaid()
    with pytest.raises(Refused) as refused:
        go(trade, intent)
    assert (refused.value.code, refused.value.status) == ("payments.provider_down", 503)
    assert tries(intent) == [("sandbox", "down"), ("sandbox2", "down")]
    intent.refresh_from_db()
    assert intent.state == "created"


def test_a_rail_that_may_have_done_it_is_never_passed_over(two):
    """I14, F21: it did it and never answered; the other is not asked, and its word settles it."""
    two["sandbox"].fault("error_5xx_after_commit", count=1, on="checkouts.open")
    trade, intent = unpaid()
    with pytest.raises(Refused) as refused:
        go(trade, intent)
    assert refused.value.code == "payments.outcome_unknown"
    intent.refresh_from_db()
    assert (intent.state, tries(intent)) == ("indeterminate", [("sandbox", "doubt")])
    two["sandbox"].kill()
    with pytest.raises(Refused) as again:
        go(trade, intent)
    assert again.value.code == "payments.outcome_unknown"
    assert tries(intent) == [("sandbox", "doubt")]
    with pytest.raises(DatabaseError, match="another rail"), transaction.atomic():
        Route.objects.create(intent=intent, n=9, rail="sandbox2")


def test_a_process_that_died_while_it_asked_leaves_the_same_care(two):
    trade, intent = unpaid()
    Route.objects.create(intent=intent, n=1, rail="sandbox")  # and then it was killed
    two["sandbox"].kill()
    with pytest.raises(Refused) as refused:
        go(trade, intent)
    assert refused.value.code == "payments.outcome_unknown"
    assert tries(intent) == [("sandbox", "asked")]


def test_once_it_is_known_that_nothing_happened_another_rail_may_carry_it(two):
    trade, intent = unpaid()
    Route.objects.create(intent=intent, n=1, rail="sandbox")
    Intent.objects.filter(pk=intent.pk).update(state="indeterminate")
    clock.advance(timedelta(minutes=3))
    ask_providers()
    intent.refresh_from_db()
    assert (intent.state, tries(intent)) == ("created", [("sandbox", "none")])
    two["sandbox"].kill()
    go(trade, intent)
    assert (intent.provider, tries(intent)[1:]) == ("sandbox2", [("sandbox", "down"), ("sandbox2", "opened")])


def test_a_late_success_of_the_loser_goes_back_the_way_it_came(two):
    """I14: both have the money in the end; one of them gives it back by itself."""
    trade, intent = unpaid()
    first = two["sandbox"].call(
        "POST", "/v1/checkouts",
        {"merchant_reference": str(intent.pk), "amount_minor": intent.amount_minor, "currency": "USD", "recipient": "everfair-escrow",
         "description": "x", "return_url": "http://localhost/", "language": "en"}, key=f"checkout-{intent.pk}",
    )  # fmt: skip
    assert first.status == 201
    Route.objects.create(intent=intent, n=1, rail="sandbox", outcome="none")
    order_rail("sandbox", open_=False, ends_on=None, reason="their word was that they knew nothing", by=make.operator())
    go(trade, intent)
    assert says(intent, "sandbox2") == "applied"
    make.money_arrived(make.captured(intent))
    two["sandbox"].pay(first.json["url"])

    assert says(intent, "sandbox", id=first.json["id"]) == "applied"
    assert says(intent, "sandbox", id=first.json["id"]) == "applied"

    refund = Refund.objects.get()
    assert (refund.rail, refund.amount_minor, refund.state) == ("sandbox", 12600, "requested")
    assert (at("sandbox"), at("sandbox2")) == (12600, 12600)
    assert nothing_is_wrong()
    send_refunds()
    send_refunds()
    refund.refresh_from_db()
    assert refund.state == "done"
    assert (at("sandbox"), at("sandbox2"), in_wallet(trade.order.buyer_id)) == (0, 12600, 0)
    assert trade.stage(1).state == "funded"
    assert nothing_is_wrong()


def test_a_payment_that_another_one_overtook_goes_back_too(two):
    """The payer gave up on the first, paid by a second, and the first came after all."""
    trade, first = unpaid()
    go(trade, first)
    assert says(first, "sandbox", "checkout.failed", failure_code="declined") == "applied"
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    go(trade, second)
    two["sandbox"].pay(first.checkout_url)
    assert says(second, second.provider) == "applied"
    make.money_arrived(make.captured(second))
    first.refresh_from_db()

    assert says(first, "sandbox", version=9) == "applied"

    assert Refund.objects.get().intent_id == first.pk
    send_refunds()
    assert Refund.objects.get().state == "done"
    assert in_wallet(trade.order.buyer_id) == 0
    assert nothing_is_wrong()


def test_the_payer_reads_that_money_came_twice_and_how_it_went_back(two):
    trade, first = unpaid()
    go(trade, first)
    says(first, "sandbox", "checkout.failed", failure_code="declined")
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    go(trade, second)
    two["sandbox"].pay(first.checkout_url)
    says(second, second.provider)
    says(first, "sandbox", version=9)
    person = make.member(trade.order.buyer, "finance")
    keeper, page = browser(person), f"/en/payments/{first.pk}/"
    refund = Refund.objects.get()
    fact = (refund.pk, refund.company_id, refund.amount)

    under_way = text_of(keeper.get(page))
    for _n in range(2):
        reactions.tell_of_second_payment(RefundOwed(*fact))
    send_refunds()
    reactions.tell_of_return(RefundSettled(*fact))
    settled = text_of(keeper.get(page))
    told = program(trade.order.buyer).get(f"/api/v1/payments/{first.pk}").json()["refunds"]

    assert "To be returned The money came twice." in under_way
    assert "Returned to the payer The money came twice." in settled
    assert "Held in escrow" not in settled
    assert [(row["state"], row["amount"]["amount"]) for row in told] == [("done", "126.00")]
    kinds = Notice.objects.filter(person_id=person.pk, kind__startswith="refund.").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["refund.owed", "refund.settled"]


def test_what_the_rail_will_not_take_back_is_in_the_payers_wallet(two):
    trade, first = unpaid()
    go(trade, first)
    says(first, "sandbox", "checkout.failed", failure_code="declined")
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    go(trade, second)
    says(second, second.provider)
    says(first, "sandbox", version=9)  # the rail itself never captured it, and says so when asked to refund

    send_refunds()

    refund = Refund.objects.get()
    assert refund.state == "failed"
    assert in_wallet(trade.order.buyer_id) == 12600
    assert nothing_is_wrong()


def test_a_payment_given_up_can_be_paid_in_another_way_at_once(two):
    trade, first = unpaid()
    url = go(trade, first)

    give_up(first.pk, by=trade.buyer)
    payment_failed(first)
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))

    first.refresh_from_db()
    assert (first.state, first.failure, second.pk != first.pk) == ("failed", "given_up", True)
    two["sandbox"].pay(url)  # the page was taken away: nothing can be paid there
    assert client("sandbox").look_up(str(first.pk)).state == "cancelled"
    with pytest.raises(Refused) as over:
        give_up(first.pk, by=trade.buyer)
    assert over.value.code == "payments.over"
    with pytest.raises(NotVisible):
        give_up(second.pk, by=trade.seller)


def test_a_payment_made_in_the_same_instant_is_not_given_up(two):
    trade, intent = unpaid()
    two["sandbox"].pay(go(trade, intent))

    with pytest.raises(Refused) as refusal:
        give_up(intent.pk, by=trade.buyer)

    intent.refresh_from_db()
    assert (refusal.value.code, intent.state) == ("payments.over", "open")


def test_on_a_silent_rail_a_payment_is_given_up_only_once_the_operator_has_closed_it(two):
    trade, intent = unpaid()
    url = go(trade, intent)
    two["sandbox"].pay(url)  # and its word is lost with it
    port = int(two["sandbox"].url.rpartition(":")[2])
    two["sandbox"].kill()

    with pytest.raises(Refused) as refusal:
        give_up(intent.pk, by=trade.buyer)
    assert (refusal.value.code, refusal.value.status) == ("payments.outcome_unknown", 503)
    order_rail("sandbox", open_=False, ends_on=None, reason="it is dead", by=make.operator())
    give_up(intent.pk, by=trade.buyer)
    payment_failed(intent)
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    go(trade, second)
    assert says(second, "sandbox2") == "applied"
    make.money_arrived(make.captured(second))

    two["sandbox"].start(port)  # it comes back, and its money goes home
    assert says(intent, "sandbox", version=9) == "applied"
    send_refunds()
    assert [(refund.rail, refund.state) for refund in Refund.objects.all()] == [("sandbox", "done")]
    assert (at("sandbox"), at("sandbox2"), trade.stage(1).state) == (0, 12600, "funded")
    assert nothing_is_wrong()


def test_who_declined_a_payment_is_asked_last_for_it_again(two):
    trade, first = unpaid()
    Route.objects.create(intent=first, n=1, rail="sandbox", outcome="refused")
    Intent.objects.filter(pk=first.pk).update(state="failed")
    second = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    go(trade, second)
    assert second.provider == "sandbox2"
    assert Route.objects.get(intent=second).ranking[-1] == ["sandbox", ["tried"]]


def test_five_of_twenty_rest_a_rail_and_one_success_brings_it_back(two):
    """F22: new payments go on within the same minute."""
    two["sandbox"].kill()
    for _n in range(5):
        go(*unpaid())
    assert [(stands.rail.code, stands.breaker) for stands in rails_standing()] == [("sandbox", "open"), ("sandbox2", "closed")]
    trade, intent = unpaid()
    go(trade, intent)
    assert tries(intent) == [("sandbox2", "opened")]  # the resting one is not even asked
    clock.advance(timedelta(seconds=31))
    assert rails_standing()[0].breaker == "probing"
    two["sandbox"].start(int(two["sandbox"].url.rpartition(":")[2]))
    trade, intent = unpaid()
    go(trade, intent)
    assert tries(intent) == [("sandbox", "opened")]
    assert rails_standing()[0].breaker == "closed"


def carried(rail: str, count: int, minor: int = 10_000) -> None:
    """Payments that this rail has captured lately, without the rest of their lives."""
    payer = make.company()
    Intent.objects.bulk_create(
        Intent(
            company=payer, purpose_kind="stage", purpose=new_id(), description="x", amount_minor=minor, currency="USD",
            provider=rail, return_path="/", state="captured", captured_at=clock.now(),
        )
        for _n in range(count)
    )  # fmt: skip
    cache.clear()


def test_above_its_ceiling_a_counterparty_steps_back_and_it_is_said_once_a_day(two):
    carried("sandbox", 40)
    carried("sandbox2", 9)
    trade, intent = unpaid()
    go(trade, intent)
    assert intent.provider == "sandbox"  # 49 payments say nothing yet
    carried("sandbox2", 1)
    assert share_by_counterparty("card", "USD")[1] == 50

    trade, intent = unpaid()
    go(trade, intent)

    assert intent.provider == "sandbox2"
    assert Route.objects.get(intent=intent).ranking == [["sandbox2", []], ["sandbox", ["over_ceiling"]]]
    assert [watch_shares(), watch_shares()] == [1, 0]
    assert Event.objects.get(name="ShareCeilingCrossed").body["counterparty"] == "Everfair sandbox"
    clock.advance(timedelta(hours=25))
    cache.clear()
    assert watch_shares() == 1


def test_the_ceiling_never_refuses_a_payer(two):
    carried("sandbox", 60)
    order_rail("sandbox2", open_=False, ends_on=None, reason="contract ended", by=make.operator())
    trade, intent = unpaid()
    go(trade, intent)
    assert intent.provider == "sandbox"


def test_a_closed_or_ended_rail_carries_nothing_new(two):
    operator = make.operator()
    order_rail("sandbox", open_=True, ends_on=clock.now().date(), reason="they gave notice", by=operator)
    trade, intent = unpaid()
    go(trade, intent)
    assert intent.provider == "sandbox2"
    order_rail("sandbox2", open_=False, ends_on=None, reason="closed too", by=operator)
    trade, other = unpaid()
    with pytest.raises(Refused) as refused:
        go(trade, other)
    assert refused.value.code == "payments.provider_down"
    order_rail("sandbox", open_=True, ends_on=None, reason="they stay", by=operator)
    go(trade, other)
    assert other.provider == "sandbox"


@pytest.mark.django_db
def test_only_an_operator_says_something_of_a_rail_and_never_without_a_reason():
    with pytest.raises(Refused) as role:
        order_rail("sandbox", open_=False, ends_on=None, reason="x", by=make.actor(make.company()))
    assert role.value.status == 403
    operator = make.operator()
    for code, reason, ends_on, field in (
        ("sandbox", " ", None, "reason"),
        ("sandbox", "x", clock.now().date() - timedelta(days=1), "ends_on"),
    ):
        with pytest.raises(Refused) as refused:
            order_rail(code, open_=True, ends_on=ends_on, reason=reason, by=operator)
        assert (refused.value.field, refused.value.status) == (field, 422)
    with pytest.raises(NotVisible):
        order_rail("carrier-pigeon", open_=True, ends_on=None, reason="x", by=operator)
    assert RailOrder.objects.count() == 0


def test_many_tabs_at_once_open_one_payment_on_one_rail(two):
    """I14."""
    trade, intent = unpaid()
    urls = together([lambda: start_checkout(intent.pk, by=trade.buyer)] * 8)
    assert len(set(urls)) == 1
    assert tries(intent) == [("sandbox", "opened")]
    assert RailCall.objects.count() == 1


def test_another_companys_payment_is_not_there(two):
    _trade, intent = unpaid()
    with pytest.raises(NotVisible):
        start_checkout(intent.pk, by=make.actor(make.company(), "owner"))
