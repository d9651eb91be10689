"""How well and how cheaply the index core searches real goods: `python bench/search_core.py FOLDER`, the folder of search-esci.

Prints JSON: offers indexed a second, CPU milliseconds a question, and nDCG@10 (among the judged offers, and over the whole
catalogue with unjudged offers counted as worth nothing) beside plain BM25 over one field of all the words, in one run.
"""

import csv
import gzip
import json
import math
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import tantivy

from everfair.discovery import words
from everfair.discovery.index import OfferDocument, OfferIndex, OfferQuery

GAINS = {
    "linear": {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0},
    "exponential": {"E": 7.0, "S": 3.0, "C": 1.0, "I": 0.0},
}
Judgments = dict[str, dict[int, str]]
Ranking = Callable[[str, int], Sequence[int]]


def offers(folder: Path) -> tuple[list[OfferDocument], dict[str, int]]:
    numbers: dict[str, int] = {}
    documents = []
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            product = json.loads(line)
            numbers[product["product_id"]] = number
            price = round(product["price"] * 100) if product["price"] is not None else None
            documents.append(
                OfferDocument(
                    number=number,
                    company_number=1,
                    market="export",
                    titles={"en": product["title"]},
                    descriptions={"en": f"{product['bullet_points'] or ''}\n{product['description'] or ''}"},
                    brand=product["brand"] or "",
                    attributes=[("color", product["color"])] if product["color"] else [],
                    category=(product["category"] or ["unsorted"])[-1],
                    hall=(product["category"] or ["unsorted"])[0],
                    category_names={"en": product["category"][-1]} if product["category"] else {},
                    sku=product["product_id"],
                    price_from_minor=price,
                    currency="USD" if price is not None else None,
                    country="US",
                )
            )
    return documents, numbers


def judgments(folder: Path, numbers: dict[str, int]) -> Judgments:
    judged: Judgments = defaultdict(dict)
    with (folder / "judgments.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            judged[row["query"]][numbers[row["product_id"]]] = row["label"]
    return judged


def ndcg(ranked: Sequence[int], labels: dict[int, str], gains: dict[str, float]) -> float:
    def discounted(worth: Sequence[float]) -> float:
        return sum(gain / math.log2(place + 2) for place, gain in enumerate(worth[:10]))

    ideal = discounted(sorted((gains[label] for label in labels.values()), reverse=True))
    return discounted([gains[labels[number]] if number in labels else 0.0 for number in ranked]) / ideal if ideal else 0.0


def quality(ranking: Ranking, judged: Judgments) -> dict[str, float]:
    figures: dict[str, list[float]] = defaultdict(list)
    for query, labels in judged.items():
        everything = list(ranking(query, 1_000))
        among = [number for number in everything if number in labels]
        for kind, gains in GAINS.items():
            figures[f"whole_{kind}"].append(ndcg(everything, labels, gains))
            figures[f"judged_{kind}"].append(ndcg(among, labels, gains))
        figures["recall_of_exact"].append(_recall(everything, labels))
    return {name: round(sum(values) / len(values), 4) for name, values in figures.items()}


def _recall(found: Sequence[int], labels: dict[int, str]) -> float:
    exact = {number for number, label in labels.items() if label == "E"}
    return len(exact & set(found)) / len(exact) if exact else 1.0


def one_field(documents: Sequence[OfferDocument], folder: Path) -> Ranking:
    """Plain BM25, any of the words, over everything in one field: what the core must beat."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("all", tokenizer_name="en_stem")
    builder.add_unsigned_field("number", indexed=True, fast=True)
    index = tantivy.Index(builder.build(), str(folder))
    writer = index.writer(50_000_000, 1)
    for offer in documents:
        document = tantivy.Document()
        attributes = (f"{name} {value}" for name, value in offer.attributes)
        texts = (*offer.titles.values(), offer.brand, *attributes, *offer.category_names.values(), *offer.descriptions.values())
        document.add_text("all", " ".join(texts))
        document.add_unsigned("number", offer.number)
        writer.add_document(document)
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(text: str, limit: int) -> Sequence[int]:
        query, _errors = index.parse_query_lenient(" ".join(words.plain_words(words.fold(text))), ["all"])
        addresses = [address for _score, address in searcher.search(query, limit).hits]
        return [int(number or 0) for number in searcher.fast_field_values("number", addresses)]

    return rank


def cpu_ms(work: Callable[[str], object], queries: Sequence[str], rounds: int = 10) -> dict[str, float]:
    times = []
    for query in queries:
        started = time.process_time()
        for _ in range(rounds):
            work(query)
        times.append((time.process_time() - started) / rounds * 1000)
    times.sort()
    return {"mean": round(sum(times) / len(times), 3), "p50": round(times[len(times) // 2], 3), "max": round(times[-1], 3)}


def main(folder: Path) -> None:
    documents, numbers = offers(folder)
    judged = judgments(folder, numbers)
    with tempfile.TemporaryDirectory() as scratch:
        plain_folder = Path(scratch) / "plain"
        plain_folder.mkdir()
        baseline = one_field(documents, plain_folder)
        index = OfferIndex.open(Path(scratch) / "offers")
        with index.writer() as writer:
            started, cpu = time.perf_counter(), time.process_time()
            writer.put(documents)
            writer.commit("done")
            wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        reader = index.reader()

        def rank(text: str, limit: int) -> Sequence[int]:
            found: list[int] = []
            cursor = None
            while len(found) < limit:
                page = reader.search(OfferQuery(text=text, page_size=50, cursor=cursor))
                found += [number for number, _score in page.hits]
                cursor = page.next_cursor
                if cursor is None:
                    break
            return found

        core, plain = quality(rank, judged), quality(baseline, judged)
        queries = list(judged)
        figures = {
            "offers": len(documents),
            "offers_a_second": round(len(documents) / wall),
            "offers_a_cpu_second": round(len(documents) / cpu),
            "bytes": sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file()),
            "page_of_24_cpu_ms": cpu_ms(lambda text: reader.search(OfferQuery(text=text)), queries),
            "page_of_24_with_facets_cpu_ms": cpu_ms(lambda text: reader.search(OfferQuery(text=text, facets=True)), queries),
            "browse_with_facets_cpu_ms": cpu_ms(lambda _text: reader.search(OfferQuery(facets=True)), ["", ""]),
            "suggest_cpu_ms": cpu_ms(lambda text: reader.suggest(text[:5]), queries),
            "plain_bm25_cpu_ms": cpu_ms(lambda text: baseline(text, 24), queries),
            "core": core,
            "plain_bm25": plain,
            "ratio": {name: round(core[name] / plain[name], 3) for name in core},
        }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
