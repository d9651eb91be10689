"""Pages of orders: a whole trade through them, whose they are, and what they refuse."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.events import digesting
from everfair.base.models import Deadline, Event, History
from everfair.base.slots import slot
from everfair.catalog.models import Offer
from everfair.companies.models import Person
from everfair.events import trade as events
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.messaging.models import Message, Notice, Thread
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.sourcing.queries import quotes_visible_to
from everfair.trade import reactions
from everfair.trade.actions import draft_order, open_issue, place_order
from everfair.trade.models import Order, Stage
from everfair.trade.queries import order_counts, turns_for
from everfair.trade.queries.papers import contract_terms
from tests import make
from tests.companies.signing_in import browser
from tests.trade import quoting

pytestmark = pytest.mark.django_db


def as_member(of: Any, *roles: str) -> Client:
    """A browser of somebody with these roles in the company (the owner when none is said)."""
    return browser(make.member(of, *roles))


def sides(trade: make.Trade) -> tuple[Client, Client]:
    return as_member(trade.order.buyer), as_member(trade.order.seller)


def key_of(answer: HttpResponse) -> str:
    return re.search(r'name="_key" value="([^"]+)"', answer.content.decode())[1]


def text_of(answer: HttpResponse) -> str:
    """The page's words on one line."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode()))


def send(who: Client, address: str, **typed: Any) -> HttpResponse:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def at(trade: make.Trade, verb: str = "") -> str:
    return f"/en/orders/{trade.order.pk}/{verb}"


# What the page of claims takes, which is mounted above; here for what an order shows of it.
WRONG = {"reason_1": "not_received", "remedy": "refund", "amount": "420.00"}
DELIVERY = {"incoterm": "FOB", "named_place": "Ningbo", "ship_by": "", "remarks": "Mark every carton."}


def preview(who: Client, offer: Any, quantity: str = "1000", **changes: Any) -> HttpResponse:
    return send(who, "/en/export/order/", step="preview", offer=offer.number, quantity=quantity, **(DELIVERY | changes))


def hidden(answer: HttpResponse) -> dict[str, str]:
    """The fields of the form that signs."""
    form = re.search(r'<form[^>]*action="[^"]*/order/place/".*?</form>', answer.content.decode(), re.S)[0]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def test_a_whole_trade_goes_through_the_pages():
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)
    buying, selling = as_member(buyer), as_member(seller)

    composer = buying.get(f"/en/export/order/?offer={goods.number}&quantity=1000")
    assert composer.status_code == 200
    read = preview(buying, goods)
    assert read.status_code == 200
    assert "USD 420.00" in text_of(read).replace("\xa0", " ")
    placed = buying.post("/en/export/order/place/", hidden(read))
    order = Order.objects.get()
    assert (placed.status_code, placed["Location"]) == (302, f"/en/orders/{order.pk}/")
    trade = make.Trade(order, make.actor(buyer), make.actor(seller))

    assert "Sign the contract" in text_of(selling.get(at(trade)))
    assert send(selling, at(trade, "sign/"), terms_hash=order.terms_hash).status_code == 302
    for n in (1, 2):
        assert "into escrow" in text_of(buying.get(at(trade)))
        going = send(buying, at(trade, f"stages/{n}/pay/"))
        intent = Intent.objects.get(purpose=trade.stage(n).pk)
        assert going["Location"] == f"/en/payments/{intent.pk}/"
        assert buying.get(going["Location"]).status_code == 200
        take_event("sandbox", *make.told(intent))
        reactions.money_arrived(make.captured(intent))
    shipped = send(selling, at(trade, "ship/"), **SHIPPED | {"handed_over_on": clock.now().date().isoformat()})
    assert shipped.status_code == 302, text_of(shipped)
    confirm = buying.get(at(trade, "receive/"))
    assert "411.60" in text_of(confirm)
    assert send(buying, at(trade, "receive/"), confirmed="1").status_code == 302

    assert trade.fresh().agreement == "completed"
    assert balance(wallet(seller.pk, "USD"), "USD").posted.minor == 41160
    assert "The trade is settled." in text_of(buying.get(at(trade)))
    assert [proof for proof in prove() if proof.breach] == []


