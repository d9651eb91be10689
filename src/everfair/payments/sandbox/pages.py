"""The two faces: the hosted page a payer sees, and the console for whoever plays the provider."""

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from everfair.base.sandbox.pages import (
    ROWS_MAX,
    Pages,
    act,
    back_to_console,
    console_rows,
    form_of,
    number,
    refuse_foreign,
    styles,
)
from everfair.base.sandbox.refusals import Refusal, origin
from everfair.base.sandbox.service import Request, Response, Service
from everfair.base.sandbox.words import language_of
from everfair.payments.sandbox import checkouts, disputes, withdrawals
from everfair.payments.sandbox.amounts import written
from everfair.payments.sandbox.words import WORDS

PAGES = Pages(Path(__file__).parent, WORDS, "sandbox_console")


def answer(service: Service, request: Request) -> Response:
    """Any page; a refusal becomes a page too."""
    language = language_of(request.query.get("lang") or request.headers.get("accept-language", "").split(",")[0])
    try:
        return _answer(service, request, language)
    except Refusal as refusal:
        here = "?" if request.path.startswith("/pay/") else ""
        return PAGES.refused(refusal, language, request, here=here)


def _answer(service: Service, request: Request, language: str) -> Response:
    path = request.path
    if path == "/static/sandbox.css" and request.method == "GET":
        return styles()
    if path.startswith("/pay/") and request.method in ("GET", "POST"):
        return pay_page(service, request, path.removeprefix("/pay/"))
    if path == "/console" or path.startswith("/console/"):
        return console(service, request, language)
    if path == "/" and request.method == "GET":
        return Response(303, headers={"Location": "/console"})
    raise Refusal(404, "missing", PAGES.words(language)["missing_text"])


# The hosted page


def pay_page(service: Service, request: Request, checkout_id: str) -> Response:
    """GET shows what is to be paid; POST pays or declines, once, and sends the payer back to the merchant."""
    with service.store.reading() as db:
        row = checkouts.checkout(db, checkout_id)
    language = language_of(request.query["lang"]) if "lang" in request.query else row["language"]
    if request.method == "POST":
        refuse_foreign(request)
        form = form_of(request)
        with service.store.writing() as db:
            row = checkouts.pay_checkout(
                db, service.announcer, checkout_id, form.get("instrument", ""), service.settings.late_s, time.time()
            )
        service.courier.wake()
        return Response(303, headers={"Location": return_address(row["return_url"], row["id"])})
    return PAGES.page(
        "pay.html",
        language,
        request,
        here="?",
        form_target=origin(row["return_url"]),
        row=row,
        amount=written(row["amount_minor"], row["currency"]),
        instruments=checkouts.INSTRUMENTS,
        back_url=return_address(row["return_url"], row["id"]),
        late_s=service.settings.late_s,
        merchant=service.settings.merchant,
    )


def return_address(return_url: str, checkout_id: str) -> str:
    """The merchant's address with `checkout=…` added, whatever it carried before."""
    parts = urlsplit(return_url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=query + urlencode({"checkout": checkout_id})))


# The console


def console(service: Service, request: Request, language: str) -> Response:
    """What the provider holds and told; faults and repeated deliveries by its buttons."""
    if closed := PAGES.enter(service, request):
        return closed
    if request.method == "POST":
        with service.store.writing() as db:
            form = form_of(request)
            if not any(does(service, db, request.path, form) for does in (_dispute, _withdrawal, act)):
                raise Refusal(404, "missing", "")
        service.courier.wake()
        return back_to_console(language)
    if request.path != "/console":
        raise Refusal(404, "missing", "")
    with service.store.reading() as db:
        shown: dict[str, Any] = console_rows(service, db) | {
            "checkouts": db.execute("select * from checkouts order by created_at desc limit ?", (ROWS_MAX,)).fetchall(),
            "disputes": db.execute("select * from disputes order by created_at desc limit ?", (ROWS_MAX,)).fetchall(),
            "reasons": disputes.REASONS,
            "withdrawals": withdrawals.newest(db, ROWS_MAX),
            "settled": withdrawals.settled(db),
            "payouts": db.execute("select * from payouts order by created_at desc limit ?", (ROWS_MAX,)).fetchall(),
        }
    return PAGES.page("console_payments.html", language, request, written=written, **shown)


def _dispute(service: Service, db: sqlite3.Connection, path: str, form: Mapping[str, str]) -> bool:
    """A button of the disputes; False when it is none of theirs."""
    if path == "/console/disputes":
        asked = {"checkout": form.get("checkout", "").strip(), "reason": form.get("reason", "")}
        amount = number(form.get("amount_minor", ""))
        disputes.open_dispute(db, service.announcer, asked | ({} if amount is None else {"amount_minor": amount}), time.time())
    elif path == "/console/disputes/decide":
        disputes.decide_dispute(db, service.announcer, form.get("id", ""), form.get("verb", ""), time.time())
    else:
        return False
    return True


def _withdrawal(_service: Service, db: sqlite3.Connection, path: str, form: Mapping[str, str]) -> bool:
    """A button of the withdrawals; False when it is none of theirs."""
    if path == "/console/withdrawals":
        asked = {"amount_minor": number(form.get("amount_minor", "")), "currency": form.get("currency", "").strip().upper()}
        withdrawals.withdraw(db, asked, time.time())
    elif path == "/console/withdrawals/return":
        withdrawals.send_back(db, form.get("id", ""), time.time())
    else:
        return False
    return True
