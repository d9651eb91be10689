from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from everfair.base.actor import NOBODY, SYSTEM
from everfair.base.models import Event, History
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.catalog.actions import (
    change_offer,
    draft_offer,
    map_category,
    publish_offer,
    remove_offer,
    touch_offers,
    withdraw_offer,
)
from everfair.catalog.models import CategoryMapping, Offer
from everfair.catalog.queries import unmapped_categories
from everfair.catalog.reading import read_offer, values_of
from everfair.catalog.refusals import OfferRefused
from everfair.companies.models import Stop
from everfair.companies.queries import audit_notes
from everfair.files.actions import keep_picture
from everfair.markets.table import MARKETS
from tests import make
from tests.files.uploads import picture, upload

pytestmark = pytest.mark.django_db

BOLT = {
    "sku": "B-8", "titles": {"en": "Hex bolt", "zh-hant": "六角螺栓"}, "category": "hardware/fasteners", "brand": "Acme",
    "tiers": [["100", "0.50"], ["1000", "0.425"]], "price_per": "10", "multiple": "50", "lead_times": [["500", 15], ["", 30]],
    "sample_price": "2.50", "hs_code": "7318.15", "origin": "CN", "attributes": [["Material", "steel"]], "bullets": ["Strong"],
}  # fmt: skip


def events(offer: Offer) -> list[str]:
    return list(Event.objects.filter(subject=offer.pk).order_by("seq").values_list("name", flat=True))


def test_an_offer_is_drafted_with_everything_it_says() -> None:
    seller = make.company()

    offer = draft_offer(BOLT, by=make.actor(seller, "seller"))

    offer.refresh_from_db()
    assert (offer.state, offer.company_id, offer.market, offer.currency) == ("draft", seller.pk, "export", "USD")
    assert (offer.tiers, offer.price_per, offer.price_from) == ([["100", "0.5"], ["1000", "0.425"]], 10, 42_500)
    assert (offer.moq, offer.multiple, offer.sample_price_minor, offer.hs_code) == (100, 50, 250, "731815")
    assert (offer.lead_times, offer.attributes) == ([["500", 15], ["", 30]], [["Material", "steel"]])
    assert events(offer) == []


def test_plain_values_read_again_give_the_same_offer() -> None:
    seller = make.company()
    offer = draft_offer(BOLT, by=make.actor(seller))
    offer.refresh_from_db()

    columns = read_offer(values_of(offer), MARKETS["export"], seller.pk)

    assert {name: getattr(offer, name) for name in columns} == columns