SHIPPED = {
    "mode": "sea",
    "carrier": "Evergreen",
    "tracking_number": "EGLV1",
    "handed_over_on": "",
    "package_count": "12",
    "gross_weight_kg": "120.5",
    "packages_1": "12",
    "marks_1": "EF 1-12",
    "note": "",
}


# Whose orders they are


def order_addresses(trade: make.Trade) -> list[tuple[str, str]]:
    reads = ["", "contract.pdf", "proforma.pdf", "cancel/", "decline/", "call-off/", "ship/", "receive/", "report/"]
    writes = [
        "sign/",
        "decline/",
        "cancel/",
        "call-off/",
        "stages/1/pay/",
        "ship/",
        "receive/",
        "report/",
        "withdraw-report/",
        "messages/",
    ]
    return [("get", at(trade, verb)) for verb in reads] + [("post", at(trade, verb)) for verb in writes]


@pytest.mark.parametrize("state", ["offered", "shipped"])
def test_another_companys_order_is_not_there_and_nothing_changes(state):
    """B63, B66."""
    trade = make.trade(state)
    stranger = as_member(make.company())
    before = (list(Order.objects.values()), list(Stage.objects.values()), Event.objects.count(), Intent.objects.count())

    typed = {"_key": "k", "reason": "mine now", "terms_hash": trade.order.terms_hash, "confirmed": "1", "text": "hello"} | SHIPPED
    answers = [getattr(stranger, method)(address, typed) for method, address in order_addresses(trade)]

    assert {answer.status_code for answer in answers} == {404}
    assert (list(Order.objects.values()), list(Stage.objects.values()), Event.objects.count(), Intent.objects.count()) == before
    assert Thread.objects.count() == 0


def test_nobody_signed_in_is_asked_to_sign_in():
    trade = make.trade()

    answers = [getattr(Client(), method)(address) for method, address in order_addresses(trade)]

    assert {answer.status_code for answer in answers} == {302}
    assert all("/account/" in answer["Location"] or "login" in answer["Location"] for answer in answers)


@pytest.mark.parametrize("role", ["viewer", "finance", "buyer"])
def test_only_sellers_people_sign_for_the_seller(role):
    trade = make.trade()

    answer = send(as_member(trade.order.seller, role), at(trade, "sign/"), terms_hash=trade.order.terms_hash)

    assert answer.status_code == 403
    assert trade.fresh().agreement == "offered"


def test_the_buyer_cannot_sign_for_the_seller_by_the_sellers_page():
    trade = make.trade()

    assert send(as_member(trade.order.buyer), at(trade, "sign/"), terms_hash=trade.order.terms_hash).status_code == 403
    assert trade.fresh().agreement == "offered"


def test_a_viewer_sees_the_order_without_buttons():
    trade = make.trade("shipped")

    seen = as_member(trade.order.buyer, "viewer").get(at(trade))

    assert seen.status_code == 200
    assert 'class="moves"' not in seen.content.decode()


@pytest.mark.parametrize(
    ("role", "pays", "orders"), [("finance", 302, 403), ("buyer", 302, 302), ("seller", 403, 403), ("viewer", 403, 403)]
)
def test_the_finance_clerk_pays_and_does_not_order(role, pays, orders):
    trade = make.trade("agreed")
    clerk = as_member(trade.order.buyer, role)
    goods = make.offer(trade.order.seller)
    read = preview(as_member(trade.order.buyer), goods)

    assert send(clerk, at(trade, "stages/1/pay/")).status_code == pays
    assert clerk.post("/en/export/order/place/", hidden(read)).status_code == orders
    assert Order.objects.count() == (2 if orders == 302 else 1)


def test_a_seller_or_a_viewer_cannot_take_part_in_a_payment_under_way():
    trade = make.trade("agreed")
    send(as_member(trade.order.buyer), at(trade, "stages/1/pay/"))

    assert send(as_member(trade.order.seller), at(trade, "stages/1/pay/")).status_code == 403
    assert Intent.objects.count() == 1


# Composing


