"""The first page of the office: what waits, what broke, what the platform holds."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted
from everfair.office.queries.queues import dead_reaction
from everfair.office.values import TRIED
from everfair.payments.queries import intents_visible_to
from everfair.payments.roles import cashier
from everfair.trade.queries.orders import orders_of_stages

SHOWN = 100
# Queues whose pages only those open who may say whose money it is.
OF_THE_BANK = {"bank_breaks", "bank_lines", "bank_decisions", "bank_returns"}


@require_safe
@allow(OPERATOR)
def overview(request: HttpRequest) -> HttpResponse:
    found = queries.queues()
    keeps = cashier.admits(request.actor)  # type: ignore[attr-defined]
    return page(
        request,
        "office/overview.html",
        queues=found,
        waiting=[queue for queue in found.values() if queue.count and (keeps or queue.name not in OF_THE_BANK)],
        cards=cards(),
        parts=queries.parts_of_the_installation(),
        part_names={"worker": _("Worker"), "clock": _("Clock"), "index": _("Search index")},
        balances=queries.platform_balances(),
    )


def cards() -> dict[str, tuple[str, str, str, str]]:
    """Queue → its name, where it is worked off, why it matters, and how pressing it is."""
    companies = reverse("office:companies")
    return {
        "cases": (_("Cases"), reverse("disputes:desk"), _("Claims that wait for an arbitrator's ruling."), "act"),
        "attempts": (
            _("Somebody tried what is not theirs"), f"{reverse('office:trail')}?{urlencode({'act': TRIED})}",
            _("Of the last seven days: who sells, or has to do with a company, knocked where they decide nothing."), "act",
        ),
        "issues": (_("Open issues"), reverse("office:issues"), _("Money is frozen until you decide."), "act"),
        "points": (_("Points to look at"), reverse("trust:discipline"), _("An event proposes points, or a second person is needed."), "wait"),
        "points_appeals": (_("Appeals against points"), reverse("trust:discipline"), _("A sanction may be wrong, and runs."), "act"),
        "complaints": (_("Complaints"), reverse("trust:discipline"), _("A deal outside the platform went wrong; two reviewers say what is true of it."), "wait"),
        "reentries": (_("A listed company may have come back"), reverse("trust:blacklist_desk"), _("It shares something with one on the blacklist; no level is granted meanwhile."), "act"),
        "blacklist": (_("Blacklist to decide"), reverse("trust:blacklist_desk"), _("A second person is needed, or an appeal waits."), "wait"),
        "misfits": (_("Provider events that fit nothing"), reverse("office:events"), _("Money may lie in suspense."), "act"),
        "carriers": (
            _("Carriers' events that fit nothing"), reverse("office:carrier_events"),
            _("Goods may be elsewhere than their order says."), "wait",
        ),
        "intents": (
            _("Payments in doubt"), reverse("office:intents"), _("A buyer may have paid; the provider has not said."), "act"
        ),
        "payouts": (
            _("Payouts in doubt"), reverse("office:payouts") + "?which=doubt", _("The provider's last word is missing."), "act"
        ),
        "batches": (_("Batches of payouts"), reverse("office:payouts"), _("Suppliers wait for their money."), "act"),
        "payout_exceptions": (
            _("Payouts taken out"), reverse("office:payouts") + "?which=held", _("Money waits for a person to look."), "act"
        ),
        "payout_approvals": (
            _("Payouts to approve"), reverse("office:payouts") + "?which=approve", _("The company has nobody else for it."), "act"
        ),
        "bank_accounts": (
            _("Bank accounts to look at"), reverse("office:payouts") + "?which=accounts", _("The holder is not the company by its name."), "wait"
        ),
        "debts": (_("Debts overdue"), reverse("office:payouts") + "?which=debts", _("What companies owe us and did not settle."), "act"),
        "bank_breaks": (
            _("Breaks of our bank"), reverse("office:bank_breaks"), _("What our bank says does not fit, and is not booked."), "act"
        ),
        "bank_lines": (_("Bank lines to decide"), reverse("office:bank_lines"), _("Money came, and nobody knows whose."), "act"),
        "bank_decisions": (
            _("Bank decisions to approve"), reverse("office:bank_decisions"), _("A large sum waits for a second person."), "act"
        ),
        "bank_returns": (
            _("Transfers to send back by hand"), reverse("office:bank_returns"), _("A file for our bank cannot say them, or the bank did not do them."), "act"
        ),
        "rail_breaks": (
            _("Breaks of providers"), reverse("office:settling"), _("A provider's statement and our books differ."), "act"
        ),
        "chargebacks": (_("Chargebacks to answer"), reverse("office:chargebacks"), _("Each has a day after which it is lost."), "act"),
        "stopped_payouts": (
            _("Payouts that a stop holds back"), reverse("office:payouts") + "?which=stopped",
            _("Lift the stop, or say why it stands."), "wait",
        ),
        "reactions": (
            _("Dead reactions"), reverse("office:reactions"), _("Events that a part of the platform could not digest."), "act"
        ),
        "deadlines": (
            _("Failed deadlines"), reverse("office:deadlines"), _("What should have happened by itself and did not."), "act"
        ),
        "overdue": (_("Overdue deadlines"), reverse("office:deadlines") + "#overdue", _("The clock does not keep up."), "act"),
        "letters": (_("Letters that did not leave"), reverse("office:letters"), _("People wait for a message of ours."), "wait"),
        "unverified": (
            _("Suppliers without a mark"), companies + "?queue=unverified", _("Never verified, or the mark ran out."), "wait"
        ),
        "expiring": (_("Marks that end within 30 days"), companies + "?queue=expiring", _("Look again before they end."), "wait"),
        "lookalikes": (
            _("Lookalike names"), companies + "?queue=lookalike", _("A name the eye takes for another company's."), "wait"
        ),
        "unmapped": (_("Unmapped categories"), reverse("office:mapping"), _("Offers that no hall shows yet."), "wait"),
    }  # fmt: skip


@require_safe
@allow(OPERATOR)
def reactions(request: HttpRequest) -> HttpResponse:
    return page(request, "office/reactions.html", reactions=queries.dead_reactions(SHOWN))


@require_POST
@allow(OPERATOR)
@once
def repeat_reaction(request: HttpRequest, reaction_id: int) -> HttpResponse:
    actions.repeat_reaction(reaction_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("This time it worked."))
    return redirect("office:reactions")


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def settle_reaction(request: HttpRequest, reaction_id: int) -> HttpResponse:
    dead = dead_reaction(reaction_id)
    form = forms.ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        actions.settle_reaction(reaction_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("It is settled; your reason stands in the audit trail."))
        return redirect("office:reactions")

    def show() -> HttpResponse:
        return page(request, "office/settle_reaction.html", status=422 if form.errors else 200, form=form, dead=dead)

    return acted(form, work, show) if request.method == "POST" else show()


@require_safe
@allow(OPERATOR)
def deadlines(request: HttpRequest) -> HttpResponse:
    failed = list(queries.failed_deadlines()[:SHOWN])
    return page(request, "office/deadlines.html", deadlines=failed, overdue=queries.overdue_deadlines(SHOWN))


@require_POST
@allow(OPERATOR)
@once
def repeat_deadline(request: HttpRequest, deadline_id: int) -> HttpResponse:
    actions.repeat_deadline(deadline_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The deadline fires again within a minute."))
    return redirect("office:deadlines")


@require_safe
@allow(OPERATOR)
def intents(request: HttpRequest) -> HttpResponse:
    """Payments of which nobody knows whether they came; the worker asks the provider every few seconds."""
    doubtful = intents_visible_to(request.actor).filter(state="indeterminate").select_related("company")  # type: ignore[attr-defined]
    rows = list(doubtful.order_by("id")[:SHOWN])
    stages = orders_of_stages([str(row.purpose) for row in rows if row.purpose_kind == "stage"])
    return page(request, "office/intents.html", intents=[(row, stages.get(str(row.purpose))) for row in rows])


@require_safe
@allow(OPERATOR)
def letters(request: HttpRequest) -> HttpResponse:
    """What the mail server has not taken: given up, or still tried."""
    return page(request, "office/letters.html", letters=queries.letters(SHOWN))


@require_POST
@allow(OPERATOR)
@once
def repeat_letter(request: HttpRequest) -> HttpResponse:
    actions.repeat_letter(request.POST.get("letter", "")[:200], by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The letter is tried again at once."))
    return redirect("office:letters")
