"""Quotes: exact sums, revisions, limits."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from everfair.base import clock
from everfair.base.clock import now
from everfair.base.money import Money
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.markets.actions import set_rule
from everfair.sourcing.actions import accept_quote, close_rfq, decline_quote, revise_quote, send_quote, withdraw_quote
from everfair.sourcing.models import Quote, QuoteLine, Rfq
from everfair.sourcing.queries import comparison, own_quotes, quote_for_award, quote_view, quotes_of, revisions_of
from everfair.sourcing.values import QuoteLineDraft
from tests import make
from tests.sourcing.asking import WIRE, buyer, charge, quote, quote_draft, rfq, supplier, usd

LINES = (QuoteLineDraft(1, Decimal("0.0425")), QuoteLineDraft(2, Decimal("9.999")))


def refusal_of(asked, draft, by=None):
    before = Quote.objects.count()
    with pytest.raises(Refused) as refusal:
        send_quote(asked.pk, draft, by=by or supplier())
    assert Quote.objects.count() == before
    return refusal.value


@pytest.mark.django_db
def test_amounts_and_total_are_derived_exactly():
    charges = (charge("freight", "120.00"), charge("discount", "20.50"), charge("tax", "0.01"))

    sent = quote(rfq(), charges=charges)

    view = quote_view(sent.pk, make.operator())
    assert [line.amount_minor for line in view.lines] == [42_500, 120_488]  # 10,000 x 0.0425 and 120.5 x 9.999 = 1,204.8795
    assert view.goods == usd("1629.88")
    assert [(kind, amount) for kind, _, amount in view.charges] == [
        ("freight", usd("120.00")),
        ("discount", Money(-2_050, "USD")),
        ("tax", usd("0.01")),
    ]
    assert view.total == usd("1729.39")
    assert (sent.incoterm, sent.named_place, sent.currency, sent.state) == ("FOB", "Ningbo", "USD", "sent")
    assert Rfq.objects.get().quote_count == 1


@pytest.mark.django_db
def test_a_currency_without_decimals_rounds_to_whole_units():
    sent = quote(rfq(currency="JPY"))

    assert [line.amount_minor for line in quote_view(sent.pk, make.operator()).lines] == [425, 1205]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": LINES[:1]}, "lines"),
        ({"lines": (*LINES, LINES[0])}, "lines"),
        ({"lines": (LINES[0], replace(LINES[1], n=3))}, "lines"),
        ({"lines": (replace(LINES[0], unit_price=Decimal("-0.00")), LINES[1])}, "lines.0.unit_price"),
        ({"lines": (replace(LINES[0], unit_price=Decimal("0.0000001")), LINES[1])}, "lines.0.unit_price"),
        ({"lines": (replace(LINES[0], unit_price=Decimal("NaN")), LINES[1])}, "lines.0.unit_price"),
        ({"lines": (replace(LINES[0], unit_price=Decimal("1E400")), LINES[1])}, "lines.0.unit_price"),
        ({"lines": (replace(LINES[0], note="x" * 301), LINES[1])}, "lines.0.note"),
        ({"lead_time_days": -1}, "lead_time_days"),
        ({"lead_time_days": 2**63}, "lead_time_days"),
        ({"deposit_rate": Decimal("1.01")}, "deposit_rate"),
        ({"deposit_rate": Decimal("-0.1")}, "deposit_rate"),
        ({"deposit_rate": Decimal("0.33333")}, "deposit_rate"),
        ({"incoterm": "XXX"}, "incoterm"),
        ({"remarks": "a\0"}, "remarks"),
        ({"remarks": "x" * 1_000_000}, "remarks"),
        ({"charges": (charge("freight", "1"), charge("freight", "2"))}, "charges"),
        ({"charges": (charge("gift", "1"),)}, "charges"),
        ({"charges": (charge("freight", "-1"),)}, "charges.0.amount"),
        ({"charges": (charge("freight", "0"),)}, "charges.0.amount"),
        ({"charges": (charge("discount", "1629.88"),)}, "charges.0.amount"),
        ({"charges": (replace(charge("tax", "1"), amount=Money(1, "EUR")),)}, "charges.0.amount"),
    ],
)
def test_an_unclear_quote_is_refused_with_its_field(changes, field):
    refusal = refusal_of(rfq(), quote_draft(**changes))

    assert (refusal.status, refusal.field) == (422, field)


@pytest.mark.django_db
def test_a_quote_is_valid_for_180_days_at_most():
    asked, moment = rfq(), now()

    assert refusal_of(asked, quote_draft(valid_until=moment + timedelta(days=180, seconds=1))).field == "valid_until"
    assert refusal_of(asked, quote_draft(valid_until=moment)).field == "valid_until"
    assert quote(asked, valid_until=moment + timedelta(days=180)).state == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tiers", "code"),
    [
        ([("10001", "0.0426")], "sourcing.tiers_rising"),
        ([("9999", "0.0424")], "sourcing.tiers_rising"),
        ([("10000", "0.04")], "sourcing.tiers_requested"),
        ([("500", "0.05"), ("500", "0.06")], "sourcing.tiers_twice"),
        ([("0.5", "0.05")], "sourcing.quantity_decimals"),
        ([("0", "0.05")], "sourcing.quantity"),
        ([(str(n), "0.05") for n in range(1, 8)], "sourcing.tier_count"),
    ],
)
def test_tiers_that_make_no_ladder_are_refused(tiers, code):
    rows = tuple((Decimal(start), Decimal(price)) for start, price in tiers)

    refusal = refusal_of(rfq(), quote_draft(lines=(replace(LINES[0], tiers=rows), LINES[1])))

    assert refusal.code == code


@pytest.mark.django_db
def test_the_requested_quantity_joins_the_tiers_and_sets_the_amount():
    rows = ((Decimal(9_999), Decimal("0.05")), (Decimal(10_001), Decimal("0.04")))

    sent = quote(rfq(), lines=(replace(LINES[0], tiers=rows), LINES[1]))

    line = QuoteLine.objects.get(quote=sent, rfq_line__n=1)
    assert line.tiers == [["9999", "0.05"], ["10000", "0.0425"], ["10001", "0.04"]]
    assert line.amount_minor == 42_500


@pytest.mark.django_db
def test_a_total_beyond_every_trade_is_refused():
    huge = replace(WIRE, unit="C62", quantity=Decimal(10**9))

    refusal = refusal_of(rfq(lines=(huge,)), quote_draft(lines=(QuoteLineDraft(1, Decimal(10**9)),)))

    assert (refusal.code, refusal.status) == ("sourcing.amount_large", 422)


@pytest.mark.django_db
def test_a_price_that_rounds_to_nothing_is_refused():
    one = replace(WIRE, unit="C62", quantity=Decimal(1))

    assert refusal_of(rfq(lines=(one,)), quote_draft(lines=(QuoteLineDraft(1, Decimal("0.001")),))).status == 422


@pytest.mark.django_db
def test_a_supplier_names_its_own_offers_only():
    by = supplier()
    foreign = make.offer(make.company())
    own = make.offer(make.Company.objects.get(pk=by.company_id))
    asked = rfq()

    assert (
        refusal_of(asked, quote_draft(lines=(replace(LINES[0], offer_id=foreign.pk), LINES[1])), by).code
        == "sourcing.offer_unknown"
    )
    assert quote(asked, by, lines=(replace(LINES[0], offer_id=own.pk), LINES[1])).state == "sent"


@pytest.mark.django_db
def test_nobody_quotes_for_their_own_request_or_without_selling():
    company = make.company(is_seller=True)
    both = make.actor(company, who=make.member(company))
    asked = rfq(both)

    assert refusal_of(asked, quote_draft(), both).code == "sourcing.own_rfq"
    with pytest.raises(NotVisible):
        send_quote(asked.pk, quote_draft(), by=buyer())
    assert refusal_of(asked, quote_draft(), make.actor(make.company(), "buyer")).status == 403


@pytest.mark.django_db
def test_a_second_quote_is_refused_and_a_revision_replaces_the_first():
    asked, by = rfq(), supplier()
    first = quote(asked, by)

    assert refusal_of(asked, quote_draft(), by).code == "sourcing.quote_stands"
    second = revise_quote(first.pk, quote_draft(lead_time_days=10), by=by)

    assert [(row.revision, row.state, row.lead_time_days) for row in revisions_of(second, by)] == [
        (2, "sent", 10),
        (1, "replaced", 30),
    ]
    assert [view.quote.pk for view in quotes_of(asked, by)] == [second.pk]
    assert Rfq.objects.get().quote_count == 1
    with pytest.raises(AlreadyDone):
        revise_quote(first.pk, quote_draft(), by=by)


@pytest.mark.django_db
def test_a_refused_revision_leaves_the_former_standing():
    asked, by = rfq(), supplier()
    first = quote(asked, by)

    with pytest.raises(Refused):
        revise_quote(first.pk, quote_draft(lead_time_days=-1), by=by)

    assert list(Quote.objects.values_list("revision", "state")) == [(1, "sent")]


@pytest.mark.django_db
def test_nothing_is_revised_after_closing_but_it_may_be_withdrawn():
    by_buyer, by = buyer(), supplier()
    asked = rfq(by_buyer)
    first = quote(asked, by)
    close_rfq(asked.pk, by=by_buyer)

    with pytest.raises(Refused) as refusal:
        revise_quote(first.pk, quote_draft(), by=by)
    withdraw_quote(first.pk, by=by)

    assert refusal.value.code == "sourcing.rfq_closed"
    assert (Quote.objects.get().state, Rfq.objects.get().quote_count) == ("withdrawn", 0)


@pytest.mark.django_db
def test_after_withdrawing_a_supplier_may_quote_anew():
    asked, by = rfq(), supplier()
    withdraw_quote(quote(asked, by).pk, by=by)

    again = quote(asked, by)

    assert (again.revision, again.state, Rfq.objects.get().quote_count) == (2, "sent", 1)


@pytest.mark.django_db
def test_other_companies_quotes_are_not_there():
    asked = rfq()
    sent = quote(asked)
    rival, stranger = supplier(), buyer()

    for by in (rival, stranger):
        for verb in (withdraw_quote, decline_quote, accept_quote):
            with pytest.raises(NotVisible):
                verb(sent.pk, by=by)
        with pytest.raises(NotVisible):
            revise_quote(sent.pk, quote_draft(), by=by)
        with pytest.raises(NotVisible):
            quote_view(sent.pk, by)
        with pytest.raises(NotVisible):
            quote_for_award(sent.pk, by)
        with pytest.raises(NotVisible):
            comparison(asked, by)
    assert Quote.objects.get().state == "sent"
    assert quotes_of(asked, rival) == []


@pytest.mark.django_db
def test_a_supplier_cannot_accept_its_own_quote_nor_the_buyer_withdraw_it():
    by_buyer, by = buyer(), supplier()
    sent = quote(rfq(by_buyer), by)

    with pytest.raises(NotVisible):
        accept_quote(sent.pk, by=by)
    with pytest.raises(NotVisible):
        withdraw_quote(sent.pk, by=by_buyer)

    assert Quote.objects.get().state == "sent"


@pytest.mark.django_db
def test_accepting_declines_the_others_and_awards_the_request():
    by_buyer = buyer()
    asked = rfq(by_buyer)
    chosen, other = quote(asked), quote(asked)

    accept_quote(chosen.pk, by=by_buyer)

    assert dict(Quote.objects.values_list("pk", "state")) == {chosen.pk: "accepted", other.pk: "declined"}
    assert Rfq.objects.get().state == "awarded"
    with pytest.raises(Refused):
        accept_quote(other.pk, by=by_buyer)


@pytest.mark.django_db
def test_a_quote_can_be_accepted_until_its_last_moment_and_not_after():
    by_buyer = buyer()
    asked = rfq(by_buyer)
    sent = quote(asked, valid_until=now() + timedelta(days=2))
    clock.advance(timedelta(days=2, seconds=1))

    with pytest.raises(Refused) as refusal:
        accept_quote(sent.pk, by=by_buyer)

    assert refusal.value.code == "sourcing.quote_expired"
    assert (Quote.objects.get().state, Rfq.objects.get().state) == ("sent", "open")


@pytest.mark.django_db
def test_a_declined_quote_frees_its_seat():
    by_buyer = buyer()
    asked = rfq(by_buyer)
    set_rule("sourcing.quotes_per_rfq", "export", Decimal(1), None, "test", make.operator())
    first = quote(asked)

    assert refusal_of(asked, quote_draft()).code == "sourcing.seats_taken"
    decline_quote(first.pk, by=by_buyer)
    assert quote(asked).state == "sent"


@pytest.mark.django_db
def test_no_more_quotes_a_month_than_the_rule_allows_and_no_carry_over():
    set_rule("sourcing.quotes_per_month", "export", Decimal(1), None, "test", make.operator())
    by = supplier()
    first = quote(rfq(), by)
    asked = rfq(closes_at=now() + timedelta(days=100))

    refusal = refusal_of(asked, quote_draft(), by)
    revise_quote(first.pk, quote_draft(lead_time_days=3), by=by)

    assert (refusal.code, refusal.status) == ("sourcing.quotes_per_month", 429)
    clock.advance(timedelta(days=32))
    assert quote(asked, by).state == "sent"


@pytest.mark.django_db
def test_the_comparison_marks_the_best_of_each_row_and_never_an_expired_quote():
    by_buyer = buyer()
    asked = rfq(by_buyer)
    fast = quote(asked, lead_time_days=5, charges=(charge("freight", "500"),))
    cheap = quote(asked, lines=(LINES[0], replace(LINES[1], unit_price=Decimal(9))))
    quote(
        asked,
        lines=(LINES[0], replace(LINES[1], unit_price=Decimal(1))),
        lead_time_days=1,
        valid_until=now() + timedelta(hours=1),
    )
    clock.advance(timedelta(hours=2))

    table = comparison(asked, by_buyer)

    assert table.charge_kinds == ("freight",)
    assert table.best == {
        "line:1": frozenset(),
        "line:2": {cheap.pk},
        "goods": {cheap.pk},
        "total": {cheap.pk},
        "lead_time": {fast.pk},
    }
    assert [view.expired for view in table.quotes] == [True, False, False]


@pytest.mark.django_db
def test_a_comparison_and_a_list_cost_the_same_for_many_quotes(django_assert_num_queries):
    by_buyer, by = buyer(), supplier()
    asked = rfq(by_buyer)
    for _ in range(6):
        quote(asked)
    for _ in range(4):
        quote(rfq(by_buyer), by)

    with django_assert_num_queries(6):
        assert len(comparison(asked, by_buyer).quotes) == 6
    with django_assert_num_queries(1):
        assert [row.rfq.title for row in own_quotes(by)] == ["Bolts and wire"] * 4


@pytest.mark.django_db
def test_what_is_awarded_is_what_was_quoted():
    by_buyer = buyer()
    sent = quote(rfq(by_buyer), charges=(charge("discount", "1"),), deposit_rate=Decimal("0.25"), remarks="boxed")

    taken = quote_for_award(sent.pk, by_buyer)

    assert [(line.description, line.quantity, line.unit_price) for line in taken.lines] == [
        ("Hex bolts M8", Decimal(10_000), Decimal("0.0425")),
        ("Copper wire 2 mm", Decimal("120.5"), Decimal("9.999")),
    ]
    assert taken.charges == [{"kind": "discount", "label": "", "amount_minor": -100}]
    assert (taken.deposit_rate, taken.remarks, taken.currency) == (Decimal("0.25"), "boxed", "USD")
