import pytest

from everfair.reference.queries import hs_form


@pytest.mark.parametrize(
    ("text", "digits"),
    [("8471", "8471"), ("847130", "847130"), ("8471.30", "847130"), ("8471.30.00", "84713000"), (" 8471 30 00 00 ", "8471300000"),
     ("0101", "0101"), ("9706", "9706")],
)  # fmt: skip
def test_an_hs_code_is_kept_as_its_digits(text, digits):
    assert hs_form(text) == digits


@pytest.mark.parametrize(
    "text",
    ["", "84", "847", "84713", "847130000000", "0001", "7701", "9801", "9999", "8471.", ".8471", "84..71", "8471-30",
     "８４７١", "٨٤٧١",
     "8471\n30", "abcd", "8" * 10_000],
)  # fmt: skip
def test_what_has_another_form_is_refused(text):
    with pytest.raises(ValueError, match="HS c"):
        hs_form(text)
