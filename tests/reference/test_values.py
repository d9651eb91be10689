from decimal import Decimal

import pytest

from everfair.reference.values import LANGUAGES, Names, Unit, closest_language, name_in

NAMES = Names("box", "盒(繁)", "盒(简)")


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"), ("en-GB", "en"), ("fr", "en"), ("", "en"),
        ("zh", "zh-hans"), ("zh-CN", "zh-hans"), ("zh_SG", "zh-hans"), ("zh-hans", "zh-hans"), ("zh-Hans-HK", "zh-hans"),
        ("zh-TW", "zh-hant"), ("zh_HK", "zh-hant"), ("zh-MO", "zh-hant"), ("zh-Hant", "zh-hant"), ("zh-hant-CN", "zh-hant"),
        ("x" * 10_000, "en"),
    ],
)  # fmt: skip
def test_every_tag_has_a_closest_language(tag, code):
    assert closest_language(tag) == code


def test_a_name_is_picked_in_the_readers_language():
    assert [name_in(NAMES, language) for language in ("en", "zh-hant", "zh-hans", "zh-TW", "de")] == [
        "box", "盒(繁)", "盒(简)", "盒(繁)", "box",
    ]  # fmt: skip


def test_languages_are_called_as_their_speakers_call_them():
    assert {code: language.endonym for code, language in LANGUAGES.items()} == {
        "en": "English",
        "zh-hant": "繁體中文",
        "zh-hans": "简体中文",
    }
    assert all(code == language.code for code, language in LANGUAGES.items())


@pytest.mark.parametrize(
    ("decimals", "quantity", "allowed"),
    [
        (0, "3", True), (0, "3.0", True), (0, "3E+2", True), (0, "0.3333", False), (0, "0", False), (0, "-1", False),
        (3, "0.125", True), (3, "0.1250", True), (3, "0.1255", False), (3, "NaN", False), (3, "Infinity", False),
    ],
)  # fmt: skip
def test_a_unit_bears_only_so_many_places(decimals, quantity, allowed):
    unit = Unit("X", "", NAMES, "piece", decimals)

    assert unit.allows(Decimal(quantity)) is allowed
    assert unit.fractions_allowed is (decimals > 0)
