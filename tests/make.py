"""Plain functions that make what a test needs, through the database and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.base.money import Money
from everfair.base.signature import signed_headers
from everfair.base.states import moving
from everfair.catalog.models import Offer
from everfair.catalog.queries import smallest_step
from everfair.companies.models import Company, Membership, Person
from everfair.companies.queries import actor_of_person
from everfair.events.payments import PaymentCaptured
from everfair.files.actions import keep_attachment
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, clearing, wallet
from everfair.payments.actions import approve_payout, prepare_batch, release_batch, request_payout, take_event
from everfair.payments.actions.batches import collect_payouts
from everfair.payments.actions.payouts import dispatch_payout
from everfair.payments.models import BankAccount, Intent, Payout
from everfair.payments.rails import RECIPIENT
from everfair.trade.actions import draft_order, pay_stage, place_order, receive_order, ship_order, sign_order
from everfair.trade.models import Order, Stage
from everfair.trade.reactions import money_arrived
from everfair.trust import actions as trust
from everfair.trust.models import Verification
from everfair.trust.queries import checks_of, requirement

_n = count(1)


def person(**columns: Any) -> Person:
    n = next(_n)
    columns.setdefault("email", f"person{n}@fair.example")
    columns.setdefault("name", f"Person {n}")
    made = Person(**columns)
    made.set_unusable_password()
    made.save()
    return made


def company(**columns: Any) -> Company:
    n = next(_n)
    columns.setdefault("name", f"Company {n}")
    columns.setdefault("name_skeleton", columns["name"].casefold())
    columns.setdefault("country", "DE")
    columns.setdefault("registration_kind", "other")
    columns.setdefault("registration_number", f"REG-{n}")
    columns.setdefault("is_seller", True)
    return Company.objects.create(**columns)


def verified(of: Company, until: date | None = None, *, roles: tuple[str, ...] = ("reviewer",)) -> Verification:
    """A granted verification, by every verb: the company carries the mark until that day (a year when none is said).

    Two more of the staff come for it, with these roles. A day that is over is set afterwards, as time would have.
    """
    for _seat in range(2):
        person(is_staff_member=True, staff_roles=list(roles))
    by, tomorrow = actor(of, "owner"), now().date() + timedelta(days=1)
    paper = keep_attachment(ContentFile(f"The register knows {of.pk}.".encode(), name="extract.txt"), of.pk, by).pk
    row = trust.begin_verification("export", "verified", by=by)
    for check in checks_of(row.pk):
        declared = dict.fromkeys(requirement(check, "export").fields, "as it is")
        if "valid_until" in declared:
            declared["valid_until"] = f"{tomorrow + timedelta(days=900)}"
        trust.fill_check(row.pk, check.kind, declared, [paper], by=by)
    row = trust.submit_verification(row.pk, by=by)
    maker, checker = actor_of_person(row.maker), actor_of_person(row.checker)
    day = max(until, tomorrow) if until else None
    for check in checks_of(row.pk):
        trust.record_check(row.pk, check.kind, "passed", check.declared, "Seen.", valid_until=day, by=maker)
    trust.propose_verification(row.pk, "grant", "Everything seen.", by=maker)
    row = trust.grant_verification(row.pk, "Agreed.", by=checker)
    if until and until < tomorrow:
        Company.objects.filter(pk=of.pk).update(verified_until=until)
    of.refresh_from_db()
    return row


def member(of: Company, *roles: str, who: Person | None = None) -> Person:
    """A person with these roles (owner when none is said) in the company."""
    who = who or person()
    Membership.objects.create(person=who, company=of, roles=list(roles or ("owner",)))
    return who


def actor(of: Company, *roles: str, who: Person | None = None) -> Actor:
    """Somebody acting for the company, without a row of their own unless `who` is given."""
    return Actor(
        kind="person",
        person_id=who.pk if who else None,
        company_id=of.pk,
        company_roles=frozenset(roles or ("owner",)),
    )


def operator(who: Person | None = None) -> Actor:
    return Actor(kind="operator", person_id=who.pk if who else None, staff_roles=frozenset({"operator"}))


def staff() -> Actor:
    """Somebody of the operator who is nobody else: two of them are two people."""
    return operator(person(is_staff_member=True, staff_roles=["operator"]))


BANK = {"account": "DE89370400440532013000", "bic": "", "bank_name": "Commerzbank", "country": "DE", "currency": "USD"}


def bank_account(by: Actor, *, wait_hours: int = 0, **columns: Any) -> BankAccount:
    """A verified account of the actor's company; it may be paid to at once unless `wait_hours` says otherwise."""
    holder = Company.objects.values_list("name", flat=True).get(pk=by.company_id)
    columns = {"holder": holder, "added_by": by.person_id, "wait_hours": wait_hours} | BANK | columns
    made = BankAccount.objects.create(company_id=by.company_id, **columns)
    with moving(BankAccount.objects.all(), made.pk, "match", by=SYSTEM) as row:
        row.matched = True
    made.refresh_from_db()
    return made


