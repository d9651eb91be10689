"""The one clock: database time plus an offset that only demo and tests may set."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, Func

from everfair.base.sql import ask
from everfair.base.together import remember_moment, whole_of


class EfNow(Func):
    """`ef_now()` inside a query or as a column default."""

    function = "ef_now"
    arity = 0
    output_field = DateTimeField()  # type: ignore[assignment]


def now() -> datetime:
    """The moment by the platform's clock (start of the running transaction, so that one `all_or_nothing` asks once)."""
    whole = whole_of()
    if whole is not None and whole.moment is not None:
        return whole.moment
    moment: datetime = ask("SELECT ef_now()")[0][0]
    remember_moment(moment)
    return moment


def advance(by: timedelta) -> None:
    """Move the clock forward. The database refuses on a live installation; nobody moves it back."""
    if by < timedelta(0):
        raise ValueError("the clock only goes forward")
    with connection.cursor() as cursor:
        cursor.execute("SELECT ef_advance(make_interval(secs => %s))", [by.total_seconds()])
    whole = whole_of()
    if whole is not None:
        whole.moment = None
