"""The payer goes on to pay: the try is committed first, the provider is asked with the intent's id, the outcome is committed last."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.failpoints import failpoint
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.rows import ask, find, insert, tell
from everfair.base.states import moving
from everfair.base.together import all_or_nothing
from everfair.payments.actions.intents import end_intent
from everfair.payments.actions.rails import hold_orders
from everfair.payments.models import Intent, Route
from everfair.payments.providers.port import CheckoutOpened, OutcomeUnknown, ProviderDown, ProviderRefused
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries import intents_visible_to, rails_standing, ranked_rails
from everfair.payments.queries.ways import is_too_large_for_card, why_no_card
from everfair.payments.rails import RAILS, RECIPIENT, client
from everfair.payments.routing import Choice, is_barred, is_usable
from everfair.payments.states import LIVE_INTENT

log = logging.getLogger(__name__)


def start_checkout(intent_id: UUID, *, by: Actor) -> str:
    """The provider's page where the payer pays. Safe to call again: the provider knows the intent by its id.

    The rails are weighed, and one that did nothing hands over to the next at once (I14: never one of which that is not certain).
    Must not run inside a transaction: it calls providers. Refuses 503 when none can be reached and 409 when the payment is over. An
    unknown outcome is looked up; while it stays unknown nothing else is tried.
    """
    find_intent(intent_id, by)  # NotVisible for all others
    with _alone(intent_id):
        intent = find_intent(intent_id, by)
        if intent.state == "open":
            return intent.checkout_url
        if intent.state == "awaiting":
            raise Refused("payments.waits_for_bank", _("This payment waits for your bank transfer. Choose another way first."))
        if intent.state not in LIVE_INTENT:
            raise Refused("payments.over", _("This payment is over."))
        if is_too_large_for_card(intent):
            raise Refused(
                "payments.too_large_for_card", _("Payments this large do not go by card here. Please pay by bank transfer.")
            )
        return _open_somewhere(intent, by)


@contextmanager
def _alone(intent_id: UUID) -> Iterator[None]:
    """Two tabs of one payer never open two rails: the second waits for the first one's answer. Held by the connection, not by a
    transaction; a process that dies lets go."""
    key = f"payments.checkout:{intent_id}"
    ask("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
    try:
        yield
    finally:
        ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _open_somewhere(intent: Intent, by: Actor) -> str:
    before = find(Route, "intent_id = %s ORDER BY n", [intent.pk])
    if before and before[-1].outcome in ("asked", "doubt"):
        # Whether this one did it is not known: only it may be asked again.
        return _ask_again(intent, before[-1], by)
    # Who has refused this purpose before is the last to be asked for it again.
    refused = {row[0] for row in ask(_REFUSED, [intent.purpose])}
    down: set[str] = set()
    retry_after_s = 5
    for n in range(len(before) + 1, len(before) + 9):
        route = _choose(intent, n, frozenset(refused), down)
        if route is None:
            break
        try:
            return _ask(intent, route, by)
        except ProviderDown as nothing_happened:
            down.add(route.rail)
            retry_after_s = nothing_happened.retry_after_s or 5
    raise Refused(
        "payments.provider_down", _("The payment provider cannot be reached. Nothing was paid; try again."), status=503,
        retry_after_s=retry_after_s,
    )  # fmt: skip


def _may_carry(choice: Choice) -> bool:
    return is_usable(choice) or choice.reasons[0] == "tried"


_REFUSED = """
    SELECT DISTINCT r.rail FROM payments_route r JOIN payments_intent i ON i.id = r.intent_id
    WHERE i.purpose = %s AND r.outcome = 'refused' AND i.created_at > ef_now() - interval '1 hour'
