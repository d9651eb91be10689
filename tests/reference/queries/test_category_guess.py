import gzip
import json
import time

import pytest

from everfair.reference.queries import categories, explain_category, guess_category
from everfair.reference.values import UNSORTED
from tests.data import shared_data


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (["Books", "Literature & Fiction"], "media/fiction"),
        (["Books", "Business & Money", "Management"], "media/non-fiction"),
        (["Electronics", "Computers & Accessories", "Laptop Accessories", "Stands"], "electronics/computer-accessories"),
        (["Electronics", "Headphones, Earbuds & Accessories", "Headphones & Earbuds"], "electronics/audio"),
        (["Clothing, Shoes & Jewelry", "Women", "Shoes", "Sandals"], "shoes/sandals-slippers"),
        (["Clothing, Shoes & Jewelry", "Men", "Shoes", "Athletic"], "shoes/sports-shoes"),
        (["Clothing, Shoes & Jewelry", "Men", "Clothing", "Swim"], "apparel/swimwear"),
        (["Clothing, Shoes & Jewelry", "Women", "Clothing", "Dresses"], "apparel/womens-clothing"),
        (["Clothing, Shoes & Jewelry", "Baby", "Baby Boys", "Clothing"], "apparel/baby-clothing"),
        (["Pet Supplies", "Dogs", "Feeding & Watering Supplies", "Bowls & Dishes"], "pets/feeding-bowls"),
        (["Home & Kitchen", "Kitchen & Dining", "Dining & Entertaining", "Dinnerware & Serveware"], "home/tableware"),
        (["Industrial & Scientific", "Fasteners", "Screws"], "hardware/fasteners"),
        (["Apparel", "Workwear"], "apparel/workwear-uniforms"),
        (["五金", "紧固件", "螺丝"], "hardware/fasteners"),
        (["五金", "緊固件", "螺絲"], "hardware/fasteners"),
        (["女装", "连衣裙"], "apparel/womens-clothing"),
        (["女裝", "連衣裙"], "apparel/womens-clothing"),
        (["家居用品", "厨具"], "home/kitchen-tools"),
        (["数码", "蓝牙耳机"], "electronics/audio"),
        (["數碼", "藍牙耳機"], "electronics/audio"),
        (["機械", "注塑機"], "machinery/plastic-rubber-machinery"),
        (["农产品", "水果", "苹果"], "agriculture/fruit"),
    ],
)
def test_a_foreign_path_finds_its_category(path, code):
    found, confidence = guess_category(path)

    assert found == code
    assert 0.3 <= confidence <= 1.0


@pytest.mark.parametrize(
    ("title", "brand", "code"),
    [
        ("Stainless Steel Hex Bolt M8, Pack of 50", "", "hardware/fasteners"),
        ("Apple EarPods with Lightning Connector - White", "Apple", "electronics/audio"),
        ("UGG Women's Ansley Slipper, Chestnut, 7", "UGG", "shoes/sandals-slippers"),
        ("不锈钢螺丝", "", "hardware/fasteners"),
        ("Sports Water Bottle 750 ml", "", "home/drinkware"),
    ],
)
def test_a_title_alone_can_be_enough(title, brand, code):
    assert guess_category([], title, brand)[0] == code


@pytest.mark.parametrize(
    ("path", "title"),
    [([], ""), ([""], "  "), (["Misc"], "Item 5"), (["???"], "!!!"), (["Zubehör"], "XJ-900"), (["Everything"], "")],
)
def test_words_that_say_too_little_leave_it_unsorted(path, title):
    assert guess_category(path, title) == (UNSORTED, 0.0)


def test_a_guess_says_which_words_decided():
    guess = explain_category(["Pet Supplies", "Dogs", "Feeding & Watering Supplies", "Bowls & Dishes"])

    assert guess.code == "pets/feeding-bowls"
    assert guess.because == ("feeding watering supply", "dog + bowl dish")


def test_the_path_outweighs_the_title():
    assert guess_category(["Pet Supplies", "Dogs", "Toys"], "Rubber Basketball")[0] == "pets/pet-toys"


def test_long_input_costs_little():
    started = time.perf_counter()

    guess_category(["dog " * 100_000] * 1_000, "screw " * 100_000, "x" * 1_000_000)

    assert time.perf_counter() - started < 5


def test_every_category_is_named_by_its_own_english_and_chinese_name():
    """A supplier who exports our own tree and imports it again ends in the same category."""
    astray = []
    for each in categories().values():
        if each.is_hall or each.hall == "unsorted":
            continue
        hall = categories()[each.hall]
        for names in zip(hall.names, each.names, strict=True):
            if (found := guess_category(list(names))[0]) != each.code:
                astray.append((names, found))

    assert astray == []


def test_real_products_find_a_category():
    with gzip.open(shared_data("search-esci") / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        products = [json.loads(line) for line in lines]

    guesses = [guess_category(each["category"] or [], each["title"], each["brand"] or "") for each in products]

    assert len(products) == 6764
    assert sum(code != UNSORTED for code, _ in guesses) / len(guesses) >= 0.95
    assert {code for code, _ in guesses} <= set(categories())
    again = [guess_category(each["category"] or [], each["title"], each["brand"] or "") for each in products[:500]]
    assert again == guesses[:500]


# Read and judged by a person: the category of a product says where a buyer would look for it.
@pytest.mark.parametrize(
    ("path", "title", "code"),
    [
        (["Clothing, Shoes & Jewelry", "Women", "Clothing", "Swimsuits & Cover Ups"], "Halter One Piece", "apparel/swimwear"),
        (["Clothing, Shoes & Jewelry", "Men", "Uniforms, Work & Safety", "Clothing"], "Cargo Pant", "apparel/workwear-uniforms"),
        (["Clothing, Shoes & Jewelry", "Men", "Shoes", "Athletic", "Team Sports", "Basketball"], "Zoom 5", "shoes/sports-shoes"),
        (["Toys & Games", "Collectible Toys", "Card Storage & Display"], "Deck Case 80+", "toys/collectibles"),
        (["Office Products", "Binders & Binding Systems", "Binders"], "3 Ring Binder", "office/filing-binding"),
        (["Health & Household", "Oral Care", "Toothpaste"], "Charcoal, 4 oz", "beauty/oral-care"),
        (["Grocery & Gourmet Food", "Pantry Staples", "Sauces"], "Hot Sauce", "food/sauces-seasonings"),
        (["Tools & Home Improvement", "Power & Hand Tools", "Power Tools", "Saws"], "Band Saw Kit", "tools/power-tools"),
        (
            ["Beauty & Personal Care", "Hair Care", "Hair Extensions, Wigs & Accessories", "Wigs"],
            "Short Bob",
            "beauty/wigs-extensions",
        ),
    ],
)
def test_a_buyer_finds_it_where_one_would_look(path, title, code):
    assert guess_category(path, title)[0] == code
