"""The books from above: accounts by address, their statements, entries with their transfers, and the proofs."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import OPERATOR
from everfair.companies.actions import note_act
from everfair.ledger.proofs import prove
from everfair.ledger.queries import statement
from everfair.office import queries
from everfair.office.pages.accounting import show_entry
from everfair.office.pages.answering import next_address, whole
from everfair.office.queries.books import entries_of
from everfair.office.values import LOOKED_AT_ACCOUNT

PER_PAGE = 50
_OF_SOMEBODY = re.compile(r"(?:company|stage|intent):([0-9a-f-]{36}):")


@require_safe
@allow(OPERATOR)
def accounts(request: HttpRequest) -> HttpResponse:
    prefix, after = request.GET.get("prefix", "").strip()[:120], request.GET.get("after", "")[:120]
    found = queries.accounts(prefix, after=after, limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.address)
    return page(request, "office/accounts.html", accounts=shown, prefix=prefix, following=following)


@require_safe
@allow(OPERATOR)
def account(request: HttpRequest) -> HttpResponse:
    """An account's statement (`?address=`). A look at somebody's money is noted under their id."""
    address = request.GET.get("address", "")[:120]
    found = next((row for row in queries.accounts(address, limit=1) if row.address == address), None)
    if found is None:
        raise NotVisible
    lines = statement(address, before=whole(request.GET.get("after", "")), limit=PER_PAGE + 1)
    shown, following = next_address(request, lines, PER_PAGE, lambda row: row.id)
    if belongs := _OF_SOMEBODY.match(address):
        note_act(LOOKED_AT_ACCOUNT, UUID(belongs[1]), "", request.actor, after={"account": address})  # type: ignore[attr-defined]
    entries = entries_of([line.id for line in shown])
    return page(request, "office/account.html", account=found, lines=shown, entries=entries, following=following)


@require_safe
@allow(OPERATOR)
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    return show_entry(request, entry_id)


@require_safe
@allow(OPERATOR)
def proofs(request: HttpRequest) -> HttpResponse:
    """Reads every transfer there is, so it runs when somebody asks (`?run=1`)."""
    return page(request, "office/proofs.html", proofs=prove() if request.GET.get("run") == "1" else None)
