"""What stands at the side of every page of somebody who is signed in: their desk, or the operator's office."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.roles import MEMBER, OPERATOR, SALES, SIGNED_IN, Role
from everfair.companies.roles import BUYING, MONEY_KEEPING, OWNER_IN_PERSON, SELLING
from everfair.payments.roles import cashier
from everfair.trust.roles import REVIEWER

# (route, text, icon, who sees it, key for the keyboard)
Link = tuple[str, str | Promise, str, Role, str]
# fmt: off
_DESK: tuple[tuple[str | Promise, tuple[Link, ...]], ...] = (
    ("", (
        ("site:desk",           _("Desk"),       "layout-dashboard", SIGNED_IN,       "d"),
        ("trade:orders",        _("Orders"),     "file-text",        MEMBER,          "o"),
        ("messaging:inbox",     _("Messages"),   "mail",             MEMBER,          "m"),
        ("disputes:claims",     _("Claims"),     "scale",            MEMBER,          ""),
        ("trade:inspections",   _("Inspections"), "scan-search",     MEMBER,          ""),
        ("reviews:reviews",     _("Reviews"),    "star",             MEMBER,          ""),
    )),
    (_("Buying"), (
        ("sourcing:my_rfqs",    _("RFQs"),       "megaphone",        BUYING,          ""),
    )),
    (_("Selling"), (
        ("sourcing:leads",      _("Leads"),      "target",           SELLING,         "l"),
        ("sourcing:my_quotes",  _("Quotes"),     "tag",              SELLING,         ""),
        ("catalog:offers",      _("Offers"),     "package",          SELLING,         ""),
        ("trade:own_group_buys", _("Group buys"), "users-round",     SELLING,         ""),
    )),
    (_("Company"), (
        ("payments:wallet",     _("Wallet"),     "wallet",           MONEY_KEEPING,   "w"),
        ("payments:credits",    _("Trade credit"), "calendar-clock", MEMBER,          ""),
        ("trust:verification",  _("Verification"), "badge-check",    MEMBER,          ""),
        ("trust:standing",      _("Standing"),   "medal",            MEMBER,          ""),
        ("trust:points",        _("Points and appeals"), "scale",    MEMBER,          ""),
        ("trust:complaints",    _("Complaints"), "circle-alert",     MEMBER,          ""),
        ("companies:settings",  _("Company"),    "building-2",       MEMBER,          ""),
        ("companies:people",    _("People"),     "users",            MEMBER,          ""),
        ("companies:keys",      _("API keys"),   "key-round",        OWNER_IN_PERSON, ""),
    )),
)
_OFFICE: tuple[tuple[str | Promise, tuple[Link, ...]], ...] = (
    ("", (
        ("office:overview",     _("Office"),          "layout-dashboard", OPERATOR, "d"),
    )),
    (_("Queues"), (
        ("office:issues",       _("Issues"),          "gavel",            OPERATOR, "i"),
        ("disputes:desk",       _("Cases"),           "scale",            OPERATOR, ""),
        ("trust:desk",          _("Verifications"),   "badge-check",      REVIEWER, "v"),
        ("trust:admission",     _("Admission"),       "gauge",            REVIEWER, ""),
        ("risk:desk",           _("Risk"),            "shield-alert",     REVIEWER, "k"),
        ("trust:hits",          _("Screening"),       "search",           REVIEWER, ""),
        ("trust:discipline",    _("Discipline"),      "gavel",            REVIEWER, ""),
        ("trust:blacklist_desk", _("Blacklist"),      "triangle-alert",   REVIEWER, ""),
        ("trust:own_traits",    _("What is yours"),   "link",             REVIEWER, ""),
        ("office:chargebacks",  _("Chargebacks"),     "undo-2",           OPERATOR, ""),
        ("office:mapping",      _("Mapping desk"),    "folder-tree",      OPERATOR, ""),
        ("office:events",       _("Provider events"), "circle-question-mark", OPERATOR, ""),
        ("office:carrier_events", _("Carriers' events"), "truck",         OPERATOR, ""),
        ("office:payouts",      _("Payouts"), "landmark",       OPERATOR, ""),
    )),
    (_("Market"), (
        ("office:companies",    _("Companies"),       "building-2",       OPERATOR, "c"),
        ("office:offers",       _("Offers"),          "package",          OPERATOR, ""),
        ("office:trades",       _("Trades"),          "file-text",        OPERATOR, "o"),
        ("reviews:desk",        _("Reviews"),         "star",             OPERATOR, ""),
        ("office:rails",        _("Payment rails"),   "route",            OPERATOR, ""),
        ("office:credit",       _("Trade credit"),    "calendar-clock",   OPERATOR, ""),
        ("office:rules",        _("Rules"),           "ruler",            OPERATOR, ""),
    )),
    (_("Books"), (
        ("office:accounts",     _("Accounts"),        "book-open",        OPERATOR, "b"),
        ("office:trial",        _("Trial balance"),   "table",            OPERATOR, ""),
        ("office:journal",      _("Journal"),         "list",             OPERATOR, ""),
        ("office:settling",     _("Provider statements"), "receipt",      OPERATOR, ""),
        ("office:periods",      _("Months"),          "calendar-check",   OPERATOR, ""),
        ("office:bank",         _("Bank"),            "landmark",         cashier, ""),
        ("office:exposure",     _("Currency exposure"), "scale",          cashier, ""),
        ("office:invoices",     _("Invoices"),        "file-text",        OPERATOR, ""),
        ("office:fees",         _("Fees"),            "percent",          OPERATOR, ""),
        ("office:taxes",        _("Taxes and issuer"), "landmark",        OPERATOR, ""),
        ("office:proofs",       _("Proofs"),          "scale",            OPERATOR, ""),
        ("office:books",        _("State of the books"), "shield-check",  OPERATOR, ""),
    )),
    (_("House"), (
        ("office:staff",        _("Staff"),           "users",            OPERATOR, ""),
        ("office:trail",        _("Audit trail"),     "scroll-text",      OPERATOR, "t"),
    )),
)
_SALES: tuple[tuple[str | Promise, tuple[Link, ...]], ...] = (
    ("", (
        ("trust:brought",       _("Companies you brought"), "building-2", SALES, "d"),
    )),
)
# fmt: on


def is_public(request: HttpRequest) -> bool:
    """Public addresses begin with a market, are the same for everybody and kept by caches: nobody is looked at there."""
    match = request.resolver_match
    return match is None or "market" in match.kwargs


def desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups for `ui.side_nav`, by the reader's roles; without a query beyond the actor's own. Empty on public pages."""
    if is_public(request):
        return []
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_signed_in:
        return []
    groups = {"operator": _OFFICE, "sales": _SALES}.get(actor.kind, _DESK)
    shown = [(title, [_link(link) for link in links if link[3].admits(actor)]) for title, links in groups]
    addresses = [link["href"] for _title, links in shown for link in links]
    # The longest address that begins the present one: /office/trades/… is Trades, not Office.
    here = max((address for address in addresses if request.path.startswith(address)), key=len, default="")
    for _title, links in shown:
        for link in links:
            link["current"] = link["href"] == here
    return [{"title": title, "links": links} for title, links in shown if links]


def _link(link: Link) -> dict[str, Any]:
    route, text, icon, _who, key = link
    return {"href": reverse(route), "text": text, "icon": icon, "key": key}
