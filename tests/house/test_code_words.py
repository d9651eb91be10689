"""Every stored code that people meet has a word: what the code declares and what the words name are the same set."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext, override

import everfair
from everfair.base import deadlines
from everfair.base.actor import CARRIER_ACTOR, CLOCK_ACTOR, NOBODY, RAIL_ACTOR, SYSTEM
from everfair.base.events import catalogue, subscribers
from everfair.base.words import name_codes, word, words_of
from everfair.companies.models import COMPANY_ROLES, STAFF_ROLES, STOP_KINDS
from everfair.ledger import models as books
from everfair.ledger import proofs
from everfair.ledger.values import PURPOSES
from everfair.logistics.carriers.table import CARRIERS
from everfair.logistics.values import CONDITIONS, MODES, PACKAGE_KINDS, SOURCES, TRACKING_CODES
from everfair.markets.rules import RULES
from everfair.markets.table import MARKETS
from everfair.office import values as office
from everfair.payments.actions.desk import VERBS
from everfair.payments.models import Match, ProviderEvent
from everfair.payments.providers.port import EventKind
from everfair.payments.providers.table import PROVIDERS
from everfair.payments.statements.read import LINE_KINDS
from everfair.payments.states import METHODS
from everfair.payments.values import BANK, CREDIT, WALLET
from everfair.site.guide import state_tables
from everfair.trade.states import STAGE

PACKAGE = Path(everfair.__file__).parent


def outcomes() -> set[str]:
    (check,) = (c for c in ProviderEvent._meta.constraints if c.name == "payments_providerevent_outcome")
    return set(check.condition.children[0][1])


def targets() -> set[str]:
    (check,) = (c for c in Match._meta.constraints if c.name == "payments_match_target")
    return set(check.condition.children[0][1])


def declared_proofs() -> set[str]:
    autodiscover_modules("proofs")
    return set(proofs._PROOFS | proofs._also)


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("account class", lambda: set(books._CLASSES)),
        ("company role", lambda: set(COMPANY_ROLES)),
        ("carrier", lambda: set(CARRIERS)),
        ("deadline", lambda: set(deadlines._handlers)),
        ("fact", lambda: set(catalogue())),
        ("market", lambda: set(MARKETS)),
        ("mode", lambda: set(MODES)),
        ("package condition", lambda: set(CONDITIONS)),
        ("package kind", lambda: set(PACKAGE_KINDS)),
        ("proof", declared_proofs),
        ("provider", lambda: {*PROVIDERS, BANK, WALLET, CREDIT}),
        ("provider event", lambda: {kind.value for kind in EventKind}),
        ("provider event outcome", outcomes),
        ("purpose", lambda: set(PURPOSES) - {""}),
        ("bank line", lambda: set(LINE_KINDS)),
        ("line decision", lambda: set(VERBS)),
        ("match target", lambda: targets()),
        ("payment method", lambda: set(METHODS)),
        ("rule", lambda: set(RULES)),
        ("rule unit", lambda: {rule.unit for rule in RULES.values()}),
        ("staff role", lambda: set(STAFF_ROLES)),
        ("subscriber", lambda: set(subscribers())),
        ("tracking", lambda: set(TRACKING_CODES)),
        ("tracking source", lambda: set(SOURCES)),
    ],
)
def test_what_is_declared_is_what_has_a_word(kind, declared):
    assert set(words_of(kind)) == declared()


@pytest.mark.parametrize(
    ("package", "name", "table"), list(state_tables()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_state_has_a_word(package, name, table):
    assert set(words_of(f"{package}.{name.lower()}")) == set(table.states)


def test_every_kind_of_actor_has_a_word():
    own = {actor.kind for actor in (NOBODY, RAIL_ACTOR, CARRIER_ACTOR, CLOCK_ACTOR, SYSTEM)}

    assert set(words_of("actor")) == own | {"person", "key", "operator", "sales"}


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call of one of these functions (or of a method of that name) in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
                yield path, node


def codes(path: Path, node: ast.expr, within: list[str]) -> set[str]:
    """What an argument may be: a literal, a constant by its name, or an f-string with one gap filled by each of `within`.

    Nothing for a function's own parameter: then its callers name the code.
    """
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=parts):
            return {"".join(part.value if isinstance(part, ast.Constant) else fill for part in parts) for fill in within}
        case ast.Name() | ast.Attribute():
            module = importlib.import_module(".".join(["everfair", *path.relative_to(PACKAGE).with_suffix("").parts]))
            try:
                return {eval(ast.unparse(node), vars(module))}
            except NameError:
                return set()
    raise AssertionError(f"{path.name}:{node.lineno}: write the code as a constant")


def test_every_act_of_the_audit_trail_has_a_word():
    written = {text for name, text in vars(office).items() if name.isupper() and isinstance(text, str)}
    for path, call in calls("note_act", "create"):
        named = [keyword.value for keyword in call.keywords if keyword.arg == "act"]
        first = call.args[:1] if getattr(call.func, "id", getattr(call.func, "attr", "")) == "note_act" else []
        for node in named or first:
            written |= codes(path, node, list(STOP_KINDS))

    assert {"verified", "placed a payout stop"} <= written, "the search no longer finds them"
    assert written == set(words_of("act"))


def test_every_kind_of_entry_in_the_books_has_a_word():
    ends = [move.verb for move in STAGE.moves if move.target in ("released", "refunded")]
    # A part is no end; what a payer's bank took back left before the stage ended.
    verbs = [verb for verb in ends if verb != "charge_back"] + ["part"]
    written: set[str] = set()
    for path, call in calls("post_entry", "post_hold", "spend_received"):
        for node in (keyword.value for keyword in call.keywords if keyword.arg == "kind"):
            written |= codes(path, node, verbs)

    assert {"payout", "stage_funded"} <= written, "the search no longer finds them"
    assert written == set(words_of("entry"))


def test_a_code_is_shown_in_the_readers_language_and_an_unknown_one_as_it_stands():
    for language in ("en", "zh-hant", "zh-hans"):
        with override(language):
            assert word("sea", "mode") == gettext("Sea freight")
            assert word("balloon", "mode") == "balloon"


def test_a_code_is_named_once():
    with pytest.raises(ValueError, match="twice"):
        name_codes("mode", {"sea": "By ship"})
