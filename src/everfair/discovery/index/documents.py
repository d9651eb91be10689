"""An offer as the index wants it, and the fields that it becomes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import tantivy

from everfair.discovery import words

# Raise it whenever a field, an analyser or the reading of words changes: an index of another version is rebuilt.
SCHEMA_VERSION = 2

# Stands among the markets of every offer, and of nothing else: «any offer at all» as a cheap term.
EVERYWHERE = "*"
# No offer has the number nought, so the writer's place in the database is kept under it.
CURSOR_NUMBER = 0

# Between a name as it is compared and the same name as it is shown.
DISPLAYED_AS = "\x1f"

_LONGEST_NAME = 80
# Between the words of a name, in folded text; «and» in Chinese stands between them too.
_WORD_EDGE = re.compile(r"[\s,&/、，]+|[及与和](?=\w\w)")
_LONGEST_TITLE = 1_000
_LONGEST_DESCRIPTION = 20_000
_SHORT_DESCRIPTIONS = 2_000
_NOTHING_SAID = (1 << 34) - 1
# Codes of which a question may name several.
CHOICES = ("hall", "category", "country", "origin", "currency")


@dataclass(frozen=True, slots=True)
class OfferDocument:
    """One offer, complete: putting it replaces what the index knew under its number.

    `price_from_minor` is the cheapest tier's price of one unit in its own `currency`; prices of different currencies are never
    compared. A `moq` of None is no minimum. `lead_time_days` is for the smallest order, None where nothing is said. `country` is
    the supplier's, `origin` the goods'. `updated_at` is seconds since 1970. Names of the category let it be found by them.
    """

    number: int
    company_number: int
    market: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    brand: str = ""
    attributes: Sequence[tuple[str, str]] = ()
    category: str = ""
    hall: str = ""
    sku: str = ""
    price_from_minor: int | None = None
    currency: str | None = None
    moq: int | None = None
    lead_time_days: int | None = None
    sample: bool = False
    country: str = ""
    origin: str = ""
    standing: int = 0
    verified: bool = False
    updated_at: int = 0
    category_names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.number < 1 << 63 or not 0 <= self.company_number < 1 << 63:
            raise ValueError("an offer's and a company's number is a positive bigint")
        if not 0 <= self.standing <= 100:
            raise ValueError("standing runs from 0 to 100")
        for amount in (self.price_from_minor, self.moq, self.lead_time_days):
            if amount is not None and not 0 <= amount < 1 << 63:
                raise ValueError("a price, a minimum quantity or a lead time is not negative")
        if (self.price_from_minor is None) != (self.currency is None):
            raise ValueError("a price needs its currency, and a currency its price")
        if not 0 <= self.updated_at < 1 << 40:
            raise ValueError("updated_at is in seconds since 1970")
        if self.market == EVERYWHERE:
            raise ValueError(f"{EVERYWHERE} is no market")


def offer_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # What people type. Words arrive split and folded, with spaces between them.
    for name in ("title_stem", "description_stem"):
        builder.add_text_field(name, tokenizer_name="stemmed_words")
    for name in ("title", "brand", "attribute", "category_name", "code", "title_han", "description_han", "title_character"):
        builder.add_text_field(name, tokenizer_name="words")
    builder.add_text_field("sku", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("completion", tokenizer_name="raw", index_option="basic")
    # What people choose.
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("market", tokenizer_name="raw", index_option="basic")
    for name in CHOICES:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    # Signed, because tantivy's deletion by term silently finds nothing in an unsigned field.
    builder.add_integer_field("number", indexed=True, fast=True)
    builder.add_integer_field("company_number", indexed=True)
    for name in ("price", "moq", "lead_time", "sample", "verified"):
        builder.add_unsigned_field(name, indexed=name in ("sample", "verified"), fast=True)
    # In which order they stand: each key ends with the number, so that two offers hardly ever tie.
    for name in ("standing_order", "price_order", "moq_order", "lead_time_order", "newest_order"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_float_field("weight", fast=True)
    builder.add_text_field("cursor", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def analyzers() -> dict[str, tantivy.TextAnalyzer]:
    """By the names in the schema; tantivy forgets them whenever an index is opened."""
    plain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    stemmed = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.stemmer("english")).build()
    return {"words": plain, "stemmed_words": stemmed}


def to_tantivy(offer: OfferDocument) -> tantivy.Document:
    document = tantivy.Document()
    titles = _folded(offer.titles.values(), _LONGEST_TITLE)
    title_words = " ".join(words.plain_words(titles))
    description, description_han = _described(tuple(text[:_LONGEST_DESCRIPTION] for text in offer.descriptions.values()))
    attributes = (words.all_words(part[:_LONGEST_DESCRIPTION]) for pair in offer.attributes for part in pair)

    texts = {
        "title": title_words,
        "title_stem": title_words,
        "description_stem": description,
        "brand": words.all_words(offer.brand[:_LONGEST_TITLE]),
        "attribute": " ".join(found for found in attributes if found),
        "category_name": " ".join(words.all_words(name[:_LONGEST_TITLE]) for name in offer.category_names.values()),
        "code": " ".join(_codes(offer)),
        "title_han": " ".join(words.han_words(titles)),
        "title_character": " ".join(words.han_characters(titles)),
        "description_han": description_han,
        "sku": words.compact(offer.sku)[:_LONGEST_TITLE],
        "hall": plain(offer.hall),
        "category": plain(offer.category),
        "country": plain(offer.country),
        "origin": plain(offer.origin),
        "currency": plain(offer.currency or ""),
    }
    for name, text in texts.items():
        if text:
            document.add_text(name, text)
    for completion in _completions(offer):
        document.add_text("completion", completion)
    for language in {language_family(language) for language, title in offer.titles.items() if title}:
        document.add_text("language", language)
    document.add_text("market", EVERYWHERE)
    if offer.market:
        document.add_text("market", plain(offer.market))

    document.add_integer("number", offer.number)
    document.add_integer("company_number", offer.company_number)
    if offer.price_from_minor is not None:
        document.add_unsigned("price", offer.price_from_minor)
    document.add_unsigned("moq", offer.moq or 0)
    if offer.lead_time_days is not None:
        document.add_unsigned("lead_time", offer.lead_time_days)
    document.add_unsigned("sample", int(offer.sample))
    document.add_unsigned("verified", int(offer.verified))
    document.add_unsigned("standing_order", standing_order(offer))
    document.add_unsigned("price_order", _ascending(offer.price_from_minor, offer))
    document.add_unsigned("moq_order", _ascending(offer.moq or 0, offer))
    document.add_unsigned("lead_time_order", _ascending(offer.lead_time_days, offer))
    document.add_unsigned("newest_order", newest_order(offer))
    # The score is multiplied by log2(2 + weight): a perfect standing lifts an offer by a twelfth, never past a better answer.
    document.add_float("weight", offer.standing / 1000 + (0.02 if offer.verified else 0.0))
    return document


def standing_order(offer: OfferDocument) -> int:
    """Descending: verified first, then standing, then the lower number."""
    return (int(offer.verified) << 63) | (offer.standing << 56) | ((1 << 56) - 1 - offer.number % (1 << 56))


def _ascending(amount: int | None, offer: OfferDocument) -> int:
    """The lower amount first, nothing said last, then the lower number (exact up to a thousand million offers)."""
    amount = _NOTHING_SAID if amount is None else min(amount, _NOTHING_SAID - 1)
    return (amount << 30) | offer.number % (1 << 30)


def newest_order(offer: OfferDocument) -> int:
    """Descending: the later change first, then the lower number (exact up to four thousand million offers, until 2106)."""
    return (min(offer.updated_at, (1 << 32) - 1) << 32) | ((1 << 32) - 1 - offer.number % (1 << 32))


def language_family(language: str) -> str:
    """`zh` for zh-Hant and zh-Hans alike: their readers read each other's titles."""
    return plain(language.replace("_", "-").partition("-")[0].lower())


