"""What every payment provider of the table must keep when something goes wrong: no answer, a wrong key, an event that is not what it seems.

The second half of the contract in `test_provider_contract`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from everfair.base.money import Money
from everfair.payments.providers.port import (
    BadEvent,
    BadSignature,
    OtherMerchant,
    OutcomeUnknown,
    ProviderDown,
    ProviderRefused,
    StaleSignature,
)
from tests.payments.contract import PRICE, an_id, gone, name, opened, paid, provider, read, world
from tests.payments.providers_world import BANK, made

__all__ = ["name", "provider", "world"]


def test_a_provider_that_is_not_there_did_nothing(name, world):
    lonely = made(name, world, **{key: gone() for key in world.config if key.endswith("_URL")})

    for ask in (
        lambda: opened(lonely, an_id()), lambda: lonely.look_up(an_id()), lambda: lonely.refund(an_id(), "ref", PRICE),
        lambda: lonely.send_payout(an_id(), PRICE, BANK), lambda: lonely.answer_dispute("ref", "accept", ""), lambda: list(lonely.statement(datetime.now(UTC).date(), datetime.now(UTC).date())),
    ):  # fmt: skip
        with pytest.raises(ProviderDown):
            ask()


@pytest.mark.parametrize("kind", ["silent_after", "failing_after"])
def test_done_and_not_answered_is_unknown_and_a_look_up_finds_it(world, kind):
    provider, intent_id = world.hasty(), an_id()
    world.trouble(kind)

    with pytest.raises(OutcomeUnknown):
        opened(provider, intent_id)

    found = provider.look_up(intent_id)
    assert (found.state, found.amount) == ("open", PRICE)
    assert opened(provider, intent_id).ref == found.ref


def test_a_refund_that_was_done_and_not_answered_is_done_once(world):
    provider = world.hasty()
    intent_id, checkout = paid(provider, world)
    refund_id = an_id()
    world.trouble("silent_after")

    with pytest.raises(OutcomeUnknown):
        provider.refund(refund_id, checkout.ref, PRICE)
    ref = provider.refund(refund_id, checkout.ref, PRICE).ref

    assert (provider.look_up_refund(refund_id).ref, provider.look_up(intent_id).refunded) == (ref, PRICE)


def test_a_payout_that_was_done_and_not_answered_is_done_once(world):
    provider = world.hasty()
    world.fill(Money(50_000, "EUR"))
    payout_id = an_id()
    world.trouble("failing_after")

    with pytest.raises(OutcomeUnknown):
        provider.send_payout(payout_id, Money(5000, "EUR"), BANK)

    assert provider.look_up_payout(payout_id).ref == provider.send_payout(payout_id, Money(5000, "EUR"), BANK).ref


def test_a_failure_before_the_work_is_unknown_and_nothing_is_found(provider, world):
    world.trouble("failing")

    with pytest.raises(OutcomeUnknown):
        opened(provider, intent_id := an_id())

    assert provider.look_up(intent_id) is None


def test_asked_to_come_later_nothing_happened(provider, world):
    world.trouble("later")

    with pytest.raises(ProviderDown) as down:
        opened(provider, intent_id := an_id())

    assert down.value.retry_after_s == 7
    assert provider.look_up(intent_id) is None


def test_a_wrong_key_does_nothing(name, world, provider):
    stranger = made(name, world, **world.wrong_key)

    with pytest.raises((ProviderDown, ProviderRefused)):
        opened(stranger, intent_id := an_id())

    assert provider.look_up(intent_id) is None


def test_an_event_is_believed_only_when_signed_over_exactly_these_bytes(provider, world):
    paid(provider, world)
    headers, body = world.deliveries(1)[0]

    for wrong in (
        ({}, body), (headers, body + b" "), (headers, body.replace(b"123450", b"123451")), (headers, b""), (headers, b"\xff\xfe"),
        ({field: text[:-6] + "AAAAA=" if "ignature" in field else text for field, text in headers.items()}, body),
        (dict.fromkeys(headers, ""), body),
    ):  # fmt: skip
        with pytest.raises(BadSignature) as refusal:
            read(provider, wrong)
        assert not isinstance(refusal.value, StaleSignature)


@pytest.mark.parametrize("age_s", [302, 3 * 86_400, -302])
def test_an_old_signature_and_one_of_tomorrow_are_stale(provider, world, age_s):
    paid(provider, world)
    delivery = world.deliveries(1)[0]

    assert read(provider, world.signed(delivery, age_s=290)).amount == PRICE
    with pytest.raises(StaleSignature):
        read(provider, world.signed(delivery, age_s=age_s))


def test_an_event_of_another_merchant_is_not_ours(provider, world):
    paid(provider, world)

    with pytest.raises(OtherMerchant):
        read(provider, world.of_other(world.deliveries(1)[0]))


def test_a_signed_event_that_cannot_be_read_is_for_a_person(provider, world):
    paid(provider, world)
    delivery = world.deliveries(1)[0]
    changes = ((b"captured", b"unheard"), (b"checkout.", b"unheard."), (b"usd", b"us"), (b"USD", b"US"), (b"123450", b"-50"))
    told = [(old, new) for old, new in changes if old in delivery[1]]  # each provider has words of its own

    for old, new in told:
        with pytest.raises(BadEvent):
            read(provider, world.signed(delivery, altered=lambda body, old=old, new=new: body.replace(old, new)))
    assert len(told) >= 3