"""


def _choose(intent: Intent, n: int, tried: frozenset[str], down: set[str]) -> Route | None:
    """Committed before the provider is asked: whatever happens, where it may have happened is known. None when no rail is left that
    could be asked now; refuses where none may carry this payment. What operators order of rails holds still until it is committed."""
    with all_or_nothing():
        hold_orders()
        ranking = [c for c in ranked_rails("card", intent, tried=tried, steady=True) if c.code not in down]
        fit = [c for c in ranking if _may_carry(c)]
        if not fit:
            if not down and all(is_barred(c) for c in ranking):
                why = why_no_card(c.reasons for c in ranking)
                raise Refused("payments.no_card_rail", _("%(why)s Choose another way to pay.") % {"why": why})
            return None
        left_out = [c for c in ranking if c not in fit]
        route = Route(intent=intent, n=n, rail=fit[0].code, ranking=[[c.code, list(c.reasons)] for c in fit + left_out])
        insert(route)
    failpoint("payments.route_committed")
    if intent.provider != route.rail:
        ask("UPDATE payments_intent SET provider = %s WHERE id = %s AND state = 'created'", [route.rail, intent.pk])
        intent.provider = route.rail
    return route


def _ask_again(intent: Intent, route: Route, by: Actor) -> str:
    try:
        return _ask(intent, route, by, sure=False)
    except ProviderDown as down:
        raise Refused(
            "payments.outcome_unknown",
            _("The payment provider did not answer. We ask it until we know; please do not pay in another way."),
            status=503,
            retry_after_s=down.retry_after_s or 15,
        ) from down


def _ask(intent: Intent, route: Route, by: Actor, *, sure: bool = True) -> str:
    """Ask one rail. `sure`: it was not asked before, so that «down» means that nothing happened there."""
    began_s = time.monotonic()
    answered, failed = False, True
    try:
        opened = client(route.rail).open_checkout(
            intent_id=str(intent.pk),
            amount=intent.amount,
            recipient=RECIPIENT,
            description=intent.description,
            return_url=f"{settings.ADDRESS}{intent.return_path}",
            language=by.language,
        )
        failpoint("payments.checkout_answered")
        answered = True
    except ProviderDown:
        if sure:
            _came_to(route, "down")
        raise
    except ProviderRefused as no:
        failed = False
        _came_to(route, "refused")
        end_intent(intent.pk, "fail", no.code)
        raise Refused("payments.provider_refused", _("The payment provider refused this payment.")) from no
    except OutcomeUnknown as doubt:
        _came_to(route, "doubt")
        if intent.state != "indeterminate":
            with moving(intents_visible_to(SYSTEM), intent.pk, "doubt", by=SYSTEM):
                pass
        raise Refused(
            "payments.outcome_unknown",
            _("The payment provider did not answer. We ask it until we know; please do not pay in another way."),
            status=503,
            retry_after_s=15,
        ) from doubt
    finally:
        latency_ms = int((time.monotonic() - began_s) * 1000)
        if not answered:
            note_call(route.rail, failed=failed, latency_ms=latency_ms)
    return _opened(intent.pk, route, opened, latency_ms)


def _came_to(route: Route, outcome: str) -> None:
    tell("UPDATE payments_route SET outcome = %s WHERE id = %s", [outcome, route.pk])
    route.outcome = outcome


def note_call(rail: str, *, failed: bool, latency_ms: int) -> None:
    """How a rail answered: its health is read from the newest calls."""
    tell("INSERT INTO payments_railcall (rail, failed, latency_ms) VALUES (%s, %s, %s)", [rail, failed, latency_ms])


def _opened(intent_id: UUID, route: Route, opened: CheckoutOpened, latency_ms: int) -> str:
    try:
        with all_or_nothing():
            with moving(intents_visible_to(SYSTEM), intent_id, "send", by=SYSTEM) as intent:
                intent.provider_ref = opened.ref
                intent.checkout_url = opened.url
            _note_opened(route, latency_ms)
    except (AlreadyDone, Refused):
        # The event overtook us, or it was in doubt: it is the same checkout.
        with all_or_nothing():
            _note_opened(route, latency_ms)
        log.info("checkout was opened already", extra={"intent": str(intent_id)})
    return opened.url


def _note_opened(route: Route, latency_ms: int) -> None:
    _came_to(route, "opened")
    note_call(route.rail, failed=False, latency_ms=latency_ms)


def give_up(intent_id: UUID, *, by: Actor) -> None:
    """The payer will not pay this here after all: it can be paid in another way at once.

    The rail is asked to take its page away. Refuses 409 what is paid or over. A rail that does not answer may still be paid: then 503,
    unless an operator has closed it; what comes after all goes back by itself. Not inside a transaction.
    """
    find_intent(intent_id, by)  # NotVisible for all others
    with _alone(intent_id):
        intent = find_intent(intent_id, by)
        if intent.state not in ("created", "open", "indeterminate"):  # a transfer is taken back in another way
            raise Refused("payments.over", _("This payment is over."))
        tries = find(Route, "intent_id = %s ORDER BY n", [intent.pk])
        if tries and tries[-1].outcome in ("asked", "doubt", "opened"):
            _take_back(intent, tries[-1].rail)
        end_intent(intent.pk, "fail", "given_up")


def _take_back(intent: Intent, rail: str) -> None:
    try:
        found = client(rail).look_up(str(intent.pk))
        if found is not None and found.state == "open":
            found = client(rail).cancel_checkout(found.ref)
    except ProviderRefused as no:
        # It was paid or failed in between: its own word comes in a moment.
        raise Refused("payments.over", _("This payment is over.")) from no
    except (ProviderDown, OutcomeUnknown) as silence:
        if rails_standing([RAILS[rail]])[0].carries(now().date()):
            raise Refused(
                "payments.outcome_unknown",
                _("The payment provider does not answer, and you may have paid there already. We ask it until we know."),
                status=503,
                retry_after_s=15,
            ) from silence
        return
    if found is not None and found.state == "captured":
        raise Refused("payments.over", _("You have paid this: the provider's word is on its way."))


def forget_doubt(intent: Intent) -> None:
    """Asked later, the rail knows nothing of this payment: it can be opened anew, there or elsewhere."""
    with moving(intents_visible_to(SYSTEM), intent.pk, "clear", by=SYSTEM):
        ask("UPDATE payments_route SET outcome = 'none' WHERE intent_id = %s AND outcome IN ('asked', 'doubt')", [intent.pk])
