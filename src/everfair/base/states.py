"""A state machine is a table: what may happen, from where, to where, and who may do it.

Buttons, the API's allowed moves, the database CHECK and the diagram in the docs all come from the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import Role
from everfair.base.rows import as_it_is, ask, find_one, save_changes
from everfair.base.sql import tell
from everfair.base.together import part


@dataclass(frozen=True, slots=True)
class Move:
    """One verb: it leads from any of `sources` to `target`, and `who` may do it."""

    verb: str
    sources: tuple[str, ...]
    target: str
    who: Role


class StateTable:
    """The moves along one axis of a row. The axis is also the name of the model's column.

    Refuses to load when a state cannot be reached from the first one or a move is written twice.
    """

    def __init__(self, axis: str, *rows: tuple[str, str, str, Role]) -> None:
        self.axis = axis
        self.moves = tuple(Move(verb, tuple(sources.split()), target, who) for verb, sources, target, who in rows)
        self.initial = self.moves[0].sources[0]
        self.states: tuple[str, ...] = tuple(
            dict.fromkeys(state for move in self.moves for state in (*move.sources, move.target))
        )
        seen: set[tuple[str, str]] = set()
        for move in self.moves:
            for source in move.sources:
                if (move.verb, source) in seen:
                    raise ValueError(f"{axis}: «{move.verb}» from «{source}» is written twice")
                seen.add((move.verb, source))
        reached, grown = {self.initial}, True
        while grown:
            new = {m.target for m in self.moves if reached & set(m.sources)} - reached
            reached |= new
            grown = bool(new)
        if lost := set(self.states) - reached:
            raise ValueError(f"{axis}: cannot be reached: {sorted(lost)}")

        self.verbs = frozenset(move.verb for move in self.moves)
        self._from = {state: tuple(m for m in self.moves if state in m.sources) for state in self.states}

    def find(self, verb: str, state: str) -> Move | None:
        return next((m for m in self._from.get(state, ()) if m.verb == verb), None)

    def targets(self, verb: str) -> set[str]:
        return {m.target for m in self.moves if m.verb == verb}

    def allowed(self, row: Any, actor: Actor) -> list[str]:
        """The verbs this actor may do now, in the table's order: what the buttons show."""
        return [m.verb for m in self._from.get(getattr(row, self.axis), ()) if m.who.admits(actor, row)]

    def column(self) -> models.CharField:  # type: ignore[type-arg]
        """The model's column; pair it with `check()` in the constraints."""
        return models.CharField(max_length=20, default=self.initial)

    def check(self, label: str) -> models.CheckConstraint:
        return models.CheckConstraint(condition=models.Q(**{f"{self.axis}__in": list(self.states)}), name=f"{label}_{self.axis}")

    def diagram(self) -> str:
        """Mermaid source, for the generated page of the guide."""
        lines = ["stateDiagram-v2", f"  [*] --> {self.initial}"]
        lines += [f"  {source} --> {m.target}: {m.verb} ({m.who.name})" for m in self.moves for source in m.sources]
        return "\n".join(lines)


def tables_of(model: type[models.Model]) -> tuple[StateTable, ...]:
    """The axes of a model: its attribute `TABLES`."""
    return model.TABLES  # type: ignore[attr-defined,no-any-return]


def allowed_moves(row: models.Model, actor: Actor) -> list[str]:
    return [verb for table in tables_of(type(row)) for verb in table.allowed(row, actor)]


_Row = TypeVar("_Row", bound=models.Model)


@contextmanager
def moving(rows: models.QuerySet[_Row], pk: UUID, verb: str, *, by: Actor, reason: str = "") -> Iterator[_Row]:
    """Lock the row, ask the table, let the caller do the work, then write the state and its history: all or none.

    `rows` is the scope the actor sees: a row outside it raises NotVisible. When the model names `parties`
    (company ids) and the verb stands in `STOPPED_BY`, the companies are share-locked first and a stop of that kind
    refuses. Raises AlreadyDone when the row already stands at the verb's target.
    """
    with part():
        lock_parties(rows, pk, verb)
        row = lock(rows, pk)
        with stepping(row, verb, by=by, reason=reason):
            yield row


def lock(rows: models.QuerySet[_Row], pk: UUID) -> _Row:
    """The row of this scope, locked until the transaction ends; NotVisible outside it."""
    seen = getattr(rows, "seen_as", None)
    if seen is not None:
        row = find_one(rows.model, f"id = %s AND {seen[0]} FOR UPDATE", [pk, *seen[1]])
    else:
        row = rows.select_for_update(of=("self",)).filter(pk=pk).order_by().first()
    if row is None:
        raise NotVisible
    return row


@contextmanager
def stepping(row: _Row, verb: str, *, by: Actor, reason: str = "") -> Iterator[_Row]:
    """`moving` for a row that is locked already, in a transaction that is open already: companies are not asked again."""
    before = as_it_is(row)
    finish = step(row, verb, by=by, reason=reason)
    yield row
    finish()
    save_changes(row, before)


_HISTORY = """
    INSERT INTO base_history (subject, kind, axis, verb, from_state, to_state, actor, door, reason)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def step(row: Any, verb: str, *, by: Actor, reason: str = "") -> Callable[[], None]:
    """Ask the table whether a locked row may move; the returned function sets the state and writes its history.

    `moving` is the ordinary way. Inside it, `step(row, "complete", by=by)()` moves a second axis of the same row.
    """
    table = next(t for t in tables_of(type(row)) if verb in t.verbs)
    state = getattr(row, table.axis)
    move = table.find(verb, state)
    if move is None:
        if state in table.targets(verb):
            raise AlreadyDone("base.already_done", _("This has been done already."))
        raise Refused("base.wrong_state", _("This is not possible in the present state."))
    if not move.who.admits(by, row):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)

    def finish() -> None:
        setattr(row, table.axis, move.target)
        write_history(row, table.axis, verb, state, move.target, by=by, reason=reason)

    return finish


def write_history(row: Any, axis: str, verb: str, from_state: str, to_state: str, *, by: Actor, reason: str = "") -> None:
    """One line of a row's history. Verbs of a table write theirs themselves; a row born in its second state says it here."""
    kind = type(row)._meta.label_lower
    tell(_HISTORY, [row.pk, kind, axis, verb, from_state, to_state, by.label, by.door, reason])


def lock_parties(rows: models.QuerySet[Any], pk: UUID, verb: str) -> None:
    """Companies before the row: the lock order everywhere. The check itself is registered by `companies`."""
    model = rows.model
    kind = getattr(model, "STOPPED_BY", {}).get(verb)
    if kind is None:
        return
    columns: tuple[str, ...] = model.PARTIES  # type: ignore[attr-defined]
    seen = getattr(rows, "seen_as", None)
    if seen is not None:
        asked = f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE id = %s AND {seen[0]}"  # noqa: S608
        found = ask(asked, [pk, *seen[1]])
        ids = found[0] if found else None
    else:
        ids = rows.filter(pk=pk).values_list(*columns).first()
    if ids is None:
        raise NotVisible
    if _stop_check is None:
        raise RuntimeError("no package checks stops")
    _stop_check([i for i in ids if i is not None], kind)


_stop_check: Any = None


def check_stops_with(function: Any) -> None:
    """`companies` registers here the function (company ids, kind) that share-locks and refuses."""
    global _stop_check
    _stop_check = function
