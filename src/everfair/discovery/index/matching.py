"""From a question to tantivy's query objects. Nothing is ever parsed, so nothing that people type can break it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query

from everfair.discovery import words
from everfair.discovery.index.documents import EVERYWHERE, analyzers, language_family, plain
from everfair.discovery.index.queries import OfferQuery

# A question is cut there: the rest of a pasted page adds cost, not meaning.
LONGEST_TEXT = 300
MOST_SLOTS = 16
MOST_WORDS_IN_SLOT = 6

# How much a word found in a field says about the offer, relative to the others.
BOOSTS = {
    "title_stem": 2.0,
    "title": 1.0,
    "brand": 1.8,
    "category_name": 0.7,
    "attribute": 0.8,
    "description_stem": 0.7,
    "code": 2.0,
    "title_han": 2.4,
    "title_character": 1.2,
    "description_han": 0.7,
}
# A word in several fields counts once in full and a little more for each further field.
TIE_BREAKER = 0.1
# For every pair of neighbouring words that also stand side by side in the title.
NEIGHBOUR_BOOST = 0.6
# For an offer that has everything asked for: about what three telling words are worth.
ALL_BOOST = 8.0
# For a title in the reader's own language: between near equals it decides.
LANGUAGE_BOOST = 0.2
_SKU_SCORE = 1_000.0
_WORDS_KEPT = 4_096

# Words that say nothing about goods.
_EMPTY_WORDS = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "are",
            "as",
            "at",
            "be",
            "but",
            "by",
            "for",
            "from",
            "i",
            "in",
            "into",
            "is",
            "it",
            "its",
            "me",
            "my",
        ),
        *("of", "on", "or", "our", "that", "the", "their", "this", "to", "was", "we", "what", "which", "with", "you", "your"),
    )
)


class Width(IntEnum):
    """How much of the question an offer must hold."""

    ALL = 0
    MOST = 1
    FUZZY = 2
    ANY = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing asked for: an offer has it or not, however it is written there."""

    words: tuple[str, ...] = ()
    code: str = ""
    han: str = ""


def slots_of(text: str) -> list[Slot]:
    """The things asked for, each once; filler words only when there is nothing else."""
    found: dict[Slot, None] = {}
    for piece in words.pieces(text[:LONGEST_TEXT]):
        if piece.han:
            found.update(dict.fromkeys(Slot(han=word) for word in words.han_slots(piece.han)))
        else:
            found[Slot(piece.words[:MOST_WORDS_IN_SLOT], piece.code)] = None
    telling = [slot for slot in found if not (len(slot.words) == 1 and slot.words[0] in _EMPTY_WORDS)]
    return (telling or list(found))[:MOST_SLOTS]


def required(count: int, width: Width) -> int:
    """How many of the things asked for an offer must have."""
    if width is Width.ALL:
        return count
    if width is Width.ANY:
        return 1
    return count if count <= 2 else count * 2 // 3


