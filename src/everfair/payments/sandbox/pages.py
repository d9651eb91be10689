"""The two faces: the hosted page a payer sees, and the console for whoever plays the provider."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from everfair.payments.sandbox import checkouts, faults
from everfair.payments.sandbox.amounts import written
from everfair.payments.sandbox.events import replay
from everfair.payments.sandbox.refusals import Refusal, origin
from everfair.payments.sandbox.service import Request, Response, Service, same_secret
from everfair.payments.sandbox.words import LANGUAGES, language_of, words

HERE = Path(__file__).parent
ROWS_MAX = 50
COOKIE = "sandbox_console"


def answer(service: Service, request: Request) -> Response:
    """Any page; a refusal becomes a page too."""
    language = language_of(request.query.get("lang") or request.headers.get("accept-language", "").split(",")[0])
    try:
        return _answer(service, request, language)
    except Refusal as refusal:
        say = words(language)
        title = say["missing_title"] if refusal.status == 404 else say["refused_title"]
        text = say.get(f"{refusal.code}_text", refusal.message)
        return _page("message.html", language, request, status=refusal.status, title=title, text=text)


def _answer(service: Service, request: Request, language: str) -> Response:
    path = request.path
    if path == "/static/sandbox.css" and request.method == "GET":
        return Response(200, stylesheet(), "text/css; charset=utf-8", {"Cache-Control": "max-age=3600"})
    if path.startswith("/pay/") and request.method in ("GET", "POST"):
        return pay_page(service, request, path.removeprefix("/pay/"))
    if path == "/console" or path.startswith("/console/"):
        return console(service, request, language)
    if path == "/" and request.method == "GET":
        return Response(303, headers={"Location": "/console"})
    raise Refusal(404, "missing", words(language)["missing_text"])


# The hosted page


def pay_page(service: Service, request: Request, checkout_id: str) -> Response:
    """GET shows what is to be paid; POST pays or declines, once, and sends the payer back to the merchant."""
    with service.store.reading() as db:
        row = checkouts.checkout(db, checkout_id)
    language = language_of(request.query["lang"]) if "lang" in request.query else row["language"]
    if request.method == "POST":
        _refuse_foreign(request)
        form = _form(request)
        with service.store.writing() as db:
            row = checkouts.pay_checkout(
                db, service.announcer, checkout_id, form.get("instrument", ""), service.settings.late_s, time.time()
            )
        service.courier.wake()
        return Response(303, headers={"Location": return_address(row["return_url"], row["id"])})
    return _page(
        "pay.html",
        language,
        request,
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
    """Open to this machine, or to whoever has the token when one is set."""
    token = service.settings.console_token
    if token and same_secret(request.query.get("token", ""), token):
        cookie = f"{COOKIE}={token}; Path=/console; HttpOnly; SameSite=Strict"
        return Response(303, headers={"Location": "/console", "Set-Cookie": cookie})
    _refuse_strangers(request, token)
    if request.method == "POST":
        _refuse_foreign(request)
        _act(service, request.path, _form(request))
        service.courier.wake()
        return Response(303, headers={"Location": f"/console?{urlencode({'lang': language})}"})
    if request.path != "/console":
        raise Refusal(404, "missing", "")
    with service.store.reading() as db:
        shown: dict[str, Any] = {
            "faults": faults.faults_on(db),
            "checkouts": db.execute("select * from checkouts order by created_at desc limit ?", (ROWS_MAX,)).fetchall(),
            "payouts": db.execute("select * from payouts order by created_at desc limit ?", (ROWS_MAX,)).fetchall(),
            "deliveries": db.execute(
                "select d.*, e.type, e.merchant_reference from deliveries d join events e on e.id = d.event"
                " order by d.id desc limit ?",
                (ROWS_MAX,),
            ).fetchall(),
        }
    return _page("console.html", language, request, kinds=list(faults.KINDS), written=written, moment=_moment, **shown)


def _act(service: Service, path: str, form: Mapping[str, str]) -> None:
    with service.store.writing() as db:
        if path == "/console/faults":
            asked = {"kind": form.get("kind", ""), "merchant_reference": form.get("merchant_reference", "").strip()}
            numbers = {name: _number(form.get(name, "")) for name in ("value", "count", "probability_percent")}
            faults.add_fault(db, asked | numbers, time.time())
        elif path == "/console/faults/remove":
            faults.remove_fault(db, _number(form.get("id", "")) or 0)
        elif path == "/console/deliveries/replay":
            if not replay(db, _number(form.get("id", "")) or 0, time.time()):
                raise Refusal(404, "missing", "")
        else:
            raise Refusal(404, "missing", "")


def _number(text: str) -> int | None:
    """A whole number as typed, or None for an empty field."""
    text = text.strip()
    if not text:
        return None
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise Refusal(400, "invalid_number", f"Not a whole number: {text[:20]}")
    return int(text)


def _refuse_strangers(request: Request, token: str) -> None:
    cookies = dict(part.strip().partition("=")[::2] for part in request.headers.get("cookie", "").split(";"))
    if token and same_secret(cookies.get(COOKIE, ""), token):
        return
    # A page elsewhere may point its own host name at this machine; it cannot make the browser say «localhost».
    host = request.headers.get("host", "").rsplit(":", 1)[0] if not request.headers.get("host", "").endswith("]") else "[::1]"
    if token or request.peer not in ("127.0.0.1", "::1", "::ffff:127.0.0.1") or host not in ("localhost", "127.0.0.1", "[::1]"):
        raise Refusal(403, "closed", "The console is closed from here.")


def _refuse_foreign(request: Request) -> None:
    """A form of another site is not this person's wish."""
    site = request.headers.get("sec-fetch-site", "")
    sender = request.headers.get("origin", "")
    foreign = site not in ("same-origin", "none") if site else sender and urlsplit(sender).netloc != request.headers.get("host")
    if foreign:
        raise Refusal(403, "foreign", "The form came from another site.")


def _form(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict"))
    except ValueError as error:
        raise Refusal(400, "invalid_form", "The form cannot be read.") from error


# Rendering


def _page(template: str, language: str, request: Request, *, status: int = 200, form_target: str = "", **shown: Any) -> Response:
    here = "?" if request.method == "GET" or request.path.startswith("/pay/") else "/console?"
    body = (
        _templates()
        .get_template(template)
        .render(w=words(language), language=language, languages=LANGUAGES, here=here, **shown)
        .encode()
    )
    # The payer's browser follows the redirect after the form to the merchant, so the policy names that origin too.
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {form_target}".rstrip()
    )
    return Response(
        status, body, headers={"Content-Security-Policy": policy, "Content-Language": language, "Cache-Control": "no-store"}
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def stylesheet() -> bytes:
    return (HERE / "static" / "sandbox.css").read_bytes()


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
