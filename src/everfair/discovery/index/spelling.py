"""Words that no offer has, and the nearest word that some offer has."""

import string
from collections.abc import Iterator, Sequence

import tantivy

from everfair.discovery import words
from everfair.discovery.index.matching import Slot, stem_of

_SHORTEST, _LONGEST = 4, 20
# More unknown words than this are a foreign language, not a slip.
_MOST_UNKNOWN = 3


def unknown_words(searcher: tantivy.Searcher, slots: Sequence[Slot]) -> list[str]:
    """Words asked for that occur nowhere, where a slip of the finger is likely."""
    single = [slot.words[0] for slot in slots if len(slot.words) == 1]
    unknown = [word for word in single if _SHORTEST <= len(word) <= _LONGEST and word.isalpha() and not _is_known(searcher, word)]
    return unknown[:_MOST_UNKNOWN]


def corrected(searcher: tantivy.Searcher, text: str, unknown: Sequence[str]) -> str | None:
    """The question with each unknown word replaced by a title's word one letter away; None when there is none."""
    replaced = words.fold(text)
    for word in unknown:
        nearest = min(_neighbours(word), key=lambda candidate: (-searcher.doc_freq("title", candidate), candidate))
        if searcher.doc_freq("title", nearest):
            replaced = " ".join(nearest if each == word else each for each in replaced.split())
    return replaced if unknown and replaced != words.fold(text) else None


def _is_known(searcher: tantivy.Searcher, word: str) -> bool:
    stem = stem_of(word)
    stemmed = any(searcher.doc_freq(name, stem) for name in ("title_stem", "description_stem"))
    return stemmed or any(searcher.doc_freq(name, word) for name in ("brand", "attribute", "category_name", "code"))


def _neighbours(word: str) -> Iterator[str]:
    """Every string one slip away. Asking the term dictionary for each costs half a microsecond, whatever its size."""
    letters = string.ascii_lowercase
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in letters if letter != tail[0])
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in letters)
