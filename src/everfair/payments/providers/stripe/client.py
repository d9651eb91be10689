"""Stripe as Everfair sees it. See `port.Provider` for what each method promises, docs/decisions/0029-stripe.md for why it is so."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as midnight
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from everfair.base.money import Money
from everfair.payments.providers.port import (
    BadEvent,
    BankAccount,
    CheckoutOpened,
    CheckoutState,
    OutcomeUnknown,
    PayoutSent,
    PayoutState,
    ProviderDown,
    ProviderEvent,
    ProviderRefused,
    RefundSent,
    RefundState,
    StatementLine,
)
from everfair.payments.providers.stripe import answers, events
from everfair.payments.providers.stripe.amounts import NotChargeable, to_stripe
from everfair.payments.providers.stripe.keys import PREFIX, Keys

if TYPE_CHECKING:
    from everfair.payments.providers.stripe.calls import Calls

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
_KEY_LIVES_S = 20 * 3600  # Stripe forgets an idempotency key after 24 hours
_SESSION_LIVES = timedelta(hours=24)
_REMEMBERED = 10_000
_LANGUAGES = {"zh-hant": "zh-TW", "zh-hans": "zh"}


class StripeProvider:
    name = "stripe"
    prefix = PREFIX

    def __init__(
        self, keys: Keys, *, connect_timeout_s: float = CONNECT_TIMEOUT_S, read_timeout_s: float = READ_TIMEOUT_S
    ) -> None:
        self.account = keys.account
        self.test_mode = keys.test_mode
        self._keys = keys
        self._timeouts_s = connect_timeout_s, read_timeout_s
        # Which checkout there is which intent of ours: learnt by opening and by looking, so that most look-ups are one call.
        self._refs: OrderedDict[str, str] = OrderedDict()

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self:
        return cls(Keys.from_config(config))

    @cached_property
    def _calls(self) -> Calls:
        from everfair.payments.providers.stripe.calls import Calls  # the SDK: 30 MB that only an installation with keys needs

        return Calls(self._keys, *self._timeouts_s)

    # What it can do

    def carries(self, amount: Money) -> bool:
        try:
            return amount.currency in self._keys.currencies and to_stripe(amount) > 0
        except NotChargeable:
            return False

    def pays_out(self, amount: Money, bank_account: BankAccount) -> bool:
        return self.carries(amount) and bank_account.account in self._keys.destinations

    # Checkouts

    def open_checkout(
        self, intent_id: str, amount: Money, recipient: str, description: str, return_url: str, language: str
    ) -> CheckoutOpened:
        """A Checkout Session: Stripe's own page. Captured at once: the ledger holds the money, not the card.

        Refuses (`amount_not_chargeable`, `currency_not_settled`) what Stripe cannot carry, and (`checkout_over`) one that ran out.
        """
        units = self._units(amount)
        if _key_may_be_forgotten(intent_id) and (known := self._find_session(intent_id)) is not None:
            return _again(known, return_url)
        marks = {answers.INTENT: str(intent_id), answers.RECIPIENT: recipient}
        what = description.strip()[:200] or "Everfair"
        price = {"currency": amount.currency.lower(), "unit_amount": units, "product_data": {"name": what}}
        asked: dict[str, Any] = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": str(intent_id),
            "metadata": marks,
            "payment_intent_data": {"capture_method": "automatic", "description": what, "metadata": marks},
            "adaptive_pricing": {"enabled": False},  # the payer pays exactly what was asked for, in that currency
            "success_url": return_url,
            "cancel_url": return_url,
            "locale": _LANGUAGES.get(language, "en"),
        }
        options = {"idempotency_key": f"checkout-{intent_id}"}
        try:
            opened = self._calls.write(lambda: self._sessions.create(asked, options), answers.opened_of)
        except OutcomeUnknown as doubt:
            return self._opened_before(intent_id, return_url, doubt)
        self._remember(str(intent_id), opened.ref)
        return opened

    def _opened_before(self, intent_id: str, return_url: str, doubt: OutcomeUnknown) -> CheckoutOpened:
        """A key that was used before, perhaps in another language of the payer: what came of it then is looked up."""
        from everfair.payments.providers.stripe.calls import FailedBefore, KeyUsedOtherwise

        if not isinstance(doubt, (FailedBefore, KeyUsedOtherwise)):
            raise doubt
        try:
            known = self._find_session(intent_id)
        except (ProviderDown, ProviderRefused):
            raise doubt from None
        if known is not None:
            return _again(known, return_url)
        if isinstance(doubt, FailedBefore):
            # That call is over, and it left nothing; Stripe would repeat its failure for a day.
            raise ProviderDown("Stripe failed to open it") from doubt
        raise doubt

    def look_up(self, intent_id: str) -> CheckoutState | None:
        found = self._find_session(intent_id)
        return None if found is None else self._state(found)

    def cancel_checkout(self, ref: str) -> CheckoutState:
        """Refuses (`checkout_not_open`) one that was paid meanwhile."""
        options = {"idempotency_key": f"cancel-{ref}"}
        try:
            if ref.startswith("pi_"):
                return self._calls.write(lambda: self._payments.cancel(_path(ref), None, options), answers.intent_state_of)
            return self._calls.write(lambda: self._sessions.expire(_path(ref), None, options), answers.checkout_of)
        except ProviderRefused as no:
            found = self._of_ref(ref)
            if found is None or found.state == "open":
                raise
            if found.state == "cancelled":
                return found
            raise ProviderRefused("checkout_not_open", "It was paid meanwhile") from no

    def _of_ref(self, ref: str) -> CheckoutState | None:
        if ref.startswith("pi_"):
            return self._one(lambda: self._payments.retrieve(_path(ref)), answers.intent_state_of)
        return self._one(lambda: self._sessions.retrieve(_path(ref)), answers.checkout_of)

    # Refunds

    def refund(self, refund_id: str, checkout_ref: str, amount: Money) -> RefundSent:
        """Refuses (`refund_exceeds_captured`) more than is left, (`currency_mismatch`) another currency than was captured, and
        (`checkout_not_captured`) what was not paid."""
        payment, taken = self._payment(checkout_ref)
        if amount.currency != taken.amount.currency:
            raise ProviderRefused("currency_mismatch", "It was captured in another currency")
        units = self._units(amount)
        # Stripe forgets keys after a day; the list of refunds does not.
        for known in self._calls.every(self._refunds.list, {"payment_intent": payment}):
            if answers.ours(known, answers.REFUND) == str(refund_id):
                return _refund_sent(known)
        marks = {answers.REFUND: str(refund_id), answers.CHECKOUT: checkout_ref, answers.INTENT: taken.intent_id}
        asked = {"payment_intent": payment, "amount": units, "metadata": marks | {answers.RECIPIENT: taken.recipient}}
        options = {"idempotency_key": f"refund-{refund_id}"}
        try:
            return self._calls.write(lambda: self._refunds.create(asked, options), _refund_sent)
        except ProviderRefused as no:
            if no.code in ("charge_already_refunded", "invalid_amount", "amount_too_large"):
                raise ProviderRefused("refund_exceeds_captured", no.message) from no
            raise

    def _payment(self, ref: str) -> tuple[str, CheckoutState]:
        """The payment that a checkout took. Only reads: whatever fails here, nothing has happened."""

        def of_session(found: dict[str, Any]) -> tuple[str, CheckoutState]:
            return str(found["payment_intent"] or ""), answers.checkout_of(found)

        if ref.startswith("pi_"):
            found = self._one(lambda: self._payments.retrieve(_path(ref)), lambda found: (ref, answers.intent_state_of(found)))
        else:
            found = self._one(lambda: self._sessions.retrieve(_path(ref)), of_session)
        if found is None:
            raise ProviderRefused("checkout_unknown", "There is no such checkout")
        if found[1].state != "captured" or not found[0]:
            raise ProviderRefused("checkout_not_captured", "It was not paid")
        return found

    def look_up_refund(self, refund_id: str) -> RefundState | None:
        found = self._search(self._refunds.list, str(refund_id), answers.REFUND)
        return None if found is None else self._calls_read(found, answers.refund_of)

    # Payouts

    def send_payout(self, payout_id: str, amount: Money, bank_account: BankAccount) -> PayoutSent:
        """A transfer to the connected account that the operator has named for this bank account; Stripe pays it on from there.

        Refuses (`payout_destination_unknown`) every other bank account: Stripe pays out to nobody it does not know.
        """
        destination = self._keys.destinations.get(bank_account.account)
        if destination is None:
            raise ProviderRefused("payout_destination_unknown", "Stripe has no connected account for this bank account")
        asked: dict[str, Any] = {
            "amount": self._units(amount),
            "currency": amount.currency.lower(),
            "destination": destination,
            "transfer_group": str(payout_id),
            "metadata": {answers.PAYOUT: str(payout_id)},
        }
        known = self.look_up_payout(payout_id)
        if known is None:
            known = self._calls.write(
                lambda: self._transfers.create(asked, {"idempotency_key": f"payout-{payout_id}"}), self._payout_of
            )
        return PayoutSent(known.ref, "pending")

    def look_up_payout(self, payout_id: str) -> PayoutState | None:
        for found in self._calls.every(self._transfers.list, {"transfer_group": str(payout_id)}):
            if answers.ours(found, answers.PAYOUT) == str(payout_id):
                return self._calls_read(found, self._payout_of)
        return None

    def _payout_of(self, found: Mapping[str, Any]) -> PayoutState:
        return answers.payout_of(found, {account: number for number, account in self._keys.destinations.items()})

    # Disputes

    def answer_dispute(self, dispute_ref: str, answer: str, evidence: str) -> None:
        """Closes it as lost, or submits the text to the payer's bank. It is looked at before: Stripe forgets keys after a day.

        Refuses (`dispute_answered`, `too_late`) one that was answered otherwise or decided, or whose day is over.
        """
        if answer not in ("accept", "contest"):
            raise ProviderRefused("invalid_answer", "A dispute is accepted or contested")
        ref = _path(dispute_ref)
        known = self._one(lambda: self._disputes.retrieve(ref), answers.answered_of)
        if known is None:
            raise ProviderRefused("dispute_unknown", "There is no such dispute")
        if known.over or known.submitted:
            if (known.lost and answer == "accept") or (known.submitted and answer == "contest" and known.evidence == evidence):
                return
            raise ProviderRefused("dispute_answered", "This dispute has been answered or decided")
        if answer == "contest" and known.due_at is not None and known.due_at < datetime.now(UTC):
            raise ProviderRefused("too_late", "The day for evidence is over")
        options = {"idempotency_key": f"dispute-{dispute_ref}"}
        asked = {"evidence": {"uncategorized_text": evidence}, "submit": True}
        if answer == "accept":
            self._calls.write(lambda: self._disputes.close(ref, None, options), answers.answered_of)
        else:
            self._calls.write(lambda: self._disputes.update(ref, asked, options), answers.answered_of)

    def _taken_by(self, payment: str) -> CheckoutState | None:
        """The checkout that took this payment; the payment itself where it had no page. ProviderDown when Stripe cannot be asked."""
        try:
            for session in self._calls.every(self._sessions.list, {"payment_intent": payment}):
                return self._calls_read(session, answers.checkout_of)
            return self._of_ref(payment) if payment.startswith("pi_") else None
        except ProviderRefused as no:
            raise BadEvent(f"Stripe says nothing of its payment: {no.code}") from no

    # Reconciliation

    def statement(self, from_on: date, to_on: date) -> Iterator[StatementLine]:
        """Balance transactions made on these UTC days, both included, the newest first: from then on the money is in our balance at
        Stripe, less the fee. What is no payment, refund or transfer of ours is `other`."""
        begin, end = (datetime.combine(day, midnight(), UTC) for day in (from_on, to_on + timedelta(days=1)))
        opened = {"gte": int((begin - _SESSION_LIVES).timestamp()) - 3600, "lt": int(end.timestamp())}
        sessions: dict[str, str] = {}
        for session in self._calls.every(self._sessions.list, {"created": opened, "status": "complete"}):
            if isinstance(session.get("payment_intent"), str):
                sessions[session["payment_intent"]] = session["id"]
        made = {"gte": int(begin.timestamp()), "lt": int(end.timestamp())}
        for found in self._calls.every(self._calls.v1.balance_transactions.list, {"created": made, "expand": ["data.source"]}):
            yield self._calls_read(found, lambda one: answers.line_of(one, sessions))

    # Events

    def verify_event(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> ProviderEvent:
        """The event in these bytes, once Stripe's signature is proven over exactly these bytes (I12, I26).

        Raises BadSignature, or BadEvent for what is signed and yet no event of ours, or NothingYet. A dispute's checkout is asked for:
        ProviderDown when it cannot be now.
        """
        events.proven(self._keys, headers, raw_body, now)
        return events.read_event(self._keys, raw_body, self._taken_by)

    # Looking

    @property
    def _sessions(self) -> Any:
        return self._calls.v1.checkout.sessions

    @property
    def _payments(self) -> Any:
        return self._calls.v1.payment_intents

    @property
    def _refunds(self) -> Any:
        return self._calls.v1.refunds

    @property
    def _transfers(self) -> Any:
        return self._calls.v1.transfers

    @property
    def _disputes(self) -> Any:
        return self._calls.v1.disputes

    def _units(self, amount: Money) -> int:
        if amount.currency not in self._keys.currencies:
            raise ProviderRefused("currency_not_settled", "Our account at Stripe keeps no balance in this currency")
        try:
            return to_stripe(amount)
        except NotChargeable as no:
            raise ProviderRefused("amount_not_chargeable", str(no)) from no

    def _state(self, session: dict[str, Any]) -> CheckoutState:
        refunds: list[dict[str, Any]] = []
        if session.get("status") == "complete" and isinstance(session.get("payment_intent"), str):
            refunds = list(self._calls.every(self._refunds.list, {"payment_intent": session["payment_intent"]}))
        return self._calls_read(session, lambda found: answers.checkout_of(found, refunds))

    def _find_session(self, intent_id: str) -> dict[str, Any] | None:
        """Stripe finds no checkout by an id of ours. Those made since the id was are gone through, and all that is seen is remembered."""
        ref = self._refs.get(str(intent_id))
        if ref is not None:
            return self._one(lambda: self._sessions.retrieve(_path(ref)), dict)
        return self._search(self._sessions.list, str(intent_id), answers.INTENT)

    def _search(self, ask: Any, our_id: str, mark: str) -> dict[str, Any] | None:
        from everfair.payments.providers.stripe.calls import made_since

        for found in self._calls.every(ask, {"created": made_since(our_id)}):
            if mark == answers.INTENT and answers.ours(found, mark):
                self._remember(answers.ours(found, mark), found["id"])
            if answers.ours(found, mark) == our_id:
                return found
        return None

    def _remember(self, intent_id: str, ref: str) -> None:
        self._refs[intent_id] = ref
        while len(self._refs) > _REMEMBERED:
            self._refs.popitem(last=False)

    def _one(self, ask: Any, read: Any) -> Any:
        try:
            return self._calls.read(ask, read)
        except ProviderRefused as no:
            if no.code == "resource_missing":
                return None
            raise

    def _calls_read(self, found: Mapping[str, Any], read: Any) -> Any:
        try:
            return read(found)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ProviderDown("Stripe gave an answer that cannot be read") from error


def _again(known: dict[str, Any], return_url: str) -> CheckoutOpened:
    """One that is paid already leads back to where the payer came from: what happened there is told in a moment."""
    match answers.session_state(known):
        case "open" if known.get("url"):
            return answers.opened_of(known)
        case "cancelled":
            raise ProviderRefused("checkout_over", "This checkout ran out")
    return CheckoutOpened(answers.text_of(known, "id"), return_url)


def _refund_sent(found: Mapping[str, Any]) -> RefundSent:
    state = answers.standing_refund(found)
    return RefundSent(state.ref, state.state)


def _key_may_be_forgotten(intent_id: str) -> bool:
    from everfair.payments.providers.stripe.calls import made_since

    return made_since(str(intent_id))["gte"] < time.time() - _KEY_LIVES_S


def _path(ref: str) -> str:
    """A reference as one part of an address."""
    return quote(ref, safe="_")
