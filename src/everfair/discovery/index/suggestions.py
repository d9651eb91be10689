"""What a half-typed question may become."""

import tantivy

from everfair.discovery import words
from everfair.discovery.index.documents import DISPLAYED_AS, plain
from everfair.discovery.index.matching import LONGEST_TEXT, Matcher

_LARGEST = 20
# The dictionary gives its most frequent words first; some of them are left out, so a few more are taken.
_TAKEN = 3 * _LARGEST


def suggestions(searcher: tantivy.Searcher, matcher: Matcher, prefix: str, language: str, limit: int) -> list[str]:
    """Names of brands and categories that begin so, then the question with its last word completed."""
    limit = max(0, min(limit, _LARGEST))
    typed = " ".join(words.fold(prefix[:LONGEST_TEXT]).split())
    if not typed or not limit:
        return []
    names = _names(searcher, typed, language)
    completed = _completed(searcher, matcher, typed)
    if words.is_chinese(typed):
        completed = [words.in_script_of(language, text) for text in completed]
    # Names may take at most half of the places while there are words for the rest.
    kept = names[: max(limit // 2, limit - len(completed))]
    distinct: dict[str, str] = {}
    for text in [*kept, *completed]:
        distinct.setdefault(words.fold(text), text)
    return list(distinct.values())[:limit]


def _names(searcher: tantivy.Searcher, typed: str, language: str) -> list[str]:
    found: list[tuple[int, str]] = []
    for tongue in (language, "*"):
        for term, count in searcher.terms_with_prefix("completion", plain(f"{tongue}:{typed}"), limit=_TAKEN):
            found.append((-count, term.split(DISPLAYED_AS)[1]))
    return [name for _count, name in sorted(found)]


def _completed(searcher: tantivy.Searcher, matcher: Matcher, typed: str) -> list[str]:
    if words.is_chinese(typed[-1]):
        head, last, field = _split_chinese(typed)
    else:
        head, _space, last = typed.rpartition(" ")
        field = "title"
    if not last:
        return []
    before = words.plain_words(head) if field == "title" else []
    chosen = matcher.all_in_title(before, words.han_words(head)) if head.strip() else None
    terms = searcher.terms_with_prefix(field, last, chosen, _TAKEN)
    telling = [(-count, term) for term, count in terms if len(term) > 1 and not term.isdigit() and term not in before]
    joint = "" if field == "title_han" else " "
    return [f"{head}{joint if head else ''}{term}" for _count, term in sorted(telling)]


def _split_chinese(typed: str) -> tuple[str, str, str]:
    """The last word as the splitter sees it: «不锈钢保» is «不锈钢» and the beginning «保»."""
    run = typed.rpartition(" ")[2]
    last = words.han_slots(run)[-1]
    return typed[: len(typed) - len(last)], last, "title_han"
