"""Small pictures drawn by the server as SVG: icons, initials, sparklines, the seal. No inline style, so the CSP stays strict."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from lucide.jinja import lucide
from markupsafe import Markup

HUES = 6  # classes hue-0 … hue-5 in parts.css


@lru_cache(maxsize=512)
def icon(name: str, label: str = "", size: int = 20, classes: str = "") -> Markup:
    """A Lucide icon. Decoration by default; with `label` it is an image that says the label aloud."""
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    drawn = lucide(name, size=size, focusable="false", **{"class": f"icon {classes}".strip()}, **spoken)
    return Markup(re.sub(r"\s*\n\s*", "", drawn))  # noqa: S704  drawn by us, attributes escaped by ElementTree


def _letter(name: str) -> str:
    return next((c for c in name if c.isalnum()), "·").upper()


def _hue(name: str) -> int:
    return zlib.crc32(name.encode()) % HUES


@lru_cache(maxsize=2048)
def stand_in(name: str) -> Markup:
    """In place of the picture that an offer does not have: the letter in a double frame, like a stamp."""
    # Put together by hand: a hall draws dozens of them, and `Markup.format` costs ten times as much.
    return Markup(  # noqa: S704  a number and a letter or digit
        f'<svg class="picture stand-in hue-{_hue(name)}" viewBox="0 0 400 300" width="400" height="300" aria-hidden="true">'
        '<rect x="115" y="65" width="170" height="170" stroke-width="4"/><rect x="123" y="73" width="154" height="154"/>'
        f'<text x="200" y="154" text-anchor="middle" dominant-baseline="central">{_letter(name)}</text></svg>'
    )


@lru_cache(maxsize=2048)
def initial(name: str) -> Markup:
    """A stand-in for a missing picture: the first letter on a field whose hue follows from the name."""
    letter, hue = _letter(name), _hue(name)
    return Markup(
        '<svg class="initial hue-{}" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
        '<rect width="40" height="40"/><text x="20" y="21" text-anchor="middle" dominant-baseline="central">{}</text></svg>'
    ).format(hue, letter)


def sparkline(values: Sequence[int | float | Decimal], width: int = 120, height: int = 32) -> Markup:
    """A line through the values, the last one marked. Pair it with a text: the picture itself is silent."""
    if len(values) < 2:
        return Markup("")
    low, high = float(min(values)), float(max(values))
    span = (high - low) or 1.0
    step = (width - 8) / (len(values) - 1)
    points = [(4 + i * step, height - 4 - (float(v) - low) / span * (height - 8)) for i, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"4,{height} {line} {points[-1][0]:.1f},{height}"
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true" focusable="false">'
        '<polygon points="{area}"/><polyline points="{line}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    ).format(w=width, h=height, area=area, line=line, x=points[-1][0], y=points[-1][1])


def shares(parts: Sequence[tuple[int | float | Decimal, str]], gap: float = 0.6) -> Markup:
    """One bar split in proportion; each part is (size, css class)."""
    whole = float(sum(size for size, _ in parts)) or 1.0
    pieces, start = [], 0.0
    for size, name in parts:
        width = float(size) / whole * 100
        seam = 0.0 if start + width > 99.9 else gap
        pieces.append(
            Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%"/>').format(name, start, max(width - seam, 0.3))
        )
        start += width
    return Markup('<svg class="shares" width="100%" height="10" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup("").join(pieces)
    )
