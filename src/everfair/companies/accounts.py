"""How allauth makes our people: no user name, letters in the person's language."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Filled in where our rules differ from the library's."""
