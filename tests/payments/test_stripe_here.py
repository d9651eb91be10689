"""Stripe in an installation: a stage is paid on its page, its word is believed at the real endpoint or waits for a person, money that plays
never mixes with money that is real, and what it cannot do goes another way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import clearing, costs, settled, suspense, wallet
from everfair.payments.actions import give_up, request_payout, start_checkout
from everfair.payments.actions.refunds import owe_back
from everfair.payments.actions.settling import read_statement
from everfair.payments.jobs import ask_providers, send_payouts, send_refunds
from everfair.payments.models import Chargeback, Intent, Payout, ProviderEvent, RailBreak, Refund, Route
from everfair.payments.queries import rails_face, ways_of
from everfair.payments.rails import carrying, client
from everfair.trade.actions import pay_stage
from tests import make
from tests.companies.signing_in import browser
from tests.payments.fake_stripe import FakeStripe, running_stripe
from tests.payments.test_pages import text_of

HOOK = "/hooks/payments/stripe"
PLAY = {
    "EVERFAIR_SANDBOX_URL": "http://127.0.0.1:9", "EVERFAIR_SANDBOX_API_KEY": "sk_test_everfair",
    "EVERFAIR_SANDBOX_WEBHOOK_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}  # fmt: skip


@pytest.fixture
def fake(committed: None, settings: Any) -> Iterator[FakeStripe]:
    """The only rail."""
    with running_stripe() as running:
        settings.PROVIDERS = {"stripe": running.config()}
        client.cache_clear()
        cache.clear()
        yield running
    client.cache_clear()


def unpaid() -> tuple[make.Trade, Intent]:
    trade = make.trade("agreed")
    return trade, Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))


def opened(fake: FakeStripe) -> tuple[make.Trade, Intent, str]:
    trade, intent = unpaid()
    url = start_checkout(intent.pk, by=trade.buyer)
    intent.refresh_from_db()
    return trade, intent, url


def deliver(fake: FakeStripe, event: dict[str, Any], **more: Any) -> tuple[int, str]:
    headers, body = fake.signed(event, **more)
    answer = Client().post(HOOK, body, "application/json", headers=headers)
    return answer.status_code, answer.content.decode() if answer.status_code == 200 else ""


def at(address: str) -> int:
    """Debits less credits of an account."""
    return int(ask(_BALANCE, [address])[0][0])


_BALANCE = """
    SELECT coalesce(sum(CASE WHEN a.id = t.source_id THEN t.amount_minor ELSE -t.amount_minor END), 0)
    FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.source_id, t.target_id) WHERE a.address = %s
