"""The demo world is made by our own verbs, so it must keep every rule of the house."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from everfair.base import clock
from everfair.base.events import subscribers
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sandbox.store import Store
from everfair.catalog.actions import import_offers
from everfair.catalog.models import Offer
from everfair.companies.models import Company
from everfair.discovery.actions import rebuild_index
from everfair.files.models import File
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance_at
from everfair.ledger.values import clearing
from everfair.payments.actions import take_statement
from everfair.payments.models import Intent
from everfair.payments.providers.port import StatementLine
from everfair.payments.sandbox.tables import SCHEMA
from everfair.reference import queries as reference
from everfair.site.demo import copying, goods, load, people, pictures, plan, scale, sign_ins
from everfair.site.demo.firms import BUYERS
from everfair.site.demo.kinds import COLOURS, SHADES
from everfair.site.demo.load import count_what_happened
from everfair.sourcing.models import Quote, Rfq
from everfair.trade.models import Order, Stage
from everfair.trust.facts import FACTS
from everfair.trust.models import Appeal, BlacklistEntry, Complaint, Penalty, Standing
from tests import make
from tests.trust.standing import digest

# Titles and prices of the base world, in its order: it changes only on purpose.
FINGERPRINT = "491f735ecb22f0cf"


def told_by_the_sandbox() -> list[StatementLine]:
    """What stands in the payment sandbox's own books."""
    store = Store(Path(settings.DATA) / "sandbox", SCHEMA)
    with store.reading() as db:
        rows = [dict(row) for row in db.execute("select * from settlements order by id")]
    store.close()
    return [
        StatementLine(
            row["ref"], row["kind"], row["reference"], *(Money(row[f"{of}_minor"], row["currency"]) for of in ("gross", "fee", "net")),
            datetime.fromtimestamp(row["settled_at"], UTC),
        )
        for row in rows
    ]  # fmt: skip


def base_offers() -> list:
    return [offer for stalls in (plan.cast(), plan.stalls(0)) for stall in stalls for offer in stall.offers]


# ── on paper ──


def test_the_plan_is_the_same_every_time():
    said = "\n".join(f"{o.sku}|{o.titles}|{[(q, p.amount) for q, p in o.tiers]}" for o in base_offers())

    assert hashlib.sha256(said.encode()).hexdigest()[:16] == FINGERPRINT


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_no_two_offers_have_one_title_in_any_language(language):
    titles = Counter(offer.titles[language] for offer in base_offers())
    titles.update(offer.titles[language] for stall in plan.stalls(1) for offer in stall.offers)

    assert [title for title, count in titles.items() if count > 1] == []
    assert len(titles) == 2 * plan.OFFERS


def test_chinese_titles_are_chinese():
    """A title that fell back to English has no Chinese character; the two scripts differ somewhere."""
    offers = base_offers()

    for language in ("zh-hant", "zh-hans"):
        assert [o.titles[language] for o in offers if not any("\u4e00" <= c <= "\u9fff" for c in o.titles[language])] == []
    assert sum(o.titles["zh-hant"] != o.titles["zh-hans"] for o in offers) > 2_500
    assert all(set(o.descriptions) in (set(), {"en", "zh-hant", "zh-hans"}) for o in offers)


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_attributes_are_said_in_chinese_too(language):
    """As many in each language, under Chinese names; only a measure may stay in Latin letters."""
    for offer in base_offers():
        said = offer.attributes_by_language[language]
        assert len(said) == len(offer.attributes)
        assert [name for name in said if not all("\u4e00" <= c <= "\u9fff" for c in name)] == []
        words = {value for name, value in said.items() if name != "尺寸"}
        assert [value for value in words if not any("\u4e00" <= c <= "\u9fff" for c in value)] == []


def test_every_good_stands_in_a_category_of_ours_under_its_own_customs_code():
    for offer in base_offers():
        assert not reference.category(offer.category_code).is_hall
        assert reference.hs_form(offer.hs_code) == offer.hs_code
        assert offer.origin in reference.COUNTRIES


