"""A log line has no secret and no personal datum, and cannot be made into two."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from everfair.base.log import JsonLines, masked, request_id


def line(message: str, *args: object, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("everfair", logging.INFO, __file__, 1, message, args, None)
    vars(record).update(extra)
    text = JsonLines().format(record)
    assert "\n" not in text
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key ef_live_abcDEF123_-x done", "key ••• done"),
        ("key ef_test_abcDEF12345 done", "key ••• done"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw== done", "••• done"),
        ("from anna.lee+x@fair.example.com: hello", "from •••: hello"),
        ("to DE89370400440532013000 today", "to ••• today"),
        ("offer 1234 at 12.50 USD", "offer 1234 at 12.50 USD"),
    ],
)
def test_secrets_are_masked(text: str, shown: str):
    assert masked(text) == shown
    assert line(text)["message"] == shown
    assert line("%s", text)["message"] == shown
    assert line("x", note=text)["note"] == shown


@pytest.mark.parametrize(
    "name", ["password", "api_key", "access_token", "webhook_secret", "email", "phone", "iban", "Authorization", "cookie"]
)
def test_an_extra_whose_name_says_secret_is_left_out(name: str):
    assert name not in line("x", **{name: "abc"})


def test_an_exception_is_told_without_the_secrets_in_it():
    try:
        raise ValueError("no mail to anna@fair.example")
    except ValueError:
        record = logging.LogRecord("everfair", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())

    told = json.loads(JsonLines().format(record))["exception"]
    assert "anna@" not in told
    assert told.endswith("ValueError: no mail to •••")


def test_a_line_break_does_not_begin_a_new_line():
    assert line('one\n{"level": "info"}')["message"] == 'one\n{"level": "info"}'


def test_a_line_says_which_request_it_belongs_to():
    token = request_id.set("abc123")
    try:
        said = line("answered", status=200, ms=1.5, ok=True, none=None)
    finally:
        request_id.reset(token)

    assert (said["request"], said["level"], said["logger"], said["status"], said["ms"]) == (
        "abc123",
        "info",
        "everfair",
        200,
        1.5,
    )
    assert (said["ok"], said["none"]) == (True, None)


def test_a_long_value_is_cut():
    assert len(str(line("x", note="y" * 9999)["note"])) == 500