def test_what_is_typed_stays_and_the_reason_stands_beside_the_quantity():
    goods = make.offer(make.company(), moq=100)
    buying = as_member(make.company())

    answer = preview(buying, goods, "99")

    assert answer.status_code == 422
    assert "The minimum order is 100" in text_of(answer).replace("\xa0", " ")
    assert 'value="99"' in answer.content.decode()
    assert "Mark every carton." in answer.content.decode()


@pytest.mark.parametrize(
    "quantity", ["-1", "0", "1e3", "NaN", "Infinity", "0x10", "1_000", "1,000", "１００", "١٠٠", "一百", "100.5", "9" * 30]
)
def test_a_quantity_is_never_guessed(quantity):
    """B21, B23 to B26, B30."""
    goods = make.offer(make.company())

    answer = preview(as_member(make.company()), goods, quantity)

    assert answer.status_code == 422
    assert Order.objects.count() == 0


@pytest.mark.parametrize(("quantity", "price"), [("100", "0.50"), ("999", "0.50"), ("1000", "0.42"), ("1001", "0.42")])
def test_the_tier_edges_decide_the_price(quantity, price):
    """B34."""
    goods = make.offer(make.company())

    terms = text_of(preview(as_member(make.company()), goods, quantity)).replace("\xa0", " ")

    assert f"USD {price}" in terms


def test_a_line_more_is_added_and_an_emptied_one_leaves():
    seller = make.company()
    bolts, nuts = make.offer(seller), make.offer(seller, titles={"en": "Hex nut"})
    buying = as_member(make.company())

    more = send(buying, "/en/export/order/", step="more", offer=[bolts.number, nuts.number], quantity=["1000", "200"], **DELIVERY)
    read = send(buying, "/en/export/order/", step="preview", offer=[bolts.number, nuts.number], quantity=["", "200"], **DELIVERY)

    assert "Hex nut" in text_of(more)
    assert hidden(read)["offer"] == str(nuts.number)
    assert "Hex bolt" not in text_of(read)


def test_prices_totals_and_states_of_a_request_count_for_nothing():
    """B32, B69, I19."""
    goods = make.offer(make.company())
    buying = as_member(make.company())
    form = hidden(preview(buying, goods)) | {
        "price": "0.01",
        "total_minor": "1",
        "agreement": "agreed",
        "unit_price": "0.01",
        "state": "funded",
    }

    buying.post("/en/export/order/place/", form)

    order = Order.objects.get()
    assert (order.total_minor, order.agreement) == (42000, "offered")


@pytest.mark.parametrize("change", ["tiers", "title", "lead"])
def test_nobody_signs_what_they_did_not_see(change):
    goods = make.offer(make.company())
    buying = as_member(make.company())
    form = hidden(preview(buying, goods))
    if change == "tiers":
        goods.tiers = [["100", "0.60"]]
    elif change == "title":
        goods.titles = {"en": "Hex bolt, second choice"}
    else:
        goods.lead_times = [["", 90]]
    goods.save()

    answer = buying.post("/en/export/order/place/", form)

    assert answer.status_code in (409, 422)
    assert Order.objects.count() == 0


def test_a_contract_that_was_not_shown_is_not_signed():
    goods = make.offer(make.company())

    answer = send(as_member(make.company()), "/en/export/order/place/", offer=goods.number, quantity="1000", **DELIVERY)

    assert answer.status_code == 422
    assert Order.objects.count() == 0


def test_offers_nobody_may_order_now_are_not_there():
    buying = as_member(make.company())
    draft = make.offer(make.company(), state="draft")

    for number in (draft.number, 10**18, "abc", "-1", "1;2", "９"):
        assert buying.get("/en/export/order/", {"offer": number}).status_code == 404
    assert buying.get("/en/nowhere/order/").status_code == 404


def test_two_suppliers_do_not_fit_in_one_order():
    one, two = make.offer(make.company()), make.offer(make.company())

    answer = send(
        as_member(make.company()),
        "/en/export/order/",
        step="preview",
        offer=[one.number, two.number],
        quantity=["1000", "1000"],
        **DELIVERY,
    )

    assert answer.status_code == 422
    assert "one supplier" in text_of(answer)


