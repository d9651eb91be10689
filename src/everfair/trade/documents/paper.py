"""Sets terms on paper: the words and values of an order's papers, given to the typesetter of `base.papers`."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from everfair.base import papers
from everfair.base.typesetting import settable
from everfair.trade.documents.labels import paired_words
from everfair.trade.documents.values import ContractTerms, Signature

# Those that go with goods need `terms.shipped`.
WITH_GOODS = ("invoice", "packing-list", "delivery-note")
KINDS = ("contract", "proforma", *WITH_GOODS)
LANGUAGES = ("en", "zh-hant", "zh-hans")

TEMPLATES = Path(__file__).parent / "templates"

_log = logging.getLogger(__name__)


def render(kind: str, terms: ContractTerms, language: str, *, second_language: str | None = None) -> bytes:
    """The paper as PDF/A-2b; the same terms give the same bytes.

    `kind` is one of `KINDS`, the languages are of `LANGUAGES`; with a second language every printed word appears in both.
    Text in a script that our fonts lack (Thai, emoji) cannot be archived: the paper is then a plain PDF with empty boxes in
    their place, and the log says which document.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of paper; there are {', '.join(KINDS)}")
    if kind in WITH_GOODS and terms.shipped is None:
        raise ValueError(f"a paper of the kind {kind} needs what was shipped")
    for wanted in (language, second_language):
        if wanted is not None and wanted not in LANGUAGES:
            raise ValueError(f"{wanted!r} is no language of our papers; there are {', '.join(LANGUAGES)}")
    content = as_json(terms, language, second_language)
    made, archival = papers.pdf(TEMPLATES / f"{kind}.typ", content, _dated(terms))
    if not archival:
        _log.warning("%s of order %s is no PDF/A: a script is missing in our fonts", kind, terms.order_number)
    return made


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
    """What typst makes of one kind of paper and its JSON."""
    return papers.typeset(TEMPLATES / f"{kind}.typ", content, **options)


def _dated(terms: ContractTerms) -> datetime:
    """The creation moment written into the PDF: taken from the terms, so that making it again changes no byte."""
    return datetime.combine(terms.signed_on or terms.created_on, time(), UTC)


def _in_utc(signature: Signature) -> Signature:
    if signature.signed_at.tzinfo is None:
        raise ValueError("a signature needs a moment with its time zone")
    return replace(signature, signed_at=signature.signed_at.astimezone(UTC))
