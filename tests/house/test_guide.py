"""The guide says what is: pages written from the code are fresh, and nothing an operator may set or run is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import everfair
from everfair.base.events import catalogue
from everfair.markets.rules import RULES
from everfair.site import guide
from everfair.site.cli.table import COMMANDS

ROOT = Path(everfair.__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PICTURES = ROOT / "docs" / "pictures"
WRITTEN_BY_HAND = (
    "README.md", "joining.md", "buyers.md", "suppliers.md", "finance.md", "arbitrators.md", "operators.md", "integrators.md",
    "inspectors.md", "closing.md", "providers.md", "verification.md", "risk.md", "screening.md",
)  # fmt: skip


def test_generated_pages_are_fresh():
    assert guide.stale() == [], "write them by `python -m everfair.site.guide write`"


def test_every_setting_is_explained_and_every_explained_setting_is_used():
    explained, used = set(guide.OPERATORS) | set(guide.OURS), guide.variables_used()
    # Each sandbox has its own, made of how they begin.
    beginnings = {name for name in used - explained if any(each.startswith(f"{name}_") for each in explained)}
    made = {each for each in explained if any(each.startswith(f"{name}_") for name in beginnings)}

    assert sorted(used - explained - beginnings) == []
    assert sorted(explained - used - made) == []


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


def test_every_page_is_reached_from_the_first():
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", (GUIDE / "README.md").read_text()))

    assert sorted({page.name for page in GUIDE.glob("*.md")} - linked - {"README.md"}) == []


def pictures_of(page: Path) -> list[Path]:
    """What a page shows; each has words for those who do not see it."""
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text())
    assert all(words.strip() for words, _target in shown), f"{page.name} shows a picture without words"
    return [(page.parent / target).resolve() for _words, target in shown]


def test_every_picture_is_there_and_shown_and_small():
    pages = [ROOT / "README.md", *GUIDE.glob("*.md")]
    shown = {picture for page in pages for picture in pictures_of(page)}
    kept = set(PICTURES.glob("*.png"))

    assert sorted(path.name for path in shown - kept) == [], "shown, but not there"
    assert sorted(path.name for path in kept - shown) == [], "there, but no page shows it"
    assert [path.name for path in sorted(kept) if path.stat().st_size > 120_000] == []


def test_every_picture_is_taken_by_the_script():
    taken = set(re.findall(r'\.take\(\s*"([a-z-]+)"', (PICTURES / "take.py").read_text()))

    assert taken == {path.stem for path in PICTURES.glob("*.png")}


@pytest.mark.parametrize("name", ["buyers", "suppliers", "inspectors", "arbitrators"])
def test_who_trades_sees_their_pages(name):
    page = GUIDE / f"{name}.md"

    assert 3 <= len(pictures_of(page)) <= 8
    assert len(page.read_text().splitlines()) <= 250


def test_rules_are_named_as_they_are_called():
    known = set(RULES)
    for page in GUIDE.glob("*.md"):
        if page.name in ("events.md", "rules.md", "states.md", "integrators.md"):
            continue
        named = set(
            re.findall(r"`((?:trade|trust|disputes|reviews|sourcing|payments|files|companies)\.[a-z_]+)`", page.read_text())
        )
        assert sorted(named - known) == [], page.name
