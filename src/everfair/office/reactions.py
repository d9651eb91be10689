"""Every operator gets a letter when payouts are frozen, may soon go on, and go on. A repeated reaction is a second letter at worst."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from everfair.base.events import on
from everfair.companies.queries import staff
from everfair.events.ledger import FreezeLifted, FreezeLiftProposed, PayoutsFrozen
from everfair.ledger.queries import freezes


@on(PayoutsFrozen, FreezeLiftProposed, FreezeLifted, subscriber="office")
def tell_the_operators(fact: PayoutsFrozen | FreezeLiftProposed | FreezeLifted) -> None:
    story = next((story for story in freezes() if story.id == fact.freeze_id), None)
    if story is None:
        return
    for person in staff():
        with override(person.language or "en"):
            match fact:
                case PayoutsFrozen():
                    subject, why = _("Payouts are frozen"), story.placed.reason
                case FreezeLiftProposed():
                    subject, why = _("A second word is needed to let payouts go on"), story.words[0].reason
                case FreezeLifted():
                    subject, why = _("Payouts go on"), story.words[-1].reason
            address = f"{settings.ADDRESS}/{person.language or 'en'}/office/books/state/"
            body = render_to_string("office/letters/freeze.txt", {"subject": subject, "why": why, "address": address})
        letter = EmailMessage(subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[person.email])
        transaction.on_commit(letter.send, robust=True)
