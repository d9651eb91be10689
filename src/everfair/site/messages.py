"""Words of the interface: found by Babel in Python and Jinja2, kept in `locale/`, compiled when `bin/up` starts.

`python -m everfair.site.messages update` brings the catalogues up to date, `missing` prints what is not translated,
`compile` writes the `.mo` files. Django's own makemessages sees only a part of what stands in Jinja2 templates.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hant", "zh_Hans")
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
# The sandbox speaks for itself, with a table of words of its own: it is another firm's page.
_LEFT_OUT = ("payments/sandbox", "logistics/sandbox", "base/sandbox")
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "gettext_noop": None,
    "N_": None,
    "_rule": (6,),  # a rule's source: the operator reads it beside the number
}
_OPTIONS = {"**/templates/**": {"extensions": "jinja2.ext.do", "newstyle_gettext": "true", "silent": "false"}}


def template_catalogue() -> Catalog:
    """Every string of the source, with the files it stands in (no line numbers: they change with every edit)."""
    catalogue = Catalog(project="Everfair", charset="utf-8")
    found = extract_from_dir(PACKAGE, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("Translators:",))
    for file, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        if not file.startswith(_LEFT_OUT):
            catalogue.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return catalogue


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """New strings come in empty, vanished ones go; nothing is guessed."""
    template = template_catalogue()
    for language in LANGUAGES:
        path = _path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        known = catalogue(language) if path.exists() else Catalog(locale=language, project="Everfair", charset="utf-8")
        known.update(template, no_fuzzy_matching=True)
        known.obsolete.clear()
        target = io.BytesIO()
        write_po(target, known, width=120, sort_output=True, omit_header=False, include_lineno=False)
        path.write_bytes(target.getvalue())


def missing(language: str) -> list[Message]:
    """Strings of the source without a translation, or with a doubtful one."""
    known = catalogue(language)
    lacking = []
    for message in template_catalogue():
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        translated = known.get(key, message.context)
        words = translated.string if translated else ""
        whole = all(words) if isinstance(words, (tuple, list)) else bool(words)
        if translated is None or not whole or translated.fuzzy:
            lacking.append(message)
    return lacking


def compile_all() -> int:
    """Write each `.mo` that is older than its `.po`; returns how many."""
    written = 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as source:
            words = read_po(source, locale=path.parents[1].name)
        target = io.BytesIO()
        write_mo(target, words)
        compiled.write_bytes(target.getvalue())
        written += 1
    return written


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["missing"]:
            lacking = {language: missing(language) for language in LANGUAGES}
            for language, messages in lacking.items():
                for message in messages:
                    sys.stdout.write(f"{language}: {message.id!r} ({', '.join(file for file, _ in message.locations)})\n")
            return 1 if any(lacking.values()) else 0
        case _:
            sys.stderr.write("update, missing or compile\n")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
