"""The style guide: every part of a page in every state, light and dark side by side. Made from the real parts, so it cannot lie.

Shown on demonstrations and test installations, and to operators everywhere; to others it is not there.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.forms import DayField, FilesField, NumberField, TextField
from everfair.base.money import Money, UnitPrice
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import EVERYONE, OPERATOR
from everfair.site.look import CHOICES

SHADES = ("light", "dark")


class SampleForm(forms.Form):
    """One field of each kind."""

    title = TextField(label=_("Title"), help_text=_("What a supplier sees first: goods and purpose in one line."))
    quantity = NumberField(label=_("Quantity"))
    unit = forms.ChoiceField(label=_("Unit"), choices=[("H87", _("piece")), ("KGM", _("kilogram"))])
    ship_by = DayField(label=_("Ship by"), required=False)
    stock = TextField(label=_("Number here"), disabled=True, required=False, initial="№10052")
    payer = forms.ChoiceField(
        label=_("Buyer"), choices=[("a", "Hansekontor"), ("b", "Dadaocheng Select")], widget=forms.RadioSelect
    )
    sample = forms.BooleanField(label=_("Sample available"), required=False)
    details = TextField(label=_("Details"), many_lines=True, rows=3, required=False)
    attachments = FilesField(label=_("Attachments"), required=False)


@require_safe
@allow(EVERYONE)
def styleguide(request: HttpRequest) -> HttpResponse:
    """`?dir=rtl` turns the page round, `?size=larger` shows it in large type, `?theme=dark` the frame in dark."""
    if settings.KIND == "live" and not OPERATOR.admits(request.actor):  # type: ignore[attr-defined]
        raise NotVisible
    asked = {name: request.GET.get(name, "") for name in CHOICES}
    return page(
        request,
        "site/styleguide.html",
        shades=SHADES,
        forms={shade: _forms(shade) for shade in SHADES},
        turned=request.GET.get("dir") == "rtl",
        chosen={name: value for name, value in asked.items() if value and value in CHOICES[name]},
        sample=_sample(),
    )


def _forms(shade: str) -> dict[str, forms.Form]:
    """As it comes, and as it comes back when something is wrong. The ids differ, because both shades stand on one page."""
    good = {"title": "Enamel mugs", "quantity": "1200", "unit": "H87", "payer": "a"}
    wrong = {"title": "", "quantity": "1,200", "unit": "H87", "payer": "a"}
    return {
        "empty": SampleForm(initial=good, auto_id=f"{shade}-%s"),
        "wrong": SampleForm(wrong, auto_id=f"{shade}-wrong-%s"),
    }


def _sample() -> dict[str, Any]:
    """An invented trade."""
    at = now()
    total = Money(395_000, "USD")
    deposit, balance = Money(118_500, "USD"), Money(276_500, "USD")
    return {
        "at": at,
        "soon": at + timedelta(hours=5, minutes=20),
        "later": at + timedelta(days=12),
        "past": at - timedelta(hours=1),
        "total": total,
        "stages": [
            {"name": name, "amount": amount, "state": state, "share": amount.minor}
            for name, amount, state in (
                (_("Deposit"), deposit, "funded"),
                (_("Balance"), balance, "due"),
                ("3", deposit, "paying"),
                ("4", deposit, "frozen"),
                ("5", deposit, "released"),
                ("6", deposit, "refunded"),
            )
        ],
        "tiers": [
            {"from_quantity": 500, "price": UnitPrice.of("3.95", "USD")},
            {"from_quantity": 1500, "price": UnitPrice.of("3.71", "USD"), "saving": Decimal("0.06")},
            {"from_quantity": 5000, "price": None},
        ],
        "offer": {
            "title": "Stainless vacuum bottle 500 ml",
            "href": "#",
            "unit_code": "H87",
            "seller": "Yongkang Wujin Hardware Co., Ltd.",
            "price": UnitPrice.of("3.48", "USD"),
            "price_to": UnitPrice.of("3.95", "USD"),
            "moq": 500,
            "lead_time_days": 25,
            "verified": True,
            "sample": True,
        },
        "company": {
            "name": "Yongkang Wujin Hardware Co., Ltd.",
            "href": "#",
            "other_name": "永康五金制品有限公司",
            "city": "Yongkang",
            "country": "CN",
            "verified_on": at.date(),
        },
        "history": [3, 5, 4, 8, 7, 11],
    }
