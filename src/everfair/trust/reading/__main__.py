"""`python -m everfair.trust.reading`: reads one paper and ends. Asked on standard input, answers on standard output, both JSON.

Asked: {"path", "media_type"}. Answers: {"lines": [{page, left, top, width, height, text, confidence}]} in pixels of the page as it was
read. A stranger drew this picture: the process may take 3 GiB and two minutes of one processor, writes no file and speaks to nobody.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any

MEMORY = 3 * 1024**3
CPU_S = 120
PAGES = 3
# The longest side of a page as it is read: A4 at some 190 dots per inch.
SIDE = 2200
LINES = 300
LENGTH = 300


def main() -> None:
    confine()
    asked = json.load(sys.stdin)
    lines = [line for number, page in enumerate(pages(asked["path"], asked["media_type"]), 1) for line in read(page, number)]
    json.dump({"lines": lines[:LINES]}, sys.stdout)


def confine() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_speak_to_nobody)


def _speak_to_nobody(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.exec", "os.fork"):
        raise PermissionError(f"who reads papers does no {event}")


def pages(path: str, media_type: str) -> Iterator[Any]:
    """Each page as an RGB picture of at most SIDE pixels a side: a picture has one, of a PDF the first three."""
    from PIL import Image, ImageOps

    if media_type != "application/pdf":
        with Image.open(path) as picture:
            picture.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((SIDE, SIDE))
            yield upright
        return
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for number in range(min(PAGES, len(document))):
        page = document[number]
        yield page.render(scale=SIDE / max(1.0, *page.get_size())).to_pil().convert("RGB")


def read(page: Any, number: int) -> list[dict[str, Any]]:
    """The lines of a page, from the top."""
    import numpy

    found = _engine()(numpy.asarray(page)[:, :, ::-1])
    if found.txts is None:
        return []
    lines = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
        lines.append(
            {"page": number, "left": round(float(left)), "top": round(float(top)), "width": round(float(right - left)),
             "height": round(float(bottom - top)), "text": text[:LENGTH], "confidence": round(float(score), 3)}
        )  # fmt: skip
    return sorted(lines, key=lambda line: (line["top"], line["left"]))


_made: list[Any] = []


def _engine() -> Any:
    """Once for all pages: the models take a second or two to load, from the wheel."""
    if not _made:
        from rapidocr import RapidOCR

        threads = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}
        settings = {f"EngineConfig.onnxruntime.{name}": value for name, value in threads.items()}
        _made.append(RapidOCR(params={"Global.log_level": "error", **settings}))
    return _made[0]


if __name__ == "__main__":
    main()
