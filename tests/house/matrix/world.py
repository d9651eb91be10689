"""Two companies who are strangers to each other, each with one of everything, and the people who knock at their doors.

Everything private that company A has carries A's mark, B's carries B's: an answer that holds a stranger's mark is a leak.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.api import seal_cursor
from everfair.base.clock import now
from everfair.base.events import subscribers
from everfair.base.ids import new_id
from everfair.base.models import Deadline, DeadReaction, Event
from everfair.base.money import Money
from everfair.billing.actions import issue_invoices, state_tax_number
from everfair.catalog.actions import draft_offer, stage_import, withdraw_offer
from everfair.catalog.models import Offer
from everfair.companies import actions as companies
from everfair.companies.actions.people import hash_token
from everfair.companies.models import Company, Invitation, Membership, Person
from everfair.companies.queries import actor_of_person
from everfair.companies.values import SCOPES
from everfair.disputes import actions as disputes
from everfair.disputes.actions import Complaint
from everfair.files.actions import keep_attachment, keep_picture
from everfair.ledger.actions import post_entry
from everfair.ledger.models import Entry
from everfair.ledger.values import Transfer, clearing, costs, settled, wallet
from everfair.logistics.actions import hand_over
from everfair.logistics.models import CarrierEvent, Consignment
from everfair.markets.models import RuleVersion
from everfair.markets.table import DEFAULT_MARKET
from everfair.messaging.actions import notify
from everfair.messaging.models import Message, Notice, Thread
from everfair.payments.actions import (
    add_bank_account,
    agree_to_credit,
    choose_bank,
    except_payout,
    fetch_rates,
    grant_credit,
    import_statement,
    look_at_bank_account,
    pause_credit,
    prepare_batch,
    propose_cover,
    quote_exchange,
    quote_payment,
    request_payout,
    return_line,
    take_event,
    take_file,
)
from everfair.payments.models import (
    BankBreak,
    BankLine,
    BankReturn,
    BankStatement,
    Chargeback,
    CreditDue,
    Intent,
    ProviderEvent,
    RailBreak,
)
from everfair.reviews import actions as reviews
from everfair.risk import actions as risk
from everfair.risk.facts import Finding
from everfair.risk.scoring import Proposal, Score
from everfair.sourcing.actions import cancel_rfq, post_rfq, send_inquiry, send_quote
from everfair.sourcing.models import Quote, Rfq
from everfair.trade.actions import (
    Change,
    ask_extension,
    draft_order,
    end_framework,
    open_issue,
    pay_stage,
    place_order,
    propose_amendment,
    receive_order,
    ship_order,
    show_work,
    sign_order,
)
from everfair.trade.models import Order, Stage
from everfair.trade.reactions import money_arrived
from everfair.trust import actions as trust
from everfair.trust.models import Verification
from everfair.trust.queries import checks_of
from tests import make
from tests.billing.billing import charged, issuer
from tests.files import uploads
from tests.payments.statements import Bank
from tests.sourcing.asking import quote_draft, rfq_draft
from tests.trade import kinds
from tests.trade.inspecting import BAD, book, report
from tests.trust.listing import made_hit
from tests.trust.reviewing import filled, paper

MARKS = {"a": "nachtfalter", "b": "morgentau"}
_BACKEND = "everfair.companies.accounts.Backend"
FORM_TOKEN = "t" * 32


@dataclass
class Side:
    """One company, its people and things; `of["order"]` is what a row of the table means by that word."""

    name: str
    mark: str
    company: Company
    partner: Company
    people: dict[str, Person] = field(default_factory=dict)
    of: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    by: Actor = SYSTEM
    partner_by: Actor = SYSTEM


@dataclass
class World:
    sides: dict[str, Side]
    operator: Person
    sales: Person
    sessions: dict[str, str] = field(default_factory=dict)

    def who(self, name: str) -> Client:
        """«a owner», «b ex», «operator», «nobody», «a key», «a revoked»: a fresh browser or program of theirs, signed in already."""
        client = Client(enforce_csrf_checks=True)
        client.cookies["csrftoken"] = FORM_TOKEN
        side, _space, role = name.partition(" ")
        if role and role in self.sides[side].keys:
            return Client(headers={"Authorization": f"Bearer {self.sides[side].keys[role]}"})
        if name != "nobody":
            client.cookies["sessionid"] = self.sessions[name]
        return client

    def sign_in(self) -> None:
        """Before the first case, because what a case writes is taken back."""
        people = {f"{side.name} {role}": person for side in self.sides.values() for role, person in side.people.items()}
        for name, person in (people | {"operator": self.operator, "sales": self.sales}).items():
            client = Client()
            client.force_login(person, backend=_BACKEND)
            client.get("/en/account/password/")
            self.sessions[name] = client.cookies["sessionid"].value


def person(email: str, **columns: Any) -> Person:
    made = make.person(email=email, **columns)
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def build() -> World:
    # As long as prices ever hold: the walk takes minutes.
    RuleVersion.objects.create(market=DEFAULT_MARKET, name="payments.fx_quote_s", value=900, set_by="operator", reason="the walk")
    operator = person("operator@fair.example", name="Operator", is_staff_member=True, staff_roles=["operator"])
    partner = make.company(name="Partner Trading", country="NL")
    partner_person = make.member(partner, who=person("partner@fair.example"))
    colleague = person("clerk@fair.example", is_staff_member=True, staff_roles=["operator"])
    sides = {
        name: _side(name, mark, partner, actor_of_person(partner_person), actor_of_person(operator))
        for name, mark in MARKS.items()
    }
    for side in sides.values():
        side.of |= {"clerk": colleague.pk, "partner_company": partner.pk}
    world = World(sides, operator, person("sales@fair.example", name="Sales", is_staff_member=True, staff_roles=["sales"]))
    world.sign_in()
    Still.first.clear()
    return world


def _side(name: str, mark: str, partner: Company, partner_by: Actor, operator: Actor) -> Side:
    # The name is public, so it carries no mark.
    company = make.company(name=f"House {name.upper()}", country="DE", phone="+4930901820")
    side = Side(name, mark, company, partner, partner_by=partner_by)
    for role in ("owner", "buyer", "seller", "finance", "viewer"):
        side.people[role] = make.member(company, role, who=person(f"{role}.{mark}@fair.example", name=f"{role} {mark}"))
    side.people["ex"] = person(f"gone.{name}@fair.example")
    Membership.objects.create(person=side.people["ex"], company=company, roles=["owner"], ended_at=now())
    side.by = actor_of_person(side.people["owner"])
    side.of |= {"company": company.pk, "company_number": company.number, "viewer": side.people["viewer"].pk}
    verified = make.company(name=f"Third {name}")
    make.verified(verified)
    side.of |= {"verified_number": verified.number, "verified_company": verified.pk}
    for building in (
        _doors,
        _goods,
        _requests,
        _trades,
        _deliveries,
        _kinds,
        _claims,
        _reviews,
        _money,
        _credit,
        _talk,
        _machine,
        _verifications,
        _risk,
        _hits,
        _discipline,
        _complaints,
        _blacklist,
    ):
        building(side)
    return side


def _doors(side: Side) -> None:
    """Invitations, keys, sessions, stops."""
    owner, of = side.by, side.of
    for role in ("key", "revoked"):
        made, side.keys[role] = companies.make_api_key(f"ERP {side.mark}", SCOPES, by=owner)
        of[f"{role}_id"] = made.pk
        companies.authenticate_api_key(side.keys[role])  # so that its first use is written down already
    companies.revoke_api_key(of["revoked_id"], by=owner)
    of["invitation"] = companies.invite_person(f"guest.{side.mark}@fair.example", ["buyer"], by=owner).pk
    newcomer = side.people["newcomer"] = person(f"newcomer.{side.mark}@fair.example")
    of["newcomer"] = newcomer.pk
    asked = companies.invite_person(newcomer.email, ["buyer"], by=owner)
    of["own_invitation"] = asked.pk
    token = f"token-{side.name}"
    Invitation.objects.filter(pk=asked.pk).update(token_hash=hash_token(token))
    of["invitation_token"] = token
    second = make.company(name=f"Second {side.mark}")
    Membership.objects.create(person=side.people["owner"], company=second, roles=["owner"])
    Person.objects.filter(pk=side.people["owner"].pk).update(current_company_id=side.company.pk)
    of |= {"second_company": second.pk, "second_number": second.number}
    with connection.cursor() as cursor:  # a browser that is signed in elsewhere
        cursor.execute(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', now() + interval '1 day')",
            [f"other-{side.mark}"],
        )
    session = UserSession.objects.create(
        user=side.people["owner"], session_key=f"other-{side.mark}", ip="192.0.2.1", user_agent=side.mark, data={}
    )
    of["session"] = session.pk
    of["stop"] = companies.place_stop(second.pk, "listing", f"{side.mark} under review", by=SYSTEM).pk


def _goods(side: Side) -> None:
    of, owner = side.of, side.by
    offer = make.offer(side.company, titles={"en": f"Bolt of house {side.company.name}"}, sku=f"PUB-{side.company.number}")
    draft = draft_offer(_offer_values(side, "DRAFT"), by=owner)
    shelved = draft_offer(_offer_values(side, "OLD"), by=owner)
    shelved.__class__.objects.filter(pk=shelved.pk).update(state="published")
    withdraw_offer(shelved.pk, by=owner)
    picture = keep_picture(uploads.upload(uploads.picture(size=(40, 30)), "bolt.jpg", "image/jpeg"), side.company.pk, owner)
    of |= {
        "offer": offer.pk, "offer_number": offer.number, "draft": draft.pk, "draft_number": draft.number, "shelved": shelved.pk,
        "sku": offer.sku, "picture": picture.pk, "picture_sha": picture.blob_id,
    }  # fmt: skip
    theirs = make.offer(side.partner)
    of |= {"partner_offer": theirs.pk, "partner_offer_number": theirs.number}
    rows = f"sku,title,price,moq\nROW-1,{side.mark} nut,0.50,100\n".encode()
    of["import"] = stage_import(SimpleUploadedFile(f"{side.mark}.csv", rows, "text/csv"), "export", by=owner).pk


def _offer_values(side: Side, sku: str) -> dict[str, Any]:
    return {
        "sku": f"{sku}-{side.mark}", "titles": {"en": f"Secret {side.mark}"}, "category": "hardware/fasteners", "currency": "USD",
        "tiers": [["100", "0.50"]], "unit": "H87",
    }  # fmt: skip


def _requests(side: Side) -> None:
    of, owner, partner = side.of, side.by, side.partner_by
    paper = keep_attachment(_attachment(side), side.company.pk, owner)
    of["attachment"] = paper.pk
    rfq = _rfq(side, owner, file_ids=(paper.pk,))
    of["rfq"] = rfq.pk
    # A request that is over is its buyer's alone; an open one every supplier may read.
    closed = _rfq(side, owner, file_ids=(paper.pk,))
    of["cancelled_rfq"] = cancel_rfq(closed.pk, by=owner, reason=side.mark).pk
    of["quote_received"] = send_quote(rfq.pk, quote_draft(remarks=f"price for {side.mark}"), by=partner).pk
    asked = _rfq(side, partner, mark="open")
    of["quote_sent"] = send_quote(asked.pk, quote_draft(remarks=f"price of {side.mark}"), by=owner).pk
    of["rfq_to_quote"] = _rfq(side, partner, mark="open").pk
    inquiry = send_inquiry(of["partner_offer"], f"Can you do {side.mark}?", by=owner, quantity=Decimal(1000))
    of["thread"] = inquiry.thread_id
    of["message"] = Message.objects.get(thread_id=inquiry.thread_id).pk


def _attachment(side: Side) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"drawing-{side.mark}.txt", f"drawing {side.mark}".encode(), "text/plain")


def _rfq(side: Side, by: Actor, *, mark: str = "", **changes: Any) -> Rfq:
    return post_rfq(rfq_draft(title=f"Bolts {mark or side.mark}", details=f"Details {mark or side.mark}", **changes), by=by)


def _trades(side: Side) -> None:
    """Orders in the states in which each verb is possible, the company now on the one side, now on the other."""
    of = side.of
    sells, buys = (side.partner_by, side.by, "offer"), (side.by, side.partner_by, "partner_offer")
    for name, (buyer, seller, goods), reached in (
        ("sold_offered", sells, 0), ("sold_funded", sells, 3), ("sold_shipped", sells, 4),
        ("bought_offered", buys, 0), ("bought_agreed", buys, 1), ("bought_funded", buys, 3), ("bought_shipped", buys, 4),
        ("bought_frozen", buys, 5),
    ):  # fmt: skip
        order = _order(side, buyer, seller, of[goods], reached)
        of |= {name: order.pk, f"{name}_hash": order.terms_hash}
    order = _order(side, *sells[:2], of["offer"], 3)
    goods = make.CONSIGNMENT | {"tracking_number": f"PART{side.mark}", "handed_over_on": now().date()}
    ship_order(order.pk, goods, lines={1: Decimal(990)}, last=False, by=side.by)
    of["sold_part"] = order.pk
    order = _order(side, *sells[:2], of["offer"], 4)
    receive_order(order.pk, by=side.partner_by)
    of["sold_completed"] = order.pk
    agreed = Stage.objects.get(order_id=of["bought_agreed"], n=1)
    of["intent"] = pay_stage(agreed.pk, by=side.by)
    made = _order(side, *sells[:2], of["offer"], 1, payment_plan="made_to_order")
    make.pay(Stage.objects.get(order=made, n=1), side.partner_by)
    of["sold_making"] = made.pk
    of["photo"] = _photo(side, side.by)
    _inspections(side)
    _bank(side)
    made = _order(side, *buys[:2], of["partner_offer"], 1, payment_plan="made_to_order")
    make.pay(Stage.objects.get(order=made, n=1), side.by)
    show_work(made.pk, "production_photo", [_photo(side, side.partner_by)], f"note {side.mark}", by=side.partner_by)
    of["bought_shown"] = made.pk
    for name, (buyer, seller, goods), by in (
        ("to_answer", sells, side.partner_by), ("proposed", buys, side.by), ("to_refuse", sells, side.partner_by),
    ):  # fmt: skip
        made = _order(side, buyer, seller, of[goods], 1)
        amendment = propose_amendment(made.pk, Change(remarks=f"new remarks {side.mark}"), by=by)
        of |= {name: amendment.pk, f"{name}_hash": amendment.terms_hash}
    of["asked_of_us"] = ask_extension(of["bought_shipped"], "receipt", 5, f"customs {side.mark}", by=side.partner_by).pk
    of["asked_by_us"] = ask_extension(of["sold_funded"], "shipping", 5, f"mould {side.mark}", by=side.by).pk
    of["due"] = _order(side, side.by, side.partner_by, of["partner_offer"], 1).pk


def _bank(side: Side) -> None:
    """A payment that waits for a transfer, and what a bank said: lines that nobody knows, one decided by a first person, and a break."""
    of = side.of
    order = _order(side, side.by, side.partner_by, of["partner_offer"], 1)
    of["awaited"] = choose_bank(pay_stage(Stage.objects.get(order=order, n=1).pk, by=side.by), by=side.by).pk
    last = BankStatement.objects.order_by("-sequence").first()
    bank = Bank("usd", opening=last.closing_minor, number=last.sequence + 1) if last else Bank("usd")
    bank.credit(2_000_000, f"first {side.mark}", ref=f"1{side.mark}").credit(500, f"second {side.mark}").credit(
        600, f"third {side.mark}"
    ).credit(700, f"fourth {side.mark}")
    [done] = import_statement("bank.sta", bank.mt940(), by=SYSTEM).outcomes
    of["bank_statement"] = done.statement_id
    large, of["bank_line"], _other, back = (
        BankLine.objects.filter(statement_id=done.statement_id).order_by("n").values_list("pk", flat=True)
    )
    clerk = Actor("operator", new_id(), staff_roles=frozenset({"finance"}))
    to = ("Somebody", "DE44500105175407324931", "")
    of["bank_decision"] = return_line(large, to, f"unknown {side.mark}", by=clerk).pk
    fetch_rates()
    of["cover"] = propose_cover(
        new_id(),
        sold=Money.of("10.00", "USD"),
        bought=Money.of("9.26", "EUR"),
        traded_on=now().date(),
        bank_ref=side.mark,
        by=clerk,
    ).pk
    return_line(back, to, f"not ours {side.mark}", by=clerk)
    of["bank_return"] = BankReturn.objects.values_list("pk", flat=True).get(line_id=back)
    import_statement("bad.sta", bank.next().mt940(closing=1), by=SYSTEM)
    of["bank_break"] = BankBreak.objects.order_by("-id").values_list("pk", flat=True)[0]


def _inspections(side: Side) -> None:
    """The company asks for one, has its goods inspected, and inspects the goods of strangers itself."""
    of = side.of
    third = make.company(name=f"Third Eye {side.name}", is_inspector=True, inspector_note="seen")
    by = make.actor(third, who=make.member(third))
    of |= {"inspector": third.pk, "inspector_number": third.number}
    Company.objects.filter(pk=side.company.pk).update(is_inspector=True)
    for name, buyer, seller, goods in (
        ("bought_inspection", side.by, side.partner_by, of["partner_offer"]), ("sold_inspection", side.partner_by, side.by, of["offer"]),
        ("failed_inspection", side.by, side.partner_by, of["partner_offer"]),
    ):  # fmt: skip
        trade = make.Trade(
            _order(side, buyer, seller, goods, 2, payment_plan="inspected", ship_by=(now() + timedelta(days=60)).date()),
            buyer,
            seller,
        )
        visit = book(trade, "buyer", "packed" if name == "failed_inspection" else "accepted", by=by, today=True)
        of[name] = visit.inspection.pk
    report(visit, BAD)
    strangers = [make.company(), make.company()]
    buyer, seller = (make.actor(each, who=make.member(each)) for each in strangers)
    goods = make.offer(strangers[1], titles={"en": "Bolt that strangers trade"})
    for name, reached in (("inspects_asked", "asked"), ("inspects_ready", "packed")):
        trade = make.Trade(
            _order(side, buyer, seller, goods.pk, 2, payment_plan="inspected", ship_by=(now() + timedelta(days=60)).date()),
            buyer,
            seller,
        )
        of[name] = book(trade, "buyer", reached, by=side.by, today=True).inspection.pk


def _kinds(side: Side) -> None:
    """A framework contract on either side, an offer with samples, group buys."""
    of = side.of
    frame = kinds.framework(side.by, side.partner_by, Offer.objects.get(pk=of["partner_offer"]))
    of["bought_frame"] = frame.pk
    asked = kinds.framework(side.partner_by, side.by, Offer.objects.get(pk=of["offer"]))
    end_framework(asked.pk, by=side.partner_by)
    of["sold_frame"] = asked.pk
    sampled = make.offer(side.partner, sample_price_minor=500)
    of |= {"partner_sampled": sampled.pk, "partner_sampled_number": sampled.number}
    rfq = _rfq(side, side.by)
    of["quote_plain"] = send_quote(rfq.pk, quote_draft(remarks=f"plain {side.mark}", charges=()), by=side.partner_by).pk
    of["group"] = kinds.group(side.by, make.offer(side.company)).pk
    of["partner_group"] = kinds.group(side.partner_by, make.offer(side.partner)).pk


def _claims(side: Side) -> None:
    """Claims in the states in which each verb is possible, bought ones but for what a supplier does."""
    of = side.of
    buys, sells = (side.by, side.partner_by, of["partner_offer"]), (side.partner_by, side.by, of["offer"])
    for name, parties in (
        ("ruled", buys), ("made", buys), ("got", sells), ("talked", buys), ("returning", buys), ("returned", sells), ("replacing", sells),
        ("replaced", buys), ("escalated", buys),
    ):  # fmt: skip
        buyer, seller, goods = parties
        order = _order(side, buyer, seller, goods, 4)
        ten = Money.of("10.00", "USD")
        claim = disputes.open_claim(order.pk, [Complaint(1, "defective")], "refund", ten, f"broken {side.mark}", by=buyer)
        of[f"claim_{name}"] = claim.pk
        if name in ("talked", "returning", "returned", "replacing", "replaced"):
            remedy = {"talked": "refund", "returning": "return", "returned": "return"}.get(name, "replace")
            offer = disputes.offer_remedy(claim.pk, remedy, ten, f"offer {side.mark}", by=seller)
            of.setdefault("claim_offer", offer.pk)
            if name != "talked":
                disputes.accept_offer(claim.pk, offer.pk, by=buyer)
        if name == "returned":
            disputes.hand_over_return(claim.pk, "DHL", side.mark, by=buyer)
        if name == "replaced":
            disputes.send_again(claim.pk, "SF", side.mark, by=seller)
        if name in ("ruled", "escalated"):
            disputes.escalate_claim(claim.pk, by=CLOCK_ACTOR)
        if name == "ruled":
            claim.refresh_from_db()
            judge = actor_of_person(Person.objects.get(pk=claim.arbitrator_id))
            disputes.rule_claim(claim.pk, "not_proven", ten, f"reasons {side.mark}", seen=4, by=judge)


def _reviews(side: Side) -> None:
    """Completed orders of the company as buyer: one nobody reviewed, one with its own word that nobody sees yet, one that both have
    reviewed, one whose review was hidden. What everybody may read carries no mark."""
    of = side.of
    for name in ("bought_completed", "bought_reviewed", "reviewed", "hidden"):
        order = _order(side, side.by, side.partner_by, of["partner_offer"], 4)
        receive_order(order.pk, by=side.by)
        reviews.invite_to_review(order.pk)
        of[name] = order.pk
    ours = {"goods": 4, "delivery": 4, "service": 4}
    theirs = {"payment": 4, "fairness": 4, "communication": 4}
    of["review_made"] = reviews.write_review(of["bought_reviewed"], ours, f"word {side.mark}", by=side.by).pk
    for name, known in (("reviewed", "review_got"), ("hidden", "review_hidden")):
        reviews.write_review(of[name], ours, "as agreed", by=side.by)
        of[known] = reviews.write_review(of[name], theirs, "as agreed", by=side.partner_by).pk
    reviews.hide_review(of["review_hidden"], "names somebody", by=make.operator())


def _verifications(side: Side) -> None:
    """The company's own draft with nothing missing; and of three others what waits for the operator who knocks: one to look at with a
    check that failed, one to grant, one to refuse."""
    of = side.of
    row = filled(side.by)
    of |= {"verification": row.pk, "verification_paper": paper(side.by)}
    declared = {"name": side.mark, "number": "1", "legal_person": "We"}
    trust.fill_check(row.pk, "identity", declared, [of["verification_paper"]], by=side.by)
    operator, clerk = (Person.objects.get(email=f"{name}@fair.example") for name in ("operator", "clerk"))
    for name, maker, checker, failed in (
        ("case_to_look", operator, clerk, "licence"),
        ("case_to_grant", clerk, operator, ""),
        ("case_to_refuse", clerk, operator, "licence"),
    ):
        case = _drawn(maker, checker)
        for check in checks_of(case.pk):
            result = "failed" if check.kind == failed else "passed"
            trust.record_check(case.pk, check.kind, result, check.declared, "Seen.", by=actor_of_person(maker))
        if maker is clerk:
            trust.propose_verification(case.pk, "refuse" if failed else "grant", "Seen.", by=actor_of_person(maker))
        of[name] = case.pk


def _risk(side: Side) -> None:
    """A case against another company, undecided: nobody who knocks is linked to it."""
    found = Finding("bait", 50.0, (("buyers", "3"), ("baits", "pay")))
    suspect = str(make.company(is_seller=True).pk)
    row = risk.take_proposal(Proposal(suspect, "hold", Score(suspect, 50.0, (found,))), at=now().date())
    assert row is not None
    side.of["risk_case"] = row.pk


def _hits(side: Side) -> None:
    """Of another company, and of an edition that is in force nowhere: one open, one that the clerk would confirm, one cleared."""
    of, clerk = side.of, actor_of_person(Person.objects.get(email="clerk@fair.example"))
    company = make.company()
    for name in ("hit_open", "hit_proposed", "hit_cleared"):
        of[name] = made_hit(company, f"{side.mark} {name}").pk
    trust.propose_hit(of["hit_proposed"], "confirm", "The same.", by=clerk)
    trust.clear_hit(of["hit_cleared"], "Another.", by=clerk)


def _discipline(side: Side) -> None:
    """Three points of the company, which it may appeal against; and of others what waits for the operator who knocks: points that an
    event proposed, points that want a second person, an appeal."""
    clerk = actor_of_person(Person.objects.get(email="clerk@fair.example"))
    today = now().date()
    side.of["penalty"] = trust.give_points(
        side.by.company_id, "late_delivery", today, f"late {side.mark}", by=clerk, reference="EF-1"
    ).pk  # fmt: skip
    other = make.actor(make.company(), "owner")
    proposed = trust.propose_points(other.company_id, "late_delivery", today, f"order:{new_id()}", "EF-2")
    assert proposed is not None
    appealed = trust.give_points(other.company_id, "late_delivery", today, "late", by=clerk, reference="EF-3")
    side.of |= {
        "penalty_proposed": proposed.pk,
        "penalty_waiting": trust.give_points(other.company_id, "false_papers", today, "forged", by=clerk, reference="V-1").pk,
        "points_appeal": trust.appeal_points(appealed.pk, "not so", by=other).pk,
    }


def _blacklist(side: Side) -> None:
    """The company itself, listed and without its stops, so that everything else goes on; another proposed; and two that share a
    telephone with a third one, which is listed: one not looked at yet, one judged by somebody else."""
    clerk = actor_of_person(Person.objects.get(email="clerk@fair.example"))
    others = [make.staff(), make.staff()]
    own = trust.propose_blacklisting(side.by.company_id, "sold air", f"known {side.mark}", by=others[0])
    own = trust.confirm_blacklisting(own.pk, "seen", by=others[1])
    for stop in own.stop_ids:
        companies.lift_stop(stop, "the walk", by=others[1])
    phone = f"+49309{make.next_number():07d}"
    listed = trust.propose_blacklisting(make.company(phone=phone).pk, "sold air", "known", by=others[0])
    trust.confirm_blacklisting(listed.pk, "seen", by=others[1])
    back = [trust.screen_company(make.company(phone=phone).pk)[0].pk for _n in range(2)]
    trust.judge_reentry(back[1], "clear", "another", by=clerk)
    proposed = trust.propose_blacklisting(make.company().pk, "sold air", "known", by=clerk)
    side.of |= {"own_entry": own.pk, "entry_proposed": proposed.pk, "reentry": back[0], "reentry_judged": back[1]}


def _complaints(side: Side) -> None:
    """One the company made, one about it; and of others one to look at and one to decide for the operator who knocks."""
    of = side.of
    of["partner_number"] = side.partner.number
    of["complaint"] = _complain(side.by, side.partner.pk, side.mark)
    of["complaint_got"] = _complain(side.partner_by, side.by.company_id, side.mark)
    operator, clerk = (Person.objects.get(email=f"{name}@fair.example") for name in ("operator", "clerk"))
    staff = list(Person.objects.filter(is_staff_member=True, is_active=True).values_list("pk", flat=True))
    for name, maker, checker in (("complaint_to_look", operator, clerk), ("complaint_to_decide", clerk, operator)):
        Person.objects.filter(pk__in=staff).exclude(pk=maker.pk).update(is_active=False)
        pk = _complain(make.actor(make.company(), "owner"), make.company(is_seller=True).pk, side.mark)
        Person.objects.filter(pk=checker.pk).update(is_active=True)
        assert trust.draw_for_complaint(pk)
        Person.objects.filter(pk__in=staff).update(is_active=True)
        trust.hear_complaint(pk)
        if name == "complaint_to_decide":
            trust.propose_finding(pk, "founded", "seen", by=actor_of_person(maker))
        of[name] = pk


def _complain(by: Actor, against_id: Any, mark: str) -> UUID:
    today = now().date()
    return trust.make_complaint(
        against_id, "quality", Money(100_00, "USD"), f"cups {mark}", f"broken {mark}", by=by, deliver_by=today, file_ids=[paper(by)]
    ).pk  # fmt: skip


def _drawn(maker: Person, checker: Person) -> Verification:
    """Handed in while only the one could be drawn, and drawn for again when nobody but the other had come."""
    by = make.actor(make.company(), "owner")
    row = filled(by)
    staff = list(Person.objects.filter(is_staff_member=True, is_active=True).values_list("pk", flat=True))
    Person.objects.filter(pk__in=staff).exclude(pk=maker.pk).update(is_active=False)
    trust.submit_verification(row.pk, by=by)
    Person.objects.filter(pk=checker.pk).update(is_active=True)
    assert trust.draw_reviewers(row.pk)
    Person.objects.filter(pk__in=staff).update(is_active=True)
    drawn = Verification.objects.get(pk=row.pk)
    assert (drawn.maker_id, drawn.checker_id) == (maker.pk, checker.pk)
    return drawn


def _photo(side: Side, by: Actor) -> UUID:
    upload = SimpleUploadedFile(f"production-{side.mark}.jpg", uploads.picture(), "image/jpeg")
    return keep_attachment(upload, by.company_id, by=by).pk  # type: ignore[arg-type]


def _order(side: Side, buyer: Actor, seller: Actor, offer: Any, reached: int, **more: Any) -> Order:
    terms = draft_order(
        [(offer, Decimal(1000))], incoterm="FOB", named_place="Ningbo", remarks=f"remarks {side.mark}", by=buyer, **more
    )
    order = place_order(terms, by=buyer)
    if reached >= 1:
        sign_order(order.pk, order.terms_hash, by=seller)
    for n in range(1, min(reached, 3)):
        make.pay(Stage.objects.get(order=order, n=n), buyer)
    if reached >= 4:
        ship_order(
            order.pk, make.CONSIGNMENT | {"tracking_number": f"TRACK{side.mark}", "handed_over_on": now().date()}, by=seller
        )
    if reached >= 5:
        open_issue(order.pk, f"missing {side.mark}", by=buyer)
    order.refresh_from_db()
    return order


def _deliveries(side: Side) -> None:
    """Goods that come, goods that go, one booking the carrier refused and one it took."""
    ours, theirs = side.company.pk, side.partner.pk

    def handed(shipper: Any, consignee: Any, **changes: Any) -> Any:
        values = {"mode": "sea", "carrier": "Evergreen", "tracking_number": f"WAY{side.mark}", "note": side.mark} | changes
        row = hand_over(
            subject=new_id(), shipper_id=shipper, consignee_id=consignee, by=side.by, handed_over_on=now().date() - timedelta(days=5),
            package_count=2, packages=[{"marks": side.mark}], **values,
        )  # fmt: skip
        return row.pk

    refused, booked = (handed(ours, theirs, carrier_code="sandbox") for _ in range(2))
    Consignment.objects.filter(pk=refused).update(booking="refused", booking_failure=side.mark, asked_at=now())
    Consignment.objects.filter(pk=booked).update(
        booking="booked", carrier_ref=f"shp_{side.mark}", tracking_number=side.mark, asked_at=now()
    )
    side.of |= {
        "goods_in": handed(theirs, ours),
        "goods_out": handed(ours, theirs),
        "goods_refused": refused,
        "goods_booked": booked,
    }


_COST = [Transfer(costs("sandbox", "USD"), settled("sandbox", "USD"), Money(7, "USD"))]


def _money(side: Side) -> None:
    of, owner = side.of, side.by
    _gift(owner)
    fetch_rates()
    account = make.bank_account(owner, holder=f"Holder {side.mark}", bank_name=f"Bank {side.mark}")
    spare, looked = (
        add_bank_account(
            holder=f"{word} {side.mark}", account="GB82WEST12345698765432", bic="", bank_name=f"Bank {side.mark}", country="GB",
            currency="USD", by=owner,
        )
        for word in ("Spare", "Looked")
    )  # fmt: skip
    look_at_bank_account(looked.pk, f"letter {side.mark}", by=make.staff())
    of |= {"bank_account": account.pk, "spare_account": spare.pk, "looked_account": looked.pk}
    of["payout"] = request_payout(account.pk, Money.of("10.00", "USD"), by=owner).pk
    of["payout_two"] = request_payout(account.pk, Money.of("6000.00", "USD"), by=actor_of_person(side.people["finance"])).pk
    _batches(side)
    make.fill(side.company.pk, Money.of("900.00", "EUR"))
    of["fx_quote"] = quote_exchange(new_id(), give=Money.of("5.00", "USD"), into="EUR", by=owner).pk
    of["fx_payment_quote"] = quote_payment(new_id(), of["intent"], "EUR", by=owner).pk
    of["entry"] = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    of["cost_entry"] = post_entry(f"cost:{side.company.pk}", _COST, kind="rail_settled", by=SYSTEM)
    of["rail_break"] = RailBreak.objects.create(
        rail="sandbox",
        kind="unknown",
        about=f"chk_{side.company.pk}",
        currency="USD",
        gross_minor=500,
        fee_minor=10,
        cleared_minor=0,
    ).pk
    issuer()
    state_tax_number("DE136695976", by=owner)
    charged(side.company, 1000, reference=f"EF-{side.mark}")
    of["invoice"] = issue_invoices(side.company.pk, "USD", now(), by=SYSTEM)[0].pk
    charged(side.company, 500, reference=f"EF-{side.mark}")
    of["wallet_address"] = f"company:{side.company.pk}:wallet:USD"


def _credit(side: Side) -> None:
    """Granted and taken, in every state; a debt to the partner, and a customer of this side alone."""
    of, ours, theirs = side.of, side.by, side.partner_by

    def granted(seller: Actor, buyer: Actor, currency: str, *, agreed: bool = True) -> UUID:
        line = grant_credit(buyer.company_id, Money.of("9000.00", currency), 30, by=seller)  # type: ignore[arg-type]
        if agreed:
            agree_to_credit(line.pk, by=buyer)
        return line.pk

    of["credit_given"] = granted(ours, theirs, "USD")
    of["credit_paused"] = pause_credit(granted(ours, theirs, "EUR"), by=ours).pk
    of["credit_taken"] = granted(theirs, ours, "USD")
    of["credit_offered"] = granted(theirs, ours, "EUR", agreed=False)
    order = _order(side, ours, theirs, of["partner_offer"], 1)
    for n in (1, 2):
        intent = Intent.objects.get(pk=pay_stage(Stage.objects.get(order=order, n=n).pk, method="credit", by=ours))
        money_arrived(make.captured(intent))
    ship_order(order.pk, make.CONSIGNMENT | {"tracking_number": f"DUE{side.mark}", "handed_over_on": now().date()}, by=theirs)
    receive_order(order.pk, by=ours)
    of["credit_due"] = CreditDue.objects.filter(line_id=of["credit_taken"]).earliest("id").pk
    charged_back = _order(side, ours, theirs, of["partner_offer"], 1)
    intent = make.pay(Stage.objects.get(order=charged_back, n=1), ours)
    intent.refresh_from_db()
    take_event("sandbox", *make.disputed(intent, ref=f"dsp_{side.mark}"))
    of["chargeback"] = Chargeback.objects.get(intent=intent).pk
    customer = make.company(name=f"Customer {side.name}")
    buying = make.actor(customer, "owner", who=make.member(customer))
    _order(side, buying, ours, of["offer"], 0)
    charged_back = _order(side, buying, ours, of["offer"], 1)
    intent = make.pay(Stage.objects.get(order=charged_back, n=1), buying)
    intent.refresh_from_db()
    take_event("sandbox", *make.disputed(intent, ref=f"dsp_sold_{side.mark}"))
    of["charged_sale"] = Chargeback.objects.get(intent=intent).pk
    of["customer_number"] = customer.number


def _batches(side: Side) -> None:
    """Payouts of a company with one person, each where an operator has something to do."""
    of, firm = side.of, make.company(name=f"Treasury {side.name}")
    owner = make.actor(firm, "owner", who=make.member(firm))
    _gift(owner)
    account = make.bank_account(owner)

    def pay(amount: str, state: str) -> Any:
        return make.payout(owner, Money.of(amount, "USD"), state=state, account=account)

    of["payout_asked"] = pay("6000.00", "requested").pk
    prepared = pay("12000.00", "batched")
    prepare_batch(prepared.batch_id, by=make.staff())
    released, filed, held = pay("12000.00", "released"), pay("12000.00", "released"), pay("12000.00", "batched")
    take_file(filed.batch_id, by=make.staff())
    except_payout(held.pk, f"odd {side.mark}", by=make.staff())
    batched = pay("2500.00", "batched")
    of |= {
        "batch_prepared": prepared.batch_id, "batch_released": released.batch_id, "batch_filed": filed.batch_id,
        "batch_open": batched.batch_id, "payout_filed": filed.pk, "payout_held": held.pk, "payout_batched": batched.pk,
    }  # fmt: skip


def _gift(to: Actor) -> None:
    move = Transfer(clearing("sandbox", "USD"), wallet(to.company_id, "USD"), Money.of("90000.00", "USD"))  # type: ignore[arg-type]
    post_entry(f"gift:{to.company_id}", [move], kind="payment_returned", by=SYSTEM)


def _talk(side: Side) -> None:
    notify(side.company.pk, ["owner"], *_some_notice(side), number=side.mark)
    of = side.of
    of["notice"] = Notice.objects.filter(person_id=side.people["owner"].pk).latest("pk").pk
    of["order_thread"] = Thread.objects.filter(company_ids__contains=[side.company.pk]).first().pk  # type: ignore[union-attr]


def _some_notice(side: Side) -> tuple[str, str, str]:
    return "order.completed", "/company/", f"matrix {side.mark}"


def _machine(side: Side) -> None:
    of = side.of
    unheard = Event.objects.exclude(name__in=list(subscribers()["trade"])).order_by("seq")[list(MARKS).index(side.name)]
    of["reaction"] = DeadReaction.objects.create(subscriber="trade", event_seq=unheard.seq, reason=side.mark).pk
    of["deadline"] = Deadline.objects.create(
        kind="trade.sign", subject=of["sold_completed"], generation=99, due_at=now(), state="failed"
    ).pk
    stranger = ProviderEvent.objects.create(
        provider="sandbox", account="acct_everfair", event_id=f"evt-{side.mark}", kind="checkout.captured", body=side.mark.encode(),
        outcome="unknown",
    )  # fmt: skip
    of["event"] = stranger.pk
    of["carrier_event"] = CarrierEvent.objects.create(
        carrier_code="sandbox", account="acct_everfair", event_id=f"evt-{side.mark}", body=side.mark.encode(), outcome="unknown"
    ).pk
    draft = of["draft"]
    from everfair.catalog.models import Offer

    Offer.objects.filter(pk=draft).update(source_category=f"Things > {side.name}", category="unsorted/unsorted")
    of["source_category"] = f"Things > {side.name}"
    of["number_cursor"] = seal_cursor([10**6])
    assert Intent.objects.filter(pk=of["intent"]).exists()
    assert Quote.objects.filter(pk=of["quote_sent"]).exists()
    mail.outbox.clear() if hasattr(mail, "outbox") else None


# ── what changed ──

# A look leaves traces here and nowhere else: when a session was last seen, and that the operator looked (office, by intent).
TRACES = frozenset({"django_session", "usersessions_usersession", "base_heartbeat", "account_emailconfirmation"})


# What pg_stat_xact_user_tables counts, without the scans of all indexes that it sums as well: half the time, at every request.
_WRITTEN = """
    SELECT coalesce(sum(
        pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)
    ), 0)
    FROM pg_class
    WHERE relkind IN ('r', 't', 'm') AND relnamespace <> ALL (ARRAY['pg_catalog', 'information_schema', 'pg_toast']::regnamespace[])
