"""Everything people read is in three languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import everfair
from everfair.site import messages

PACKAGE = Path(everfair.__file__).parent
TEMPLATES = sorted(p for p in PACKAGE.rglob("templates/**/*.html") if "sandbox" not in p.parts)
# What may stand in a template without translation: signs, numbers, the name of the house.
_FREE = {"Everfair", "EF", "RFQ", "API", "CSV", "XLSX", "JSONL", "PDF", "XML", "SHA-256", "Incoterm", "HS", "MOQ"}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_string_is_untranslated(language):
    lacking = messages.missing(language)

    assert [message.id for message in lacking] == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_their_placeholders(language):
    holder = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
    wrong = []
    for message in messages.catalogue(language):
        source = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        words = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        # The plural form names every placeholder; one language form serves both here.
        wanted = set(holder.findall(source[-1]))
        if message.id and any(
            set(holder.findall(text or "")) - wanted or wanted - set(holder.findall(text or "")) for text in words
        ):
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: "/".join(p.parts[-2:]))
def test_no_bare_text_in_a_template(path):
    text = path.read_text()
    text = re.sub(r"{#.*?#}", " ", text, flags=re.S)
    text = re.sub(r"{%-?\s*trans\b.*?endtrans\s*-?%}", " ", text, flags=re.S)
    text = re.sub(r"{%.*?%}", " ", text, flags=re.S)
    text = re.sub(r"{{.*?}}", " ", text, flags=re.S)
    text = re.sub(r"<!--.*?-->|<svg.*?</svg>|<style.*?</style>|<script.*?</script>", " ", text, flags=re.S)
    named = re.findall(r'\s(?:title|alt|placeholder|aria-label|value)="([^"{}]*[A-Za-z]{3,}[^"{}]*)"', text)
    text = re.sub(r"<[^>]*>", "\n", text)
    bare = [word for word in re.findall(r"[A-Za-z][A-Za-z'’-]{2,}", re.sub(r"&\w+;", " ", text)) if word not in _FREE]
    assert bare == []
    assert [value for value in named if re.search(r"\s", value.strip())] == []
