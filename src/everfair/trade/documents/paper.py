"""Sets terms on paper with typst.

One compiler per process: it keeps the fonts mapped and the templates parsed, which makes a paper three times cheaper
than the first one. typst refuses a second thread in the same compiler («Already borrowed»), so a lock admits one at a time.
The compiler's root holds our templates and nothing else, they import no package, and what people typed reaches it only as
JSON values: never as markup, never as a path.
"""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from everfair.trade.documents.labels import paired_words
from everfair.trade.documents.typesetting import settable
from everfair.trade.documents.values import ContractTerms, Signature

KINDS = ("contract", "proforma")
LANGUAGES = ("en", "zh-hant", "zh-hans")

FONT_PACKAGES = ("manimgx_fonts_cjk",)
TEMPLATES = Path(__file__).parent / "templates"

_log = logging.getLogger(__name__)
_one_at_a_time = Lock()


def render(kind: str, terms: ContractTerms, language: str, *, second_language: str | None = None) -> bytes:
    """The paper as PDF/A-2b; the same terms give the same bytes.

    `kind` is one of `KINDS`, the languages are of `LANGUAGES`; with a second language every printed word appears in both.
    Text in a script that our fonts lack (Thai, emoji) cannot be archived: the paper is then a plain PDF with empty boxes in
    their place, and the log says which document.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of paper; there are {', '.join(KINDS)}")
    for wanted in (language, second_language):
        if wanted is not None and wanted not in LANGUAGES:
            raise ValueError(f"{wanted!r} is no language of our papers; there are {', '.join(LANGUAGES)}")
    content = as_json(terms, language, second_language)
    try:
        archival: bytes = typeset(kind, content, format="pdf", pdf_standards=["a-2b"], timestamp=_dated(terms))
        return archival
    except typst.TypstError as fault:
        if "could not be displayed" not in fault.message:
            raise
        _log.warning("%s of order %s is no PDF/A: a script is missing in our fonts", kind, terms.order_number)
        plain: bytes = typeset(kind, content, format="pdf", pdf_standards=[], timestamp=_dated(terms))
        return plain


def as_json(terms: ContractTerms, language: str, second_language: str | None = None) -> str:
    """What the templates read: the terms, the words in one or two languages, and the language that picks the Han forms."""
    in_utc = tuple(_in_utc(signature) for signature in terms.signatures)
    return json.dumps(
        {
            "terms": settable(replace(terms, signatures=in_utc)),
            "words": paired_words(language, second_language),
            "language": language,
            "han": next((name for name in (language, second_language) if name and name != "en"), "zh-hans"),
        },
        ensure_ascii=False,
    )


def typeset(kind: str, content: str, **options: Any) -> Any:
    """What typst makes of one template and its JSON: bytes, or a list of them for pictures of several pages.

    `options` are those of `typst.Compiler.compile`.
    """
    with _one_at_a_time:
        return compiler().compile(input=TEMPLATES / f"{kind}.typ", sys_inputs={"document": content}, **options)


@cache
def compiler() -> typst.Compiler:
    # System fonts stay out: the same terms must give the same paper on every machine.
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[_folder(name) for name in FONT_PACKAGES]
    )
    nowhere = TEMPLATES / "no-packages"
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, package_path=nowhere, package_cache_path=nowhere)


def _folder(package: str) -> str:
    """Where a font package keeps its files, without running its code."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The font package {package} is not installed; requirements/core.in names it")
    return spec.submodule_search_locations[0]


def _dated(terms: ContractTerms) -> datetime:
    """The creation moment written into the PDF: taken from the terms, so that making it again changes no byte."""
    return datetime.combine(terms.signed_on or terms.created_on, time(), UTC)


def _in_utc(signature: Signature) -> Signature:
    if signature.signed_at.tzinfo is None:
        raise ValueError("a signature needs a moment with its time zone")
    return replace(signature, signed_at=signature.signed_at.astimezone(UTC))