@pytest.mark.parametrize("role", ["buyer", "finance", "viewer"])
def test_only_sellers_write_offers(role: str) -> None:
    seller = make.company()
    offer = make.offer(seller)
    by = make.actor(seller, role)

    for act in (
        lambda: draft_offer(BOLT, by=by),
        lambda: change_offer(offer.pk, {}, by=by),
        lambda: withdraw_offer(offer.pk, by=by),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.status == 403
    assert Offer.objects.get().state == "published"


def test_nobody_writes_offers_of_another_company() -> None:
    seller, other = make.company(), make.actor(make.company())
    offer = make.offer(seller, state="draft")

    for act in (
        lambda: change_offer(offer.pk, {"brand": "x"}, by=other),
        lambda: publish_offer(offer.pk, by=other),
        lambda: withdraw_offer(offer.pk, by=other),
        lambda: publish_offer(offer.pk, by=NOBODY),
        lambda: publish_offer(uuid4(), by=SYSTEM),
    ):
        with pytest.raises(NotVisible):
            act()
    with pytest.raises(Refused):
        draft_offer(BOLT, by=other, company_id=seller.pk)
    assert Offer.objects.get().brand == ""


def test_a_company_that_only_buys_has_no_offers() -> None:
    with pytest.raises(Refused) as caught:
        draft_offer(BOLT, by=make.actor(make.company(is_seller=False)))

    assert caught.value.code == "catalog.not_a_seller"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"sku": " "}, "sku", "missing"),
        ({"sku": "x" * 101}, "sku", "text_too_long"),
        ({"sku": "a\0b"}, "sku", "text_hidden"),
        ({"titles": {}}, "titles", "title_missing"),
        ({"titles": {"fr": "Boulon"}}, "titles", "language_unknown"),
        ({"titles": {"en": "cert\u202egpj.exe"}}, "titles.en", "text_hidden"),
        ({"category": "hardware"}, "category", "category_unknown"),
        ({"category": "nothing/here"}, "category", "category_unknown"),
        ({"currency": "usd"}, "currency", "currency_not_here"),
        ({"currency": "USDT"}, "currency", "currency_not_here"),
        ({"currency": "XXX"}, "currency", "currency_not_here"),
        ({"currency": "DEM"}, "currency", "currency_not_here"),
        ({"tiers": [["1", "-1"]]}, "tiers", "number_positive"),
        ({"tiers": [["1", "-0.00"]]}, "tiers", "number_positive"),
        ({"tiers": [["1", "0"]]}, "tiers", "number_positive"),
        ({"tiers": [["1", "1e3"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "Infinity"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "NaN"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", Decimal("NaN")]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "0x10"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "1_000"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", " 1 "]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "1,234.56"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "1.234,56"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "١٢٣"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "一百"]]}, "tiers", "number_plain"),
        ({"tiers": [["1", "9223372036854775808"]]}, "tiers", "number_too_large"),
        ({"tiers": [["1", "1000000001"]]}, "tiers", "number_too_large"),
        ({"tiers": [["1", "0.0000001"]]}, "tiers", "number_decimals"),
        ({"tiers": [["0.3333", "1"]]}, "tiers", "quantity_whole"),
        ({"tiers": [["1", ""]]}, "tiers", "tier_incomplete"),
        ({"tiers": [["10", "2"], ["10", "1"]]}, "tiers", "tier_order"),
        ({"tiers": [["10", "2"], ["20", "2.01"]]}, "tiers", "tier_rising"),
        ({"tiers": [[str(n), "1"] for n in range(1, 12)]}, "tiers", "tier_too_many"),
        ({"price_per": "0"}, "price_per", "number_positive"),
        ({"price_per": "1.5"}, "price_per", "number_decimals"),
        ({"moq": "99"}, "moq", "moq_below_first_tier"),
        ({"moq": "0.5", "tiers": []}, "moq", "quantity_whole"),
        ({"unit": "KGM", "moq": "0.0001", "tiers": []}, "moq", "quantity_decimals"),
        ({"multiple": "0"}, "multiple", "number_positive"),
        ({"unit": "PCS"}, "unit", "unit_unknown"),
        ({"sample_price": "2.505"}, "sample_price", "number_decimals"),
        ({"currency": "JPY", "sample_price": "1.5"}, "sample_price", "number_decimals"),
        ({"currency": "KWD", "sample_price": "0.0001"}, "sample_price", "number_decimals"),
        ({"hs_code": "1234"}, "hs_code", "hs_code_invalid"),
        ({"origin": "ZZ"}, "origin", "origin_unknown"),
        ({"lead_times": [["", 5], ["10", 9]]}, "lead_times", "lead_time_order"),
        ({"lead_times": [["10", 731]]}, "lead_times", "lead_time_days"),
        ({"attributes": [["Size", "1"], ["Size", "2"]]}, "attributes", "attribute_twice"),
        ({"pictures": [UUID(int=7)]}, "pictures", "picture_unknown"),
    ],
    ids=str,
)
def test_a_wrong_offer_is_refused_with_its_field(changes: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(OfferRefused) as caught:
        draft_offer({**BOLT, **changes}, by=make.actor(make.company()))

    assert (field, code) in [(wrong.field, wrong.code) for wrong in caught.value.wrong]
    assert all(wrong.message for wrong in caught.value.wrong)
    assert not Offer.objects.exists()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(OfferRefused) as caught:
        draft_offer({**BOLT, "sku": "", "unit": "??", "hs_code": "x"}, by=make.actor(make.company()))

    assert {wrong.field for wrong in caught.value.wrong} >= {"sku", "unit", "hs_code"}


def test_another_companys_picture_is_none_of_ours() -> None:
    seller, other = make.company(), make.company()
    own = keep_picture(upload(picture(), "a.jpg"), seller.pk, make.actor(seller))
    foreign = keep_picture(upload(picture(size=(9, 9)), "b.jpg"), other.pk, make.actor(other))

    offer = draft_offer({**BOLT, "pictures": [own.pk]}, by=make.actor(seller))
    with pytest.raises(OfferRefused):
        change_offer(offer.pk, {"pictures": [own.pk, foreign.pk]}, by=make.actor(seller))

    assert Offer.objects.get().pictures == [own.pk]


def test_a_sku_in_use_is_refused() -> None:
    seller = make.company()
    make.offer(seller, sku="B-8")
    second = make.offer(seller, sku="B-9")

    for act in (
        lambda: draft_offer(BOLT, by=make.actor(seller)),
        lambda: change_offer(second.pk, {"sku": "B-8"}, by=make.actor(seller)),
    ):
        with pytest.raises(OfferRefused) as caught:
            act()
        assert (caught.value.field, caught.value.code) == ("sku", "catalog.sku_taken")
    assert Offer.objects.count() == 2


def test_a_change_touches_only_what_is_named() -> None:
    seller = make.company()
    offer = publish_offer(draft_offer(BOLT, by=make.actor(seller)).pk, by=make.actor(seller))
    before = Offer.objects.values().get(pk=offer.pk)

    change_offer(offer.pk, {"brand": "Other"}, by=make.actor(seller))

    after = Offer.objects.values().get(pk=offer.pk)
    assert {name for name in after if after[name] != before[name]} == {"brand", "content_hash"}
    assert after["brand"] == "Other"
    assert events(offer) == ["OfferPublished", "OfferChanged"]


def test_no_tiers_means_price_on_request() -> None:
    seller = make.company()
    offer = draft_offer(BOLT, by=make.actor(seller))

    change_offer(offer.pk, {"tiers": []}, by=make.actor(seller))

    offer.refresh_from_db()
    assert (offer.tiers, offer.price_from) == ([], None)


def test_publishing_and_withdrawing_go_round() -> None:
    seller = make.company()
    by = make.actor(seller)
    offer = draft_offer(BOLT, by=by)

    for act in (publish_offer, withdraw_offer, publish_offer):
        act(offer.pk, by=by)
    with pytest.raises(AlreadyDone):
        publish_offer(offer.pk, by=by)

    offer.refresh_from_db()
    assert offer.state == "published"
    assert events(offer) == ["OfferPublished", "OfferWithdrawn", "OfferPublished"]
    assert list(History.objects.filter(subject=offer.pk).order_by("seq").values_list("verb", flat=True)) == [
        "publish",
        "withdraw",
        "publish",
    ]


def test_a_stopped_company_publishes_nothing() -> None:
    seller = make.company()
    offer = draft_offer(BOLT, by=make.actor(seller))
    Stop.objects.create(company=seller, kind="listing", reason="checks", placed_by="operator")

    with pytest.raises(Refused) as caught:
        publish_offer(offer.pk, by=make.actor(seller))

    assert caught.value.code == "companies.stopped"
    assert Offer.objects.get().state == "draft"


def test_the_operator_removes_an_offer_for_good_and_says_why() -> None:
    seller = make.company()
    offer = make.offer(seller)

    remove_offer(offer.pk, "Counterfeit goods.", by=make.operator())

    assert Offer.objects.get().state == "removed"
    kept = History.objects.get(subject=offer.pk)
    assert (kept.verb, kept.reason, kept.actor) == ("remove", "Counterfeit goods.", "operator")
    (note,) = audit_notes(offer.pk)
    assert (note.act, note.reason, note.actor) == ("removed an offer", "Counterfeit goods.", "operator")
    assert note.before == {"number": offer.number, "name": offer.titles["en"]}
    for act in (
        lambda: publish_offer(offer.pk, by=make.actor(seller)),
        lambda: change_offer(offer.pk, {}, by=make.actor(seller)),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.status == 409


def test_nobody_but_the_operator_removes_and_never_without_a_reason() -> None:
    seller = make.company()
    offer = make.offer(seller)

    for by, reason in ((make.actor(seller), "mine"), (make.operator(), " ")):
        with pytest.raises(Refused):
            remove_offer(offer.pk, reason, by=by)

    assert audit_notes(offer.pk) == []
    assert Offer.objects.get().state == "published"


def test_the_mapping_desk_moves_unsorted_offers_only() -> None:
    seller = make.company()
    waiting = [make.offer(seller, category="unsorted/unsorted", source_category="Bolts > Hex") for _ in range(3)]
    sorted_before = make.offer(seller, category="tools/hand-tools", source_category="Bolts > Hex")
    other = make.offer(seller, category="unsorted/unsorted", source_category="Nuts")
    assert unmapped_categories() == [
        {"source_category": "Bolts > Hex", "offers_count": 3},
        {"source_category": "Nuts", "offers_count": 1},
    ]

    moved = map_category("Bolts > Hex", "hardware/fasteners", by=make.operator())

    assert moved == 3
    found = dict(Offer.objects.values_list("pk", "category"))
    assert {found[offer.pk] for offer in waiting} == {"hardware/fasteners"}
    assert (found[sorted_before.pk], found[other.pk]) == ("tools/hand-tools", "unsorted/unsorted")
    assert CategoryMapping.objects.get().category == "hardware/fasteners"
    assert [row["source_category"] for row in unmapped_categories()] == ["Nuts"]


def test_the_mapping_desk_refuses_others_and_unknown_categories() -> None:
    for category, by in (
        ("hardware/fasteners", make.actor(make.company())),
        ("hardware", make.operator()),
        ("x/y", make.operator()),
    ):
        with pytest.raises(Refused):
            map_category("Bolts", category, by=by)

    assert not CategoryMapping.objects.exists()


def test_touching_changes_nothing_but_tells_the_index() -> None:
    seller = make.company()
    offer, _draft, _other = make.offer(seller), make.offer(seller, state="draft"), make.offer(make.company())
    before = Offer.objects.values().get(pk=offer.pk)

    assert touch_offers(seller.pk) == 1

    assert Offer.objects.values().get(pk=offer.pk) == before
