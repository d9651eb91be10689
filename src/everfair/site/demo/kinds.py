"""The kinds of goods of `kinds.csv`, and the offers that follow from one kind: its sizes, features and colours, in three languages."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Words(NamedTuple):
    en: str
    hant: str
    hans: str


class Kind(NamedTuple):
    """`code` is unique in the whole world and begins the SKU; `sizes` carry the factor by which the price changes."""

    cluster: str
    code: str
    category: str
    icon: str
    name: Words
    unit: str
    price: Decimal
    moq: int
    hs_code: str
    lead_days: int
    material: Words
    sizes: tuple[tuple[Words, Decimal], ...]
    features: tuple[Words, ...]
    colours: tuple[str, ...]


class Variant(NamedTuple):
    """One thing to offer: a kind in one size, with one feature, in one colour (or none)."""

    kind: Kind
    size: Words
    factor: Decimal
    feature: Words
    colour: str


# fmt: off
COLOURS = {
    "red": Words("red", "紅色", "红色"), "blue": Words("blue", "藍色", "蓝色"), "black": Words("black", "黑色", "黑色"),
    "white": Words("white", "白色", "白色"), "green": Words("green", "綠色", "绿色"), "grey": Words("grey", "灰色", "灰色"),
    "natural": Words("natural", "原色", "原色"), "silver": Words("silver", "銀色", "银色"), "pink": Words("pink", "粉紅色", "粉红色"),
    "yellow": Words("yellow", "黃色", "黄色"), "orange": Words("orange", "橙色", "橙色"), "navy": Words("navy", "海軍藍", "藏青色"),
    "beige": Words("beige", "米色", "米色"), "brown": Words("brown", "棕色", "棕色"), "mint": Words("mint", "薄荷綠", "薄荷绿"),
    "khaki": Words("khaki", "卡其色", "卡其色"), "wine": Words("wine", "酒紅色", "酒红色"), "gold": Words("gold", "金色", "金色"),
    "teal": Words("teal", "藍綠色", "蓝绿色"), "lilac": Words("lilac", "淡紫色", "淡紫色"),
}
ATTRIBUTES = {
    "colour": Words("colour", "顏色", "颜色"), "size": Words("size", "尺寸", "尺寸"),
    "material": Words("material", "材質", "材质"), "feature": Words("feature", "特點", "特点"),
}
# As they are drawn.
SHADES = {
    "red": "b8322a", "blue": "2f5f9e", "black": "26231f", "white": "fbfaf6", "green": "3c7a4c", "grey": "8b8a86", "natural": "d9c39a",
    "silver": "c3c8cc", "pink": "e7a3b0", "yellow": "e9c64a", "orange": "dd8136", "navy": "24365c", "beige": "ddcdb0", "brown": "7a5236",
    "mint": "a7d6c0", "khaki": "a89a6a", "wine": "6f2237", "gold": "c9a24a", "teal": "2c7f86", "lilac": "b7a3d0",
}
# How the SKU of a good begins: two letters for the cluster, so that a code is unique in the whole world.
_LETTERS = {
    "yiwu": "YW", "wenzhou": "WZ", "taizhou": "TZ", "shaoxing": "SX", "yongkang": "YK", "zhongshan": "ZS",
    "cixi": "CX", "foshan": "FS", "taichung": "TC", "tiruppur": "TP", "quanzhou": "QZ", "jingdezhen": "JD",
}
# fmt: on


@cache
def kinds() -> dict[str, tuple[Kind, ...]]:
    """The kinds of each cluster, in the order of the table."""
    found: dict[str, list[Kind]] = {}
    with (Path(__file__).parent / "kinds.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found.setdefault(row["cluster"], []).append(_kind(row))
    return {cluster: tuple(rows) for cluster, rows in found.items()}


def _kind(row: dict[str, str]) -> Kind:
    return Kind(
        cluster=row["cluster"],
        code=f"{_LETTERS[row['cluster']]}-{row['code']}",
        category=row["category"],
        icon=row["icon"],
        name=Words(row["en"], row["zh_hant"], row["zh_hans"]),
        unit=row["unit"],
        price=Decimal(row["price"]),
        moq=int(row["moq"]),
        hs_code=row["hs_code"],
        lead_days=int(row["lead_days"]),
        material=Words(*row["material"].split("=")),
        sizes=tuple(
            (Words(*texts), Decimal(factor)) for *texts, factor in (size.split("=") for size in row["sizes"].split("; "))
        ),
        features=tuple(Words(*feature.split("=")) for feature in row["features"].split("; ")),
        colours=tuple(row["colours"].split()),
    )


def variants(kind: Kind) -> Iterator[Variant]:
    for size, factor in kind.sizes:
        for feature in kind.features:
            for colour in kind.colours or ("",):
                yield Variant(kind, size, factor, feature, colour)


def titles(variant: Variant, model: str = "") -> dict[str, str]:
    """«Stainless lunch box 900 ml, leak-proof lid, mint, YK-LB-214»; the model only where it is needed to tell two apart."""
    kind, size, feature = variant.kind, variant.size, variant.feature
    colour = COLOURS[variant.colour] if variant.colour else Words("", "", "")
    return {
        "en": ", ".join(filter(None, [f"{kind.name.en} {size.en}", feature.en, colour.en, model])),
        "zh-hant": "，".join(filter(None, [f"{kind.name.hant} {size.hant}", feature.hant, colour.hant, model])),
        "zh-hans": "，".join(filter(None, [f"{kind.name.hans} {size.hans}", feature.hans, colour.hans, model])),
    }


def attributes(colour: str, size: Words | None, material: Words, feature: Words | None = None) -> dict[str, dict[str, str]]:
    """Name → value in each language, what there is of it; `colour` is a code of COLOURS or empty."""
    values = {"colour": COLOURS[colour] if colour else None, "size": size, "material": material, "feature": feature}
    return {
        language: {getattr(ATTRIBUTES[name], script): getattr(words, script) for name, words in values.items() if words}
        for language, script in (("en", "en"), ("zh-hant", "hant"), ("zh-hans", "hans"))
    }


def descriptions(variant: Variant, lead_days: int) -> dict[str, str]:
    """Two sentences about the thing, in each language."""
    kind, feature = variant.kind, variant.feature
    return {
        "en": f"{kind.name.en} of {kind.material.en}, {feature.en}. Samples in 7 days, bulk in {lead_days} days; "
        "your own label and carton marks from the second tier.",
        "zh-hant": f"{kind.name.hant}，材質{kind.material.hant}，{feature.hant}。樣品七天，大貨 {lead_days} 天；第二階起可做貼牌與箱嘜。",
        "zh-hans": f"{kind.name.hans}，材质{kind.material.hans}，{feature.hans}。样品七天，大货 {lead_days} 天；第二档起可做贴牌与箱唛。",
    }