def plain(text: str) -> str:
    """A code fit for the index: a lone surrogate cannot be written down in UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _folded(texts: object, longest: int) -> str:
    # A line end stands between two texts, so that no measure or part number is read across them.
    return "\n".join(words.fold(text[:longest]) for text in texts)  # type: ignore[attr-defined]


def _described(texts: tuple[str, ...]) -> tuple[str, str]:
    """Plain and Chinese words of the descriptions; variants of one thing are described alike, so short ones are kept for a while."""
    return _described_again(texts) if sum(map(len, texts)) <= _SHORT_DESCRIPTIONS else _read_descriptions(texts)


def _read_descriptions(texts: tuple[str, ...]) -> tuple[str, str]:
    folded = _folded(texts, _LONGEST_DESCRIPTION)
    return " ".join(words.plain_words(folded)), " ".join(words.han_words(folded))


_described_again = lru_cache(maxsize=1_024)(_read_descriptions)


def _codes(offer: OfferDocument) -> list[str]:
    sources = [*offer.titles.values(), offer.sku, *(part for pair in offer.attributes for part in pair)]
    found = dict.fromkeys(code for text in sources for code in words.codes(text[:_LONGEST_TITLE]))
    if offer.sku:
        found[words.compact(offer.sku)[: words.LONGEST_WORD]] = None
    return [code for code in found if code]


def _completions(offer: OfferDocument) -> list[str]:
    """What a half-typed question may grow into, under its language and as it is displayed; a brand belongs to every language."""
    names = (*offer.category_names.items(), ("*", offer.brand))
    return [each for language, name in names if len(name) <= _LONGEST_NAME for each in _completing(language, name)]


@lru_cache(maxsize=8_192)
def _completing(language: str, name: str) -> list[str]:
    displayed, folded = " ".join(name.split()), " ".join(words.fold(name).split())
    # A category is also found by a later word of its name, a brand only by its beginning.
    begins = [0, *(edge.end() for edge in _WORD_EDGE.finditer(folded))] if language != "*" else [0]
    return [plain(f"{language}:{folded[begin:]}{DISPLAYED_AS}{displayed}") for begin in begins if folded[begin:]]