def payout(by: Actor, amount: Money, *, state: str = "sent", account: BankAccount | None = None) -> Payout:
    """A payout brought by its real verbs to requested (or approved), batched, released, dispatched or sent."""
    made = request_payout((account or bank_account(by)).pk, amount, by=by)
    if state in ("requested", "approved"):
        return made
    if made.needs_second:
        approve_payout(made.pk, by=actor(Company.objects.get(pk=by.company_id), "finance", who=person()))
    collect_payouts()
    made.refresh_from_db()
    if made.state == "batched" and state != "batched":
        prepare_batch(made.batch_id, by=staff())
        release_batch(made.batch_id, sum(row.amount_minor for row in Payout.objects.filter(batch_id=made.batch_id)), by=staff())
    if state in ("dispatched", "sent"):
        assert dispatch_payout(made.pk, by=SYSTEM) == ""
    if state == "sent":
        with moving(Payout.objects.all(), made.pk, "send", by=SYSTEM):
            pass
    made.refresh_from_db()
    return made


def offer(of: Company, **columns: Any) -> Offer:
    """A published offer of the company; `tiers=[]` makes its price one on request."""
    n = next(_n)
    columns.setdefault("market", "export")
    columns.setdefault("sku", f"SKU-{n}")
    columns.setdefault("state", "published")
    columns.setdefault("titles", {"en": f"Hex bolt M8 no. {n}"})
    columns.setdefault("category", "hardware/fasteners")
    columns.setdefault("currency", "USD")
    columns.setdefault("tiers", [["100", "0.50"], ["1000", "0.42"]])
    first = Decimal(columns["tiers"][0][0]) if columns["tiers"] else Decimal(1)
    columns.setdefault("moq", first)
    if columns["tiers"]:
        cheapest = Decimal(columns["tiers"][-1][1]) / Decimal(columns.get("price_per", 1))
        columns.setdefault("price_from", int(cheapest * 10**6))
    columns.setdefault("unit", "H87")
    columns.setdefault("multiple", smallest_step(columns["unit"]))
    made = Offer.objects.create(company=of, **columns)
    made.refresh_from_db()  # with the numbers as the columns hold them
    return made


def told(intent: Intent, kind: str = "checkout.captured", **changes: Any) -> tuple[dict[str, str], bytes]:
    """A provider's event about this payment, truly signed: headers and body. `changes` falsify what it says."""
    n = next(_n)
    event_id = changes.pop("event_id", f"evt_{n}")
    event = {
        "id": event_id,
        "type": kind,
        "created_at": datetime.now(UTC).isoformat(),
        "account": changes.pop("account", "acct_everfair"),
        "data": {
            "id": intent.provider_ref or f"chk_{intent.pk.hex[:12]}",
            "merchant_reference": str(intent.pk),
            "amount_minor": intent.amount_minor,
            "currency": intent.currency,
            "recipient": RECIPIENT,
            "state": kind.partition(".")[2],
            "failure_code": "",
            "version": 2,
        }
        | changes,
    }
    body = json.dumps(event).encode()
    secret = next(value for name, value in settings.PROVIDERS["sandbox"].items() if name.endswith("_WEBHOOK_SECRET"))
    return signed_headers([secret], event_id, int(datetime.now(UTC).timestamp()), body), body