def test_prices_fall_with_the_quantity_and_none_is_free():
    for offer in base_offers():
        prices = [price.amount for _quantity, price in offer.tiers]
        assert prices == sorted(prices, reverse=True)
        assert all(price > 0 for price in prices)


def test_no_two_companies_have_one_name():
    firms = [*BUYERS, *(stall.firm for stall in plan.cast())]
    for wave in range(6):
        firms += [*(stall.firm for stall in plan.stalls(wave)), *plan.buyers(wave)]

    assert len(firms) == 6 * plan.COMPANIES
    for column in ("code", "name", "hant", "hans", "body"):
        assert [name for name, count in Counter(getattr(firm, column) for firm in firms).items() if count > 1] == [], column


# ── in the database ──


@pytest.mark.django_db
def test_the_demo_world_has_trades_in_every_state_and_clean_books():
    figures = load()

    assert {name: figures[name] for name in ("companies", "offers", "rfqs", "orders")} == {
        "companies": 150, "offers": 3_000, "rfqs": 60, "orders": 80,
    }  # fmt: skip
    assert set(Order.objects.values_list("agreement", flat=True)) == {
        "offered", "agreed", "declined", "cancelled", "lapsed", "called_off", "completed",
    }  # fmt: skip
    assert set(Order.objects.values_list("issue", flat=True)) == {"none", "open", "resolved"}
    assert set(Order.objects.values_list("goods", flat=True)) == {"awaiting", "shipped", "received"}
    assert set(Stage.objects.values_list("state", flat=True)) == {
        "planned", "due", "paying", "funded", "frozen", "released", "refunded", "void",
    }  # fmt: skip
    assert set(Rfq.objects.values_list("state", flat=True)) == {"open", "closed", "awarded"}
    assert set(Quote.objects.values_list("state", flat=True)) >= {"sent", "accepted"}
    assert Offer.objects.exclude(state="published").count() == 0
    assert [proof for proof in prove() if proof.breach] == []
    read = take_statement("sandbox", told_by_the_sandbox())
    assert (read.settled, read.breaks) == (Intent.objects.filter(state="captured").count(), 0)
    assert balance_at(clearing("sandbox", "USD"), clock.now()) == 0
    digest(Event.objects.order_by("seq").filter(name__in=subscribers()[FACTS]).values_list("seq", flat=True))
    assert count_what_happened() > 10
    stars = Counter(Standing.objects.values_list("stars", flat=True))
    assert {3, 4} <= set(stars), "suppliers stand differently, by what happened in their trades"
    assert stars[None] > 5, "most are new here"
    assert sorted(Penalty.objects.values_list("offence", "state")) == [
        ("bait", "given"), ("counterfeit", "waiting"), ("false_papers", "given"),
    ]  # fmt: skip
    assert list(Appeal.objects.values_list("state", flat=True)) == ["open"]
    assert list(BlacklistEntry.objects.values_list("state", flat=True)) == ["listed"]
    complaint = Complaint.objects.get()
    assert (complaint.state, bool(complaint.answer), complaint.maker_id != complaint.checker_id) == ("reviewing", True, True)


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    load()
    before = (Company.objects.count(), Offer.objects.count(), Order.objects.count())

    again = load()

    assert again["loaded"] is False
    assert (Company.objects.count(), Offer.objects.count(), Order.objects.count()) == before


def test_the_sign_ins_fit_in_one_line():
    assert "\n" not in sign_ins()
    assert "buyer" in sign_ins()


# ── larger, and with pictures ──


@pytest.fixture
def small(monkeypatch):
    """A demo world of the twelve suppliers by hand alone, with its operator."""
    from everfair.base.actor import SYSTEM
    from everfair.site.demo.bulk import found_companies, stock

    stalls = list(plan.cast())
    make.person(email=people.OPERATOR, password="!")
    stock(stalls, found_companies([stall.firm for stall in stalls], "!", by=SYSTEM))


