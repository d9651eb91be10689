"""Searching: one snapshot at a time, refreshed when the writer has committed."""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import tantivy
from tantivy import Occur, Order, Query

from everfair.discovery import words
from everfair.discovery.index.facets import OWN_CHOICE, Counted, aggregations, facets_of, keep
from everfair.discovery.index.folder import IndexFolder, IndexLost, damage_is_loss, read_identity
from everfair.discovery.index.matching import LONGEST_TEXT, Matcher, Width, filtered, slots_of
from everfair.discovery.index.queries import (
    LAST_HIT,
    Facets,
    OfferQuery,
    SearchPage,
    pack_cursor,
    unpack_cursor,
)
from everfair.discovery.index.spelling import corrected, unknown_words
from everfair.discovery.index.suggestions import suggestions

_LOOK_EVERY_S = 0.5
_SWAP_S = 0.02
_NEVER = float("-inf")
# Fewer hits than this are hardly anything: slips of the finger are allowed for then.
FEW = 3
_WIDER = [Width.MOST, Width.FUZZY, Width.ANY]
# Equal scores beyond the page are fetched in steps of this, until the scores differ.
_TIE_STEP = 64

_SORTED = {
    "price": ("price_order", Order.Asc),
    "moq": ("moq_order", Order.Asc),
    "lead_time": ("lead_time_order", Order.Asc),
    "newest": ("newest_order", Order.Desc),
}
_BY_STANDING = ("standing_order", Order.Desc)


class IndexReader:
    """Answers questions from the last commit that it has seen, at most half a second late. Threads may share one."""

    def __init__(self, index: IndexFolder) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._looked_at = _NEVER
        self._counted = Counted()
        self._take(index)

    def search(self, query: OfferQuery) -> SearchPage:
        """One page of offers.

        Raises `IndexLost` when the folder was deleted or damaged (another index in its place is taken up by itself), and
        ValueError for a cursor that was forged, belongs to another question, or to an index rebuilt since.
        """
        index, searcher, matcher = self._current()
        counted = self._counted
        offset, width = 0, None
        if query.cursor is not None:
            offset, packed_width = unpack_cursor(query, generation=index.identity.id, key=index.identity.key)
            width = Width(packed_width)
        with damage_is_loss("the index cannot be searched"):
            return _Search(index, searcher, matcher, query, counted).page(offset, width)

    def similar(
        self, number: int, titles: Sequence[str], *, company_number: int, market: str, category: str, limit: int = 6
    ) -> list[int]:
        """Numbers of other companies' offers most like this one: of its category, then of its hall where half of the words are the
        same. `category` is empty where it is unknown."""
        _index, searcher, matcher = self._current()
        found: list[int] = []
        hall = category.partition("/")[0] or None
        of_category = OfferQuery(market=market, hall=hall, categories=(category,)) if category else None
        telling = matcher.telling_words(titles)
        for wanted, share in ((of_category, False), (OfferQuery(market=market, hall=hall), True)):
            if wanted is None or len(found) >= limit:
                continue
            filters = matcher.filters(wanted)
            asked = matcher.like(telling, number=number, company_number=company_number, filters=filters, share=share)
            with damage_is_loss("the index cannot be searched"):
                hits = searcher.search(asked, limit, count=False, weight_by_field="weight").hits
                numbers = searcher.fast_field_values("number", [address for _score, address in hits])
            found += [int(each or 0) for each in numbers if int(each or 0) not in found]
        return found[:limit]

    def suggest(self, prefix: str, language: str = "en", limit: int = 8) -> list[str]:
        """What a half-typed question may become: brands, categories in this language, words of titles; likeliest first."""
        _index, searcher, matcher = self._current()
        with damage_is_loss("the index cannot be searched"):
            return suggestions(searcher, matcher, prefix, language, limit)

    def count(self) -> int:
        """How many offers the index holds."""
        _index, searcher, matcher = self._current()
        with damage_is_loss("the index cannot be searched"):
            return _count(searcher.search(filtered(None, matcher.filters(OfferQuery())), 1))

    def refresh(self) -> None:
        """Look now, rather than within half a second, whether there was a commit."""
        with self._lock:
            self._look()

    def _current(self) -> tuple[IndexFolder, tantivy.Searcher, Matcher]:
        with self._lock:
            if time.monotonic() - self._looked_at >= _LOOK_EVERY_S:
                self._look()
            return self._index, self._searcher, self._matcher

    def _look(self) -> None:
        try:
            seen = self._fingerprint()
        except OSError:
            if self._looked_at > _NEVER:
                # While a rebuilt index takes its place there is none for an instant: once, that is waited for.
                self._looked_at = _NEVER
                time.sleep(_SWAP_S)
                return self._look()
            # Not remembered as looked at: every question asks again until somebody has mended it.
            raise IndexLost("the index is not there any more") from None
        if seen != self._seen:
            if read_identity(self._index.folder) != self._index.identity:
                self._take(type(self._index).open(self._index.folder, mend=False))
                return
            with damage_is_loss("the index cannot be read"):
                self._index.tantivy.reload()
                self._searcher = self._index.tantivy.searcher()
            self._counted = Counted()
            self._seen = seen
        self._looked_at = time.monotonic()

    def _take(self, index: IndexFolder) -> None:
        self._index = index
        try:
            # Before the searcher: a commit in between is then seen at the next look, never missed.
            self._seen = self._fingerprint()
        except OSError:
            raise IndexLost("the index is not there") from None
        with damage_is_loss("the index cannot be read"):
            index.tantivy.reload()
            self._searcher = index.tantivy.searcher()
        self._matcher = Matcher(index.tantivy.schema)
        self._counted = Counted()
        self._looked_at = time.monotonic()

    def _fingerprint(self) -> tuple[int, ...]:
        meta, identity = os.stat(self._index.meta_path), os.stat(self._index.identity_path)
        return meta.st_ino, meta.st_mtime_ns, meta.st_size, identity.st_ino, identity.st_mtime_ns


