"""The rules of the house that the code's shape must keep."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import grimp
import pytest

import everfair

PACKAGE = Path(everfair.__file__).parent
TESTS = Path(__file__).parents[1]
PACKAGES = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
# What one package may use of another. Base, events and reference are for everyone; site knows everything.
OPEN = {"actions", "queries", "values", "roles", "states", "postings"}
FOR_EVERYONE = {"base", "events", "reference"}
# Each exception with its reason.
EXCEPTIONS = {
    ("markets", "table"): "the markets' rows are values under their own name",
    ("markets", "rules"): "the declared numbers are values under their own name",
    ("markets", "plans"): "and so are the payment plans",
    ("markets", "fees"): "and so are the fees, with the one function that counts them",
    ("markets", "forms"): "the one field that chooses among them, for quotes and orders alike",
    ("ledger", "proofs"): "the operator runs the proofs, upper packages add theirs",
    ("ledger", "chart"): "the chart of accounts is a table of values",
}

# Files of tests that are longer than a file should be, each with the most lines it may have; they only ever leave this list.
LONG_TESTS = {
    "companies/test_pages.py": 500, "house/matrix/rows.py": 1150, "house/matrix/world.py": 880, "office/test_pages.py": 750,
    "payments/killing.py": 500, "payments/test_batches.py": 500, "payments/test_credit.py": 450, "payments/test_rails.py": 500,
    "payments/test_settling.py": 600, "payments/test_stripe_events.py": 450, "payments/test_stripe_here.py": 500,
    "payments/test_transfers.py": 600, "trade/plain_order.py": 800, "trade/test_api.py": 450, "trade/test_kinds.py": 500,
    "trade/test_model.py": 700, "trade/test_pages.py": 900, "trade/test_plans.py": 450, "trade/test_silence.py": 450,
}  # fmt: skip


def modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts and "__pycache__" not in path.parts]


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("everfair", cache_dir=None)


def test_every_package_has_its_card():
    for name in PACKAGES:
        card = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text()))
        assert card, f"{name}/__init__.py says nothing"
        assert len(card.splitlines()) <= 10, f"the card of {name} is a page"


def test_across_packages_only_the_open_drawers_are_used():
    wrong = []
    for module in sorted(graph().modules):
        parts = module.split(".")
        if len(parts) < 2 or parts[1] == "site":
            continue
        for imported in graph().find_modules_directly_imported_by(module):
            there = imported.split(".")
            if len(there) < 3 or there[1] == parts[1] or there[1] in FOR_EVERYONE:
                continue
            if there[2] not in OPEN and (there[1], there[2]) not in EXCEPTIONS:
                wrong.append(f"{module} → {imported}")
    assert wrong == []


def test_models_hold_no_verbs():
    for path in PACKAGE.rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert node.name not in ("save", "delete"), f"{path.parent.name}.models overrides {node.name}"


def test_nobody_asks_for_a_model_behind_the_linters_back():
    for path in modules():
        assert "get_model(" not in path.read_text(), f"{path.relative_to(PACKAGE)} uses get_model"


@pytest.mark.parametrize(
    "place",
    [
        "base/money.py",
        "ledger",
        "payments/postings.py",
        "payments/actions",
        "trade/values.py",
        "trade/postings.py",
        "sourcing/actions",
    ],
)
def test_money_never_passes_a_float(place):
    root = PACKAGE / place
    files = [root] if root.suffix else sorted(root.rglob("*.py"))
    if not files:
        files = [root.with_suffix(".py")]
    for path in files:
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                pytest.fail(f"{path.relative_to(PACKAGE)}:{node.lineno} holds the float {node.value}")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
                names = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(node)}
                assert not names & {"amount", "minor", "amount_minor", "price", "total", "unit_price"}, f"{path}:{node.lineno}"


def test_only_the_ledger_writes_the_books():
    for path in modules():
        if path.relative_to(PACKAGE).parts[0] == "ledger":
            continue
        text = path.read_text()
        for table in ("ledger_post(", "INSERT INTO ledger_", "ledger.models"):
            assert table not in text, f"{path.relative_to(PACKAGE)} goes past post_entry"


def test_no_file_is_a_drawer_for_everything():
    banned = {
        "manager",
        "managers",
        "handler",
        "handlers",
        "helper",
        "helpers",
        "util",
        "utils",
        "data",
        "info",
        "common",
        "misc",
        "services",
    }
    for path in modules():
        assert path.stem not in banned, path.relative_to(PACKAGE)


def test_files_stay_short():
    long = {str(p.relative_to(PACKAGE)): n for p in modules() if (n := len(p.read_text().splitlines())) > 420}
    assert long == {}


def test_files_of_tests_stay_short():
    lines = {str(p.relative_to(TESTS)): len(p.read_text().splitlines()) for p in TESTS.rglob("*.py")}

    assert {name: n for name, n in lines.items() if n > LONG_TESTS.get(name, 400)} == {}
    assert [name for name in LONG_TESTS if lines.get(name, 0) <= 400] == [], "short by now: no longer an exception"


def test_the_map_names_every_package():
    text = (PACKAGE.parents[1] / "docs" / "map.md").read_text()
    assert [name for name in PACKAGES if f"`{name}`" not in text] == []
