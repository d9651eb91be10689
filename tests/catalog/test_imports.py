from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from everfair.base import clock
from everfair.base.actor import SYSTEM
from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.catalog.actions import (
    Imported,
    change_offer,
    forget_staged,
    import_offers,
    map_category,
    remove_offer,
    run_waiting_import,
    stage_import,
    start_import,
    withdraw_offer,
)
from everfair.catalog.commands import import_offers as import_command
from everfair.catalog.drafts import draft_of
from everfair.catalog.models import ImportRun, Offer
from everfair.catalog.reading import read_offer, values_of
from everfair.catalog.sheets.refusals import SheetRefused
from everfair.catalog.sheets.sheet import open_sheet
from everfair.companies.models import Company, Stop
from everfair.markets.table import MARKETS
from tests import make
from tests.data import shared_data

pytestmark = pytest.mark.django_db

HEAD = "sku,title,price,currency,moq,unit,category\n"


def bring(company: Company, text: str | bytes, mode: str = "good") -> Imported:
    content = text.encode() if isinstance(text, str) else text
    with open_sheet(io.BytesIO(content), "prices.csv") as sheet:
        return import_offers(company.pk, "export", sheet, mode, by=SYSTEM)


def counts(done: Imported) -> tuple[int, int, int, int]:
    return done.created, done.changed, done.unchanged, done.refused


def test_a_sheet_becomes_published_offers() -> None:
    seller = make.company()

    done = bring(seller, HEAD + "00123,Hex bolt M8,0.50,USD,100,pcs,Bolts\n")

    offer = Offer.objects.get(company=seller)
    assert counts(done) == (1, 0, 0, 0)
    assert (offer.sku, offer.titles, offer.state, offer.tiers, offer.moq, offer.unit) == (
        "00123", {"en": "Hex bolt M8"}, "published", [["100", "0.5"]], 100, "H87",
    )  # fmt: skip
    assert (offer.price_from, offer.source_category) == (500_000, "Bolts")
    assert list(Event.objects.values_list("name", flat=True)) == ["OffersImported"]


def test_the_same_file_twice_changes_nothing() -> None:
    seller = make.company()
    text = HEAD + "".join(f"A-{n},Lamp {n},{n}.50,USD,10,pcs,Lamps\n" for n in range(1, 40))
    bring(seller, text)
    before = list(Offer.objects.order_by("pk").values())

    again = bring(seller, text)

    assert counts(again) == (0, 0, 39, 0)
    assert list(Offer.objects.order_by("pk").values()) == before
    assert Event.objects.count() == 1


def test_only_changed_rows_are_written() -> None:
    seller = make.company()
    bring(seller, HEAD + "A,Lamp,5.20,USD,10,pcs,\nB,Bulb,1.00,USD,10,pcs,\n")
    number = Offer.objects.get(sku="A").number

    done = bring(seller, HEAD + "A,Lamp,4.90,USD,10,pcs,\nB,Bulb,1.0,USD,10,pcs,\nC,Cord,2,USD,10,pcs,\n")

    assert counts(done) == (1, 1, 1, 0)
    assert (Offer.objects.get(sku="A").tiers, Offer.objects.get(sku="A").number) == ([["10", "4.9"]], number)


def test_an_offer_changed_by_hand_is_brought_back_by_its_file() -> None:
    seller = make.company()
    text = HEAD + "A,Lamp,5.20,USD,10,pcs,\n"
    bring(seller, text)
    change_offer(Offer.objects.get().pk, {"brand": "Mine"}, by=make.actor(seller))

    assert counts(bring(seller, text)) == (0, 1, 0, 0)
    assert Offer.objects.get().brand == ""


