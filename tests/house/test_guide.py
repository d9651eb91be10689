"""The guide says what is: pages written from the code are fresh, and nothing an operator may set or run is left out."""

from __future__ import annotations

import re
from pathlib import Path

import everfair
from everfair.base.events import catalogue
from everfair.site import guide
from everfair.site.cli.table import COMMANDS

GUIDE = Path(everfair.__file__).parents[2] / "docs" / "guide"
WRITTEN_BY_HAND = (
    "README.md", "joining.md", "buyers.md", "suppliers.md", "finance.md", "arbitrators.md", "operators.md", "integrators.md",
    "inspectors.md",
)  # fmt: skip


def test_generated_pages_are_fresh():
    assert guide.stale() == [], "write them by `python -m everfair.site.guide write`"


def test_every_setting_is_explained_and_every_explained_setting_is_used():
    explained = set(guide.OPERATORS) | set(guide.OURS)

    assert sorted(guide.variables_used() - explained) == []
    assert sorted(explained - guide.variables_used()) == []


def test_every_event_stands_in_the_catalogue_with_who_says_it():
    page = (GUIDE / "events.md").read_text()
    said = guide.emitters()

    assert [name for name in catalogue() if f"| `{name}` |" not in page] == []
    assert [name for name in catalogue() if not said[name]] == [], "declared, but nobody says it"


def test_every_command_is_on_its_page():
    page = (GUIDE / "commands.md").read_text()

    assert [name for name in COMMANDS if f"## {name}\n" not in page] == []


def test_what_is_written_by_hand_names_only_what_is_there():
    for name in WRITTEN_BY_HAND:
        text = (GUIDE / name).read_text()
        commands = set(re.findall(r"bin/everfair (?:--data \S+ )?([a-z][a-z-]+)", text))
        assert commands <= set(COMMANDS), name
        settings = set(guide._NAME.findall(text))
        assert settings <= set(guide.OPERATORS), name
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert link.startswith("http") or (GUIDE / link).exists(), f"{name} links to {link}"