class _Search:
    """One question to one snapshot."""

    def __init__(
        self,
        index: IndexFolder,
        searcher: tantivy.Searcher,
        matcher: Matcher,
        query: OfferQuery,
        counted: Counted,
    ) -> None:
        self._index, self._searcher, self._matcher, self._query = index, searcher, matcher, query
        self._known = counted
        self._filters = matcher.filters(query)
        self._text = query.text[:LONGEST_TEXT].strip()
        self._slots = slots_of(self._text)
        self._unknown = unknown_words(searcher, self._slots)
        number = words.compact(self._text)
        self._sku = number if number and searcher.doc_freq("sku", number) else ""
        self._made: dict[bool, Sequence[Query]] = {}

    def page(self, offset: int, width: Width | None) -> SearchPage:
        if self._text and not self._slots:
            # Signs alone ask for nothing that an offer could have.
            return SearchPage(hits=(), total=0, facets=facets_of({}, self._query.currency) if self._query.facets else None)
        size = min(self._query.page_size, LAST_HIT - offset)
        if width is None:
            width, hits, total, asked = self._widening(size)
        else:
            asked = self._asked(width)
            hits, total = self._fetch(asked, offset, size)
        reached = offset + len(hits)
        next_cursor = None
        if hits and reached < min(total, LAST_HIT):
            identity = self._index.identity
            next_cursor = pack_cursor(self._query, offset=reached, width=width, generation=identity.id, key=identity.key)
        return SearchPage(
            hits=hits,
            total=total,
            facets=self._facets(width) if self._query.facets else None,
            next_cursor=next_cursor,
            did_you_mean=corrected(self._searcher, self._text, self._unknown) if offset == 0 else None,
        )

    def _widening(self, size: int) -> tuple[Width, Sequence[tuple[int, float]], int, Query]:
        """Ask strictly, then more widely while hardly anything is found."""
        sorted_by_choice = self._query.sort != "relevance"
        # By relevance the right offers stand first, so half-right ones may fill the page; sorted by price they would hide them.
        enough = FEW if sorted_by_choice else size
        widths = [Width.ALL, *_WIDER] if sorted_by_choice else _WIDER
        if not self._slots:
            widths = [Width.ALL]
        total = 0
        for width in widths:
            if width is Width.FUZZY and (not self._unknown or total >= FEW):
                continue
            reached, asked = width, self._asked(width)
            hits, total = self._fetch(asked, 0, size)
            if total >= enough:
                break
        return reached, hits, total, asked

    def _asked(self, width: Width) -> Query:
        if not self._slots:
            return filtered(None, self._filters)
        return self._matcher.text_query(
            self._slots, width, self._parts(width), language=self._query.language, sku=self._sku, filters=self._filters
        )

    def _counted(self, width: Width, filters: Sequence[Query]) -> Query:
        """What `_asked` finds, in no order."""
        if not self._slots:
            return filtered(None, filters)
        return self._matcher.counted_query(width, self._parts(width), sku=self._sku, filters=filters)

    def _parts(self, width: Width) -> Sequence[Query]:
        loosely = bool(self._unknown) and width >= Width.FUZZY
        known = self._made.get(loosely)
        if known is None:
            misspelt = frozenset(self._unknown) if loosely else frozenset()
            known = self._made[loosely] = self._matcher.parts(self._slots, misspelt)
        return known

    def _fetch(self, asked: Query, offset: int, size: int) -> tuple[Sequence[tuple[int, float]], int]:
        if self._slots and self._query.sort == "relevance":
            return self._by_score(asked, offset, size)
        if self._query.sort == "price":
            return self._by_price(asked, offset, size)
        return self._by_field(asked, offset, size, *_SORTED.get(self._query.sort, _BY_STANDING))

    def _by_field(self, asked: Query, offset: int, size: int, name: str, order: Order) -> tuple[Sequence[tuple[int, float]], int]:
        found = self._searcher.search(asked, size, count=True, order_by_field=name, offset=offset, order=order)
        addresses = [address for _key, address in found.hits]
        return [(int(number or 0), 0.0) for number in self._searcher.fast_field_values("number", addresses)], _count(found)

    def _by_price(self, asked: Query, offset: int, size: int) -> tuple[Sequence[tuple[int, float]], int]:
        """What is priced in the question's currency by price; then the rest, which cannot be compared, by standing."""
        own = Query.const_score_query(self._matcher.one_of("currency", (self._query.currency,)), 0.0)
        priced = Query.boolean_query([(Occur.Must, asked), (Occur.Must, own)])
        hits, count = self._by_field(priced, offset, size, *_SORTED["price"])
        rest = Query.boolean_query([(Occur.Must, asked), (Occur.MustNot, own)])
        wanted = size - len(hits)
        more, others = self._by_field(rest, max(0, offset - count), max(1, wanted), *_BY_STANDING)
        return [*hits, *more[:wanted]], count + others

    def _by_score(self, asked: Query, offset: int, size: int) -> tuple[Sequence[tuple[int, float]], int]:
        """Equal scores stand by number, also across the edge of a page: so the whole tie at the edge is fetched."""
        end, limit = offset + size, offset + size + 1
        while True:
            found = self._searcher.search(asked, limit, count=True, weight_by_field="weight")
            hits = found.hits
            exhausted = len(hits) < limit or limit >= 2 * LAST_HIT
            if exhausted or hits[-1][0] != hits[end - 1][0]:
                break
            limit += max(_TIE_STEP, limit)
        if offset >= len(hits):
            return (), _count(found)
        first, last = offset, min(end, len(hits)) - 1
        while first > 0 and hits[first - 1][0] == hits[offset][0]:
            first -= 1
        edge = hits[last][0]
        while last + 1 < len(hits) and hits[last + 1][0] == edge:
            last += 1
        around = hits[first : last + 1]
        numbers = self._searcher.fast_field_values("number", [address for _score, address in around])
        ordered = sorted(((int(number or 0), score) for number, (score, _) in zip(numbers, around, strict=True)), key=_best_first)
        return ordered[offset - first : end - first], _count(found)

    def _facets(self, width: Width) -> Facets:
        """Everything in one pass; a facet in which something is chosen in a pass of its own, without that choice."""
        asked = (self._query.fingerprint(), width, self._query.fixed)
        known = self._known.facets.get(asked)
        return known or keep(self._known.facets, asked, facets_of(self._count_facets(width), self._query.currency))

    def _count_facets(self, width: Width) -> dict[str, Any]:
        counted: dict[str, Any] = {}
        query = self._query
        together = {name: each for name, each in aggregations(query.currency).items() if name not in query.fixed}
        for name, blank in OWN_CHOICE.items():
            if name in query.fixed or all(getattr(query, part) == nothing for part, nothing in blank.items()):
                continue
            without, aggregation = replace(query, **blank), {name: together.pop(name)}
            asked = (without.fingerprint(), width, name)
            one = self._known.by_themselves.get(asked)
            if one is None:
                found = self._searcher.aggregate(self._counted(width, self._matcher.filters(without)), aggregation)
                one = keep(self._known.by_themselves, asked, found)
            counted |= one
        return counted | self._searcher.aggregate(self._counted(width, self._filters), together)


def _best_first(hit: tuple[int, float]) -> tuple[float, int]:
    return -hit[1], hit[0]


def _count(found: Any) -> int:
    return int(found.count or 0)
