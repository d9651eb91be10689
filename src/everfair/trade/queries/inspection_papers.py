"""The inspection report as PDF, in the reader's language and that of the other side."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from everfair.base import papers
from everfair.base.formats import number, unit_name
from everfair.base.refused import NotVisible
from everfair.companies.queries import names, people_of
from everfair.reference.queries import INSPECTION_LEVELS
from everfair.reference.values import LANGUAGES, name_in
from everfair.trade.models import Inspection
from everfair.trade.queries.inspecting import limits_of, lines_of, plan_of, report_of, verdicts
from everfair.trade.queries.inspection_words import defect_name

TEMPLATE = Path(__file__).resolve().parents[1] / "documents" / "templates" / "inspection.typ"
_log = logging.getLogger(__name__)

WORDS = {
    "title": _("Inspection report"), "order": _("Order no."), "inspector": _("Inspector"), "seller": pgettext_lazy("trade paper", "Seller"),
    "buyer": pgettext_lazy("trade paper", "Buyer"), "day": _("Wanted on"), "place": _("Place"), "reported": _("Reported"),
    "plan": _("Sampling plan (ISO 2859-1)"), "goods": _("Description of goods"), "lot": _("Lot"), "letter": _("Code letter"),
    "sample": pgettext_lazy("inspection", "Sample"), "defects": _("Defects"), "aql": "AQL", "accept": _("Allowed"), "found": _("Found"), "verdict": _("Verdict"),
    "passed": _("Passed"), "failed": pgettext_lazy("inspection", "Failed"), "remarks": _("Remarks"), "photos": _("Photos kept with this report"),
    "packed": _("Packed, as the seller declared"), "page": _("Page {page} of {pages}"),
    "rule": _("The verdict follows from the counts and the plan frozen when the inspection was booked; nobody types it."),
}  # fmt: skip


def inspection_paper(found: Inspection, language: str) -> bytes:
    """The PDF; the same report gives the same bytes. NotVisible before there is a report."""
    report = report_of(found)
    if report is None:
        raise NotVisible
    spoken = [_spoken(found.order.buyer_id), _spoken(found.order.seller_id)]
    second = next((other for other in spoken if other != language), None)
    content = json.dumps(_content(found, report, language, second), ensure_ascii=False)
    made, archival = papers.pdf(TEMPLATE, content, report.created_at.astimezone(UTC).replace(microsecond=0))
    if not archival:
        _log.warning("inspection report of order %s is no PDF/A: a script is missing in our fonts", found.order.reference)
    return made


def _spoken(company_id: Any) -> str:
    person = next(iter(people_of(company_id)), None)
    return person.language if person is not None and person.language in LANGUAGES else "en"


def _content(found: Inspection, report: Any, language: str, second: str | None) -> dict[str, Any]:
    judged, lines = verdicts(found, report.defects), lines_of(found)
    with override(language):
        lots = [
            {
                "goods": lines[lot["line"]].description,
                "lot": f"{number(Decimal(lot['quantity']))} {unit_name(lines[lot['line']].unit)}",
                "letter": lot["code_letter"],
                "sample": number(plan_of(lot).sample_size),
                "passed": judged[lot["line"]].passed,
                "classes": [
                    {
                        "name": defect_name(name, language),
                        "aql": limit["aql"],
                        "accept": number(limit["accept"]),
                        "found": number(report.defects[str(lot["line"])][name]),
                        "over": report.defects[str(lot["line"])][name] >= limit["reject"],
                    }
                    for name, limit in limits_of(lot).items()
                ],
            }
            for lot in found.lots
        ]
    return {
        "words": _paired(language, second),
        "language": language,
        "han": next((name for name in (language, second) if name and name != "en"), "zh-hans"),
        "number": f"{found.order.reference} / {found.n}",
        "inspector": names(found.inspector, language)[0],
        "seller": names(found.order.seller, language)[0],
        "buyer": names(found.order.buyer, language)[0],
        "day": found.wanted_on.isoformat(),
        "reported": _moment(report.created_at),
        "place": found.place,
        "level": name_in(INSPECTION_LEVELS[found.level], language),
        "packed": f"{found.packed_percent} %" if found.claim_id is None else "",
        "lots": lots,
        "passed": report.passed,
        "remarks": report.remarks,
        "photos": [str(file_id) for file_id in report.file_ids],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _paired(language: str, second: str | None) -> dict[str, list[str]]:
    """Each word as `[first]`, or `[first, second]` where the second language says it differently."""
    found: dict[str, list[str]] = {}
    for spoken in dict.fromkeys((language, second or language)):
        with override(spoken):
            for key, text in WORDS.items():
                kept = found.setdefault(key, [])
                if str(text) not in kept:
                    kept.append(str(text))
    return found