@pytest.mark.parametrize("remarks", ["{{7*7}}", "<script>alert(1)</script>", "%s%n ${jndi:x}"])
def test_remarks_are_only_words(remarks):
    """B45."""
    goods = make.offer(make.company())
    buying = as_member(make.company())

    answer = preview(buying, goods, remarks=remarks)

    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.content.decode()
    assert ">49<" not in answer.content.decode()


# Awarding


def test_a_quote_is_awarded_over_the_contract_that_was_shown():
    quote, buyer, seller = quoting.quote()
    buying = browser(Person.objects.get(pk=buyer.person_id))
    shown = buying.get(f"/en/quotes/{quote.pk}/award/")
    seen = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', shown.content.decode())[1]

    answer = send(buying, f"/en/quotes/{quote.pk}/award/", seen_hash=seen, ship_by="", remarks="")

    order = Order.objects.get()
    assert answer["Location"] == f"/en/orders/{order.pk}/"
    assert (order.total_minor, order.origin, order.seller_id) == (42500, "awarded", seller.company_id)


def test_another_remark_shows_the_contract_again_before_it_is_signed():
    quote, buyer, _seller = quoting.quote()
    buying = browser(Person.objects.get(pk=buyer.person_id))
    seen = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', buying.get(f"/en/quotes/{quote.pk}/award/").content.decode())[1]

    answer = send(buying, f"/en/quotes/{quote.pk}/award/", seen_hash=seen, ship_by="", remarks="In wooden boxes, please.")

    assert answer.status_code == 409
    assert "In wooden boxes, please." in text_of(answer)
    assert Order.objects.count() == 0


def test_only_the_requests_buyer_awards():
    quote, buyer, seller = quoting.quote()

    for who in (make.member(make.company()), Person.objects.get(pk=seller.person_id)):
        assert browser(who).get(f"/en/quotes/{quote.pk}/award/").status_code == 404
        assert send(browser(who), f"/en/quotes/{quote.pk}/award/", seen_hash="x", ship_by="", remarks="").status_code == 404
    viewer = make.member(buyer.company_id and quote.rfq.buyer, "viewer")
    assert browser(viewer).get(f"/en/quotes/{quote.pk}/award/").status_code == 403
    assert Order.objects.count() == 0


# The page of an order


def test_receiving_is_asked_twice_and_shows_the_money():
    trade = make.trade("shipped")
    buying, _selling = sides(trade)

    first = send(buying, at(trade, "receive/"))

    assert first.status_code == 200
    assert "USD 411.60" in text_of(first).replace("\xa0", " ")
    assert trade.fresh().goods == "shipped"


def test_the_three_answers_are_for_the_one_who_looks():
    trade = make.trade("agreed")
    buying, selling = sides(trade)

    assert "Your turn" in text_of(buying.get(at(trade)))
    assert "Your turn" not in text_of(selling.get(at(trade)))
    assert "The order closes; nothing is owed." in text_of(selling.get(at(trade)))


def test_the_timeline_tells_who_did_what_and_for_how_much():
    trade = make.trade("completed")
    told = text_of(sides(trade)[0].get(at(trade))).replace("\xa0", " ")

    for words in (
        "The buyer signed the contract",
        "The seller signed the contract",
        "A payment arrived and is held in escrow",
        "The seller handed the goods to the carrier",
        "The buyer received and accepted the goods",
        "USD 126.00",
    ):
        assert words in told


def test_a_reason_is_told_to_the_other_side():
    trade = make.trade()
    _buying, selling = sides(trade)

    send(selling, at(trade, "decline/"), reason="Out of steel until March.")

    assert trade.fresh().agreement == "declined"
    assert "Out of steel until March." in text_of(sides(trade)[0].get(at(trade)))


@pytest.mark.parametrize("reason", ["", "   ", "a\u202eb", "x" * 1001])
def test_a_way_out_needs_a_readable_reason(reason):
    trade = make.trade()

    answer = send(sides(trade)[1], at(trade, "decline/"), reason=reason)

    assert answer.status_code == 422
    assert trade.fresh().agreement == "offered"


