"""What the bank exchanged for us makes a position smaller: noted by one, booked by another, its result apart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.ledger.proofs import prove
from everfair.ledger.queries import summed
from everfair.payments.actions import book_cover, import_statement, note_cover, propose_cover, take_quote, withdraw_cover
from everfair.payments.actions.covering import result_of
from everfair.payments.models import BankLine, FxCover, Match
from everfair.payments.queries.covers import covers_of
from everfair.payments.queries.fx import Carried, carried, currency_exposure
from tests import make
from tests.base.together import together
from tests.payments.rates import keeper, position, published, quoted, today
from tests.payments.statements import Bank

pytestmark = pytest.mark.django_db


def result() -> int:
    return summed("platform:fxresult:EUR").get("platform:fxresult:EUR", 0)


def suspense(currency: str) -> int:
    return summed(f"platform:suspense:{currency}").get(f"platform:suspense:{currency}", 0)


@pytest.fixture
def long_in_dollars(db) -> None:
    """We hold 99.50 USD that cost 79.60 EUR."""
    published()
    by = keeper(Money.of("1000.00", "USD"))
    take_quote(quoted(by).pk, by=by)
    assert (position("USD"), position("EUR")) == (9_950, -7_960)


def noted(sold: str = "99.50 USD", bought: str = "78.00 EUR", *, on: date | None = None, ref: str = "FX-1", **more) -> FxCover:
    sums = [Money.of(*each.split()) for each in (sold, bought)]
    return propose_cover(
        more.pop("cover_id", None) or new_id(), sold=sums[0], bought=sums[1], traded_on=on or today(), bank_ref=ref,
        by=more.pop("by", None) or make.staff(),
    )  # fmt: skip


def test_a_position_sold_at_the_bank_is_gone_and_what_it_cost_more_is_a_loss(long_in_dollars):
    cover = noted()
    assert (cover.state, position("USD")) == ("proposed", 9_950)

    booked = book_cover(cover.pk, by=make.staff())

    assert (booked.state, booked.result, booked.book_minor) == ("booked", Money(-160, "EUR"), -7_960)
    assert (position("USD"), position("EUR"), result()) == (0, 0, -160)
    # What left our bank and what came there meets this in suspense.
    assert (suspense("USD"), suspense("EUR")) == (9_950, -7_800)
    assert carried()["USD"] == Carried(0, Decimal(0))
    assert {row.position.currency: row.gain.minor for row in currency_exposure().rows} == {"USD": 0, "EUR": 0}
    assert [proof.name for proof in prove() if proof.breach] == []


def test_a_part_leaves_at_its_average_cost_and_a_gain_is_income(long_in_dollars):
    book_cover(noted("49.75 USD", "41.00 EUR").pk, by=make.staff())
    assert (position("USD"), position("EUR"), result()) == (4_975, -3_980, 120)
    row = next(row for row in currency_exposure().rows if row.position.currency == "USD")
    assert row.gain == Money(0, "EUR")
    assert [proof.name for proof in prove() if proof.breach] == []


def test_what_goes_beyond_the_position_begins_one_the_other_way_at_its_own_cost(long_in_dollars):
    booked = book_cover(noted("199.00 USD", "156.00 EUR").pk, by=make.staff())
    assert (booked.result_minor, booked.book_minor) == (-160, -7_960 - 7_800)
    assert (position("USD"), carried()["USD"]) == (-9_950, Carried(-9_950, Decimal(-7_800)))
    assert [proof.name for proof in prove() if proof.breach] == []


@pytest.mark.parametrize(
    ("sold", "bought", "held", "change", "gain"),
    [
        # Short of 100.00 USD for which we took 80.00 EUR; bought back for 82.00.
        ("82.00 EUR", "100.00 USD", Carried(-10_000, Decimal(-8_000)), 8_000, -200),
        ("40.00 EUR", "50.00 USD", Carried(-10_000, Decimal(-8_100)), 4_050, 50),
        # Nothing to close: no result, a position at its own cost.
        ("80.00 EUR", "100.00 USD", Carried(0, Decimal(0)), 8_000, 0),
        ("80.00 EUR", "100.00 USD", Carried(500, Decimal(400)), 8_000, 0),
        # Half a cent goes to the even one.
        ("16000 JPY", "99.00 EUR", Carried(32_000, Decimal("19999")), -10_000, -100),
    ],
)
def test_the_result_is_reckoned_as_on_paper(sold, bought, held, change, gain):
    sums = [Money.of(*each.split()) for each in (sold, bought)]
    cover = FxCover(
        sold_minor=sums[0].minor, sold_currency=sums[0].currency, bought_minor=sums[1].minor, bought_currency=sums[1].currency
    )
    assert result_of(cover, held) == (change, Money(gain, "EUR"))


def test_who_noted_it_does_not_book_it_and_nobody_else_than_the_cashier(long_in_dollars):
    first = make.staff()
    cover = noted(by=first)
    company = make.company()
    for by, code in ((first, "payments.same_person"), (make.actor(company, "owner"), "base.not_your_move")):
        with pytest.raises(Refused, match=code):
            book_cover(cover.pk, by=by)
    with pytest.raises(Refused, match="not_your_move"):
        noted(ref="FX-2", by=make.actor(company, "owner"))
    assert (position("USD"), FxCover.objects.get().state) == (9_950, "proposed")
    with pytest.raises(NotVisible):
        book_cover(new_id(), by=first)


def test_twice_is_once_and_withdrawn_is_nothing(long_in_dollars):
    key, by = new_id(), make.staff()
    assert noted(cover_id=key, by=by).pk == noted(cover_id=key, by=by).pk
    with pytest.raises(Refused, match="cover_key_taken"):
        noted("99.00 USD", cover_id=key)
    second = make.staff()
    book_cover(key, by=second)
    book_cover(key, by=second)
    assert position("USD") == 0
    with pytest.raises(Refused):
        withdraw_cover(key, by=second)

    other = noted("10.00 USD", "8.00 EUR", ref="FX-2")
    withdraw_cover(other.pk, by=second)
    with pytest.raises(Refused):
        book_cover(other.pk, by=make.staff())
    assert position("USD") == 0
    noted("10.00 USD", "8.00 EUR", ref="FX-2")  # the reference is free again


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"sold": "0.00 USD"}, "sold"),
        ({"bought": "0.00 EUR"}, "bought"),
        ({"bought": "78.00 USD"}, "bought_currency"),
        ({"bought": "12500 JPY"}, "bought_currency"),
        ({"bought": "99.50 EUR"}, "bought"),
        ({"bought": "7.80 EUR"}, "bought"),
        ({"on": "tomorrow"}, "traded_on"),
        ({"on": "long ago"}, "traded_on"),
        ({"on": "before any rate"}, "traded_on"),
        ({"ref": "  "}, "bank_ref"),
        ({"ref": "KNOWN"}, "bank_ref"),
    ],
)
def test_what_is_odd_is_refused_beside_its_field_and_nothing_is_noted(long_in_dollars, typed, field):
    noted("10.00 USD", "8.00 EUR", ref="KNOWN")
    days = {"tomorrow": 1, "long ago": -93, "before any rate": -40}
    if "on" in typed:
        typed = {"on": today() + timedelta(days=days[typed["on"]])}
    with pytest.raises(Refused) as no:
        noted(**{"ref": "FX-9"} | typed)
    assert (no.value.status, no.value.field) == (422, field)
    assert FxCover.objects.count() == 1


def test_the_database_keeps_what_was_typed_and_wants_two(long_in_dollars):
    cover = noted()
    for change in (
        {"sold_minor": 1},
        {"state": "booked", "booked_at": clock.now(), "book_minor": 0, "result_minor": 0},
        {"state": "booked", "second": "operator:x"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            FxCover.objects.filter(pk=cover.pk).update(**change)
    book_cover(cover.pk, by=make.staff())
    for change in ({"result_minor": 0}, {"state": "withdrawn", "booked_at": None, "book_minor": None, "result_minor": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            FxCover.objects.filter(pk=cover.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        cover.delete()


def lines_of_the_bank() -> tuple[BankLine, BankLine]:
    """Our bank's statements say it too: 99.50 USD left, 78.00 EUR came."""
    for bank in (Bank("usd", 50_000).debit(9_950, "FX-1"), Bank("eur").credit(7_800, "FX-1")):
        import_statement("bank.sta", bank.mt940(), by=SYSTEM)
    return BankLine.objects.get(currency="USD"), BankLine.objects.get(currency="EUR")


