"""The list of claims, and the one page of each: the same file for both sides and the arbitrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.jinja import with_query
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.words import word
from everfair.companies.queries import people_by_id
from everfair.disputes import queries
from everfair.disputes.documents import KINDS
from everfair.disputes.models import Claim, Exhibit
from everfair.disputes.pages.acting import company_name
from everfair.disputes.queries.inspecting import claim_inspections
from everfair.disputes.queries.leaves import facts_of, title_of
from everfair.disputes.queries.papers import paper as paper_of
from everfair.files.queries import file_links

PER_PAGE = 25
_LOOKS = {
    "opening": "act",
    "answer": "calm",
    "offer": "wait",
    "ruling": "proof",
    "appeal": "act",
    "late": "act",
    "inspection": "wait",
}


@require_safe
@allow(MEMBER | OPERATOR)
def claims(request: HttpRequest) -> HttpResponse:
    """Newest first; `open=1` leaves out what is over."""
    actor = request.actor  # type: ignore[attr-defined]
    open_only = request.GET.get("open") == "1"
    after = request.GET.get("after", "")
    before = open_cursor(after, int)[0] if after else None
    found = queries.claims_page(actor, open_only=open_only, before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    more = seal_cursor([shown[-1].number]) if len(found) > PER_PAGE else ""
    return page(
        request, "disputes/claims.html", claims=shown, open_only=open_only, first=not after, company_name=company_name,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
    )  # fmt: skip


@require_safe
@allow(MEMBER | OPERATOR)
def claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    found = queries.claim(claim_id, request.actor)  # type: ignore[attr-defined]
    return page(request, "disputes/claim.html", **claim_face(request, found))


def claim_face(request: HttpRequest, found: Claim) -> dict[str, Any]:
    """Everything the page of a claim shows. The number of queries does not depend on the size of its file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    standing = queries.standing_of_claim(found, actor)
    moves = queries.moves_of(found, actor)
    exhibits = queries.exhibits_of(found)
    rulings = queries.rulings_of(found)
    return {
        "claim": found,
        "standing": standing,
        "look": "wait" if standing.yours else "held" if standing.turn == "nobody" else "calm",
        "lines": queries.claim_lines(found),
        "offers": [
            (row, Money(row.amount_minor, found.currency), row.side == _side(found, actor))
            for row in sorted(queries.offers_standing(found).values(), key=lambda row: row.pk)
        ],
        "moves": buttons(found, moves, actor, rulings),
        "may_accept": "accept" in moves,
        "leaves": _leaves(request, found, exhibits),
        "inspections": [
            (row, company_name(row.inspector), company_name(found.seller if row.booked_by_id == found.seller_id else found.buyer))
            for row in claim_inspections(found)
        ],
        "rulings": [(row, queries.ground_title(row.ground), Money(row.to_buyer_minor, row.currency)) for row in rulings],
        "held": queries.held_now(found.order),
        "buyer_name": company_name(found.buyer),
        "seller_name": company_name(found.seller),
        "why_not": queries.why_not(found, actor) if actor.kind == "operator" else "",
    }


def _side(found: Claim, actor: Actor) -> str:
    return {found.buyer_id: "buyer", found.seller_id: "seller"}.get(actor.company_id, "")  # type: ignore[arg-type]


def buttons(found: Claim, moves: Sequence[str], actor: Actor, rulings: Sequence[Any]) -> list[dict[str, Any]]:
    """The verbs as buttons, the likeliest first; accepting stands beside the offer itself."""

    def at(name: str, **more: Any) -> str:
        return reverse(f"disputes:{name}", kwargs={"claim_id": found.pk, **more})

    last = rulings[-1].pk if rulings else found.pk
    shown: dict[str, dict[str, Any]] = {
        "answer": {"text": _("Answer the claim"), "confirm": at("answer"), "icon": "message-square"},
        "offer": {"text": _("Offer a settlement"), "confirm": at("offer"), "icon": "scale"},
        "hand_over": {"text": _("Send the goods back"), "confirm": at("send"), "icon": "truck"},
        "send_again": {"text": _("Send new goods"), "confirm": at("send"), "icon": "truck"},
        "take_back": {"text": _("The goods are back"), "confirm": at("step", verb="take_back"), "icon": "package-check"},
        "take_replacement": {
            "text": _("The new goods are right"), "confirm": at("step", verb="take_replacement"), "icon": "package-check",
        },
        "rule": {"text": _("Rule on the claim"), "confirm": at("rule"), "icon": "gavel"},
        "confirm": {"text": _("Look at the proposed ruling"), "confirm": at("check", ruling_id=last), "icon": "gavel"},
        "appeal": {"text": _("Appeal against the ruling"), "confirm": at("appeal"), "icon": "scale"},
        "evidence": {"text": _("Add evidence"), "confirm": at("evidence"), "icon": "file-plus", "kind": "plain"},
        "inspect": {
            "text": _("Order an inspection"), "confirm": at("inspect_case" if actor.kind == "operator" else "inspect"), "icon": "search",
            "kind": "plain",
        },
        "escalate": {"text": _("Ask for an arbitrator"), "confirm": at("step", verb="escalate"), "icon": "gavel", "kind": "plain"},
        "waive": {"text": _("I will not appeal"), "confirm": at("step", verb="waive"), "kind": "plain"},
        "withdraw": {"text": _("Withdraw the claim"), "confirm": at("step", verb="withdraw"), "kind": "quiet"},
    }  # fmt: skip
    return [button for verb, button in shown.items() if verb in moves]


def _leaves(request: HttpRequest, found: Claim, exhibits: Sequence[Exhibit]) -> list[dict[str, Any]]:
    """The file as the timeline shows it: three queries at most. Staff stay unnamed towards the parties."""
    links = file_links([UUID(file["id"]) for row in exhibits for file in row.files], request.actor)  # type: ignore[attr-defined]
    people = people_by_id(_person(row) for row in exhibits if row.side in ("buyer", "seller"))
    sides = {"buyer": company_name(found.buyer), "seller": company_name(found.seller)}
    shown = []
    for row in exhibits:
        person = people.get(_person(row)) if row.side in sides else None  # type: ignore[arg-type]
        who = sides.get(row.side, word(row.side, "claim side"))
        shown.append(
            {
                "n": row.n,
                "at": row.created_at,
                "kind": _LOOKS.get(row.kind, "calm"),
                "title": title_of(row),
                "who": f"{person.name}, {who}" if person is not None and person.name else who,
                "text": row.text,
                "facts": facts_of(row, found),
                "files": [(file, links[UUID(file["id"])]) for file in row.files if UUID(file["id"]) in links],
                "inspection": row.body.get("inspection"),
                "reported": row.verb == "report",
                "thread": row.body.get("thread") if row.kind == "chat" else None,
            }
        )
    return shown


def _person(row: Exhibit) -> UUID | None:
    kind, _colon, ident = row.by.partition(":")
    try:
        return UUID(ident) if kind == "person" else None
    except ValueError:
        return None


@require_safe
@allow(MEMBER | OPERATOR)
def paper(request: HttpRequest, claim_id: UUID, kind: str) -> HttpResponse:
    """The case file, or the ruling, as PDF."""
    if kind not in KINDS:
        raise Http404
    found = queries.claim(claim_id, request.actor)  # type: ignore[attr-defined]
    made = paper_of(found, kind, get_language() or "en")
    if made is None:
        raise Http404
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.reference}-{kind}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