class Matcher:
    """Builds the queries of one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema
        # What is made of one word is the same in every question, and calls a dozen times into the index's library.
        self._well_spelt = lru_cache(maxsize=_WORDS_KEPT)(lambda slot: self._slot(slot, frozenset()))
        self._boosted = lru_cache(maxsize=_WORDS_KEPT)(self._boost)

    def parts(self, slots: Sequence[Slot], misspelt: frozenset[str]) -> list[Query]:
        """One query for each slot; words in `misspelt` also match what is a letter or two away."""
        return [self._slot(slot, misspelt) if misspelt else self._well_spelt(slot) for slot in slots]

    def text_query(
        self,
        slots: Sequence[Slot],
        width: Width,
        parts: Sequence[Query],
        *,
        language: str,
        sku: str,
        filters: Sequence[Query],
    ) -> Query:
        """Offers that pass and have enough of the parts, the best first; or the one with this stock number, where one has it."""
        wanted = Query.boolean_query([(Occur.Should, part) for part in parts], required(len(parts), width))
        lifts = [(Occur.Should, lift) for lift in self._neighbours(slots)]
        if len(parts) > 1:
            everything = Query.boolean_query([(Occur.Must, part) for part in parts])
            lifts.append((Occur.Should, Query.const_score_query(everything, ALL_BOOST)))
        own = Query.const_score_query(self._term("language", language_family(language)), LANGUAGE_BOOST)
        ranked = [(Occur.Must, wanted), *lifts, (Occur.Should, own)]
        # Each query inside another is copied whole, so that all stands side by side where it can.
        return filtered(self._or_by_sku(Query.boolean_query(ranked), sku), filters) if sku else _all_of(ranked, filters)

    def counted_query(self, width: Width, parts: Sequence[Query], *, sku: str, filters: Sequence[Query]) -> Query:
        """The same offers for who only counts them: nothing that would put one before another, which costs half."""
        enough = [(Occur.Should, part) for part in parts], required(len(parts), width)
        if sku:
            return filtered(self._or_by_sku(Query.boolean_query(*enough), sku), filters)
        return Query.boolean_query([*enough[0], *((Occur.Must, each) for each in filters)], enough[1])

    def _or_by_sku(self, answers: Query, sku: str) -> Query:
        exact = Query.const_score_query(self._term("sku", sku), _SKU_SCORE)
        return Query.boolean_query([(Occur.Should, answers), (Occur.Should, exact)], 1)

    def filters(self, query: OfferQuery) -> list[Query]:
        """What must hold, by itself without any score."""
        chosen = [self._term("market", plain(query.market) if query.market else EVERYWHERE)]
        if query.hall:
            chosen.append(self._term("hall", plain(query.hall)))
        for name, codes in (("category", query.categories), ("country", query.countries), ("origin", query.origins)):
            if codes:
                chosen.append(self.one_of(name, codes))
        if query.company_number is not None:
            chosen.append(Query.term_query(self._schema, "company_number", query.company_number))
        if query.sample_only:
            chosen.append(Query.term_query(self._schema, "sample", 1))
        if query.verified_only:
            chosen.append(Query.term_query(self._schema, "verified", 1))
        if query.price_at_least_minor is not None or query.price_at_most_minor is not None:
            chosen.append(self.one_of("currency", (query.currency,)))
            chosen.append(self._range("price", query.price_at_least_minor or 0, query.price_at_most_minor))
        if query.moq_at_most is not None:
            chosen.append(self._range("moq", 0, query.moq_at_most))
        if query.lead_time_at_most is not None:
            chosen.append(self._range("lead_time", 0, query.lead_time_at_most))
        return chosen

    def one_of(self, name: str, codes: Sequence[str]) -> Query:
        """Offers with one of the codes in the field."""
        terms = [self._term(name, plain(code)) for code in codes]
        return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms], 1)

    def like(
        self, telling: Sequence[Sequence[Query]], *, number: int, company_number: int, filters: Sequence[Query], share: bool
    ) -> Query:
        """Other companies' offers that pass, the more of the `telling_words` they have, the better; with `share` only those that
        have half of them."""
        found = []
        for terms in telling:
            least = (len(terms) + 1) // 2 if share else 1
            found.append((Occur.Should, Query.boolean_query([(Occur.Should, term) for term in terms], least)))
        if share:
            found = [(Occur.Must, Query.boolean_query(found, 1) if found else Query.empty_query())]
        others = [Query.term_query(self._schema, "number", number)]
        others.append(Query.term_query(self._schema, "company_number", company_number))
        return _all_of([*found, *((Occur.MustNot, each) for each in others)], filters)

    def telling_words(self, titles: Sequence[str]) -> list[list[Query]]:
        """What titles say of the goods: one query for each word, by script; scripts that are not there are left out."""
        folded = "\n".join(words.fold(title[:LONGEST_TEXT]) for title in titles)
        stems = dict.fromkeys(stem_of(word) for word in words.plain_words(folded) if word not in _EMPTY_WORDS)
        han = dict.fromkeys(words.han_words(folded))
        scripts = (("title_stem", [*stems][:MOST_SLOTS]), ("title_han", [*han][:MOST_SLOTS]))
        return [[self._boosted(name, word) for word in said] for name, said in scripts if said]

    def all_in_title(self, plain_words: Sequence[str], han_words: Sequence[str]) -> Query:
        """Offers whose title holds every one of the words."""
        terms = [self._term("title", word) for word in plain_words] + [self._term("title_han", word) for word in han_words]
        return Query.boolean_query([(Occur.Must, term) for term in terms]) if terms else Query.empty_query()

    def _slot(self, slot: Slot, misspelt: frozenset[str]) -> Query:
        if slot.han:
            return self._han(slot.han)
        alternatives = [self._boosted("code", slot.code)] if slot.code else []
        if len(slot.words) == 1:
            alternatives += self._word(slot.words[0], misspelt)
        elif slot.words:
            # «5 kg» as two words anywhere says less than the measure itself.
            together = [(Occur.Must, _best(self._word(word, misspelt))) for word in slot.words]
            alternatives.append(Query.boost_query(Query.boolean_query(together), 0.4))
        return _best(alternatives)

    def _word(self, word: str, misspelt: frozenset[str]) -> list[Query]:
        stem = stem_of(word)
        found = [self._boosted(name, stem) for name in ("title_stem", "description_stem")]
        found += [self._boosted(name, word) for name in ("title", "brand", "attribute", "category_name")]
        if word in misspelt:
            distance = 1 if len(word) < 8 else 2
            for name in ("title", "brand"):
                near = Query.fuzzy_term_query(self._schema, name, word, distance=distance)
                found.append(Query.boost_query(near, 0.5 * BOOSTS[name]))
        return found

    def _han(self, word: str) -> Query:
        found = [self._boosted(name, word) for name in ("title_han", "description_han", "brand", "attribute", "category_name")]
        characters: list[str | tuple[int, str]] = list(word)
        # Any stretch of a title, however the splitter cut it there. Characters are common, so their rarity adds up to less.
        if len(characters) == 1:
            found.append(self._boosted("title_character", word))
        else:
            found.append(
                Query.boost_query(
                    Query.phrase_query(self._schema, "title_character", characters), 0.5 * BOOSTS["title_character"]
                )
            )
            parts = [part for part in words.han_parts(word) if len(part) > 1]
            if parts:
                some = Query.boolean_query([(Occur.Should, self._boosted("title_han", part)) for part in parts], 1)
                found.append(Query.boost_query(some, 0.3))
        return _best(found)

    def _neighbours(self, slots: Sequence[Slot]) -> Iterable[Query]:
        single = [slot.words[0] if len(slot.words) == 1 else "" for slot in slots]
        for left, right in pairwise(single):
            if left and right:
                pair = Query.phrase_query(self._schema, "title_stem", [stem_of(left), stem_of(right)])
                yield Query.boost_query(pair, NEIGHBOUR_BOOST)

    def _boost(self, name: str, word: str) -> Query:
        return Query.boost_query(self._term(name, word, "position"), BOOSTS[name])

    def _term(self, name: str, word: str, option: str = "basic") -> Query:
        return Query.term_query(self._schema, name, word, option)

    def _range(self, name: str, least: int, most: int | None) -> Query:
        return Query.range_query(self._schema, name, FieldType.Unsigned, least, most)


def filtered(answers: Query | None, filters: Sequence[Query]) -> Query:
    """The answers that pass; without answers to choose from, everything that passes."""
    return _all_of([(Occur.Must, answers)] if answers else [], filters)


def _all_of(clauses: Sequence[tuple[Occur, Query]], filters: Sequence[Query]) -> Query:
    return Query.boolean_query([*clauses, *((Occur.Must, Query.const_score_query(each, 0.0)) for each in filters)])


def stem_of(word: str) -> str:
    stemmed = _stemmer().analyze(word)
    return stemmed[0] if stemmed else word


def _best(alternatives: list[Query]) -> Query:
    return alternatives[0] if len(alternatives) == 1 else Query.disjunction_max_query(alternatives, TIE_BREAKER)


@cache
def _stemmer() -> tantivy.TextAnalyzer:
    return analyzers()["stemmed_words"]