def test_what_cannot_be_done_now_leads_back_to_the_order():
    trade = make.trade("agreed")
    buying, selling = sides(trade)

    assert selling.get(at(trade, "ship/"))["Location"] == at(trade)
    assert buying.get(at(trade, "receive/"))["Location"] == at(trade)
    assert send(selling, at(trade, "ship/"), **SHIPPED | {"handed_over_on": clock.now().date().isoformat()}).status_code in (
        302,
        409,
    )
    assert trade.fresh().goods == "awaiting"


@pytest.mark.parametrize(
    ("field", "value"),
    [("handed_over_on", "2031-01-01"), ("handed_over_on", "31.04.2026"), ("package_count", "0"), ("package_count", "1.5"), ("mode", "balloon"), ("carrier", ""), ("tracking_number", ""), ("gross_weight_kg", "-1")],
)  # fmt: skip
def test_a_consignment_is_described_truly(field, value):
    """B48."""
    trade = make.trade("funded")

    answer = send(
        sides(trade)[1], at(trade, "ship/"), **SHIPPED | {"handed_over_on": clock.now().date().isoformat()} | {field: value}
    )

    assert answer.status_code == 422
    assert trade.fresh().goods == "awaiting"


def test_a_report_freezes_and_a_withdrawal_thaws():
    trade = make.trade("shipped")
    buying, _selling = sides(trade)

    send(buying, at(trade, "report/"), **WRONG, text="Half of the cartons are wet.")
    frozen = text_of(buying.get(at(trade)))
    send(buying, at(trade, "withdraw-report/"))

    assert "Half of the cartons are wet." in frozen
    assert trade.fresh().issue == "none"
    assert Deadline.objects.filter(subject=trade.order.pk, kind="trade.receive", state="waiting", reminder=0).count() == 1


def test_a_report_that_was_withdrawn_too_often_says_why_and_what_to_do():
    trade = make.trade("shipped")
    buying = sides(trade)[0]
    for _ in range(2):
        send(buying, at(trade, "report/"), **WRONG, text="Nothing came.")
        send(buying, at(trade, "withdraw-report/"))

    answer = send(buying, at(trade, "report/"), **WRONG, text="Nothing came.")

    assert answer.status_code == 422
    assert "it cannot be reported again. Do not confirm the goods, and ask the operator" in text_of(answer)
    assert "Nothing came." in answer.content.decode()
    assert trade.fresh().issue == "none"


def test_who_may_not_report_again_finds_no_button_but_the_reason():
    trade = make.trade("shipped")
    buying, selling = sides(trade)
    for _ in range(2):
        send(buying, at(trade, "report/"), **WRONG, text="Nothing came.")
        send(buying, at(trade, "withdraw-report/"))

    page, theirs = text_of(buying.get(at(trade))), text_of(selling.get(at(trade)))
    away = buying.get(at(trade, "report/"))

    assert "Not received, or not right" not in page
    assert "it cannot be reported again. Do not confirm the goods, and ask the operator" in page
    assert "cannot be reported again" not in theirs
    assert away.status_code == 302


def test_who_may_not_withdraw_any_more_finds_no_button_but_the_reason():
    trade = make.trade("shipped")
    buying = sides(trade)[0]
    for _ in range(2):
        send(buying, at(trade, "report/"), **WRONG, text="Nothing came.")
        send(buying, at(trade, "withdraw-report/"))
    clock.advance(timedelta(days=45, minutes=1))
    fire_due()

    page = text_of(buying.get(at(trade)))

    assert trade.fresh().issue == "open"
    assert "The goods came after all" not in page
    assert "Write here what has arrived: the operator decides." in page


def test_an_issue_from_before_shipping_is_not_ended_by_goods_that_came():
    trade = make.trade("funded")
    make.pass_deadline(trade, "trade.ship")
    fire_due()
    make.pass_deadline(trade, "trade.late")
    fire_due()
    buying = sides(trade)[0]

    page = text_of(buying.get(at(trade)))
    after = buying.post(at(trade, "withdraw-report/"), {"_key": "let-it-go-on"}, follow=True)

    assert "Let the order go on" in page
    assert "The goods came after all" not in page
    assert "The issue is withdrawn. The order goes on." in text_of(after)
    assert trade.fresh().issue == "none"


