"""Lines of trade credit: a seller lets a buyer owe, up to a limit, each payout for so many days."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, insert
from everfair.base.states import lock, moving
from everfair.base.together import part
from everfair.companies.roles import MONEY_KEEPING
from everfair.events.payments import CreditMoved
from everfair.payments.models import MOST_NET_DAYS, CreditLimit, CreditLine
from everfair.payments.queries.credit import credit_lines_visible_to, knows_buyer, open_line
from everfair.payments.roles import granting

LARGEST_LIMIT = 10**13


def grant_credit(buyer_id: UUID, limit: Money, net_days: int, *, by: Actor) -> CreditLine:
    """Offer a buyer to owe up to `limit`, each payout for `net_days`. It holds once the buyer agrees.

    Refuses a company the seller has no business with (NotVisible), a limit or days out of bounds, and a second line of the same pair
    and currency.
    """
    if by.company_id is None or not knows_buyer(by, buyer_id):
        raise NotVisible
    if not MONEY_KEEPING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    _refuse_limit(limit)
    if not 1 <= net_days <= MOST_NET_DAYS:
        message = _("Please give 1 to %(most)s days.") % {"most": MOST_NET_DAYS}
        raise Refused("payments.net_days", message, field="net_days", status=422)
    with part():
        # Two at once: the second waits here, then finds the first one's.
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payments.credit:{by.company_id}:{buyer_id}"])
        if open_line(by.company_id, buyer_id, limit.currency) is not None:
            raise Refused("payments.credit_granted", _("There is trade credit for this buyer in this currency already."))
        line = CreditLine(
            seller_id=by.company_id, buyer_id=buyer_id, currency=limit.currency, limit_minor=limit.minor, net_days=net_days
        )
        insert(line)
        insert(CreditLimit(line=line, n=1, limit_minor=limit.minor, currency=limit.currency, by=by.label))
        _tell(line, "offer", by)
    return line


def _refuse_limit(limit: Money) -> None:
    if not 0 < limit.minor <= LARGEST_LIMIT:
        raise Refused("payments.credit_limit", _("Please give a limit above zero."), field="limit", status=422)


def _tell(line: CreditLine, how: str, by: Actor) -> None:
    emit(CreditMoved(line.pk, line.seller_id, line.buyer_id, how), by=by)


def agree_to_credit(line_id: UUID, *, by: Actor) -> CreditLine:
    """The buyer takes the terms: what is paid by it is owed, and repaid within the days."""
    return _move(line_id, "agree", by)


def pause_credit(line_id: UUID, *, by: Actor) -> CreditLine:
    """Nothing new is drawn from now on; what is owed stays owed."""
    return _move(line_id, "pause", by)


def resume_credit(line_id: UUID, *, by: Actor) -> CreditLine:
    return _move(line_id, "resume", by)


def close_credit(line_id: UUID, *, by: Actor) -> CreditLine:
    """Either side ends it for good: nothing new is drawn, what is owed stays owed. Before it was agreed, it is a refusal."""
    return _move(line_id, "close", by)


def _move(line_id: UUID, verb: str, by: Actor) -> CreditLine:
    with moving(credit_lines_visible_to(by), line_id, verb, by=by) as line:
        _tell(line, verb, by)
    return line


def change_credit_limit(line_id: UUID, limit: Money, *, by: Actor) -> CreditLine:
    """A new limit from now on; one below what is owed stops new draws until enough is repaid. Every version is kept.

    Refuses a closed line, another currency, the same limit again.
    """
    _refuse_limit(limit)
    with part():
        line = lock(credit_lines_visible_to(by), line_id)
        if not granting.admits(by, line):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if line.state == "closed":
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        if limit.currency != line.currency:
            raise Refused("payments.other_currency", _("This credit is in another currency."), field="limit", status=422)
        if limit == line.limit:
            raise Refused("payments.same_limit", _("This is the limit already."), field="limit", status=422)
        ask("UPDATE payments_creditline SET limit_minor = %s WHERE id = %s", [limit.minor, line.pk])
        line.limit_minor = limit.minor
        [(n,)] = ask("SELECT count(*) + 1 FROM payments_creditlimit WHERE line_id = %s", [line.pk])
        insert(CreditLimit(line=line, n=n, limit_minor=limit.minor, currency=limit.currency, by=by.label))
        _tell(line, "limit", by)
    return line
