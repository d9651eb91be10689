"""The door: a stated permission on every page and endpoint.

`@allow(MEMBER)` lets members through; `@allow(EVERYONE)` is written out. A house test walks the URL table and
fails on a view without one.

A door may also want proof that it is this very person: `proof="factor"` a session that showed a second factor, `proof="fresh"` one that
showed it within five minutes. Staff show one at every door but those of their own account. A key is no person and proves
nothing. `settings.SECOND_FACTOR_REQUIRED` says whether doors ask: where the kind is live.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import Refused
from everfair.base.roles import EVERYONE, OPERATOR, SALES, SIGNED_IN, Role

Proof = Literal["", "factor", "fresh"]
FRESH_S = 300


class SignInFirst(Exception):
    """Nobody is signed in and the door wants somebody: a page redirects, the API answers 401."""


class CompanyFirst(Refused):
    """The door wants somebody who acts for a company, and this person has none yet: a page leads there, the API answers 403."""

    def __init__(self) -> None:
        super().__init__("base.company_first", _("Register your company or join one first: companies trade here."), status=403)


class ProofFirst(Refused):
    """The door wants a second factor first: a page leads to where it is set up or shown, the API answers 403."""

    def __init__(self) -> None:
        super().__init__(
            "base.proof_first", _("This needs your second factor: show it on the pages first, or use an API key."), status=403
        )


def is_proven(actor: Actor, proof: Proof) -> bool:
    """Whether this session has shown a second factor, and recently where the door says so."""
    if actor.proven_at is None:
        return False
    return proof != "fresh" or time.time() - actor.proven_at < FRESH_S


def _wanted(role: Role, proof: Proof, actor: Actor) -> Proof:
    if not settings.SECOND_FACTOR_REQUIRED or actor.kind not in ("person", "operator", "sales"):
        return ""
    # Whatever an operator does or sees as an operator; their own account stays open, or nobody could set a factor up.
    return proof or ("factor" if actor.kind in ("operator", "sales") and role is not SIGNED_IN else "")


def lacks_only_a_company(role: Role, actor: Actor) -> bool:
    """Whether this person would come in as the owner of a company, and has none. An operator's door stays closed either way."""
    if actor.kind != "person" or actor.company_id is not None:
        return False
    return role.admits(Actor("person", actor.person_id, UUID(int=0), frozenset({"owner"})))


def allow(role: Role, *, scope: str | None = None, proof: Proof = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """State who may come in. `scope` is what an API key must carry to pass (`offers:write`), `proof` what a person must have shown."""

    def door(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if role is EVERYONE and not scope and not proof:
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
            if (wanted := _wanted(role, proof, actor)) and not is_proven(actor, wanted):
                raise ProofFirst
            return view(request, *args, **kwargs)

        guarded.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        guarded.allow = role  # type: ignore[attr-defined]
        guarded.scope = scope  # type: ignore[attr-defined]
        guarded.proof = proof or ("factor" if role in (OPERATOR, SALES) else "")  # type: ignore[attr-defined]
        return guarded

    return door
