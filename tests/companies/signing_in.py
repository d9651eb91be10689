"""A browser that is signed in as somebody, without the cost of a password."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from everfair.companies.models import Person
from tests import make

PASSWORD = "a fair price for honest goods"


def person(email: str, **columns: Any) -> Person:
    """Somebody whose address is confirmed, as everybody's is who signed in."""
    made = make.person(email=email, **columns)
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def browser(of: Person, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(of, backend="everfair.companies.accounts.Backend")
    return client
