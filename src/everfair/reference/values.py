"""What an entry of a code list is, and its name in a reader's language. No Django, no data.

Entries are named tuples: everything above imports this file, and a dataclass costs six times as long to define.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal, NamedTuple


class Names(NamedTuple):
    """One name in every language that Everfair speaks."""

    en: str
    zh_hant: str
    zh_hans: str


class Language(NamedTuple):
    """A language of the pages: `code` as in addresses (`zh-hant`), `locale` as Babel writes it (`zh_Hant`)."""

    code: str
    endonym: str
    locale: str


LANGUAGES: dict[str, Language] = {
    "en": Language("en", "English", "en"),
    "zh-hant": Language("zh-hant", "繁體中文", "zh_Hant"),
    "zh-hans": Language("zh-hans", "简体中文", "zh_Hans"),
}

# Regions that write Chinese in traditional characters; every other Chinese tag is read as simplified (RFC 5646, CLDR).
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def closest_language(tag: str) -> str:
    """Our language code for any tag (`zh-TW`, `zh_CN`, `en-GB`); English for a language that we do not speak."""
    parts = tag[:35].lower().replace("_", "-").split("-")
    if parts[0] != "zh":
        return "en"
    if "hans" in parts:
        return "zh-hans"
    return "zh-hant" if _TRADITIONAL & set(parts[1:]) else "zh-hans"


def name_in(names: Names, language: str) -> str:
    """The name in the language nearest to `language`."""
    if language not in LANGUAGES:
        language = closest_language(language)
    return names.en if language == "en" else names.zh_hant if language == "zh-hant" else names.zh_hans


UnitKind = Literal["piece", "set", "package", "mass", "length", "area", "volume", "time", "energy", "data", "service"]


class Unit(NamedTuple):
    """A unit of trade by its UN/ECE Recommendation 20 code (packages: Recommendation 21 code with `X` before it).

    `decimals` is how many places a quantity may have; 0 means whole numbers only.
    """

    code: str
    symbol: str
    names: Names
    kind: UnitKind
    decimals: int

    @property
    def fractions_allowed(self) -> bool:
        return self.decimals > 0

    def allows(self, quantity: Decimal) -> bool:
        """Whether the quantity is positive, finite and has no more places than the unit bears."""
        if not quantity.is_finite() or quantity <= 0:
            return False
        exponent = quantity.normalize().as_tuple().exponent
        return isinstance(exponent, int) and -exponent <= self.decimals


class Currency(NamedTuple):
    """An ISO 4217 currency in which people pay; one unit is `10 ** exponent` minor units."""

    code: str
    exponent: int


class Country(NamedTuple):
    """A country or territory by its ISO 3166-1 alpha-2 code."""

    code: str
    in_eu: bool


class BadRegistration(ValueError):
    """A registration number was refused; `reason` is `length`, `characters`, `format`, `checksum` or `component`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class RegistrationKind(NamedTuple):
    """One sort of company or tax number: `validate` returns it in its compact form or raises `BadRegistration`."""

    code: str
    label: Names
    validate: Callable[[str], str]


Party = Literal["seller", "buyer"]
TransportMode = Literal["sea", "inland_water", "air", "road", "rail", "courier", "multimodal"]


class Incoterm(NamedTuple):
    """One rule of Incoterms 2020 (ICC publication 723E) as facts.

    `insurance_by` is None where neither side owes the other insurance. `unloading_by` is who unloads at the named place
    (for EXW and the F and C rules: at the end of the main carriage). `risk_passes` says where the buyer begins to bear loss.
    """

    code: str
    names: Names
    modes: Literal["any", "sea"]
    named_place: Literal["place of delivery", "port of shipment", "port of destination", "place of destination"]
    main_carriage_by: Party
    insurance_by: Party | None
    insurance_cover: Literal["ICC A", "ICC C"] | None
    export_clearance_by: Party
    import_clearance_by: Party
    unloading_by: Party
    risk_passes: Literal["at seller", "to carrier", "alongside ship", "on board", "at destination ready to unload", "unloaded"]


class Advice(NamedTuple):
    """A caution on a chosen rule: stable `code`, what to say, and the rule that fits better (None: only a caution)."""

    code: str
    text: Names
    instead: str | None


class Category(NamedTuple):
    """A hall (`hardware`) or a category in it (`hardware/fasteners`), with its usual HS chapters and search words."""

    code: str
    names: Names
    hs_chapters: tuple[str, ...]
    keywords: tuple[str, ...]

    @property
    def hall(self) -> str:
        return self.code.partition("/")[0]

    @property
    def is_hall(self) -> bool:
        return "/" not in self.code


UNSORTED = "unsorted/unsorted"


class CategoryGuess(NamedTuple):
    """A proposed category, how sure it is (0 to 1) and the words that spoke for it."""

    code: str
    confidence: float
    because: tuple[str, ...]


class Place(NamedTuple):
    """A port, airport or trade city by its UN/LOCODE (`CNSHA`); functions among sea, rail, road, air, inland_water."""

    code: str
    names: Names
    country: str
    functions: frozenset[str]


InspectionLevel = Literal["I", "II", "III", "S-1", "S-2", "S-3", "S-4"]
Severity = Literal["normal", "tightened", "reduced"]


class Limit(NamedTuple):
    """What one class of defects may number: at most `accept` passes, `reject` and more fails.

    Counted on the first `sample_size` pieces drawn, which is the plan's whole sample unless another class needs a larger one.
    """

    aql: Decimal
    accept: int
    reject: int
    sample_size: int


class SamplingPlan(NamedTuple):
    """How many pieces of a lot to draw, and the limit of each class of defects. `sample_size` = `lot_size`: inspect all."""

    lot_size: int
    code_letter: str
    sample_size: int
    limits: dict[str, Limit]

    @property
    def inspects_all(self) -> bool:
        return self.sample_size == self.lot_size


class Excess(NamedTuple):
    """One class of defects that fails a lot: how many were found, how many were allowed, and both said in words."""

    defect_class: str
    found: int
    accept: int
    text: Names


class Verdict(NamedTuple):
    """Whether a lot passes, and each class that fails it."""

    passed: bool
    reasons: tuple[Excess, ...]


PaperCode = Literal[
    "commercial_invoice",
    "packing_list",
    "transport_document",
    "export_clearance",
    "import_clearance",
    "insurance_certificate",
    "delivery_document",
    "inspection_certificate",
]


class Paper(NamedTuple):
    """One document under one Incoterm: who provides it (None: neither side owes it to the other) and by which article.

    `before_balance` says that the seller shows it before the balance against documents falls due.
    """

    code: PaperCode
    names: Names
    provided_by: Party | None
    before_balance: bool
    article: str
