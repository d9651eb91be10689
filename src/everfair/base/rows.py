"""Rows without building their SQL each time: for the few places that every trade passes.

A queryset costs three times what PostgreSQL needs for the answer, because its SQL is composed anew at each call. Here a table's
columns are written down once; the rest is a `WHERE` in plain SQL whose values always go as parameters. Everything else stays
with querysets (decision 0007).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Expression, Field
from django.db.models.base import ModelState
from django.utils.functional import SimpleLazyObject

from everfair.base.clock import EfNow
from everfair.base.sql import Params, ask, session_here, tell
from everfair.base.together import whole_of

_Row = TypeVar("_Row", bound=models.Model)
__all__ = ["as_it_is", "ask", "find", "find_one", "find_with", "insert", "save_changes", "seen_as", "tell"]


class _Shape:
    """What there is to know of a table, read once."""

    def __init__(self, model: type[models.Model]) -> None:
        self.fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
        self.names = [field.attname for field in self.fields]
        self.table = _quoted(model._meta.db_table)
        self.column = {field.attname: _quoted(str(field.column)) for field in self.fields}
        self.columns = ", ".join(f"{self.table}.{self.column[name]}" for name in self.names)
        self.select = f"SELECT {self.columns} FROM {self.table} WHERE "  # noqa: S608 – names of our own tables
        self.readers: list[tuple[str, Callable[..., Any], Any]] = []
        for field in self.fields:
            seen_as = field.get_col(model._meta.db_table)
            for read in field.get_db_converters(session_here()):
                self.readers.append((field.attname, read, seen_as))
        self.key = model._meta.pk.attname if model._meta.pk else "id"
        # What the database fills in with the moment of the transaction.
        self.moments = frozenset(f.attname for f in self.fields if f.has_db_default() and isinstance(f.db_default, EfNow))

    def read(self, model: type[_Row], values: Sequence[Any]) -> _Row:
        """As `from_db` does it, without two signals for each row that nobody hears."""
        row = model.__new__(model)
        vars(row).update(zip(self.names, values, strict=True))
        if self.readers:
            here, columns = session_here(), vars(row)
            for name, read, seen_as in self.readers:
                columns[name] = read(columns[name], seen_as, here)
        row._state = state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        return row


@cache
def _shape(model: type[models.Model]) -> _Shape:
    return _Shape(model)


def _quoted(name: str) -> str:
    return f'"{name}"'


def find(model: type[_Row], where: str, params: Params = (), *, also: Mapping[str, str] | None = None) -> list[_Row]:
    """The rows of `SELECT … FROM the table WHERE …`; `where` is our own text and may end with ORDER BY, LIMIT or FOR UPDATE.

    `also` names further attributes and the SQL expressions they come from.
    """
    shape = _shape(model)
    if not also:
        return [shape.read(model, values) for values in ask(shape.select + where, params)]
    more = ", ".join(also.values())
    found = []
    for values in ask(f"SELECT {shape.columns}, {more} FROM {shape.table} WHERE {where}", params):  # noqa: S608
        row = shape.read(model, values[: len(shape.names)])
        for name, value in zip(also, values[len(shape.names) :], strict=True):
            setattr(row, name, value)
        found.append(row)
    return found


def find_one(model: type[_Row], where: str, params: Params = (), *, also: Mapping[str, str] | None = None) -> _Row | None:
    """The first of them, or None."""
    found = find(model, where, params, also=also)
    return found[0] if found else None


def find_with(model: type[_Row], name: str, where: str, params: Params = ()) -> list[_Row]:
    """The rows, each with the row that its foreign key `name` points to, as `select_related` brings it; columns in `where` say of which
    table they are."""
    key = model._meta.get_field(name)
    of = cast("type[models.Model]", key.related_model)
    shape, other = _shape(model), _shape(of)
    sql = _joined(model, name)
    found = []
    for values in ask(sql + where, params):
        row = shape.read(model, values[: len(shape.names)])
        setattr(row, name, other.read(of, values[len(shape.names) :]))
        found.append(row)
    return found


@cache
def _joined(model: type[models.Model], name: str) -> str:
    key = model._meta.get_field(name)
    shape, other = _shape(model), _shape(cast("type[models.Model]", key.related_model))
    on = f"{other.table}.{other.column[other.key]} = {shape.table}.{shape.column[key.attname]}"  # type: ignore[union-attr]
    return f"SELECT {shape.columns}, {other.columns} FROM {shape.table} JOIN {other.table} ON {on} WHERE "  # noqa: S608


def seen_as(
    model: type[_Row], rows: Callable[[], models.QuerySet[_Row]], where: str = "true", *params: Any
) -> models.QuerySet[_Row]:
    """A scope said twice: as a queryset, made when somebody asks for it, and as plain SQL for `find`, `moving` and `lock`. A
    test compares the two."""
    scope = SimpleLazyObject(rows)
    vars(scope).update(model=model, seen_as=(where, params))
    return cast("models.QuerySet[_Row]", scope)


def insert(*rows: _Row) -> None:
    """Insert rows of one model, in one statement; what the database fills in is read back into them.

    The moment of an `all_or_nothing` is known once it was asked for: where nothing else is filled in, nobody waits for the answer.
    """
    if not rows:
        return
    shape, here = _shape(type(rows[0])), session_here()
    filled = [name for name in shape.names if _is_left_to_the_database(getattr(rows[0], name), shape, name)]
    given = [name for name in shape.names if name not in filled]
    marks, params = [], []
    for row in rows:
        texts = []
        for field in shape.fields:
            if field.attname in filled:
                continue
            value = getattr(row, field.attname)
            if isinstance(value, EfNow):
                texts.append("ef_now()")
            else:
                texts.append("%s")
                params.append(field.get_db_prep_save(value, here))
        marks.append(f"({', '.join(texts)})")
    moments = [name for name in given if any(isinstance(getattr(row, name), EfNow) for row in rows)]
    names = ", ".join(shape.column[name] for name in given)
    sql = f"INSERT INTO {shape.table} ({names}) VALUES {', '.join(marks)}"  # noqa: S608
    whole = whole_of()
    if (
        whole is not None
        and whole.moment is not None
        and all(name in moments or name in shape.moments for name in filled + moments)
    ):
        tell(sql, params)
        for row in rows:
            vars(row).update(dict.fromkeys(filled + moments, whole.moment))
    elif back := filled + moments:
        sql += f" RETURNING {', '.join(shape.column[name] for name in back)}"
        for row, values in zip(rows, ask(sql, params), strict=True):
            vars(row).update(zip(back, values, strict=True))
    else:
        tell(sql, params)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _is_left_to_the_database(value: Any, shape: _Shape, name: str) -> bool:
    if isinstance(value, EfNow):
        return False
    return isinstance(value, Expression) or (value is None and name == shape.key)


def as_it_is(row: models.Model) -> dict[str, Any]:
    """What `save_changes` compares with later."""
    return {name: _still(row.__dict__.get(name)) for name in _shape(type(row)).names}


def _still(value: Any) -> Any:
    """Lists and dictionaries may be changed in place: their bytes tell."""
    return pickle.dumps(value) if isinstance(value, (dict, list)) else value


def save_changes(row: models.Model, before: Mapping[str, Any]) -> None:
    """Update the columns that differ from `before`, and no others; moments set by the database are read back."""
    shape, here = _shape(type(row)), session_here()
    texts, params, moments = [], [], []
    for field in shape.fields:
        name = field.attname
        value = row.__dict__.get(name)
        if not isinstance(value, Expression) and _still(value) == before[name]:
            continue
        if isinstance(value, EfNow):
            texts.append(f"{shape.column[name]} = ef_now()")
            moments.append(name)
        else:
            texts.append(f"{shape.column[name]} = %s")
            params.append(field.get_db_prep_save(value, here))
    if not texts:
        return
    sql = f"UPDATE {shape.table} SET {', '.join(texts)} WHERE {shape.column[shape.key]} = %s"  # noqa: S608
    whole = whole_of()
    if not moments or (whole is not None and whole.moment is not None):
        tell(sql, [*params, row.pk])
        vars(row).update(dict.fromkeys(moments, whole.moment if whole is not None else None))
        return
    sql += f" RETURNING {', '.join(shape.column[name] for name in moments)}"
    for values in ask(sql, [*params, row.pk]):
        vars(row).update(zip(moments, values, strict=True))