@pytest.mark.django_db
def test_a_wave_is_added_once_and_search_is_told(small, monkeypatch, tmp_path, settings):
    settings.DATA = tmp_path
    monkeypatch.setattr(copying, "_PATIENCE_S", 0.2)

    figures = scale(2)
    again = scale(2)

    assert (figures["companies_added"], figures["offers_added"]) == (plan.COMPANIES, plan.OFFERS)
    assert figures["offers_per_s"] > 0
    assert figures["seconds_until_found"] is None, "nobody fills an index here"
    assert (again["companies_added"], again["offers_added"]) == (0, 0)
    assert Offer.objects.filter(state="published").count() == goods.OFFERS_TOTAL + plan.OFFERS
    assert rebuild_index()["offers"] == goods.OFFERS_TOTAL + plan.OFFERS


@pytest.mark.django_db
def test_what_is_copied_is_what_an_import_would_have_written(small):
    """Imported again, no row of a copied stall counts as changed."""
    from everfair.base.actor import SYSTEM
    from everfair.site.demo.bulk import found_companies

    stall = next(iter(plan.stalls(1)))
    companies = found_companies([stall.firm], "!", by=SYSTEM)
    copying.copy_offers([stall], companies, {})

    again = import_offers(companies[stall.firm.code], "export", stall.offers, "all", by=SYSTEM)

    assert (again.created, again.changed, again.unchanged) == (0, 0, len(stall.offers))


@pytest.mark.django_db
def test_a_live_installation_is_not_made_larger(settings):
    settings.KIND = "live"

    with pytest.raises(Refused) as refusal:
        scale(2)

    assert refusal.value.code == "demo.live"
    assert Company.objects.count() == 0


@pytest.mark.django_db
def test_every_offer_gets_the_picture_of_its_kind_in_its_colour(small, monkeypatch, tmp_path, settings):
    settings.DATA = tmp_path
    first = pictures.without_picture()[:2]
    blobs = dict(zip(first, pictures.draw(first), strict=True))

    hung = pictures.hang(blobs)

    shown = Offer.objects.exclude(pictures=[])
    assert first == ["PG-01.red", "PG-01.blue"]
    assert {pictures.picture_of(offer.sku, dict(offer.attributes)["colour"]) for offer in shown} == set(first)
    assert hung == shown.count() > 0
    assert len(set(blobs.values())) == 2, "two colours are two pictures"
    assert pictures.hang(blobs) == 0, "what shows something is left alone"
    assert pictures.drawn() == blobs
    offer = Offer.objects.get(sku="PG-01-RED")
    file = File.objects.get(pk=offer.pictures[0])
    assert (file.owner_id, file.public) == (offer.company_id, True)
    assert offer.picture_alts[str(file.pk)] == {
        "en": "Paper party lanterns, set of 10, red", "zh-hant": "派對紙燈籠十入，紅色", "zh-hans": "派对纸灯笼十入，红色",
    }  # fmt: skip


def test_a_supplier_offers_variants_that_differ_in_colour_or_size_and_share_their_terms():
    for stall in [*plan.cast(), *plan.stalls(0)]:
        groups: dict[str, list] = {}
        for offer in stall.offers:
            groups.setdefault(offer.variant_group, []).append(offer)
        for group in groups.values():
            said = [(o.attributes.get("colour"), o.attributes.get("size")) for o in group]
            assert len(set(said)) == len(said), group[0].variant_group
            assert len({(o.category_code, o.moq, o.unit_code, o.lead_times, o.price_on_request) for o in group}) == 1
            assert len({o.attributes["material"] for o in group}) == 1
    sizes = Counter(o.variant_group for o in base_offers())
    assert sum(count for count in sizes.values() if count > 1) > 2_800, "nearly all have a choice"


def test_every_kind_of_goods_has_an_icon():
    skus = {"-".join(offer.sku.split("-")[:2]) for offer in base_offers()}

    assert skus == set(pictures.icons())


def test_every_colour_has_its_words_and_its_shade():
    assert set(COLOURS) == set(SHADES)
    assert {offer.attributes["colour"] for offer in base_offers() if "colour" in offer.attributes} <= {
        c.en for c in COLOURS.values()
    }
