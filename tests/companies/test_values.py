from __future__ import annotations

import time

import pytest

from everfair.companies.values import BadEmail, address_lines, is_timezone, normal_email, read_phone, shown_phone, skeleton


@pytest.mark.parametrize(
    "imitation",
    ["Alibaba", "ALIBABA", "Аlibaba", "ΑLΙΒΑΒΑ", "AIibaba", "A1ibaba", "Ａｌｉｂａｂａ", "Álíbâbà", "A li ba-ba", "аӏіЬаЬа"],
)
def test_what_the_eye_takes_for_one_name_has_one_skeleton(imitation: str) -> None:
    assert skeleton(imitation) == skeleton("alibaba")


def test_composed_and_decomposed_spellings_have_one_skeleton() -> None:
    assert skeleton("Caf\u00e9 Zu\u0308rich") == skeleton("Cafe\u0301 Z\u00fcrich")


def test_straight_and_sharp_s_and_both_turkish_i_are_one() -> None:
    assert skeleton("Straße") == skeleton("STRASSE")
    assert skeleton("İstanbul") == skeleton("ıstanbul") == skeleton("istanbul")


def test_names_that_differ_to_the_eye_stay_apart() -> None:
    names = ["阿里巴巴", "阿里山", "Aster", "Ester", "กรุงเทพ", "กรุงทพ", "ئۇيغۇر", "𠮷野家", "吉野家"]

    assert len({skeleton(name) for name in names}) == len(names)


def test_a_mailbox_has_one_spelling() -> None:
    assert normal_email("  Info@STRASSE.de ") == normal_email("info@straße.de") == "info@strasse.de"
    assert normal_email("a@bu\u0308cher.example") == normal_email("A@b\u00fccher.example") == "a@xn--bcher-kva.example"


@pytest.mark.parametrize("address", ["a@аррӏе.com", "a@apрle.com", "a@xn--80ak6aa92e.com", "a@ɡoogle.com"])
def test_domains_in_disguise_are_refused(address: str) -> None:
    with pytest.raises(BadEmail) as refused:
        normal_email(address)

    assert refused.value.reason == "homograph"


def test_honest_domains_of_other_scripts_are_welcome() -> None:
    assert normal_email("a@例え.jp") == "a@xn--r8jz45g.jp"
    assert normal_email("a@пример.рф") == "a@xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize(
    "address", ["", "@", "a@", "@b", "nobody", "a@" + "b" * 300 + ".com", "a@xn--\ud800.com", "a@..", "a@b..c"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadEmail):
        normal_email(address)


def test_a_phone_is_kept_in_one_form_and_shown_for_abroad() -> None:
    assert read_phone("(030) 901820", "DE") == read_phone("+49 30 901820", "CN") == "+4930901820"
    assert shown_phone("+4930901820") == "+49 30 901820"


@pytest.mark.parametrize("text", ["12", "+999 1234567", "call me", "030 901820 ext. 7", "1" * 41, "\u0663" * 3])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_phone(text, "DE")


def test_an_address_is_written_as_its_country_writes_it() -> None:
    def written(country: str, line: str, city: str, region: str, postcode: str) -> list[str]:
        return address_lines({"lines": [line], "city": city, "region": region, "postcode": postcode}, country)

    assert written("DE", "Kai 1", "Hamburg", "", "20457") == ["Kai 1", "20457 Hamburg"]
    assert written("US", "1 Main St", "Reno", "NV", "89501") == ["1 Main St", "Reno, NV 89501"]
    assert written("GB", "1 High St", "Bath", "", "BA1 1AA") == ["1 High St", "Bath", "BA1 1AA"]
    assert written("CN", "中山路1号", "宁波市", "浙江省", "315000") == ["315000", "浙江省宁波市中山路1号"]
    assert written("CN", "1 Zhongshan Rd", "Ningbo", "Zhejiang", "315000") == ["1 Zhongshan Rd", "Ningbo 315000", "Zhejiang"]
    assert address_lines({}, "CN") == []


def test_time_zones_are_those_of_the_database() -> None:
    assert is_timezone("Asia/Taipei")
    assert not is_timezone("../etc/passwd")


def test_long_input_costs_little() -> None:
    """B47: nothing here grows faster than its input."""
    began_s = time.perf_counter()

    for bad in ("a@" + "a." * 5000, "a" * 10_000 + "@b.c", "é\u0301" * 100_000):
        with pytest.raises(BadEmail):
            normal_email(bad)
    skeleton("Ж" * 10_000)

    assert time.perf_counter() - began_s < 5
