"""The operator's desk: who comes in, what each page shows, what each act changes and notes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from everfair.base import clock
from everfair.base.models import Deadline, DeadReaction
from everfair.companies.actions import register_company
from everfair.companies.models import Company, Person, Stop
from everfair.companies.queries import open_stops
from everfair.ledger.queries import balance
from everfair.ledger.values import fees, wallet
from everfair.markets.queries import rule
from everfair.messaging.actions import open_thread, post_message
from everfair.messaging.models import Notice
from everfair.payments.actions import take_event
from everfair.payments.models import Intent, ProviderEvent
from everfair.trade.actions import open_issue, open_silent_case, pay_stage
from tests import make
from tests.office.desk import asked, member, notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Person:
    return operator(name="Olga Operator")


@pytest.fixture
def office(by: Person) -> Any:
    return signed_in(by)


def an_issue(**offer: Any) -> make.Trade:
    trade = make.trade("shipped", **offer)
    open_issue(trade.order.pk, "Twelve cartons were promised, nothing came.", by=trade.buyer)
    return trade


def a_misfit() -> ProviderEvent:
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    headers, body = make.told(intent, amount_minor=intent.amount_minor - 1)
    assert take_event("sandbox", headers, body) == "mismatch"
    return ProviderEvent.objects.get(outcome="mismatch")


def addresses(by: Person) -> list[str]:
    """Every page of the office, each about something that is there."""
    trade, event, seller = an_issue(), a_misfit(), make.company()
    offer = make.offer(seller, category="unsorted/unsorted", source_category="Werkzeug > Zangen")
    colleague = operator()
    dead = DeadReaction.objects.create(subscriber="trade", event_seq=1, reason="ValueError: no")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM ledger_entry")
        entry = cursor.fetchone()[0]
    stage = trade.stage(1)
    return [
        "/en/office/",
        "/en/office/reactions/",
        f"/en/office/reactions/{dead.pk}/settle/",
        "/en/office/deadlines/",
        "/en/office/payouts/",
        "/en/office/payouts/?which=stopped",
        "/en/office/payments/",
        "/en/office/letters/",
        "/en/office/offers/",
        "/en/office/offers/?state=draft&search=bolt",
        f"/en/office/offers/number/{offer.number}/",
        "/en/office/companies/",
        "/en/office/companies/?queue=expiring&search=fair.example",
        "/en/office/companies/?queue=unverified&search=comp",
        "/en/office/companies/?queue=stopped",
        "/en/office/companies/?queue=lookalike",
        f"/en/office/companies/{seller.number}/",
        "/en/office/issues/",
        "/en/office/trades/",
        "/en/office/trades/?state=closed&money=refunded",
        f"/en/office/trades/{trade.order.pk}/",
        f"/en/office/trades/{trade.order.pk}/?percent=33.33",
        f"/en/office/trades/{trade.order.pk}/decide/?percent=40",
        "/en/office/mapping/",
        "/en/office/mapping/one/?source=Werkzeug+%3E+Zangen",
        "/en/office/events/",
        "/en/office/events/?settled=1",
        f"/en/office/events/{event.pk}/",
        "/en/office/rules/",
        "/en/office/rules/export/trade.fee_rate/",
        "/en/office/staff/",
        f"/en/office/staff/{colleague.pk}/end/",
        "/en/office/trail/",
        "/en/office/trail/?act=looked&actor=operator:",
        "/en/office/trail.csv?act=done",
        "/en/office/mapping/?sure=1",
        "/en/office/books/",
        "/en/office/books/?prefix=platform:",
        f"/en/office/books/account/?address=stage:{stage.pk}:escrow",
        f"/en/office/books/entries/{entry}/",
        "/en/office/books/proofs/",
        "/en/office/books/proofs/?run=1",
    ]


def test_every_page_opens_for_the_operator_and_for_nobody_else(by: Person, office: Any) -> None:
    trader, stranger = signed_in(member()), signed_in(make.person())
    anybody = type(office)()

    for address in addresses(by):
        assert office.get(address).status_code == 200, address
        assert trader.get(address).status_code == 403, address
        assert stranger.get(address).status_code == 403, address
        answer = anybody.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/en/account/sign-in/?next="), address


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_the_overview_opens_in_every_language(office: Any, language: str) -> None:
    assert office.get(f"/{language}/office/").status_code == 200


def test_a_member_can_post_nothing_in_the_office() -> None:
    seller, trade = make.company(), an_issue()
    offer = make.offer(seller)
    trader = signed_in(member())

    for address in (
        f"/en/office/companies/{seller.number}/withdraw/",
        f"/en/office/companies/{seller.number}/stop/",
        f"/en/office/trades/{trade.order.pk}/decide/",
        f"/en/office/offers/number/{offer.number}/remove/",
        "/en/office/rules/export/trade.fee_rate/set/",
        "/en/office/staff/invite/",
        "/en/office/mapping/one/",
        "/en/office/mapping/many/",
        "/en/office/letters/repeat/",
    ):
        assert send(trader, address, reason="because").status_code == 403, address

    assert trade.fresh().issue == "open"
    assert not Stop.objects.exists()


def test_the_overview_counts_what_waits(office: Any) -> None:
    an_issue()
    a_misfit()
    make.offer(make.company(), category="unsorted/unsorted", source_category="Werkzeug")
    Deadline.objects.create(kind="trade.pay", subject=make.company().pk, due_at=clock.now(), state="failed", tries=5)

    answer = office.get("/en/office/")

    queues = answer.context["queues"]
    waiting = {name: queue.count for name, queue in queues.items() if queue.count}
    assert waiting == {
        "issues": 1, "unmapped": 1, "misfits": 1, "deadlines": 1, "unverified": Company.objects.filter(is_seller=True).count()
    }  # fmt: skip
    balances = {row.address: str(row.balance) for row in answer.context["balances"]}
    # 420.00 came for the order, 125.99 for the payment that fits nothing; what fits nothing lies in suspense.
    assert balances == {"platform:suspense:USD": "125.99 USD", "provider:sandbox:clearing:USD": "545.99 USD"}


def test_an_empty_office_has_nothing_to_do(office: Any) -> None:
    answer = office.get("/en/office/")

    assert answer.context["waiting"] == []
    assert "Nothing waits for you" in text(answer)
    assert "No money has moved yet." in text(answer)


# ── companies ──


def test_a_look_at_a_company_is_noted(by: Person, office: Any) -> None:
    seller = make.company()

    office.get(f"/en/office/companies/{seller.number}/")

    (note,) = notes("looked at a company")
    assert (note.subject, note.actor) == (seller.pk, f"operator:{by.pk}")


def test_companies_are_found_by_name_number_and_registration(office: Any) -> None:
    kiel = make.company(name="Kieler Schrauben GmbH", registration_number="HRB 4711", names={"zh-hant": "基爾螺絲"})
    make.company(name="Lübecker Marzipan KG")

    for wanted in ("schrauben", str(kiel.number), f"№{kiel.number}", "hrb 47", "螺絲"):
        answer = office.get("/en/office/companies/", {"search": wanted})
        assert [row.number for row in answer.context["companies"]] == [kiel.number], wanted


def test_the_list_of_companies_goes_on_after_fifty_with_as_many_queries(office: Any) -> None:
    made = [make.company() for _ in range(3)]
    make.verified(made[0])
    office.get("/en/office/rules/")  # the first visit notes when this browser was last seen
    few = asked(office, "/en/office/companies/")
    made += [make.company() for _ in range(50)]
    for firm in made[-3:]:
        make.verified(firm)

    many = asked(office, "/en/office/companies/")
    first = office.get("/en/office/companies/")
    second = office.get(first.context["following"])

    assert many == few == 7  # the session, the person, the day, the companies, their stops, unread notices, a freeze
    numbers = [row.number for row in first.context["companies"]] + [row.number for row in second.context["companies"]]
    assert numbers == [row.number for row in reversed(made)]
    assert second.context["following"] is None


def test_a_mark_is_taken_away_with_a_reason_and_nobody_gives_one(office: Any) -> None:
    seller = make.company()
    make.verified(seller)

    shown = text(office.get(f"/en/office/companies/{seller.number}/"))
    send(office, f"/en/office/companies/{seller.number}/withdraw/", reason="The register has closed it.")
    given = send(office, f"/en/office/companies/{seller.number}/verify/", note="Seen.", until="2027-01-01")

    assert "Take the mark away" in shown
    seller.refresh_from_db()
    assert (seller.verified_at, given.status_code) == (None, 404)
    assert [note.reason for note in notes("verification withdrawn")] == ["The register has closed it."]


def test_a_stop_is_placed_and_lifted(by: Person, office: Any) -> None:
    seller = make.company()

    send(office, f"/en/office/companies/{seller.number}/stop/", kind="payout", reason="Bank account of somebody else.", until="")

    (stop,) = open_stops([seller.pk])
    assert (stop.kind, stop.reason, stop.placed_by, stop.until) == (
        "payout",
        "Bank account of somebody else.",
        f"operator:{by.pk}",
        None,
    )
    assert [note.act for note in notes()] == ["placed a payout stop"]
    assert "No payouts" in text(office.get("/en/office/companies/?queue=stopped"))

    send(office, f"/en/office/companies/{seller.number}/stops/{stop.pk}/lift/", reason="The bank confirmed the holder.")

    assert open_stops([seller.pk]) == []
    assert [note.reason for note in notes("lifted a payout stop")] == ["The bank confirmed the holder."]


def test_a_stop_is_not_lifted_without_a_reason_nor_through_another_company(office: Any) -> None:
    seller, other = make.company(), make.company()
    stop = Stop.objects.create(company=seller, kind="listing", reason="Copies.", placed_by="operator")

    missing = send(office, f"/en/office/companies/{seller.number}/stops/{stop.pk}/lift/", reason="  ")
    foreign = send(office, f"/en/office/companies/{other.number}/stops/{stop.pk}/lift/", reason="Why not.")

    assert (missing.status_code, foreign.status_code) == (422, 404)
    assert len(open_stops([seller.pk])) == 1


def test_a_lookalike_name_leaves_the_queue_when_somebody_looked(office: Any) -> None:
    for n, name in enumerate(("Acme Bolts", "Acme BoIts")):
        register_company(
            name=name, country="DE", registration_kind="other", registration_number=f"X-{n}77", is_seller=True,
            by=make.actor(make.company(), who=make.person()),
        )  # fmt: skip
    (twin,) = office.get("/en/office/companies/?queue=lookalike").context["companies"]
    assert twin.name == "Acme BoIts"

    send(office, f"/en/office/companies/{twin.number}/name/", reason="Two firms, both in the register.")

    assert office.get("/en/office/companies/?queue=lookalike").context["companies"] == []
    assert office.get("/en/office/").context["queues"]["lookalikes"].count == 0
    assert [note.subject for note in notes("name looked at")] == [twin.pk]


# ── issues ──


def test_the_calculator_shows_what_the_decision_then_pays(office: Any) -> None:
    trade = an_issue(tiers=[["100", "0.4213"]])
    # 1,000 pieces at 0.4213 are 421.30: a deposit of 126.39 and a balance of 294.91.
    shown = office.get(f"/en/office/trades/{trade.order.pk}/?percent=33.33").context["split"]
    assert [(str(s.held.amount), str(s.to_buyer.amount), str(s.to_seller.amount), str(s.fee.amount)) for s in shown.stages] == [
        ("126.39", "42.13", "82.57", "1.69"),
        ("294.91", "98.29", "192.69", "3.93"),
    ]
    assert [str(s.amount) for s in (shown.held, shown.to_buyer, shown.to_seller, shown.fee)] == [
        "421.30",
        "140.42",
        "275.26",
        "5.62",
    ]

    answer = send(office, f"/en/office/trades/{trade.order.pk}/decide/", percent="33.33", reason="One third never arrived.")

    assert answer["Location"] == f"/en/office/trades/{trade.order.pk}/"
    assert balance(wallet(trade.order.buyer_id, "USD"), "USD").posted == shown.to_buyer
    assert balance(wallet(trade.order.seller_id, "USD"), "USD").posted == shown.to_seller
    assert (trade.fresh().issue, trade.order.agreement, trade.order.closed_reason) == (
        "resolved",
        "completed",
        "One third never arrived.",
    )
    (note,) = notes("issue resolved")
    assert (note.subject, note.reason, note.after) == (trade.order.pk, "One third never arrived.", {"buyer_share": "0.3333"})


@pytest.mark.parametrize(
    ("percent", "to_buyer", "to_seller", "fee"), [("0", "0.00", "411.60", "8.40"), ("100", "420.00", "0.00", "0.00")]
)
def test_all_or_nothing_is_a_decision_too(office: Any, percent: str, to_buyer: str, to_seller: str, fee: str) -> None:
    trade = an_issue()
    split = office.get(f"/en/office/trades/{trade.order.pk}/decide/?percent={percent}").context["split"]

    send(office, f"/en/office/trades/{trade.order.pk}/decide/", percent=percent, reason="Proven.")

    assert [str(sum.amount) for sum in (split.to_buyer, split.to_seller, split.fee)] == [to_buyer, to_seller, fee]
    assert str(balance(wallet(trade.order.buyer_id, "USD"), "USD").posted.amount) == to_buyer
    assert str(balance(wallet(trade.order.seller_id, "USD"), "USD").posted.amount) == to_seller
    rows = {row.address: str(row.balance.amount) for row in office.get("/en/office/").context["balances"]}
    assert rows.get(fees("USD"), "0.00") == fee


def test_a_decision_needs_its_reasons_and_a_share_that_can_be(office: Any) -> None:
    trade = an_issue()
    address = f"/en/office/trades/{trade.order.pk}/decide/"

    assert send(office, address, percent="40", reason=" ").status_code == 422
    for percent in ("101", "-1", "40,5", "33.333", "viel"):
        assert send(office, address, percent=percent, reason="Because.").status_code == 422, percent

    assert trade.fresh().issue == "open"
    assert notes("issue resolved") == []


def test_deciding_twice_pays_once(office: Any) -> None:
    trade = an_issue()
    address = f"/en/office/trades/{trade.order.pk}/decide/"
    send(office, address, percent="100", reason="Nothing came.")

    again = send(office, address, percent="0", reason="It came.")

    assert again["Location"] == f"/en/office/trades/{trade.order.pk}/"
    assert str(balance(wallet(trade.order.buyer_id, "USD"), "USD").posted) == "420.00 USD"
    assert len(notes("issue resolved")) == 1


def test_a_look_at_a_trade_is_noted(office: Any) -> None:
    trade = an_issue()

    page = text(office.get(f"/en/office/trades/{trade.order.pk}/"))

    assert [note.subject for note in notes("looked at an order")] == [trade.order.pk]
    assert "Twelve cartons were promised, nothing came." in page
    assert "EGLV1234567" in page


def test_what_silence_opened_is_no_word_of_the_buyers_and_said_in_the_readers_language(office: Any) -> None:
    trade = make.trade("shipped")
    open_silent_case(trade.order.pk, "the buyer said nothing, and no delivery is proven")

    page = text(office.get(f"/zh-hant/office/trades/{trade.order.pk}/"))

    assert "the buyer said nothing" not in page
    assert "What the buyer reports" not in text(office.get(f"/en/office/trades/{trade.order.pk}/"))


def test_the_operator_reads_what_both_sides_wrote(office: Any) -> None:
    trade = an_issue()
    sides = [trade.order.buyer_id, trade.order.seller_id]
    talk = open_thread("order", trade.order.pk, trade.order.reference, sides, by=trade.buyer)
    post_message(talk.pk, "Where are our twelve cartons?", by=trade.buyer)
    post_message(talk.pk, "The carrier says they were handed over.", by=trade.seller)

    page = text(office.get(f"/en/office/trades/{trade.order.pk}/"))

    assert page.index("Where are our twelve cartons?") < page.index("The carrier says they were handed over.")


def test_trades_are_found_by_their_number(office: Any) -> None:
    wanted, _other = make.trade(), make.trade()

    for typed in (wanted.order.reference, str(wanted.order.number), wanted.order.reference.lower()):
        answer = office.get("/en/office/trades/", {"search": typed})
        assert [row[0].pk for row in answer.context["orders"]] == [wanted.order.pk]
    assert office.get("/en/office/trades/", {"search": "nonsense"}).context["orders"] == []


def test_lists_of_trades_and_issues_ask_as_much_for_many_as_for_few(office: Any) -> None:
    lists = ("/en/office/trades/", "/en/office/issues/", "/en/office/trail/", "/en/office/books/", "/en/office/events/")
    an_issue()
    office.get("/en/office/rules/")
    before = [asked(office, address) for address in lists]
    for _ in range(3):
        an_issue()

    assert [asked(office, address) for address in lists] == before


# ── mapping ──


def test_the_mapping_desk_suggests_and_maps(office: Any) -> None:
    seller = make.company()
    goods = [
        make.offer(
            seller, category="unsorted/unsorted", source_category="Hardware > Fasteners > Bolts", titles={"en": f"Hex bolt M{n}"}
        )
        for n in range(5, 10)
    ]
    make.offer(seller, category="unsorted/unsorted", source_category="Rarities")

    ((row, name, _line), (rare, _nothing, _empty)) = office.get("/en/office/mapping/").context["rows"]

    assert (row.source, row.offers_count, row.titles) == (
        "Hardware > Fasteners > Bolts",
        5,
        ["Hex bolt M9", "Hex bolt M8", "Hex bolt M7"],
    )
    assert row.guess is not None
    assert row.guess.code == "hardware/fasteners"
    assert "›" in name
    assert rare.source == "Rarities"

    answer = send(office, "/en/office/mapping/one/", source=row.source, category=row.guess.code)

    assert answer["Location"] == "/en/office/mapping/"
    for offer in goods:
        offer.refresh_from_db()
    assert {offer.category for offer in goods} == {"hardware/fasteners"}
    (note,) = notes("category mapped")
    assert (note.before, note.after) == ({"source": row.source}, {"category": "hardware/fasteners"})


def test_a_category_that_is_not_ours_is_refused(office: Any) -> None:
    make.offer(make.company(), category="unsorted/unsorted", source_category="Rarities")

    answer = send(office, "/en/office/mapping/one/", source="Rarities", category="hardware/unicorns")

    assert answer.status_code == 422
    assert notes("category mapped") == []


# ── provider events, dead reactions, deadlines ──


def test_a_misfit_is_shown_inert_and_settled_with_a_reason(office: Any) -> None:
    event = a_misfit()
    ProviderEvent.objects.filter(pk=event.pk).update(body=b'{"note": "<script>alert(1)</script>\xff"}')

    page = office.get(f"/en/office/events/{event.pk}/")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\xff" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert [note.subject for note in notes("looked at a provider event")] == [event.pk]

    assert send(office, f"/en/office/events/{event.pk}/", reason=" ").status_code == 422
    send(office, f"/en/office/events/{event.pk}/", reason="The provider returned it on 4 May.")

    assert [note.reason for note in notes("provider event settled")] == ["The provider returned it on 4 May."]
    assert office.get("/en/office/events/").context["events"] == []
    assert [row.pk for row in office.get("/en/office/events/?settled=1").context["events"]] == [event.pk]
    assert office.get("/en/office/").context["queues"]["misfits"].count == 0


def test_a_dead_reaction_is_settled_with_a_reason(office: Any) -> None:
    dead = DeadReaction.objects.create(subscriber="trade", event_seq=10**9, reason="ValueError: no")

    nobody = send(office, f"/en/office/reactions/{dead.pk}/repeat/")
    send(office, f"/en/office/reactions/{dead.pk}/settle/", reason="Posted by hand.")

    assert nobody.status_code == 409
    dead.refresh_from_db()
    assert dead.settled_at is not None
    assert [note.reason for note in notes("dead reaction settled")] == ["Posted by hand."]
    assert office.get("/en/office/").context["queues"]["reactions"].count == 0


def test_a_dead_reaction_that_works_now_is_repeated(office: Any) -> None:
    trade = make.trade("agreed")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO base_event (name, subject, body, actor) VALUES ('PaymentFailed', %s, %s, 'rail') RETURNING seq",
            [
                trade.order.pk,
                json.dumps(
                    dict.fromkeys(("intent_id", "purpose", "company_id"), str(trade.order.pk)) | {"purpose_kind": "other"}
                ),
            ],
        )
        seq = cursor.fetchone()[0]
    dead = DeadReaction.objects.create(subscriber="trade", event_seq=seq, reason="OperationalError: the database was away")

    answer = send(office, f"/en/office/reactions/{dead.pk}/repeat/")

    assert answer["Location"] == "/en/office/reactions/"
    dead.refresh_from_db()
    assert dead.settled_at is not None
    assert [note.subject for note in notes("dead reaction repeated")] == [trade.order.pk]


def test_two_repeated_notices_are_two(office: Any) -> None:
    """Each stands for its own event: the second must not pass for the first."""
    trades = [make.trade("agreed"), make.trade("agreed")]
    for trade in trades:
        fact = {"order_id": trade.order.pk, "buyer_id": trade.order.buyer_id, "seller_id": trade.order.seller_id}
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO base_event (name, subject, body, actor) VALUES ('OrderSigned', %s, %s, 'rail') RETURNING seq",
                [trade.order.pk, json.dumps({name: str(value) for name, value in fact.items()})],
            )
            seq = cursor.fetchone()[0]
        dead = DeadReaction.objects.create(subscriber="trade.notices", event_seq=seq, reason="away")

        send(office, f"/en/office/reactions/{dead.pk}/repeat/")

        told = Notice.objects.filter(company_id=trade.order.buyer_id, kind="order.signed")
        assert [notice.cause for notice in told] == [f"event:{seq}:buyer"]


def test_a_failed_deadline_is_set_to_fire_again(office: Any) -> None:
    company = make.company()
    failed = Deadline.objects.create(kind="trade.pay", subject=company.pk, due_at=clock.now(), state="failed", tries=5)

    send(office, f"/en/office/deadlines/{failed.pk}/repeat/")

    failed.refresh_from_db()
    assert (failed.state, failed.tries) == ("waiting", 0)
    assert [note.subject for note in notes("deadline set again")] == [company.pk]


# ── rules ──


def test_a_rule_is_set_from_a_day_on_with_its_reason(by: Person, office: Any) -> None:
    answer = send(
        office, "/en/office/rules/export/trade.fee_rate/set/", value="0.015", valid_from="", reason="The board of 2 May."
    )

    assert answer["Location"] == "/en/office/rules/export/trade.fee_rate/"
    assert str(rule("trade.fee_rate", "export")) == "0.015"
    (note,) = notes("rule set")
    assert note.before == {"rule": "trade.fee_rate", "market": "export", "value": "0.02"}
    assert (note.after["value"], note.reason) == ("0.015", "The board of 2 May.")
    (version,) = office.get("/en/office/rules/export/trade.fee_rate/").context["versions"]
    assert (str(version.value), version.holds, version.set_by) == ("0.015", True, f"operator:{by.pk}")


def test_a_rule_set_for_next_week_waits(office: Any) -> None:
    later = clock.now() + timedelta(days=7)

    send(
        office,
        "/en/office/rules/export/trade.sign_days/set/",
        value="7",
        valid_from=later.strftime("%Y-%m-%dT%H:%M"),
        reason="Holidays.",
    )

    assert str(rule("trade.sign_days", "export")) == "5"
    row = next(row for row in office.get("/en/office/rules/").context["rows"] if row.rule.name == "trade.sign_days")
    assert (row.versions, row.waiting) == (1, 1)


@pytest.mark.parametrize(("value", "field"), [("0.9", "value"), ("0,02", "value"), ("-0.01", "value"), ("", "value")])
def test_a_number_outside_its_bounds_is_refused_beside_its_field(office: Any, value: str, field: str) -> None:
    answer = send(office, "/en/office/rules/export/trade.fee_rate/set/", value=value, valid_from="", reason="Why not.")

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert str(rule("trade.fee_rate", "export")) == "0.02"


def test_an_unknown_rule_or_market_is_not_there(office: Any) -> None:
    assert office.get("/en/office/rules/export/trade.wishes/").status_code == 404
    assert office.get("/en/office/rules/?of=moon").status_code == 404


# ── staff ──


def test_a_colleague_is_invited_by_letter(office: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(office, "/en/office/staff/invite/", email="new@fair.example", roles=["operator", "arbitrator"])

    (letter,) = mailoutbox
    assert letter.to == ["new@fair.example"]
    assert "/staff/" in letter.body
    assert [note.after for note in notes("invited staff")] == [{"roles": ["operator", "arbitrator"]}]
    assert "new@fair.example" in text(office.get("/en/office/staff/"))


def test_a_colleagues_place_ends_and_their_browser_is_signed_out(office: Any) -> None:
    colleague = operator(name="Carl")
    theirs = signed_in(colleague)
    assert theirs.get("/en/office/").status_code == 200

    send(office, f"/en/office/staff/{colleague.pk}/end/", reason="Moved to Lisbon.")

    colleague.refresh_from_db()
    assert (colleague.is_staff_member, colleague.staff_roles) == (False, [])
    assert theirs.get("/en/office/").status_code in (302, 403)
    assert [note.reason for note in notes("ended staff")] == ["Moved to Lisbon."]


def test_nobody_ends_their_own_place(by: Person, office: Any) -> None:
    answer = send(office, f"/en/office/staff/{by.pk}/end/", reason="Enough.")

    assert answer.status_code == 422
    by.refresh_from_db()
    assert by.is_staff_member


# ── books and trail ──


def test_an_account_leads_to_its_entries_and_the_look_is_noted(office: Any) -> None:
    trade = make.trade("completed")
    address = wallet(trade.order.seller_id, "USD")

    page = office.get("/en/office/books/account/", {"address": address})

    assert str(page.context["account"].balance) == "411.60 USD"
    assert [str(line.amount.amount) for line in page.context["lines"]] == ["288.12", "123.48"]
    entry = office.get(f"/en/office/books/entries/{page.context['entries'][page.context['lines'][0].id]}/").context["entry"]
    assert entry.kind == "stage_release"
    assert {(row.target.split(":")[0], str(row.amount.amount)) for row in entry.transfers} == {
        ("company", "288.12"),
        ("platform", "5.88"),
    }
    (note,) = notes("looked at an account")
    assert (note.subject, note.after) == (trade.order.seller_id, {"account": address})


def test_an_address_with_wildcards_is_no_wildcard(office: Any) -> None:
    make.trade("completed")

    assert office.get("/en/office/books/", {"prefix": "%"}).context["accounts"] == []
    assert office.get("/en/office/books/", {"prefix": "platform_fees"}).context["accounts"] == []
    assert [row.address for row in office.get("/en/office/books/", {"prefix": "platform:f"}).context["accounts"]] == [
        "platform:fees:USD"
    ]
    assert office.get("/en/office/books/account/", {"address": "platform:f"}).status_code == 404


def test_the_proofs_run_when_asked_and_hold(office: Any) -> None:
    make.trade("completed")

    assert office.get("/en/office/books/proofs/").context["proofs"] is None
    proofs = office.get("/en/office/books/proofs/?run=1").context["proofs"]

    assert len(proofs) >= 8
    assert [proof.breach for proof in proofs] == [None] * len(proofs)


def test_the_trail_is_searched_by_act_subject_and_actor(by: Person, office: Any) -> None:
    first, second = make.company(name="First Firm"), make.company()
    office.get(f"/en/office/companies/{first.number}/")
    office.get(f"/en/office/companies/{second.number}/")
    send(office, f"/en/office/companies/{first.number}/stop/", kind="listing", reason="Copies.", until="")

    def found(**wanted: str) -> list[tuple[str, str]]:
        return [(line.act, line.who) for line, _kept in office.get("/en/office/trail/", wanted).context["lines"]]

    assert found(act="placed") == [("placed a listing stop", "Olga Operator")]
    assert len(found(subject=str(first.pk))) == 2
    assert len(found(actor=f"operator:{by.pk}")) == 3
    assert found(actor="operator:0000") == []
    assert found(subject="nonsense") == []
    assert found(act="%") == []


def test_no_stored_code_stands_on_a_page_where_it_has_a_word(by: Person, office: Any) -> None:
    trade, event = an_issue(), a_misfit()
    office.get(f"/en/office/trades/{trade.order.pk}/")
    send(office, "/en/office/rules/export/trade.fee_rate/set/", value="0.03", valid_from="", reason="A test.")

    rules, trail = text(office.get("/en/office/rules/")), text(office.get("/en/office/trail/"))
    assert "Platform fee 0.03 as a fraction of one" in rules
    assert "trade.fee_rate" not in rules
    assert "Looked at an order" in trail
    assert "Rule: Platform fee Value: 0.02 → 0.03 Market: Export market From:" in trail
    assert "Payment received" in (events := text(office.get("/en/office/events/")))
    assert "Does not fit its payment Amount or currency is another one" in events
    assert event.kind not in events
    assert "Every entry has a transfer" in text(office.get("/en/office/books/proofs/?run=1"))
    assert "Sea freight" in text(office.get(f"/en/office/trades/{trade.order.pk}/"))
    assert "Operator" in text(office.get("/en/office/staff/"))


def test_the_office_says_whose_turn_it_is_by_name(office: Any) -> None:
    trade = make.trade("offered")

    assert "Seller: Read the terms and sign or decline them." in text(office.get(f"/en/office/trades/{trade.order.pk}/"))
