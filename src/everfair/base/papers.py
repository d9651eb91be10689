"""Sets JSON on paper with typst.

One compiler per folder of templates and process: it keeps the fonts mapped and the templates parsed, which makes a paper three times
cheaper than the first one. typst refuses a second thread in the same compiler («Already borrowed»), so a lock admits one at a time.
A compiler's root holds our templates and nothing else, they import no package, and what people typed reaches it only as
JSON values: never as markup, never as a path.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import typst

FONT_PACKAGES = ("manimgx_fonts_cjk",)
_one_at_a_time = Lock()


def pdf(template: Path, content: str, made_at: datetime, standard: str = "a-2b") -> tuple[bytes, bool]:
    """The paper, and whether it is PDF/A-2b (or the PDF/A named, a-3b for one that carries data); the same content and moment give
    the same bytes.

    Text in a script that our fonts lack (Thai, emoji) cannot be archived: the paper is then a plain PDF with empty boxes.
    """
    try:
        archival: bytes = typeset(template, content, format="pdf", pdf_standards=[standard], timestamp=made_at)
        return archival, True
    except typst.TypstError as fault:
        if "could not be displayed" not in fault.message:
            raise
        plain: bytes = typeset(template, content, format="pdf", pdf_standards=[], timestamp=made_at)
        return plain, False


def typeset(template: Path, content: str, **options: Any) -> Any:
    """What typst makes of one template and its JSON: bytes, or a list of them for pictures of several pages.

    `options` are those of `typst.Compiler.compile`.
    """
    with _one_at_a_time:
        return compiler(template.parent).compile(input=template, sys_inputs={"document": content}, **options)


@cache
def compiler(templates: Path) -> typst.Compiler:
    # System fonts stay out: the same content must give the same paper on every machine.
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[_folder(name) for name in FONT_PACKAGES]
    )
    nowhere = templates / "no-packages"
    return typst.Compiler(root=templates, font_paths=fonts, package_path=nowhere, package_cache_path=nowhere)


def _folder(package: str) -> str:
    """Where a font package keeps its files, without running its code."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The font package {package} is not installed; requirements/core.in names it")
    return spec.submodule_search_locations[0]