def test_the_banks_own_lines_meet_the_exchange_and_nothing_is_left_in_suspense(long_in_dollars):
    out, came = lines_of_the_bank()
    who = make.staff()
    cover = noted()
    assert covers_of(out) == covers_of(came) == []
    with pytest.raises(Refused, match="no_such_cover"):
        note_cover(out.pk, cover.pk, "Not booked yet.", by=who)
    book_cover(cover.pk, by=who)

    for line in (out, came):
        assert [row.pk for row in covers_of(line)] == [cover.pk]
        assert note_cover(line.pk, cover.pk, "By the slip.", by=who).state == "done"
        line.refresh_from_db()
        assert (line.state, covers_of(line)) == ("settled", [])

    assert (suspense("USD"), suspense("EUR")) == (0, 0)
    assert set(Match.objects.values_list("target", "currency", "amount_minor")) == {
        ("cover", "USD", 9_950),
        ("cover", "EUR", 7_800),
    }
    assert [proof.name for proof in prove() if proof.breach] == []


def test_a_line_of_another_amount_or_a_side_that_has_its_line_is_refused(long_in_dollars):
    who = make.staff()
    cover = noted()
    book_cover(cover.pk, by=who)
    bank = Bank("usd", 50_000).debit(9_950, "FX-1", ref="A").debit(9_950, "FX-1", ref="B").debit(9_949, "fee")
    import_statement("bank.sta", bank.mt940(), by=SYSTEM)
    first, second, other = BankLine.objects.order_by("n")
    note_cover(first.pk, cover.pk, "By the slip.", by=who)
    for line in (second, other):
        with pytest.raises(Refused, match="no_such_cover"):
            note_cover(line.pk, cover.pk, "By the slip.", by=who)
    assert Match.objects.count() == 1


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_one_exchange_booked_by_ten_at_once_is_booked_once(self):
        published()
        by = keeper(Money.of("1000.00", "USD"))
        take_quote(quoted(by).pk, by=by)
        cover = noted()
        seconds = [make.staff() for _n in range(10)]

        answers = together([lambda by=by: book_cover(cover.pk, by=by) for by in seconds])

        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        assert (position("USD"), position("EUR"), result()) == (0, 0, -160)
        assert ask("SELECT count(*) FROM ledger_entry WHERE kind = 'fx_covered'")[0][0] == 1

    def test_the_same_slip_noted_by_ten_at_once_stands_once(self):
        published()
        people = [make.staff() for _n in range(10)]
        together([lambda by=by: noted(by=by) for by in people])
        assert FxCover.objects.count() == 1

    def test_two_covers_and_exchanges_at_once_leave_the_cost_whole(self):
        published()
        by = keeper(Money.of("1000.00", "USD"))
        take_quote(quoted(by).pk, by=by)
        quotes = [quoted(keeper(Money.of("1000.00", "USD"))) for _n in range(4)]
        first, second = noted("40.00 USD", "31.50 EUR", ref="A"), noted("40.00 USD", "32.50 EUR", ref="B")
        who = make.staff()

        answers = together(
            [
                *(lambda c=c: book_cover(c.pk, by=who) for c in (first, second)),
                *(lambda q=q: take_quote(q.pk, by=make.actor(q.company, "owner")) for q in quotes),
            ]
        )

        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        held = carried()
        assert held["USD"].minor == position("USD") == 5 * 9_950 - 8_000
        assert held["EUR"].minor == position("EUR")
        assert held["USD"].cost + held["EUR"].cost == 0
        assert [proof.name for proof in prove() if proof.breach] == []
