"""The stylesheets: small, without dead rules, and the same in both directions of writing."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import django_htmx
import pytest

import everfair

PACKAGE = Path(everfair.__file__).parent
SHEETS = sorted(PACKAGE.glob("*/static/*/*.css"))
OURS = sorted(PACKAGE.glob("*/static/everfair/*.*s"))
# Classes that no template spells out, and who writes them.
WRITTEN_ELSEWHERE = re.compile(r"htmx-request|hue-\d|swatch-[a-z-]+|never")


def rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)


def classes(css: str) -> set[str]:
    return {name for selector in re.findall(r"([^{}]+)\{", css) for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)}


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_every_class_of_a_stylesheet_is_used_on_some_page(path):
    sources = [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("*.py"), *PACKAGE.glob("*/static/*/*.js")]
    used = set(re.findall(r"[\w-]+", "\n".join(source.read_text() for source in sources)))

    assert {name for name in classes(rules(path)) if name not in used and not WRITTEN_ELSEWHERE.fullmatch(name)} == set()


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_no_rule_names_left_or_right(path):
    physical = re.findall(
        r"(?:margin|padding|border|inset|scroll-margin)-(?:left|right)\b|(?<![\w-])(?:left|right|float):|text-align:\s*(?:left|right)",
        rules(path),
    )

    assert physical == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_breakpoints_follow_the_size_of_the_type(path):
    """A media query in em asks the browser's own size: chosen large type would keep the wide page's layout."""
    assert re.findall(r"@media[^{]*width", rules(path)) == []


def test_what_every_page_sends_is_within_its_bound():
    """As it travels, compressed: our stylesheets and modules with htmx, and the heaviest stylesheet of a single page."""
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    common = sum(len(gzip.compress(path.read_bytes(), 9)) for path in [*OURS, htmx])
    own = max(len(gzip.compress(path.read_bytes(), 9)) for path in SHEETS if path not in OURS)

    assert len(OURS) >= 10
    assert common + own <= 40_000


def test_our_own_part_of_it_stays_small_even_unpacked():
    sizes = {path.name: path.stat().st_size for path in OURS}

    assert sum(sizes.values()) <= 57_500, sizes