def test_an_issue_about_an_unpaid_balance_leaves_a_deadline_behind_when_it_is_withdrawn():
    trade = make.trade("deposit")
    clock.advance(timedelta(days=60))
    fire_due()
    assert trade.fresh().issue == "open"

    send(sides(trade)[0], at(trade, "withdraw-report/"))

    assert trade.fresh().issue == "none"
    assert Deadline.objects.filter(subject=trade.order.pk, kind="trade.balance", state="waiting", reminder=0).count() == 1


def test_a_late_seller_is_called_off_by_the_buyer_on_a_page_that_shows_the_money():
    trade = make.trade("funded")
    buying, _selling = sides(trade)
    assert "Call the order off" not in text_of(buying.get(at(trade)))
    clock.advance(timedelta(days=60))
    fire_due()

    page = buying.get(at(trade))
    form = buying.get(at(trade, "call-off/"))
    send(buying, at(trade, "call-off/"), reason="Too late for the season.")

    assert "The ship-by day has passed" in text_of(page)
    assert "USD 420.00" in text_of(form).replace("\xa0", " ")
    assert trade.fresh().agreement == "called_off"
    assert balance(wallet(trade.order.buyer_id, "USD"), "USD").posted.minor == 42000


def test_both_sides_talk_on_the_orders_page():
    trade = make.trade()
    buying, selling = sides(trade)

    send(buying, at(trade, "messages/"), text="When does the ship leave?")
    send(selling, at(trade, "messages/"), text="On Friday.")

    assert Thread.objects.count() == 1
    assert Message.objects.count() == 2
    assert "When does the ship leave?" in text_of(selling.get(at(trade)))


def test_coming_back_from_the_payment_page_waits_for_the_providers_word():
    trade = make.trade("agreed")
    buying, _selling = sides(trade)
    send(buying, at(trade, "stages/1/pay/"))
    intent = Intent.objects.get()

    waiting = buying.get(at(trade) + "?checkout=chk_1")
    take_event("sandbox", *make.told(intent))
    reactions.money_arrived(make.captured(intent))
    arrived = buying.get(at(trade) + "?checkout=chk_1")

    assert 'http-equiv="refresh"' in waiting.content.decode()
    assert "Your payment is being checked" in text_of(waiting)
    assert 'http-equiv="refresh"' not in arrived.content.decode()


