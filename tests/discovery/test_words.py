import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc_purepy import OpenCC

from everfair.discovery import words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Café CRÈME", "cafe creme"),
        ("Straße ŁÓDŹ Ærø", "strasse lodz aero"),
        ("ＡＢＣ１２３", "abc123"),
        ("Women's 1,000 pcs", "womens 1000 pcs"),
        ("不鏽鋼保溫杯", "不锈钢保温杯"),
        ("雷射切割機", "激光切割机"),
        ("a\x00b\ud800c\u200bd", "a b c d"),
        ("がぎ", "がぎ"),
        ("1,5 mm", "1,5 mm"),
    ],
)
def test_different_spellings_fold_to_one(written, folded):
    assert words.fold(written) == folded


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("5 kg", ["5kg"]),
        ("5kg", ["5kg"]),
        ("5-KG", ["5kg"]),
        ("2 lbs and 1.5 Litres", ["2lb", "1.5l"]),
        ("500毫升", ["500ml"]),
        ("pack of 6", ["6pack"]),
        ("6-Pack", ["6pack"]),
        ("M8 × 50", ["m8x50", "m8"]),
        ("m8x50", ["m8x50", "m8"]),
        ("AB-12/4", ["ab124"]),
        ("AB124", ["ab124"]),
        ("10 x 20 x 3.5", ["10x20x3.5"]),
        ("hand-held red", []),
    ],
)
def test_measures_sizes_and_part_numbers_have_one_spelling(written, codes):
    assert words.codes(written) == codes


def test_a_decimal_number_is_one_word():
    assert words.plain_words(words.fold("3.5mm jack, 1.25 A.")) == ["3.5mm", "jack", "1.25", "a"]


def test_words_of_serial_noise_are_left_out():
    assert words.plain_words("bolt " + "x" * 49) == ["bolt"]


def test_chinese_is_split_with_the_shorter_words_inside():
    assert words.han_words("不锈钢保温杯 steel") == ["不锈", "不锈钢", "保温", "保温杯"]
    assert words.han_slots("不锈钢保温杯") == ["不锈钢", "保温杯"]
    assert words.han_parts("不锈钢") == ["不锈"]


def test_folded_chinese_returns_in_the_readers_characters():
    assert words.in_script_of("zh-Hant", "不锈钢") == "不鏽鋼"
    assert words.in_script_of("zh-Hans", "不锈钢") == "不锈钢"


def test_a_stock_number_is_letters_and_figures_alone():
    assert words.compact(" Ab-12/4. ") == "ab124"


@given(st.text(st.characters(), max_size=200))
def test_folding_twice_changes_nothing_and_everything_can_be_written_down(text):
    folded = words.fold(text)

    folded.encode("utf-8")
    assert words.plain_words(words.fold(folded)) == words.plain_words(folded)


@given(st.text(st.sampled_from("ab1.5-/_x ×*,' kgmm包装克"), max_size=400))
def test_no_text_is_too_strange_for_codes(text):
    assert all(code and len(code) <= words.LONGEST_WORD for code in words.codes(text))


@pytest.mark.parametrize("kind", ["tw2sp", "s2t"])
@given(st.lists(st.sampled_from("不鏽鋼保溫杯滑鼠墊軟體後面頭髮發展乾燥干預資訊計程車里程 abc，。一二三台灣"), max_size=40))
def test_characters_are_replaced_as_opencc_does(kind, letters):
    text = "".join(letters)

    assert words._converter(kind).convert(text) == OpenCC(kind).convert(text)


def test_a_phrase_is_replaced_whole_before_its_characters():
    assert words.fold("滑鼠墊與軟體") == "鼠标垫与软件"


def test_words_of_every_script_stand_in_one_text():
    assert words.all_words("KRAFT bag 不鏽鋼 2.5") == "kraft bag 2.5 不锈 不锈钢"
