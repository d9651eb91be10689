"""What a picture looks like, as 64 bits (dHash): the same photograph made smaller, lighter or saved anew differs in few of them."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError


def bits_of(picture: Path | bytes) -> int | None:
    """Signed, as the database keeps it; None when this is no picture, or has no shape to speak of."""
    try:
        source = io.BytesIO(picture) if isinstance(picture, bytes) else picture
        with warnings.catch_warnings(action="error"), Image.open(source) as image:
            image.draft("L", (64, 64))
            grey = image.convert("L").resize((9, 8), Image.Resampling.BILINEAR).tobytes()
    except (OSError, UnidentifiedImageError, Warning, Image.DecompressionBombError):
        return None
    steps = [grey[9 * row + column] > grey[9 * row + column + 1] for row in range(8) for column in range(8)]
    found = sum(1 << n for n, falls in enumerate(steps) if falls)
    if found.bit_count() in (0, 64):
        return None
    return found - (1 << 64) if found >> 63 else found