def test_a_form_sent_twice_counts_once():
    trade = make.trade()
    _buying, selling = sides(trade)

    first, second = (send(selling, at(trade, "sign/"), terms_hash=trade.order.terms_hash, _key="once") for _n in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert History.objects.filter(subject=trade.order.pk, verb="sign").count() == 1


def test_a_read_changes_nothing():
    """B90."""
    trade = make.trade("shipped")
    buying, selling = sides(trade)
    before = Event.objects.count()

    for who in (buying, selling):
        for method, address in order_addresses(trade):
            if method == "get":
                who.get(address)
            assert who.get(at(trade, "sign/")).status_code == 405

    assert Event.objects.count() == before
    assert trade.fresh().goods == "shipped"


def test_an_operator_looks_and_touches_nothing():
    trade = make.trade("shipped")
    staff = make.person(is_staff_member=True, staff_roles=["operator"])

    assert browser(staff).get(at(trade)).status_code == 200
    assert send(browser(staff), at(trade, "receive/"), confirmed="1").status_code == 403
    assert trade.fresh().goods == "shipped"


# Papers


def test_the_papers_are_made_from_the_signed_terms():
    trade = make.trade("agreed")
    buying, _selling = sides(trade)
    first = buying.get(at(trade, "contract.pdf"))
    Offer.objects.update(titles={"en": "Something else"}, tiers=[["1", "9.99"]])

    again = buying.get(at(trade, "contract.pdf"))
    terms = contract_terms(trade.fresh(), "en")

    assert (first["Content-Type"], first.content[:5]) == ("application/pdf", b"%PDF-")
    assert first.content == again.content
    assert terms.lines[0].description.startswith("Hex bolt")
    assert terms.totals[-1][1].replace("\xa0", " ") == "USD 420.00"
    assert [signature.side for signature in terms.signatures] == ["seller", "buyer"]
    assert buying.get(at(trade, "invoice.pdf")).status_code == 404


# Lists and desk


def test_the_list_shows_both_sides_in_tabs_and_goes_on_by_its_cursor(monkeypatch):
    buyer = make.company()
    seller = make.company()
    goods = make.offer(seller)
    by = make.actor(buyer, "owner", who=make.member(buyer))
    for _n in range(3):
        place_order(draft_order([(goods.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=by), by=by)
    buying = as_member(buyer)
    monkeypatch.setattr("everfair.trade.pages.reading.PER_PAGE", 2)

    first = buying.get("/en/orders/?side=buyer&open=1")
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = buying.get(following)

    assert len(re.findall(r">EF-\d+<", first.content.decode())) == 2
    assert len(re.findall(r">EF-\d+<", second.content.decode())) == 1
    assert "No orders here" in text_of(buying.get("/en/orders/?side=seller"))
    assert buying.get("/en/orders/?after=forged").status_code == 422


def test_the_desk_knows_whose_turn_it_is():
    trade = make.trade("offered")

    selling, buying = turns_for(trade.seller), turns_for(trade.buyer)

    assert [(turn.order.pk, turn.standing.code) for turn in selling] == [(trade.order.pk, "offered")]
    assert selling[0].standing.until is not None
    assert buying == []
    assert (order_counts(trade.buyer).buying, order_counts(trade.seller).turns) == (1, 1)


@pytest.mark.parametrize("state", make.TRADE_STATES)
def test_the_number_of_queries_does_not_grow_with_the_order(state, django_assert_max_num_queries):
    trade = make.trade(state)
    buying, _selling = sides(trade)
    buying.get(at(trade))

    # Once the goods are shipped the page also says where they are (five questions, however many consignments), whether they left as one,
    # and what could be claimed.
    with django_assert_max_num_queries({"shipped": 35, "completed": 32}.get(state, 26)):
        buying.get(at(trade))


def test_the_list_asks_as_many_queries_for_ten_orders_as_for_one(django_assert_num_queries):
    buyer, seller = make.company(), make.company()
    goods = make.offer(seller)
    by = make.actor(buyer, "owner", who=make.member(buyer))
    buying = as_member(buyer)
    terms = draft_order([(goods.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=by)
    place_order(terms, by=by)
    buying.get("/en/orders/")
    with CaptureQueriesContext(connection) as one:
        buying.get("/en/orders/")
    for _n in range(9):
        place_order(terms, by=by)

    with django_assert_num_queries(len(one)):
        buying.get("/en/orders/")


# Notices


def test_every_turn_is_told_to_the_side_whose_turn_it_is():
    trade = make.trade("agreed")
    order = trade.order

    with digesting(1):
        reactions.tell_of_order(events.OrderPlaced(order.pk, order.buyer_id, order.seller_id, order.total))
    for _n in range(2):  # the same event again
        with digesting(2):
            reactions.tell_of_signature(events.OrderSigned(order.pk, order.buyer_id, order.seller_id))
    with pytest.raises(LookupError):
        reactions.tell_of_signature(events.OrderSigned(order.pk, order.buyer_id, order.seller_id))

    told = {(notice.company_id, notice.kind) for notice in Notice.objects.all()}
    assert told == {(order.seller_id, "order.placed"), (order.buyer_id, "order.signed")}
    assert Notice.objects.count() == 2
    assert {notice.link for notice in Notice.objects.all()} == {f"/orders/{order.pk}/"}


# What trade puts elsewhere


def test_the_panel_on_an_offer_is_the_same_for_everybody():
    priced, asked = make.offer(make.company()), make.offer(make.company(), tiers=[])
    request = RequestFactory().get("/")

    with translation.override("en"):
        shown = slot(request, "catalog.offer_actions", priced, public=True)

    assert 'formaction="/en/export/order/"' in shown
    assert "Order now" not in slot(request, "catalog.offer_actions", asked, public=True)


def test_the_award_button_is_the_buyers():
    quote, buyer, seller = quoting.quote()
    quote = quotes_visible_to(buyer).get(pk=quote.pk)
    request = RequestFactory().get("/")

    request.actor = buyer
    assert f"/quotes/{quote.pk}/award/" in slot(request, "sourcing.quote_actions", quote)
    request.actor = seller
    assert "award" not in slot(request, "sourcing.quote_actions", quote)


@pytest.mark.parametrize(
    ("state", "whose", "asked", "waits", "at_zero"),
    [
        ("offered", "seller", "Read the terms and sign or decline them.", "to sign the terms or to decline them.", "The order closes; nothing was paid."),
        ("agreed", "buyer", "Pay into escrow. The seller receives it only when", "to pay into escrow.", "The order closes; nothing is owed."),
        ("deposit", "buyer", "Pay the balance into escrow, so that", "to pay the balance into escrow.", "An issue is opened for the operator; what is held stays"),
        ("funded", "seller", "Ship the goods and give the tracking number.", "to ship the goods.", "The buyer may call the order off and take"),
        ("shipped", "buyer", "Confirm when the goods have arrived", "to confirm that the goods have arrived and are right.", "An issue is opened for the operator."),
    ],
)  # fmt: skip
def test_the_page_asks_whose_turn_it_is_and_tells_the_other_side_for_whom_it_waits(
    state: str, whose: str, asked: str, waits: str, at_zero: str
) -> None:
    trade = make.trade(state)
    parties = {"buyer": trade.order.buyer, "seller": trade.order.seller}
    other = "seller" if whose == "buyer" else "buyer"

    theirs = text_of(as_member(parties[whose]).get(at(trade)))
    ours = as_member(parties[other]).get(at(trade))

    assert asked in theirs
    assert "Your turn" in theirs
    assert "Waiting for" not in theirs.partition("Where this stands")[2].partition("If nobody acts")[0]
    said = text_of(ours).partition("Where this stands")[2]
    turn, _, zero = said.partition("If nobody acts")
    assert f"Waiting for {parties[whose].name} {waits}" in turn
    assert asked not in turn
    assert "Your turn" not in turn
    assert at_zero in zero
    # Until when, by the clock that will really fire.
    assert re.search(r'<section class="status.*?<time[^>]* datetime="\d{4}-', ours.content.decode(), re.S)


def test_while_an_issue_is_open_both_sides_wait_for_the_operator() -> None:
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)

    for side in sides(trade):
        assert "Waiting for the operator, who looks at both sides and decides with reasons." in text_of(side.get(at(trade)))


def test_the_ship_form_sends_a_part_then_the_rest_and_says_what_is_missing():
    trade = make.trade("funded")
    _buying, selling = sides(trade)
    form = {
        "mode": "sea",
        "carrier": "Evergreen",
        "tracking_number": "EGLV1",
        "handed_over_on": str(clock.now().date()),
        "package_count": "3",
    }

    over = send(selling, at(trade, "ship/"), **form, quantity_1="1031")
    short = send(selling, at(trade, "ship/"), **form, quantity_1="400")
    part = send(selling, at(trade, "ship/"), **form, quantity_1="400", more_follows="on")
    shown = text_of(selling.get(at(trade)))
    finish_early = send(selling, at(trade, "finish-shipping/"))
    rest = send(selling, at(trade, "ship/"), **form, quantity_1="590")

    assert (over.status_code, short.status_code) == (422, 422)
    assert "at most 1030" in text_of(over)
    assert "at least 970" in text_of(short)
    assert (part.status_code, trade.fresh().goods) == (302, "shipped")
    assert "Sent so far" in shown
    assert "Ship the rest" in shown
    assert (finish_early.status_code, rest.status_code, trade.order.difference_minor) == (422, 302, -420)
    assert "USD 4.20 less than ordered was sent" in text_of(selling.get(at(trade)))