"""


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1")
        return [name for (name,) in cursor.fetchall() if name not in TRACES]


def touched() -> int:
    """How often a row was written in this transaction, undone writes included: the same number means that nothing changed."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return int(cursor.fetchone()[0])


def fingerprint() -> dict[str, str]:
    """Per table, which versions of which rows there are."""
    parts = [
        f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtextextended(ctid::text || xmin::text, 0)), 0) FROM \"{name}\""
        for name in tables()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


class Still:
    """Says what differs from the world as it was made; cheap while nothing was written."""

    first: dict[str, str] = {}

    def __init__(self) -> None:
        self.count = touched()
        if not Still.first:
            Still.first.update(fingerprint())

    def changed(self) -> list[str]:
        if touched() == self.count:
            return []
        after = fingerprint()
        return sorted(name for name, value in after.items() if Still.first.get(name) != value)


class Undone:
    """What happens inside is taken back at the end."""

    def __enter__(self) -> Undone:
        self.point = transaction.savepoint()
        return self

    def __exit__(self, *_error: object) -> None:
        transaction.savepoint_rollback(self.point)


def forbidden_words(world: World, side: str) -> re.Pattern[str]:
    """What may stand in no answer to a stranger of this side."""
    return re.compile(re.escape(world.sides[side].mark), re.IGNORECASE)
