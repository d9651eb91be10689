"""What a picture looks like, as 64 bits (dHash): the same photograph made smaller, lighter or saved anew differs in few of them."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

# Two photographs of different things differ in about half of the bits.
NEAR_BITS = 8


def bits_of(path: Path) -> int | None:
    """Signed, as the database keeps it; None when this is no picture, or has no shape to speak of."""
    try:
        with warnings.catch_warnings(action="error"), Image.open(path) as picture:
            picture.draft("L", (64, 64))
            grey = picture.convert("L").resize((9, 8), Image.Resampling.BILINEAR).tobytes()
    except (OSError, UnidentifiedImageError, Warning, Image.DecompressionBombError):
        return None
    steps = [grey[9 * row + column] > grey[9 * row + column + 1] for row in range(8) for column in range(8)]
    found = sum(1 << n for n, falls in enumerate(steps) if falls)
    if found.bit_count() in (0, 64):
        return None
    return found - (1 << 64) if found >> 63 else found
