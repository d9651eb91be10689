"""One's own offers as a file that can be imported again."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.roles import MEMBER
from everfair.catalog import queries
from everfair.catalog.drafts import draft_of
from everfair.catalog.sheets.export import attribute_columns_of, write_csv, write_jsonl, write_xlsx

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
}


@require_safe
@allow(MEMBER)
def export_offers(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Every offer that is not removed, formulas neutralised; imported again it changes nothing."""
    rows = queries.own_offers(request.actor).exclude(state="removed").order_by("number")  # type: ignore[attr-defined]
    # Not a `with`: the response reads and closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    if kind == "jsonl":
        write_jsonl((draft_of(offer) for offer in rows.iterator(500)), file)
    else:
        attributes = attribute_columns_of(draft_of(offer) for offer in rows.iterator(500))
        write = write_csv if kind == "csv" else write_xlsx
        write((draft_of(offer) for offer in rows.iterator(500)), file, attributes)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"offers.{kind}", content_type=_TYPES[kind])
    response["Cache-Control"] = "private, no-store"
    return response
