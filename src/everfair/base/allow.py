"""The door: a stated permission on every page and endpoint.

`@allow(MEMBER)` lets members through; `@allow(EVERYONE)` is written out. A house test walks the URL table and
fails on a view without one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import Refused
from everfair.base.roles import EVERYONE, Role


class SignInFirst(Exception):
    """Nobody is signed in and the door wants somebody: a page redirects, the API answers 401."""


class CompanyFirst(Refused):
    """The door wants somebody who acts for a company, and this person has none yet: a page leads there, the API answers 403."""

    def __init__(self) -> None:
        super().__init__("base.company_first", _("Register your company or join one first: companies trade here."), status=403)


def lacks_only_a_company(role: Role, actor: Actor) -> bool:
    """Whether this person would come in as the owner of a company, and has none. An operator's door stays closed either way."""
    if actor.kind != "person" or actor.company_id is not None:
        return False
    return role.admits(Actor("person", actor.person_id, UUID(int=0), frozenset({"owner"})))


def allow(role: Role, *, scope: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """State who may come in. `scope` is what an API key must carry to pass (`offers:write`)."""

    def door(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if role is EVERYONE and not scope:
                return view(request, *args, **kwargs)  # who it is need not be read
            actor = request.actor  # type: ignore[attr-defined]
            if not role.admits(actor):
                if not actor.is_signed_in:
                    raise SignInFirst
                if lacks_only_a_company(role, actor):
                    raise CompanyFirst
                raise Refused("base.not_allowed", _("Your role does not allow this."), status=403)
            if actor.kind == "key" and scope and scope not in actor.scopes:
                raise Refused("base.scope_missing", _("This key does not carry the scope for that."), status=403)
            return view(request, *args, **kwargs)

        guarded.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        guarded.allow = role  # type: ignore[attr-defined]
        guarded.scope = scope  # type: ignore[attr-defined]
        return guarded

    return door