"""


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def test_a_stage_is_paid_and_settled_and_clearing_is_empty_afterwards(fake):
    _trade, intent, url = opened(fake)
    assert (intent.provider, intent.state, url.startswith(fake.url)) == ("stripe", "open", True)

    fake.pay(url)
    told = [deliver(fake, fake.state.events[0]) for _ in range(2)]

    intent.refresh_from_db()
    assert told == [(200, "applied")] * 2
    assert (intent.state, at(clearing("stripe", "USD"))) == ("captured", 12600)
    today = datetime.now(UTC).date()
    read = read_statement("stripe", today, today)
    assert (read.settled, read.breaks) == (1, 0)
    fee = 12600 * 29 // 1000 + 30
    assert (at(clearing("stripe", "USD")), at(settled("stripe", "USD")), at(costs("stripe", "USD"))) == (0, 12600 - fee, fee)
    assert nothing_is_wrong()


def test_a_page_with_a_long_address_is_kept(fake, monkeypatch):
    monkeypatch.setattr(
        fake.state, "new", lambda *a, _new=fake.state.new, **k: _new(*a, **k) | ({"url": "x"} if a[0] == "cs" else {})
    )
    long = "https://checkout.stripe.com/c/pay/cs_test_x#" + "f" * 900
    opening = fake.state.open_session
    monkeypatch.setattr(fake.state, "open_session", lambda asked, page: opening(asked, lambda ref: long))

    _trade, intent, url = opened(fake)

    assert (url, intent.checkout_url) == (long, long)


# What is not believed


def altered(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def of(event: dict[str, Any]) -> dict[str, Any]:
        return event | {"data": {"object": event["data"]["object"] | changes}}

    return of


def test_forged_stale_and_foreign_events_pay_nothing_and_wait_for_a_person(fake):
    """B89, I12."""
    _trade, intent, url = opened(fake)
    fake.pay(url)
    (event,) = fake.state.events
    now = int(datetime.now(UTC).timestamp())

    said = [
        deliver(fake, event, secret="whsec_SomebodyElsesSecretOfTests"),
        deliver(fake, event | {"id": "evt_old"}, at=now - 301),
        deliver(fake, event | {"account": "acct_1Stranger"}),
        deliver(fake, event | {"livemode": True}),
        deliver(fake, event | {"type": "customer.created"}),
    ]

    intent.refresh_from_db()
    assert [status for status, _text in said] == [401, 401, 422, 422, 422]
    assert sorted(ProviderEvent.objects.values_list("outcome", "outcome_note")) == [
        ("refused", "no valid signature"), ("refused", "not to be read"), ("refused", "of another merchant"), ("refused", "of another merchant"),
        ("refused", "signed too long ago"),
    ]  # fmt: skip
    assert (intent.state, at(clearing("stripe", "USD")), at(suspense("USD"))) == ("open", 0, 0)
    assert deliver(fake, event) == (200, "applied")  # none of them stood in the way of the true one


@pytest.mark.parametrize(
    ("change", "outcome", "in_suspense"),
    [
        (altered(amount_total=12601), "mismatch", ("USD", 12601)),
        (altered(currency="eur"), "mismatch", ("EUR", 12600)),
        (altered(id="cs_test_another"), "mismatch", ("USD", 12600)),
    ],
)
def test_a_true_event_of_another_amount_currency_or_checkout_is_suspense(fake, change, outcome, in_suspense):
    """I12: Stripe says it has this money, and it is not what we asked for."""
    _trade, intent, url = opened(fake)
    fake.pay(url)

    assert deliver(fake, change(fake.state.events[0])) == (200, outcome)

    intent.refresh_from_db()
    currency, minor = in_suspense
    assert (intent.state, at(suspense(currency)), at(clearing("stripe", currency))) == ("open", -minor, minor)
    assert nothing_is_wrong()


def test_money_for_another_recipient_or_for_a_payment_we_do_not_know_is_suspense(fake):
    _trade, intent, url = opened(fake)
    fake.pay(url)
    (event,) = fake.state.events
    about = event["data"]["object"]
    unknown = "01a20000-0000-7000-8000-000000000000"

    said = [
        deliver(fake, altered(metadata=about["metadata"] | {"everfair_recipient": "somebody"})(event | {"id": "evt_a"})),
        deliver(
            fake,
            altered(client_reference_id=unknown, metadata=about["metadata"] | {"everfair_intent": unknown})(
                event | {"id": "evt_b"}
            ),
        ),
    ]

    intent.refresh_from_db()
    assert said == [(200, "mismatch"), (200, "unknown")]
    assert (intent.state, at(suspense("USD"))) == ("open", -2 * 12600)


def test_what_is_nothing_yet_is_answered_and_not_kept(fake):
    """Stripe would knock for three days if we called it an error."""
    _trade, intent, _url = opened(fake)
    fake.state.complete_unpaid(intent.provider_ref)

    assert deliver(fake, fake.state.events[0]) == (200, "ignored")
    assert ProviderEvent.objects.count() == 0


def test_where_it_is_not_set_up_nobody_knocks(settings, db):
    with running_stripe() as fake:
        assert deliver(fake, {"id": "evt_1"})[0] == 404


# Doubt, giving up, money back


def test_an_answer_that_was_lost_is_looked_up_and_the_payment_goes_on(fake):
    trade, intent = unpaid()
    fake.trouble("500_after", method="POST")
    with pytest.raises(Refused) as doubt:
        start_checkout(intent.pk, by=trade.buyer)
    assert doubt.value.code == "payments.outcome_unknown"
    (ref,) = fake.state.sessions
    fake.state.pay(ref)

    ask_providers()

    intent.refresh_from_db()
    assert (intent.state, intent.provider_ref, at(clearing("stripe", "USD"))) == ("captured", ref, 12600)


def test_a_payment_that_is_given_up_closes_its_page(fake):
    trade, intent, _url = opened(fake)

    give_up(intent.pk, by=trade.buyer)

    intent.refresh_from_db()
    assert (intent.state, fake.state.sessions[intent.provider_ref]["status"]) == ("failed", "expired")
    assert deliver(fake, fake.state.events[0]) == (200, "ignored")


def test_what_came_twice_goes_back_by_stripe(fake):
    _trade, intent, url = opened(fake)
    fake.pay(url)
    deliver(fake, fake.state.events[0])
    intent.refresh_from_db()
    with make_atomic():
        owe_back(Intent.objects.select_for_update().get(pk=intent.pk), "stripe", intent.provider_ref, received=True)

    send_refunds()

    refund = Refund.objects.get()
    (made,) = fake.state.refunds.values()
    assert (refund.state, made["amount"], made["metadata"]["everfair_refund"]) == ("done", 12600, str(refund.pk))
    assert deliver(fake, fake.state.events[1]) == (200, "ignored")  # we knew
    today = datetime.now(UTC).date()
    assert read_statement("stripe", today, today).settled == 2
    assert at(clearing("stripe", "USD")) == 0


def make_atomic() -> Any:
    from django.db import transaction

    return transaction.atomic()


# What a payer's bank takes back


def captured(fake: FakeStripe) -> tuple[Intent, str]:
    """A stage that is paid, and the payment there."""
    _trade, intent, url = opened(fake)
    payment = str(fake.pay(url)["id"])
    deliver(fake, fake.state.events[-1])
    intent.refresh_from_db()
    return intent, payment


def in_clearing() -> tuple[int, int]:
    """What stays in clearing after the statement, and how many open breaks."""
    today = datetime.now(UTC).date()
    read_statement("stripe", today, today)
    return at(clearing("stripe", "USD")), RailBreak.objects.filter(state="open").count()


@pytest.mark.parametrize(
    ("verbs", "state"),
    [(["lose"], "lost"), (["win"], "won"), (["lose", "reinstate"], "reinstated"), (["win", "retake"], "retaken")],
)
def test_a_dispute_is_followed_to_its_end_and_clearing_is_empty_afterwards(fake, verbs, state):
    intent, payment = captured(fake)
    ref = fake.state.open_dispute(payment)["id"]
    for verb in verbs:
        fake.state.decide(ref, verb)
    words = [event for event in fake.state.events if event["type"].startswith("charge.dispute.")]

    answers = [deliver(fake, event) for event in [*words, *words]]

    (found,) = Chargeback.objects.all()
    assert {status for status, _outcome in answers} == {200}
    assert (found.ref, found.intent_id, found.state, found.amount, found.fee) == (
        ref,
        intent.pk,
        state,
        intent.amount,
        Money(1500, "USD"),
    )
    assert in_clearing() == (0, 0)
    assert nothing_is_wrong()


def test_words_of_a_dispute_in_any_order_leave_the_money_in_one_place(fake):
    _intent, payment = captured(fake)
    ref = fake.state.open_dispute(payment)["id"]
    fake.state.decide(ref, "lose")
    fake.state.decide(ref, "reinstate")
    words = [event for event in fake.state.events if event["type"].startswith("charge.dispute.")]

    assert [deliver(fake, event)[1] for event in reversed(words)] == ["applied", "ignored", "ignored", "ignored"]

    assert Chargeback.objects.get().state == "won"
    assert in_clearing() == (0, 0)
    assert nothing_is_wrong()


def test_a_dispute_before_its_capture_or_while_stripe_is_dumb_is_told_again(fake):
    _trade, _intent, url = opened(fake)
    fake.state.open_dispute(str(fake.pay(url)["id"]))
    capture, dispute = fake.state.events[0], fake.state.events[-1]

    early = deliver(fake, dispute)
    deliver(fake, capture)
    fake.trouble("500", method="GET")
    dumb = deliver(fake, dispute)

    assert (early[0], dumb[0], deliver(fake, dispute)) == (503, 503, (200, "applied"))


def test_a_dispute_of_more_than_was_captured_is_booked_in_suspense_and_its_line_meets_it(fake):
    _intent, payment = captured(fake)
    fake.state.open_dispute(payment, 20_000)

    assert deliver(fake, fake.state.events[-1]) == (200, "mismatch")

    assert (Chargeback.objects.count(), at(suspense("USD"))) == (0, 20_000)
    assert in_clearing() == (0, 0)
    assert nothing_is_wrong()


def test_a_question_and_a_dispute_of_strangers_book_nothing(fake):
    _intent, payment = captured(fake)
    fake.state.open_dispute(payment, inquiry=True)
    asked = deliver(fake, fake.state.events[-1])
    fake.state.open_dispute(fake.state.make_intent(5000, "usd", {})["id"])
    strange = deliver(fake, fake.state.events[-1])
    forged = deliver(fake, fake.state.events[-1], secret="whsec_SomebodyElsesSecret")

    assert (asked, strange[0], forged[0], Chargeback.objects.count()) == ((200, "ignored"), 422, 401, 0)


# Real money and play money


def both(settings: Any, running: FakeStripe, **changes: str) -> None:
    settings.PROVIDERS = {"sandbox": PLAY, "stripe": running.config(**changes)}
    client.cache_clear()


def test_where_one_rail_moves_real_money_none_that_plays_stands_in_for_it(committed, settings):
    with running_stripe(livemode=True) as running:
        both(settings, running)
        trade, intent = unpaid()

        assert [rail.code for rail in carrying("card")] == ["stripe"]
        running.trouble("429", method="POST")
        with pytest.raises(Refused) as down:
            start_checkout(intent.pk, by=trade.buyer)

        assert (down.value.code, list(Route.objects.values_list("rail", "outcome"))) == (
            "payments.provider_down",
            [("stripe", "down")],
        )
        face = {row.standing.rail.code: row.standing.plays for row in rails_face("USD").rows}
        assert face == {"sandbox": True, "stripe": False}
        assert [row.opening.note for row in ways_of(intent, trade.buyer) if row.way.code == "card"] == [""]
    client.cache_clear()


def test_test_mode_is_seen_by_the_payer_and_by_the_operator(fake):
    trade, intent = unpaid()
    payer = browser(make.member(trade.order.buyer, "owner"))

    assert "Test mode: no real money moves." in text_of(payer.get(f"/en/payments/{intent.pk}/"))
    assert {row.standing.rail.code: row.standing.plays for row in rails_face("USD").rows} == {"stripe": True}


def test_what_no_card_provider_takes_is_paid_in_another_way(fake, settings):
    """Not in this currency: the card is shown closed, and who goes there all the same hears why."""
    settings.PROVIDERS = {"stripe": fake.config(CURRENCIES="EUR")}
    client.cache_clear()
    trade, intent = unpaid()

    (card,) = [row for row in ways_of(intent, trade.buyer) if row.way.code == "card"]
    assert (card.opening.open, card.opening.note) == (False, "No card provider takes this amount in this currency.")
    with pytest.raises(Refused) as refusal:
        start_checkout(intent.pk, by=trade.buyer)
    assert (refusal.value.code, fake.calls, Route.objects.count()) == ("payments.no_card_rail", [], 0)


def test_a_rail_that_is_not_set_up_any_more_does_nothing_and_stops_nobody(fake, settings):
    """What is under way there waits; the chore goes on to the others."""
    _trade, intent, _url = opened(fake)
    Intent.objects.filter(pk=intent.pk).update(state="indeterminate")
    settings.PROVIDERS = {"sandbox": PLAY}
    client.cache_clear()

    ask_providers()

    intent.refresh_from_db()
    assert intent.state == "indeterminate"


# Payouts


def with_money(settings: Any, running: FakeStripe, **changes: str) -> tuple[Any, Any]:
    owner = make.actor(company := make.company(), "owner", who=make.member(company))
    make.fill(company.pk, Money(50_000, "USD"))
    account = make.bank_account(owner)
    running.state.accounts["acct_1Seller"] = "DE"
    running.state.book("topup", 90_000, "usd", "tu_1")
    both(settings, running, **{name: value.format(account=account.account) for name, value in changes.items()})
    return owner, account


def test_a_seller_with_a_connected_account_is_paid_by_stripe(fake, settings):
    owner, account = with_money(settings, fake, DESTINATIONS="{account}=acct_1Seller")
    settings.PROVIDERS = {"stripe": settings.PROVIDERS["stripe"]}

    payout = request_payout(account.pk, Money(5000, "USD"), by=owner)
    send_payouts()
    told = deliver(fake, fake.state.events[-1])

    payout = Payout.objects.get(pk=payout.pk)
    (transfer,) = fake.state.transfers.values()
    assert (payout.provider, payout.state, told) == ("stripe", "paid", (200, "applied"))
    assert (transfer["destination"], transfer["amount"], transfer["transfer_group"]) == ("acct_1Seller", 5000, str(payout.pk))
    today = datetime.now(UTC).date()
    read_statement("stripe", today, today)
    assert at(clearing("stripe", "USD")) == 0
    # The sellers' money at the sandbox and the top-up are of this test alone.
    assert set(RailBreak.objects.values_list("kind", flat=True)) == {"unknown"}


def test_every_other_seller_is_paid_in_another_way(fake, settings):
    owner, account = with_money(settings, fake)
    sandbox = request_payout(account.pk, Money(5000, "USD"), by=owner)
    settings.PROVIDERS = {"stripe": settings.PROVIDERS["stripe"]}
    bank = request_payout(account.pk, Money(5000, "USD"), by=owner)
    settings.PAYOUT_ACCOUNTS = {}
    with pytest.raises(Refused) as refusal:
        request_payout(account.pk, Money(5000, "USD"), by=owner)

    assert (sandbox.provider, bank.provider, refusal.value.code) == ("sandbox", "bank", "payments.no_payout_rail")
    assert fake.state.transfers == {}
    held = balance(wallet(owner.company_id, "USD"), "USD")
    assert held.posted.minor - held.free.minor == 10_000
