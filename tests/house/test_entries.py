"""One posting function for each business event: whoever writes into the books gets the transfers from a `postings.py`, and every kind
of entry is declared once, has its word, and is made by the functions that it names."""

from __future__ import annotations

import ast
import fnmatch
from collections import defaultdict
from pathlib import Path

import pytest

import everfair
from everfair.base.words import words_of
from everfair.site.guide_accounts import entry_kinds, posting_functions, sampled

PACKAGE = Path(everfair.__file__).parent
GUIDE = PACKAGE.parents[1] / "docs" / "guide" / "accounts.md"
# The doors of the books, and which of their arguments is the transfers; what passes them on is a door itself.
DOORS = {"post_entry": 1, "post_hold": 2, "spend_received": 2}
ALSO_DOORS = {("ledger", "post_hold"), ("payments", "spend_received")}


class Posts(ast.NodeVisitor):
    """Every use of a door: where it is, its kind as a pattern, and the posting functions its transfers come from."""

    def __init__(self, path: Path) -> None:
        self.package = path.relative_to(PACKAGE).parts[0]
        self.place = str(path.relative_to(PACKAGE))
        self.inside: list[ast.AST] = []
        self.found: list[tuple[str, str, set[str]]] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.inside.append(node)
        self.generic_visit(node)
        self.inside.pop()

    def visit_Call(self, node: ast.Call) -> None:
        door = getattr(node.func, "id", getattr(node.func, "attr", ""))
        within = next((n.name for n in reversed(self.inside) if isinstance(n, ast.FunctionDef)), "")
        if door in DOORS and (self.package, within) not in ALSO_DOORS:
            kind = next((k.value for k in node.keywords if k.arg == "kind"), None)
            place = f"{self.place}:{node.lineno}"
            self.found.append((place, _pattern(kind), _makers(node.args[DOORS[door]], self.inside[0] if self.inside else node)))
        self.generic_visit(node)


def _pattern(kind: ast.expr | None) -> str:
    if isinstance(kind, ast.Constant):
        return str(kind.value)
    if isinstance(kind, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in kind.values)
    return ""


def _makers(transfers: ast.expr, function: ast.AST) -> set[str]:
    """`postings.…` called in the expression, or where its name was set in the same function."""
    found = {n.func.attr for n in ast.walk(transfers) if isinstance(n, ast.Call) and _is_posting(n.func)}
    names = {n.id for n in ast.walk(transfers) if isinstance(n, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in node.targets):
            found |= {n.func.attr for n in ast.walk(node.value) if isinstance(n, ast.Call) and _is_posting(n.func)}
    return found & {function.__name__ for function in posting_functions()}  # not those that only reckon


def _is_posting(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "postings"


def posts() -> list[tuple[str, str, set[str]]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text()
        if any(f"{door}(" in text for door in DOORS):
            visitor = Posts(path)
            visitor.visit(ast.parse(text))
            found += visitor.found
    return found


POSTS = posts()


def test_the_search_finds_what_writes_into_the_books():
    assert {"stage_*", "payment_captured", "payout", "inspection_funded", "rail_settled"} <= {
        kind for _place, kind, _makers in POSTS
    }


@pytest.mark.parametrize(("place", "kind", "makers"), POSTS, ids=[place for place, *_rest in POSTS])
def test_whoever_posts_takes_the_transfers_from_the_functions_its_kind_names(place: str, kind: str, makers: set[str]):
    declared = {
        name: {function.__name__ for function in functions}
        for name, (_package, functions) in entry_kinds().items()
        if fnmatch.fnmatch(name, kind) and (kind == name or makers & {function.__name__ for function in functions})
    }

    assert kind, f"{place}: the kind is not written where it is posted"
    assert declared, f"{place}: no postings.py declares the kind «{kind}» in its ENTRIES"
    assert makers, f"{place}: its transfers come from no postings.py"
    for name, functions in declared.items():
        assert makers <= functions, f"{place}: «{name}» is made by {sorted(functions)}, not by {sorted(makers)}"


def test_every_declared_kind_is_posted_has_its_word_and_stands_in_the_guide():
    kinds, posted, page = entry_kinds(), [kind for _place, kind, _makers in POSTS], GUIDE.read_text()

    assert [kind for kind in kinds if not any(fnmatch.fnmatch(kind, pattern) for pattern in posted)] == []
    assert sorted(set(kinds) ^ set(words_of("entry"))) == []
    assert [kind for kind in kinds if f"| `{kind}` |" not in page] == []


def test_every_posting_function_belongs_to_a_kind_and_answers_transfers():
    named = {function for _package, functions in entry_kinds().values() for function in functions}

    assert [f"{f.__module__}.{f.__name__}" for f in posting_functions() if f not in named] == []
    for function in named:
        currencies = defaultdict(int)
        for transfer in sampled(function):
            currencies[transfer.amount.currency] += transfer.amount.minor
        assert currencies, function.__name__
