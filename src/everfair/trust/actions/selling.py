"""What whoever sells may say: which companies they brought. It keeps them from everything else about those, for good."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import Refused
from everfair.base.roles import SALES
from everfair.base.sql import ask
from everfair.messaging.actions import read_message
from everfair.trust.actions.drawing import link_person
from everfair.trust.models import Link


def bring_company(number: int, note: str, *, by: Actor) -> Link:
    """I brought this company to the platform: the link «onboarded», which nobody takes back. Safe to repeat."""
    if not SALES.admits(by) or by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    text = read_message(note, field="note")
    if not text:
        raise Refused("trust.words_missing", _("Please write something."), field="note", status=422)
    found = ask("SELECT id FROM companies_company WHERE number = %s", [number])
    if not found:
        raise Refused("trust.no_company", _("There is no company with this number."), field="number", status=422)
    return link_person(by.person_id, found[0][0], "onboarded", text[:2000], by=by)


__all__ = ["bring_company"]
