"""Pictures: judged by their content, decoded once within bounds, and encoded anew, so that nothing hidden in them survives."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from everfair.files.refusals import refused
from everfair.files.values import PICTURE_PIXELS, PICTURE_TYPES, PICTURE_WIDTHS

# A picture taller than this many times its width is cut down to that height too: WebP ends at 16,383 pixels.
_TALLEST = 4
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture in our sizes: WebP bytes by width, and the size of the largest."""

    by_width: dict[int, bytes]
    width: int
    height: int
    media_type: str


def look(content: bytes) -> Image.Image:
    """The opened, not yet decoded picture; refuses other content and too many pixels before a single one is decoded (B5)."""
    try:
        image = Image.open(io.BytesIO(content), formats=tuple(PICTURE_TYPES))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many() from None
    except UnidentifiedImageError:
        raise refused("not_a_picture") from None
    except (OSError, ValueError, SyntaxError, OverflowError):
        raise refused("picture_damaged") from None
    if image.width * image.height > PICTURE_PIXELS:
        raise _too_many()
    if not image.width or not image.height:
        raise refused("picture_damaged")
    return image


def encode(content: bytes) -> Encoded:
    """The first frame, upright, without any metadata, at each of our widths (never larger than it came)."""
    image = look(content)
    media_type = PICTURE_TYPES[str(image.format)]
    largest = PICTURE_WIDTHS[-1]
    try:
        if image.format == "JPEG":
            # Decodes at a fraction of the size where the picture is far larger than we keep it.
            image.draft("RGB", (largest * 2, largest * 2))
        image.load()
        upright = ImageOps.exif_transpose(image)
        has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        plain = upright.convert("RGBA" if has_alpha else "RGB")
        found: dict[int, bytes] = {}
        for width in sorted(PICTURE_WIDTHS, reverse=True):
            plain.thumbnail((width, width * _TALLEST), Image.Resampling.LANCZOS)
            if width == largest:
                size = plain.size
            out = io.BytesIO()
            plain.save(out, "WEBP", quality=_QUALITY, method=4, exif=b"", icc_profile=None, xmp=b"")
            found[width] = out.getvalue()
    except (OSError, ValueError, SyntaxError, OverflowError, EOFError, Image.DecompressionBombError):
        raise refused("picture_damaged") from None
    return Encoded(found, *size, media_type)


def _too_many() -> Exception:
    return refused("picture_pixels", limit=PICTURE_PIXELS // 1_000_000)
