"""What the pages of every sandbox have: templates and words, the console's doors, its faults and deliveries."""

import sqlite3
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from everfair.base.sandbox import faults
from everfair.base.sandbox.events import replay
from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.service import Request, Response, Service, same_secret
from everfair.base.sandbox.words import LANGUAGES, Words, in_language

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
ROWS_MAX = 50


class Pages:
    """Renders one product's templates, with its words, from its folder or from ours."""

    def __init__(self, folder: Path, words: Words, cookie: str) -> None:
        self._folder, self._words, self._cookie = folder, words, cookie

    def words(self, language: str) -> dict[str, str]:
        return in_language(self._words, language)

    def page(
        self,
        template: str,
        language: str,
        request: Request,
        *,
        status: int = 200,
        form_target: str = "",
        here: str = "",
        **shown: Any,
    ) -> Response:
        here = here or ("?" if request.method == "GET" else "/console?")
        body = (
            _templates(self._folder)
            .get_template(template)
            .render(w=self.words(language), language=language, languages=LANGUAGES, here=here, **shown)
            .encode()
        )
        # After a form the browser may follow a redirect to the customer, so the policy names that origin too.
        policy = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {form_target}".rstrip()
        )
        headers = {"Content-Security-Policy": policy, "Content-Language": language, "Cache-Control": "no-store"}
        return Response(status, body, headers=headers)

    def refused(self, refusal: Refusal, language: str, request: Request, *, here: str = "") -> Response:
        """A refusal as a page."""
        say = self.words(language)
        title = say["missing_title"] if refusal.status == 404 else say["refused_title"]
        text = say.get(f"{refusal.code}_text", refusal.message)
        return self.page("message.html", language, request, status=refusal.status, here=here, title=title, text=text)

    # The console

    def enter(self, service: Service, request: Request) -> Response | None:
        """Open to this machine, or to whoever has the token when one is set; the answer when it is not to be shown yet."""
        token = service.settings.console_token
        if token and same_secret(request.query.get("token", ""), token):
            cookie = f"{self._cookie}={token}; Path=/console; HttpOnly; SameSite=Strict"
            return Response(303, headers={"Location": "/console", "Set-Cookie": cookie})
        _refuse_strangers(request, token, self._cookie)
        if request.method == "POST":
            refuse_foreign(request)
        return None


def back_to_console(language: str) -> Response:
    return Response(303, headers={"Location": f"/console?{urlencode({'lang': language})}"})


def console_rows(service: Service, db: sqlite3.Connection) -> dict[str, Any]:
    """What the shared parts of a console show."""
    catalogue = service.product.faults
    return {
        "faults": [{**row, "reference": row[catalogue.reference]} for row in catalogue.switched_on(db)],
        "kinds": list(catalogue.kinds),
        "reference_name": catalogue.reference,
        "moment": _moment,
        "deliveries": db.execute(
            "select d.*, e.type, e.reference from deliveries d join events e on e.id = d.event order by d.id desc limit ?",
            (ROWS_MAX,),
        ).fetchall(),
    }


def act(service: Service, db: sqlite3.Connection, path: str, form: Mapping[str, str]) -> bool:
    """What a button of the shared parts asks; False when it is none of theirs."""
    if path == "/console/faults":
        name = service.product.faults.reference
        asked = {"kind": form.get("kind", ""), name: form.get(name, "").strip()}
        numbers = {key: number(form.get(key, "")) for key in ("value", "count", "probability_percent")}
        service.product.faults.add(db, asked | numbers, time.time())
    elif path == "/console/faults/remove":
        faults.remove_fault(db, number(form.get("id", "")) or 0)
    elif path == "/console/deliveries/replay":
        if not replay(db, number(form.get("id", "")) or 0, time.time()):
            raise Refusal(404, "missing", "")
    else:
        return False
    return True


def number(text: str) -> int | None:
    """A whole number as typed, or None for an empty field."""
    text = text.strip()
    if not text:
        return None
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise Refusal(400, "invalid_number", f"Not a whole number: {text[:20]}")
    return int(text)


def _refuse_strangers(request: Request, token: str, cookie: str) -> None:
    cookies = dict(part.strip().partition("=")[::2] for part in request.headers.get("cookie", "").split(";"))
    if token and same_secret(cookies.get(cookie, ""), token):
        return
    # A page elsewhere may point its own host name at this machine; it cannot make the browser say «localhost».
    host = request.headers.get("host", "").rsplit(":", 1)[0] if not request.headers.get("host", "").endswith("]") else "[::1]"
    if token or request.peer not in ("127.0.0.1", "::1", "::ffff:127.0.0.1") or host not in ("localhost", "127.0.0.1", "[::1]"):
        raise Refusal(403, "closed", "The console is closed from here.")


def refuse_foreign(request: Request) -> None:
    """A form of another site is not this person's wish."""
    site = request.headers.get("sec-fetch-site", "")
    sender = request.headers.get("origin", "")
    foreign = site not in ("same-origin", "none") if site else sender and urlsplit(sender).netloc != request.headers.get("host")
    if foreign:
        raise Refusal(403, "foreign", "The form came from another site.")


def form_of(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict"))
    except ValueError as error:
        raise Refusal(400, "invalid_form", "The form cannot be read.") from error


@cache
def _templates(folder: Path) -> "Environment":
    # Read at the first page: a sandbox that only speaks JSON need not hold Jinja2 in its memory.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([folder / "templates", HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def stylesheet() -> bytes:
    return (HERE / "static" / "sandbox.css").read_bytes()


def styles() -> Response:
    return Response(200, stylesheet(), "text/css; charset=utf-8", {"Cache-Control": "max-age=3600"})


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