def disputed(
    intent: Intent, kind: str = "opened", *, ref: str = "dsp_1", version: int = 1, **changes: Any
) -> tuple[dict[str, str], bytes]:
    """A provider's word about a chargeback of the whole payment, truly signed."""
    said = {
        "id": ref, "checkout": intent.provider_ref, "fee_minor": 1500, "reason": "product_not_received",
        "state": {"opened": "open", "reversed": "lost"}.get(kind, kind),
        "evidence_due_at": (datetime.now(UTC) + timedelta(days=18)).isoformat(), "version": version,
    } | changes  # fmt: skip
    return told(intent, f"dispute.{kind}", **said)


def pay(stage: Stage, by: Actor) -> Intent:
    """The buyer pays a stage: the provider captures, its event is taken, and trade reacts."""
    intent = Intent.objects.get(pk=pay_stage(stage.pk, by=by))
    headers, body = told(intent)
    assert take_event("sandbox", headers, body) == "applied"
    money_arrived(PaymentCaptured(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id, intent.amount))
    return intent


def fill(company_id: Any, amount: Money) -> None:
    """Money in a company's wallet, out of the sandbox's clearing."""
    transfers = [Transfer(clearing("sandbox", amount.currency), wallet(company_id, amount.currency), amount)]
    post_entry(f"fill:{next(_n)}", transfers, kind="test", by=SYSTEM)


CONSIGNMENT = {"mode": "sea", "carrier": "Evergreen", "tracking_number": "EGLV1234567", "package_count": 12}
TRADE_STATES = ("offered", "agreed", "deposit", "funded", "shipped", "completed")


@dataclass
class Trade:
    """One order with the two who make it."""

    order: Order
    buyer: Actor
    seller: Actor

    def stage(self, n: int) -> Stage:
        return Stage.objects.select_related("order").get(order=self.order, n=n)

    def fresh(self) -> Order:
        self.order.refresh_from_db()
        return self.order


def trade(state: str = "offered", *, quantity: str = "1000", seller_country: str = "DE", **offer_columns: Any) -> Trade:
    """An order from price tiers, brought by its real verbs to one of TRADE_STATES. The buyer is German."""
    seller, buyer = company(country=seller_country), company()
    goods = offer(seller, **offer_columns)
    made = Trade(None, actor(buyer, "owner", who=member(buyer)), actor(seller, "owner", who=member(seller)))  # type: ignore[arg-type]
    terms = draft_order([(goods.pk, Decimal(quantity))], incoterm="FOB", named_place="Ningbo", by=made.buyer)
    made.order = place_order(terms, by=made.buyer)
    reached = TRADE_STATES.index(state)
    if reached >= 1:
        sign_order(made.order.pk, made.order.terms_hash, by=made.seller)
    if reached >= 2:
        pay(made.stage(1), made.buyer)
    if reached >= 3:
        pay(made.stage(2), made.buyer)
    if reached >= 4:
        ship_order(made.order.pk, CONSIGNMENT | {"handed_over_on": now().date()}, by=made.seller)
    if reached >= 5:
        receive_order(made.order.pk, by=made.buyer)
    made.fresh()
    return made


def pass_deadline(of: Trade, kind: str) -> None:
    """The clock goes a minute past what runs: business days are counted by the calendars of the day."""
    clock.advance(deadlines_of([of.order.pk])[of.order.pk, kind] - clock.now() + timedelta(minutes=1))


def captured(intent: Intent) -> PaymentCaptured:
    """The fact that trade hears when a provider's word was believed."""
    return PaymentCaptured(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id, intent.amount)


def next_number() -> int:
    """A number nobody has used in this test run."""
    return next(_n)


def deliver(of: Trade) -> None:
    """Ship a funded order and have it received."""
    ship_order(of.order.pk, CONSIGNMENT | {"handed_over_on": now().date()}, by=of.seller)
    receive_order(of.order.pk, by=of.buyer)
