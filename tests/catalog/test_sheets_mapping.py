"""Which column is which field: names in three languages, real catalogues, and number styles of a whole file (B24)."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from everfair.catalog.sheets.batches import check_all, preview
from everfair.catalog.sheets.mapping import Mapping, guess_mapping, map_sheet
from everfair.catalog.sheets.parsing import Defaults
from everfair.catalog.sheets.refusals import SheetRefused
from everfair.catalog.sheets.sheet import open_sheet
from tests.catalog.sheets_files import imported, opened, refusals
from tests.data import shared_data


def fields(*columns: str, rows: tuple[dict[str, str], ...] = ()) -> dict[str, str]:
    return {choice.column: choice.field for choice in guess_mapping(columns, rows).choices}


def test_the_real_catalogue_maps_and_imports_whole_without_help() -> None:
    with open_sheet(shared_data("search-esci") / "products.jsonl.gz") as sheet:
        mapping = map_sheet(sheet)
        report = check_all(sheet, mapping)
        first = preview(sheet, mapping, limit=2).drafts

    assert {choice.column: choice.field for choice in mapping.choices} == {
        "product_id": "sku",
        "title": "title",
        "brand": "brand",
        "color": "attribute:color",
        "category": "category",
        "description": "description",
        "bullet_points": "bullets",
        "price": "price",
    }
    assert [column for column, _ in mapping.ignored] == ["rating", "rating_count", "is_book"]
    assert (report.drafts_count, report.errors_count, report.note_counts) == (6764, 0, {"zero_price": 3})
    assert first[0].sku == "006287716X"
    assert first[0].titles == {"en": "The Book of Dragons: An Anthology"}
    assert first[0].category_path == ("Books", "Literature & Fiction", "Short Stories & Anthologies")
    assert str(first[0].tiers[0][1]) == "32.90 USD"
    assert first[1].price_on_request
    assert first[1].attributes == {"color": "Multicolor"}


def test_english_names_are_known() -> None:
    assert fields("Item No.", "Product Name", "Unit Price (USD)", "MOQ", "Order Multiple", "UOM", "Lead Time (days)", "HS Code", "Country of Origin", "Parent SKU") == {
        "Item No.": "sku", "Product Name": "title", "Unit Price (USD)": "price", "MOQ": "moq", "Order Multiple": "multiple", "UOM": "unit",
        "Lead Time (days)": "lead_time", "HS Code": "hs_code", "Country of Origin": "origin", "Parent SKU": "variant_group",
    }  # fmt: skip


@pytest.mark.parametrize(
    "columns",
    [
        (
            "貨號",
            "品名",
            "單價",
            "起訂量",
            "單位",
            "品牌",
            "產地",
            "交貨期",
            "幣別",
            "描述",
            "類別",
            "顏色",
            "材質",
            "尺寸",
            "樣品價",
            "海關編碼",
            "圖片",
            "階梯價",
        ),
        (
            "货号",
            "品名",
            "单价",
            "起订量",
            "单位",
            "品牌",
            "产地",
            "交货期",
            "币种",
            "描述",
            "类别",
            "颜色",
            "材质",
            "尺寸",
            "样品价",
            "海关编码",
            "图片",
            "阶梯价",
        ),
    ],
    ids=["traditional", "simplified"],
)
def test_chinese_names_are_known(columns: tuple[str, ...]) -> None:
    assert list(fields(*columns).values()) == [
        "sku", "title", "price", "moq", "unit", "brand", "origin", "lead_time", "currency", "description", "category", "attribute:color",
        "attribute:material", "attribute:size", "sample_price", "hs_code", "pictures", "tiers",
    ]  # fmt: skip


def test_titles_in_several_languages_are_told_apart_by_name_or_by_script() -> None:
    assert fields("sku", "英文品名", "品名（繁體）", "title_zh_hans") == {
        "sku": "sku", "英文品名": "title.en", "品名（繁體）": "title.zh-hant", "title_zh_hans": "title.zh-hans",
    }  # fmt: skip
    by_script = fields("sku", "品名", "Product Name", rows=({"品名": "不鏽鋼水壺", "Product Name": "Kettle"},))
    assert by_script == {"sku": "sku", "品名": "title.zh-hant", "Product Name": "title.en"}
    assert fields("sku", "中文品名", rows=({"中文品名": "不锈钢水壶"},)) == {"sku": "sku", "中文品名": "title.zh-hans"}


def test_a_single_title_column_is_told_apart_row_by_row() -> None:
    drafts, _ = imported("sku,title\nA1,Kettle\nA2,不鏽鋼水壺\nA3,不锈钢水壶\n")

    assert [draft.titles for draft in drafts] == [{"en": "Kettle"}, {"zh-hant": "不鏽鋼水壺"}, {"zh-hans": "不锈钢水壶"}]


def test_the_surer_of_two_names_wins_and_the_other_becomes_an_attribute() -> None:
    assert fields("id", "product_id", "name", "title") == {
        "id": "attribute:id", "product_id": "sku", "name": "attribute:name", "title": "title",
    }  # fmt: skip


def test_price_tiers_in_columns_are_found() -> None:
    drafts, errors = imported("sku,title,price_1_99,price_100_499,500+\nA1,Pot,5.20,4.80,4.50\nA2,Pan,,4.8,4\n")
    paired, _ = imported("sku,title,qty1,price1,qty2,price2\nA1,Pot,10,5.20,100,4.80\n")

    assert errors == []
    assert [[(quantity, str(price)) for quantity, price in draft.tiers] for draft in drafts] == [
        [(Decimal(1), "5.20 USD"), (Decimal(100), "4.80 USD"), (Decimal(500), "4.50 USD")],
        [(Decimal(100), "4.80 USD"), (Decimal(500), "4.00 USD")],
    ]
    assert [(quantity, str(price)) for quantity, price in paired[0].tiers] == [
        (Decimal(10), "5.20 USD"),
        (Decimal(100), "4.80 USD"),
    ]


def test_price_tiers_in_json_objects_are_found() -> None:
    drafts, _ = imported(
        '{"sku": "A", "title": "Pot", "tiers": [{"min_quantity": 1, "price": 5.2}, {"min_quantity": 100, "price": 4.8}]}\n'
    )

    assert [(quantity, str(price)) for quantity, price in drafts[0].tiers] == [
        (Decimal(1), "5.20 USD"),
        (Decimal(100), "4.80 USD"),
    ]


def test_a_price_without_its_quantity_is_not_guessed_to_be_a_tier() -> None:
    assert fields("sku", "title", "price1", "price2")["price1"] == "attribute:price1"


@pytest.mark.parametrize(
    ("column", "currency"),
    [
        ("Price (USD)", "USD"),
        ("單價（人民幣）", "CNY"),
        ("price_eur", "EUR"),
        ("US$ price", "USD"),
        ("price ($)", None),
        ("单价（元）", None),
        ("price", None),
    ],
)
def test_a_currency_in_the_name_of_the_price_counts_unless_it_names_several(column: str, currency: str | None) -> None:
    assert guess_mapping(["sku", "title", column], []).currency == currency


def test_a_person_can_change_a_choice_and_the_table_shows_it() -> None:
    mapping = guess_mapping(["code", "label", "price"], [])
    assert mapping.missing == ("title",)
    with pytest.raises(SheetRefused, match="title_column_missing"):
        mapping.require_complete()

    changed = mapping.choose("label", "title").choose("price", None)

    assert changed.missing == ()
    assert [(choice.column, choice.field) for choice in changed.choices] == [("code", "sku"), ("label", "title")]
    assert "(ignored)  price" in str(changed)
    with pytest.raises(SheetRefused, match="mapping_unknown_field"):
        changed.choose("label", "is_verified")
    with pytest.raises(SheetRefused, match="mapping_unknown_column"):
        changed.require_complete(["code"])


def styled(*prices: str) -> tuple[list[str], list[str]]:
    rows = "".join(f'A{number},Pot,"{price}"\n' for number, price in enumerate(prices))
    drafts, errors = imported("sku,title,price\n" + rows)
    return [str(draft.tiers[0][1]) for draft in drafts], [error.code for error in errors]


def test_grouped_numbers_are_read_only_where_the_whole_file_agrees() -> None:
    assert styled("1,234.56", "1,234", "5") == (["1234.56 USD", "1234.00 USD", "5.00 USD"], [])
    assert styled("1.234,56", "1.234", "12,50", "5") == (["1234.56 USD", "1234.00 USD", "12.50 USD", "5.00 USD"], [])
    assert styled("1,234") == ([], ["number_grouped"])
    assert styled("1,234.56", "1.234,56", "7.50") == (["7.50 USD"], ["number_grouped"] * 2)
    assert styled("12,50", "12.50") == (["12.50 USD"], ["number_grouped"])


def test_a_style_that_was_found_asks_for_confirmation() -> None:
    with opened('sku,title,price\nA1,Pot,"1,234.56"\n') as sheet:
        mapping = map_sheet(sheet)

    assert mapping.number_style == "1,234.56"
    assert [(note.code, note.confirm) for note in mapping.notes] == [("number_style", True)]


def test_a_declared_style_is_obeyed() -> None:
    with opened('sku;title;price\nA1;Pot;"1.234"\n') as sheet:
        declared = dataclasses.replace(map_sheet(sheet), number_style="1.234,56")
        assert str(preview(sheet, declared, Defaults()).drafts[0].tiers[0][1]) == "1234.00 USD"


def test_json_numbers_in_text_are_never_regrouped() -> None:
    assert refusals('{"sku": "A", "title": "Pot", "price": "1,234.56"}\n') == [(1, "price", "number_grouped")]


def test_two_columns_for_one_field_are_refused() -> None:
    choice = guess_mapping(["sku"], []).choices[0]

    with pytest.raises(SheetRefused, match="mapping_field_twice"):
        Mapping((choice, dataclasses.replace(choice, column="other")))