def test_one_wrong_row_stops_everything_in_mode_all() -> None:
    seller = make.company()
    rows = [f"A-{n},Lamp,1,USD,1,pcs,\n" for n in range(1_200)] + ["BAD,Lamp,1e3,USD,1,pcs,\n"]

    done = bring(seller, HEAD + "".join(rows), "all")

    assert not done.taken
    assert [(error.line, error.code) for error in done.errors] == [(1202, "number_exponent")]
    assert not Offer.objects.exists()
    assert ImportRun.objects.get().state == "refused"
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A,Lamp,-1,USD,1,pcs,", "number_negative"),
        ("A,Lamp,0.0000001,USD,1,pcs,", "number_decimals"),
        ("A,Lamp,NaN,USD,1,pcs,", "number_invalid"),
        ('A,Lamp,"1,234",USD,1,pcs,', "number_grouped"),
        ("A,Lamp,１００,USD,1,pcs,", "number_full_width"),
        ("A,Lamp,1,usd,1,pcs,", "currency_unknown"),
        ("A,Lamp,1,XXX,1,pcs,", "currency_unknown"),
        ("A,Lamp,1,CHF,1,pcs,", "currency_not_here"),
        ("A,Lamp,1,USD,0.3333,pcs,", "quantity_of_pieces"),
        ("A,Lamp,1,USD,1,furlongs,", "unit_unknown"),
        ("4.01E+12,Lamp,1,USD,1,pcs,", "scientific_identifier"),
        ("A,Lamp,1,USD,1", "ragged_row"),
        (f"A,Lamp,1,USD,1,pcs,{'x' * 301}", "text_too_long"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(row: str, code: str) -> None:
    seller = make.company()

    done = bring(seller, HEAD + "OK,Lamp,1,USD,1,pcs,\n" + row + "\n")

    assert counts(done) == (1, 0, 0, 1)
    assert (done.errors[0].line, done.errors[0].code) == (3, code)
    assert done.errors[0].message


def test_rising_prices_and_too_many_tiers_are_refused() -> None:
    seller = make.company()
    rows = [
        {"sku": "A", "title": "Lamp", "tiers": "1-9: 1; 10+: 2"},
        {"sku": "B", "title": "Lamp", "tiers": "; ".join(f"{n}+:1" for n in range(1, 12))},
        {"sku": "C", "title": "Lamp", "tiers": "10-99: 5.2; 100+: 4.8", "lead_time": "1:15; 1000:30"},
    ]

    done = bring(seller, "\n".join(map(json.dumps, rows)))

    assert {error.code for error in done.errors} == {"tier_rising", "tier_too_many"}
    offer = Offer.objects.get()
    assert (offer.sku, offer.tiers, offer.moq, offer.lead_times) == (
        "C",
        [["10", "5.2"], ["100", "4.8"]],
        10,
        [["999", 15], ["", 30]],
    )


def test_duplicate_skus_and_duplicate_keys_are_row_errors() -> None:
    seller = make.company()

    done = bring(
        seller, '{"sku": "A", "title": "Lamp"}\n{"sku": "A", "title": "Bulb"}\n{"sku": "B", "sku": "C", "title": "Cord"}\n'
    )

    assert [(e.line, e.code) for e in done.errors] == [(2, "sku_duplicate"), (3, "json_duplicate_key")]
    assert Offer.objects.get().titles == {"en": "Lamp"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_chinese_price_lists_are_read_in_their_encodings(encoding: str) -> None:
    seller = make.company()
    text = "货号,品名,单价,币种\nLS-1,六角螺栓镀锌紧固件,0.50,CNY\nLS-2,不锈钢平垫圈和螺母,0.20,CNY\n"

    done = bring(seller, text.encode(encoding))

    assert counts(done) == (2, 0, 0, 0)
    assert Offer.objects.get(sku="LS-1").titles == {"zh-hans": "六角螺栓镀锌紧固件"}


def test_the_operators_mapping_beats_the_guess_and_a_persons_choice_stays() -> None:
    seller = make.company()
    map_category("Thingummies", "hardware/fasteners", by=make.operator())

    bring(seller, HEAD + "A,Zzqx,1,USD,1,pcs,Thingummies\nB,Zzqx,1,USD,1,pcs,Whatnots\n")
    change_offer(Offer.objects.get(sku="A").pk, {"category": "tools/hand-tools"}, by=make.actor(seller))
    bring(seller, HEAD + "A,Zzqx,2,USD,1,pcs,Thingummies\nB,Zzqx,2,USD,1,pcs,Whatnots\n")

    assert dict(Offer.objects.values_list("sku", "category")) == {"A": "tools/hand-tools", "B": "unsorted/unsorted"}


def test_addresses_of_pictures_are_kept_and_never_fetched() -> None:
    seller = make.company()

    bring(seller, '{"sku": "A", "title": "Lamp", "image_url": "http://169.254.169.254/latest/meta-data"}')

    offer = Offer.objects.get()
    assert (offer.picture_addresses, offer.pictures) == (["http://169.254.169.254/latest/meta-data"], [])


def test_withdrawn_offers_stay_withdrawn_and_removed_ones_are_refused() -> None:
    seller = make.company()
    bring(seller, HEAD + "A,Lamp,1,USD,1,pcs,\nB,Bulb,1,USD,1,pcs,\n")
    withdraw_offer(Offer.objects.get(sku="A").pk, by=make.actor(seller))
    remove_offer(Offer.objects.get(sku="B").pk, "Unsafe.", by=make.operator())

    done = bring(seller, HEAD + "A,Lamp,2,USD,1,pcs,\nB,Bulb,2,USD,1,pcs,\n")

    assert counts(done) == (0, 1, 0, 1)
    assert done.errors[0].code == "offer_removed"
    assert dict(Offer.objects.values_list("sku", "state")) == {"A": "withdrawn", "B": "removed"}
    assert Offer.objects.get(sku="B").tiers == [["1", "1"]]


def test_a_parent_sku_makes_variants_and_a_row_without_one_stands_alone() -> None:
    seller = make.company()
    with open_sheet(io.BytesIO(b"sku,title,parent sku\nR,Red cup,CUP\nB,Blue cup,CUP\nP,Pot,\n")) as sheet:
        import_offers(seller.pk, "export", sheet, "all", by=make.actor(seller))

    assert dict(Offer.objects.values_list("sku", "variant_group")) == {"R": "CUP", "B": "CUP", "P": None}


def test_nobody_imports_for_another_company_nor_for_a_stopped_one() -> None:
    seller, other = make.company(), make.company()
    with open_sheet(io.BytesIO(b"sku,title\nA,Lamp\n")) as sheet:
        for by in (make.actor(other), make.actor(seller, "buyer"), make.operator()):
            with pytest.raises(Refused) as caught:
                import_offers(seller.pk, "export", sheet, "good", by=by)
            assert caught.value.status == 403
        Stop.objects.create(company=seller, kind="listing", reason="checks", placed_by="operator")
        with pytest.raises(Refused) as caught:
            import_offers(seller.pk, "export", sheet, "good", by=make.actor(seller))
        assert caught.value.code == "companies.stopped"
    assert not Offer.objects.exists()


@pytest.fixture
def staged() -> ImportRun:
    seller = make.company()
    rows = "".join(f"A-{n},Lamp {n},1,USD,1,pcs,\n" for n in range(1_500))
    return stage_import(SimpleUploadedFile("../long.csv", (HEAD + rows).encode()), "export", by=make.actor(seller))


def test_a_long_file_waits_for_the_worker(staged: ImportRun) -> None:
    by = make.actor(Company.objects.get())

    started = start_import(staged.pk, "all", None, by=by)
    assert (started.state, started.rows_count, started.file_name, Offer.objects.count()) == ("waiting", 1_500, "long.csv", 0)
    with pytest.raises(Refused):
        start_import(staged.pk, "all", None, by=by)

    assert run_waiting_import() == 1
    assert run_waiting_import() == 0

    run = ImportRun.objects.get()
    assert (run.state, run.created_count, run.stored_as) == ("done", 1_500, "")
    assert not list((Path(settings.DATA) / "imports").glob(staged.pk.hex))


def test_an_import_whose_worker_died_is_taken_up_again(staged: ImportRun) -> None:
    start_import(staged.pk, "all", None, by=make.actor(Company.objects.get()))
    ImportRun.objects.update(state="running", touched_at=clock.now())
    assert run_waiting_import() == 0

    clock.advance(timedelta(minutes=3))

    assert run_waiting_import() == 1
    assert ImportRun.objects.get().created_count == 1_500


def test_a_staged_file_is_its_companys_and_is_forgotten_after_a_day(staged: ImportRun) -> None:
    with pytest.raises(NotVisible):
        start_import(staged.pk, "all", None, by=make.actor(make.company()))
    assert forget_staged() == 0

    clock.advance(timedelta(days=2))

    assert forget_staged() == 1
    assert not (Path(settings.DATA) / "imports" / staged.pk.hex).exists()


def test_the_command_prints_what_it_did(tmp_path: Path) -> None:
    seller = make.company(name="Ningbo Fasteners")
    file = tmp_path / "prices.csv"
    file.write_text(HEAD + "A,Lamp,1,USD,1,pcs,\nB,Bulb,-1,USD,1,pcs,\n")
    said: list[str] = []

    figures = import_command(file, company="Ningbo Fasteners", say=said.append)
    again = import_command(file, company=str(seller.number), mode="all")

    assert (figures["created"], figures["refused"], figures["taken"]) == (1, 1, True)
    assert "price" in said[0]
    assert said[-1] == "line 3, price: The number must not be negative."
    assert (again["taken"], again["unchanged"], again["errors"]) == (
        False,
        0,
        ["line 3, price: The number must not be negative."],
    )
    assert import_command(file, company=str(seller.pk))["unchanged"] == 1
    with pytest.raises(ValueError, match="no company is called 'Nobody'"):
        import_command(file, company="Nobody")
    file.write_bytes(b"%PDF-1.7")
    with pytest.raises(SheetRefused):
        import_command(file, company=str(seller.number))


def test_real_goods_import_whole_with_nobodys_help() -> None:
    file = shared_data("search-esci") / "products.jsonl.gz"
    seller = make.company()

    first = import_command(file, company=str(seller.number))
    second = import_command(file, company=str(seller.number), mode="all")

    assert (first["created"], first["refused"]) == (6_764, 0)
    assert (second["created"], second["changed"], second["unchanged"]) == (0, 0, 6_764)
    assert Offer.objects.filter(company=seller, state="published").count() == 6_764
    assert Offer.objects.filter(category="unsorted/unsorted").count() < 676
    for offer in Offer.objects.iterator():
        columns = read_offer(values_of(offer), MARKETS["export"], seller.pk)  # its supplier can open and save every one
        assert columns["titles"] == offer.titles
        assert draft_of(offer).content_hash() == offer.content_hash
