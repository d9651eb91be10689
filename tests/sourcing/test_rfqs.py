"""Requests for quotation: who asks, who sees, what is refused, when it closes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from everfair.base import clock
from everfair.base.clock import now
from everfair.base.deadlines import fire_due
from everfair.base.models import Event, History
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.states import allowed_moves
from everfair.files.actions import keep_attachment
from everfair.markets.actions import set_rule
from everfair.sourcing.actions import cancel_rfq, close_rfq, decline_quote, post_rfq, send_quote, withdraw_quote
from everfair.sourcing.models import Quote, Rfq, RfqLine
from everfair.sourcing.queries import board, leads, matching_suppliers, own_rfqs, rfq_by_id, rfqs_visible_to
from tests import make
from tests.sourcing.asking import BOLTS, buyer, quote, quote_draft, rfq, rfq_draft, supplier

pytestmark = pytest.mark.django_db


def refusal_of(draft, by=None):
    before = Rfq.objects.count()
    with pytest.raises(Refused) as refusal:
        post_rfq(draft, by=by or buyer())
    assert Rfq.objects.count() == before
    return refusal.value


def test_a_request_is_open_with_its_lines_in_order():
    asked = rfq()

    asked.refresh_from_db()
    assert (asked.state, asked.quote_count, asked.number > 0) == ("open", 0, True)
    assert list(RfqLine.objects.filter(rfq=asked).order_by("n").values_list("n", "quantity", "unit")) == [
        (1, Decimal("10000.000"), "C62"),
        (2, Decimal("120.500"), "KGM"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "safe\u202egpj"}, "title"),
        ({"title": "Z" + "\u0301" * 50}, "title"),
        ({"details": "x" * 1_000_000}, "details"),
        ({"category": "hardware/no-such"}, "category"),
        ({"market": "moon"}, "market"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "USDT"}, "currency"),
        ({"incoterm": "DAT"}, "incoterm"),
        ({"named_place": " "}, "named_place"),
        ({"destination": "XX"}, "destination"),
        ({"lines": ()}, "lines"),
        ({"lines": (BOLTS,) * 11}, "lines"),
        ({"ship_by": date(2020, 1, 1)}, "ship_by"),
        ({"ship_by": date(9999, 12, 31)}, "ship_by"),
    ],
)
def test_an_unclear_request_is_refused_with_its_field(changes, field):
    refusal = refusal_of(rfq_draft(**changes))

    assert (refusal.status, refusal.field) == (422, field)


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_a_request_closes_within_half_a_year_from_now(days):
    assert refusal_of(rfq_draft(closes_at=now() + timedelta(days=days))).field == "closes_at"


@pytest.mark.parametrize("quantity", ["0", "-1", "-0.00", "0.3333", "0.5", "NaN", "Infinity", "1E400", "9223372036854775808"])
def test_a_quantity_that_pieces_cannot_have_is_refused(quantity):
    refusal = refusal_of(rfq_draft(lines=(replace(BOLTS, quantity=Decimal(quantity)),)))

    assert (refusal.status, refusal.field) == (422, "lines.0.quantity")


@pytest.mark.parametrize("unit", ["pcs", "kg", "", "ZZZ"])
def test_a_unit_outside_rec_20_is_refused(unit):
    assert refusal_of(rfq_draft(lines=(replace(BOLTS, unit=unit),))).field == "lines.0.unit"


@pytest.mark.parametrize("price", ["0", "-0.00", "-1", "0.0000001", "NaN", "1E400", "1000000000.01"])
def test_a_target_price_that_is_no_price_is_refused(price):
    assert refusal_of(rfq_draft(lines=(replace(BOLTS, target_price=Decimal(price)),))).field == "lines.0.target_price"


def test_a_card_number_in_a_request_is_hidden():
    asked = rfq(details="charge 4111111111111111 please")

    assert asked.details == "charge •••• •••• •••• 1111 please"


def test_an_offer_that_the_buyer_cannot_see_cannot_be_named():
    hidden = make.offer(make.company(), state="draft")

    assert refusal_of(rfq_draft(lines=(replace(BOLTS, offer_id=hidden.pk),))).field == "lines.0.offer_id"


def test_a_file_of_somebody_else_cannot_be_attached():
    other = supplier()
    file = keep_attachment(ContentFile(b"drawing", name="a.txt"), other.company_id, by=other)

    with pytest.raises(NotVisible):
        post_rfq(rfq_draft(file_ids=(file.pk,)), by=buyer())

    assert Rfq.objects.count() == 0


def test_a_viewer_and_a_seller_role_do_not_ask():
    company = make.company()

    for role in ("viewer", "seller", "finance"):
        assert refusal_of(rfq_draft(), by=make.actor(company, role)).status == 403


def test_no_more_requests_a_day_than_the_rule_allows():
    set_rule("sourcing.rfqs_per_day", "export", Decimal(2), None, "test", make.operator())
    by = buyer()
    rfq(by), rfq(by)

    refusal = refusal_of(rfq_draft(), by=by)

    assert (refusal.code, refusal.status) == ("sourcing.rfqs_per_day", 429)
    clock.advance(timedelta(days=1))
    assert rfq(by).state == "open"


def test_open_requests_are_seen_by_companies_that_sell_and_by_no_other():
    by, sells = buyer(), supplier()
    asked = rfq(by)

    assert [row.pk for row in rfqs_visible_to(by)] == [asked.pk]
    assert [row.pk for row in rfqs_visible_to(sells)] == [asked.pk]
    assert [row.pk for row in rfqs_visible_to(make.operator())] == [asked.pk]
    with pytest.raises(NotVisible):
        rfq_by_id(asked.pk, buyer())


def test_a_closed_request_is_seen_by_those_who_quoted_only():
    by, quoted, other = buyer(), supplier(), supplier()
    asked = rfq(by)
    quote(asked, quoted)
    close_rfq(asked.pk, by=by)

    assert rfq_by_id(asked.pk, quoted).state == "closed"
    with pytest.raises(NotVisible):
        rfq_by_id(asked.pk, other)


def test_a_request_closes_by_itself_at_its_moment():
    asked = rfq()
    clock.advance(timedelta(days=14))

    assert fire_due() == 1
    asked.refresh_from_db()
    assert asked.state == "closed"
    with pytest.raises(NotVisible):
        send_quote(asked.pk, quote_draft(), by=supplier())


def test_no_quote_is_taken_between_the_moment_and_the_clocks_look():
    asked = rfq()
    clock.advance(timedelta(days=14))

    with pytest.raises(Refused) as refusal:
        send_quote(asked.pk, quote_draft(), by=supplier())

    assert refusal.value.code == "sourcing.rfq_closed"
    assert board("export") == []


def test_only_its_buyer_closes_and_cancels_a_request():
    by, other = buyer(), supplier()
    asked = rfq(by)

    for verb in (close_rfq, cancel_rfq):
        with pytest.raises(NotVisible):
            verb(asked.pk, by=other)
    close_rfq(asked.pk, by=by)
    with pytest.raises(AlreadyDone):
        close_rfq(asked.pk, by=by)


def test_cancelling_declines_the_quotes_that_stood():
    by = buyer()
    asked = rfq(by)
    sent = quote(asked)

    cancel_rfq(asked.pk, by=by)

    assert Quote.objects.get(pk=sent.pk).state == "declined"
    assert (Rfq.objects.get().state, Rfq.objects.get().quote_count) == ("cancelled", 0)
    assert fire_due() == 0


def test_quotes_close_with_a_request_that_the_operator_cancels():
    asked, other = rfq(), rfq()
    sent, gone, elsewhere = quote(asked), quote(asked), quote(other)
    withdraw_quote(gone.pk, by=make.actor(gone.seller))

    cancel_rfq(asked.pk, by=make.operator(), reason="Counterfeit goods.")

    assert [Quote.objects.get(pk=each.pk).state for each in (sent, gone, elsewhere)] == ["declined", "withdrawn", "sent"]
    assert (Rfq.objects.get(pk=asked.pk).state, Rfq.objects.get(pk=asked.pk).quote_count) == ("cancelled", 0)
    kept = History.objects.filter(subject=sent.pk).latest("pk")
    assert (kept.verb, kept.actor, kept.reason) == ("lapse", "operator", "Counterfeit goods.")
    assert Event.objects.filter(name="QuoteDeclined", subject=sent.pk).count() == 1


def test_only_an_operator_lets_a_quote_lapse_and_no_operator_declines_one():
    sent = quote(rfq())

    assert allowed_moves(sent, make.operator()) == ["lapse"]
    with pytest.raises(Refused) as refusal:
        decline_quote(sent.pk, by=make.operator())
    assert refusal.value.code == "base.not_your_move"
    assert "lapse" not in allowed_moves(sent, make.actor(sent.seller)) + allowed_moves(sent, make.actor(sent.rfq.buyer))


def test_leads_come_in_the_order_of_their_match():
    sells = supplier()
    make.offer(make.Company.objects.get(pk=sells.company_id), category="hardware/fasteners")
    other = rfq(category="toys/dolls" if False else "textiles/cotton-fabric")
    same = rfq(category="hardware/fasteners")
    hall = rfq(category="hardware/hand-tools" if False else "hardware")

    found = leads(sells)

    assert [(row.pk, row.match) for row in found] == [(same.pk, 2), (hall.pk, 1), (other.pk, 0)]
    assert [row.pk for row in leads(sells, matching=True)] == [same.pk, hall.pk]
    assert [row.pk for row in leads(sells, before=(1, hall.pk))] == [other.pk]


def test_matching_suppliers_sell_in_the_category_or_the_hall_and_never_the_buyer():
    by = buyer()
    own = make.Company.objects.get(pk=by.company_id)
    same, hall, other = make.company(), make.company(), make.company()
    make.offer(own, category="hardware/fasteners")
    make.offer(hall, category="hardware")
    make.offer(same, category="hardware/fasteners")
    make.offer(other, category="textiles/cotton-fabric")

    assert matching_suppliers(rfq(by)) == [same.pk, hall.pk]
    assert matching_suppliers(rfq(by), limit=1) == [same.pk]


def test_lists_ask_the_database_as_often_for_many_rows_as_for_one(django_assert_num_queries):
    by, sells = buyer(), supplier()
    for _ in range(5):
        quote(rfq(by), sells)

    with django_assert_num_queries(1):
        assert [row.line_count for row in board("export")] == [2] * 5
    with django_assert_num_queries(1):
        assert [row.first_quantity for row in own_rfqs(by)] == [Decimal(10_000)] * 5
    with django_assert_num_queries(2):
        assert [row.own_quote_state for row in leads(sells)] == ["sent"] * 5
