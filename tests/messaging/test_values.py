"""Card numbers are hidden, bait is found, foreign links are refused."""

import pytest

from everfair.messaging.values import find_bait, local_link, mask_cards

VISA, AMEX = "4111111111111111", "378282246310005"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"card {VISA}.", "card •••• •••• •••• 1111."),
        ("4111 1111 1111 1111", "•••• •••• •••• 1111"),
        ("4111-1111-1111-1111 exp 10/30", "•••• •••• •••• 1111 exp 10/30"),
        ("3782 822463 10005", "•••• •••• •••• 0005"),
        (f"5 {VISA[:4]} {VISA[4:]}", "5 •••• •••• •••• 1111"),
        ("４１１１ １１１１ １１１１ １１１１", "•••• •••• •••• 1111"),
        (f"{AMEX} and {VISA}", "•••• •••• •••• 0005 and •••• •••• •••• 1111"),
    ],
)
def test_a_card_number_keeps_its_last_four_digits_only(text, kept):
    assert mask_cards(text) == kept


@pytest.mark.parametrize(
    "text",
    ["4111111111111112", "order 123456789012", "12345678901234567890123", "10,000 pcs at 1.25 USD, HS 85177900"],
)
def test_other_numbers_stay_as_they_are(text):
    assert mask_cards(text) == text


def test_thousands_of_digits_are_looked_at_at_once():
    text = "4111 1111 1111 1111 " * 5000

    assert mask_cards(text).count("•••• •••• •••• 1111") == 5000


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to sales@factory.example", ("email",)),
        ("sales (at) factory (dot) com", ("email",)),
        ("+86 138 0013 8000", ("phone",)),
        ("13800138000", ("phone",)),
        ("電話 02-2345-6789", ("phone",)),
        ("pay to DE89370400440532013000 today", ("bank_account",)),
        ("加我微信 abc123", ("messenger",)),
        ("my WeChat is abc", ("messenger",)),
        ("we need 10,000 pieces at USD 1.25, HS 85177900, ship by 2026-12-01", ()),
        ("GB00WEST12345698765432 is no account", ()),
    ],
)
def test_bait_away_from_the_platform_is_recognised(text, kinds):
    assert find_bait(text) == kinds


def test_a_link_is_written_in_the_readers_language():
    assert local_link("/en/rfqs/1/", "zh-hant", ["en", "zh-hant"]) == "/zh-hant/rfqs/1/"
    assert local_link("/rfqs/1/", "en", ["en", "zh-hant"]) == "/en/rfqs/1/"


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "/\\evil.example", "rfqs/1/", "/a\nb"])
def test_a_foreign_link_is_refused(link):
    with pytest.raises(ValueError):
        local_link(link, "en", ["en"])
