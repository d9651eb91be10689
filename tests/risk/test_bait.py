"""What leads off the platform, however it is spelled; and honest messages full of numbers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.risk.signals.bait import bait, baits
from everfair.risk.signals.spelling import plain, runs
from tests.risk.invented import AT, PRICES, SETTINGS, message, supplier


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call me eight six one three eight zero zero one three eight", "phone"),
        ("my number is +86 138 0013 8000", "phone"),
        ("电话 １３８００１３８０００", "phone"),
        ("一三八零零一三八零零零", "phone"),
        ("1 3 8 0 0 1 3 8 0 0 0", "phone"),
        ("1-3-8-0-0-1-3-8-0-0-0", "phone"),
        ("l38oo138ooo", "phone"),
        ("8️⃣6️⃣1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣", "phone"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", "phone"),
        ("double eight six one triple three nine nine", "phone"),
        ("mobile: 0044 20 7946 0958", "phone"),
        ("w h a t s a p p me", "messenger"),
        ("W.e.C.h.a.t: tom", "messenger"),
        ("wh4tsapp: x", "messenger"),
        ("wh\u200bats\u200bapp", "messenger"),
        ("加我微信 abc123", "messenger"),
        ("加我v信", "messenger"),
        ("skype live:tom", "messenger"),
        ("qq 123456789", "messenger"),
        ("mail jack at gmail dot com", "email"),
        ("jack@factory.cn", "email"),
        ("jack＠factory.cn", "email"),
        ("pay by Western Union please", "pay"),
        ("cheaper if you transfer directly to my boss's account", "pay"),
        ("we can trade outside the platform", "pay"),
        ("站外付款便宜", "pay"),
        ("西聯匯款", "pay"),
        ("IBAN DE89 3704 0044 0532 0130 00 thanks", "account"),
        ("send to gb82west12345698765432", "account"),
        ("账号 6222 0212 3456 7890 123", "account"),
    ],
)
def test_it_is_found_however_it_is_spelled(text, kind):
    assert kind in baits(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can we chat tomorrow about 1,000 pcs at 20,000 USD?",
        "Delivery on 2011-03-04, 500 pcs; 2011.03.04 10:30",
        "HS code 8517120000, lot 20110304",
        "12.50 / 11.80 / 11.20 USD for 100 / 500 / 1000 pcs",
        "MOQ 100, model BT500, one or two or three colours",
        "T/T 30% deposit through the platform",
        "120x80x60 cm, 20 cartons, 12 kg each, carton 54 x 33 x 28",
        "我们一九九八年成立，二零一一年三月参加展会",
        "一件起批，三天发货",
        "tracking no. 1Z999AA10123456784",
        "Please pay through the platform escrow",
        "EAN 4006381333931, barcode 6901234567892 on each box",
        "USD 1,200,000.00 for 10,000,000 pcs",
        "battery 10000 mAh 5000 mAh 2000 mAh",
        "Our account manager answers within a day",
        "five six seven eight pieces",
        "DE89 3704 0044 0532 0130 01 is the part number",
    ],
)
def test_an_honest_message_full_of_numbers_is_none(text):
    assert baits(text) == frozenset()


def test_spelling_to_hide_is_said_as_such():
    assert "hidden" in baits("w h a t s a p p me")
    assert "hidden" in baits("一三八零零一三八零零零")
    assert "hidden" not in baits("电话 13800138000")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000, "a " * 5_000, "a@" * 5_000, "1 " * 5_000, "de12 " * 2_000, "aa at bb " * 1_111, "." * 10_000, "outside the " * 833,
        "payment the money " * 555, "一" * 10_000, "account " * 1_250 + "1", "a.-_" * 2_500, "ﷺ" * 10_000, "my personal own " * 625,
        "gb82" * 2_500, "call" + " " * 9_996, "one " * 2_500, "x@" + "a-" * 4_999, "qq " * 3_333, "\u200b" * 10_000,
    ],
)  # fmt: skip
def test_ten_thousand_characters_take_no_time_whatever_they_are(text):
    baits.cache_clear()
    started = time.process_time()

    baits(text)

    assert time.process_time() - started < 5


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_no_text_breaks_it_and_a_run_holds_only_digits(text):
    baits(text)

    assert all(run.digits.isascii() and run.digits.isdigit() for run in runs(plain(text)))


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from("0123456789"), min_size=9, max_size=12),
    st.sampled_from(["", " ", ".", "-", " - ", "_"]),
    st.integers(0, 3),
)
def test_a_number_after_a_cue_is_found_in_every_spelling(digits, gap, how):
    english = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    spelled = [
        digits, [chr(ord("０") + int(d)) for d in digits], ["零一二三四五六七八九"[int(d)] for d in digits], [english[int(d)] for d in digits],
    ][how]  # fmt: skip

    assert "phone" in baits("call me: " + (gap or (" " if how == 3 else "")).join(spelled))


def test_one_buyer_may_be_a_courtesy_and_many_are_a_habit():
    text = "call me +86 138 0013 8000"
    one = bait(supplier(messages=tuple(message(text) for _ in range(9))), PRICES, AT, SETTINGS)
    many = bait(supplier(messages=tuple(message(text, f"b{i}") for i in range(9))), PRICES, AT, SETTINGS)

    assert 0 < one.points < many.points
    assert bait(supplier(messages=(message(text, days=400), message("Thank you."))), PRICES, AT, SETTINGS) is None
