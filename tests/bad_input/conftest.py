"""The same two companies as the authorisation matrix has, and the same valid requests. At the end it says how many were sent."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.house.matrix.conftest import _in_english, _unhurried, world

__all__ = ["_in_english", "_unhurried", "world"]
_sent: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """With several processes the first one hears of every report."""
    if report.when == "call":
        _sent["bad input"] += sum(value for name, value in report.user_properties if name == "requests")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _sent["bad input"]:
        terminalreporter.write_line(f"{_sent['bad input']:,} requests with bad input were generated")
