"""The Jinja2 environment of all our own pages: one set of globals, and every part under the one name `ui`.

    TEMPLATES = [{"BACKEND": "django.template.backends.jinja2.Jinja2",
                  "OPTIONS": {"environment": "everfair.base.jinja.environment"}, …}]

A page calls `{{ ui.badge("held", _("In escrow")) }}` without an import. A misspelt variable raises instead of leaving
a hole in a contract; optional ones are asked for with `is defined` or `|default(…)`.

Templates are compiled once for each language, with its words already in them: what never changes within a language (sentences,
icons, addresses of stylesheets) is plain text of the compiled template, and costs nothing when a page is made.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jinja2
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, npgettext, override, pgettext
from django_htmx.jinja import htmx_script
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape

from everfair.base import drawing
from everfair.base.formats import FORMATS, language_name, now
from everfair.base.words import word

_MACRO = re.compile(r"{%-?\s*macro\s+([a-z]\w*)\s*\(")
# These parts write a form, so they need the page's CSRF token: they are made anew for the page that uses them.
_WITH_TOKEN = frozenset({"ui/form.html", "ui/moves.html", "ui/thread.html", "ui/header.html", "ui/consignment.html"})
# Of the same files, what asks for nothing of the page.
_WITHOUT_TOKEN = frozenset({"mark", "language_menu", "look_menu"})
# Parts that say the same wherever they are called with the same words.
_STILL = frozenset({"mark", "look_menu", "badge", "button"})

_OF_EVERY_DICT = frozenset(dir(dict))


class Parts:
    """Every macro of `templates/ui/*.html` as an attribute, in one language."""

    def __init__(self, env: jinja2.Environment, language: str | None = None) -> None:
        self._env, self._language = env, language
        self._files: dict[str, str] | None = None

    def _file_of(self, name: str) -> str:
        if self._files is None or (self._env.auto_reload and name not in self._files):
            self._files = {}
            for file in self._env.list_templates(filter_func=lambda f: f.startswith("ui/")):
                source = self._env.loader.get_source(self._env, file)[0]  # type: ignore[union-attr]
                for macro in _MACRO.findall(source):
                    if macro in self._files:
                        raise ValueError(f"two parts are called {macro}: {self._files[macro]} and {file}")
                    self._files[macro] = file
        return self._files[name]

    def names(self) -> dict[str, str]:
        """Macro → file."""
        try:
            self._file_of("")
        except KeyError:
            pass
        return dict(self._files or {})

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            file = self._file_of(name)
        except KeyError:
            raise AttributeError(f"no part is called {name}") from None
        with override(self._language):
            template = self._env.get_template(file)
            part = _with_token(template, name) if _wants_token(file, name) else getattr(template.module, name)
        if not self._env.auto_reload:
            self.__dict__[name] = part  # from now on it is found without coming here
        return part  # type: ignore[no-any-return]


def _wants_token(file: str, name: str) -> bool:
    return file in _WITH_TOKEN and name not in _WITHOUT_TOKEN


def _with_token(template: jinja2.Template, name: str) -> Callable[..., Markup]:
    @jinja2.pass_context
    def part(context: Context, *args: Any, **kwargs: Any) -> Markup:
        page = {key: context[key] for key in ("csrf_input", "request") if key in context}
        return getattr(template.make_module(page), name)(*args, **kwargs)  # type: ignore[no-any-return]

    return part


def written(value: Any) -> str:
    """`escape` for what a template writes: the pieces of a page are only joined, so each need not become a `Markup` of its own."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    return value if kind is Markup else escape(value)


def called(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A call of one of our own functions that wants nothing of the page. Jinja2 looks at each function before each call what it may want."""
    return function(*args, **kwargs)


class _Writer(CodeGenerator):
    """Compiles what every page does a hundred times to what it needs: see `written` and `called`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("written(")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or not (isinstance(node.node, nodes.Name) and node.node.name in _PLAIN):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("called(")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write(")")


class Environment(jinja2.Environment):
    """Keeps each template once for each language, compiled with that language's words."""

    code_generator_class = _Writer

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cache = _ByLanguage()  # type: ignore[assignment]
        self._parts: dict[str | None, Parts] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Jinja2 first asks a dictionary for an attribute of the name, and catches the fault; what is in it is found here at once."""
        if type(obj) is dict and attribute in obj and attribute not in _OF_EVERY_DICT:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def parts(self) -> Parts:
        """In the active language."""
        language = get_language()
        if language not in self._parts:
            self._parts[language] = Parts(self, language)
        return self._parts[language]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # One plain dictionary: every page copies it, and copying Jinja2's chain of two asks for each name by itself.
        return {**self.globals, "ui": self.parts(), **(d or {})}

    def _generate(self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False) -> str:
        code = super()._generate(source, name, filename, defer_init)
        return f"from {__name__} import called, written; {code}"  # on the same line: the numbers in a fault stay right

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        own = {each.name for each in tree.find_all(nodes.Name) if each.ctx != "load"}
        return _Saying(self, frozenset(own)).visit(tree)  # type: ignore[no-any-return]


class _ByLanguage(dict[Any, jinja2.Template]):
    """There are some three hundred templates: all of them are kept."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((get_language(), key), default)

    def __setitem__(self, key: Any, template: jinja2.Template) -> None:
        super().__setitem__((get_language(), key), template)


class _Saying(NodeTransformer):
    """Puts what a call says, in the active language, in its place, where nothing but the language decides it."""

    def __init__(self, env: Environment, own: frozenset[str]) -> None:
        self._env, self._own = env, own  # `own`: names that the template gives itself

    def visit_ScopedEvalContextModifier(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """`{% autoescape false %}`: what is put in there is no markup, as in the subject of a letter."""
        return node

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node, *args, **kwargs)
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            return node
        given = [each.value for each in node.args if isinstance(each, nodes.Const)]
        named = {each.key: each.value.value for each in node.kwargs if isinstance(each.value, nodes.Const)}
        all_known = len(given) == len(node.args) and len(named) == len(node.kwargs)
        said: Any = None
        match node.node:
            case nodes.Name(name="_") if "_" not in self._own and len(given) == len(node.args) == 1:
                if node.kwargs:
                    gaps = nodes.Dict([nodes.Pair(nodes.Const(each.key), each.value) for each in node.kwargs])
                    return nodes.Mod(nodes.Const(_with_gaps(get_language(), given[0])), gaps, lineno=node.lineno)
                said = _whole(get_language(), given[0])
            case nodes.Name(name="pgettext") if all_known and "pgettext" not in self._own and not named:
                said = Markup(pgettext(*given)) % {}  # noqa: S704  our own words
            case nodes.Name(name=name) if all_known and name in _FIXED and name not in self._own:
                said = _FIXED[name](*given, **named)
            case nodes.Getattr(node=nodes.Name(name="ui"), attr=name) if all_known and name in _STILL and "ui" not in self._own:
                said = getattr(self._env.parts(), name)(*given, **named)
        if said is None:
            return node
        return nodes.Const(Markup(said) if hasattr(said, "__html__") else said, lineno=node.lineno)  # noqa: S704


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `sort` is the name in `?sort=`; `grow` lets the text column take the room."""

    label: str
    numeric: bool = False
    sort: str = ""
    grow: bool = False
    hidden_label: bool = False


class Cells:
    """Writes the cells of one row, each knowing its column: on a narrow screen every cell carries its own label."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._next = 0

    def __call__(self, content: Any = "", *, kind: str = "", head: bool = False) -> Markup:
        column = self._columns[self._next]
        self._next += 1
        classes = " ".join(c for c in ("num" if column.numeric else "", "grow" if column.grow else "", kind) if c)
        said = f' class="{escape(classes)}"' if classes else ""
        if not column.hidden_label:
            said += f' data-label="{escape(column.label)}"'
        inner = "" if content is None else escape(content)
        # Put together by hand: `Markup.format` costs ten times as much, and a long table has a thousand cells.
        return Markup(f'<th scope="row"{said}>{inner}</th>' if head else f"<td{said}>{inner}</td>")  # noqa: S704


def with_query(address: str, **changes: Any) -> str:
    """The same address with other query parameters; None drops one, a list repeats it. The cursor is dropped by any change."""
    parts = urlsplit(address)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in changes and k != "after"]
    for key, value in changes.items():
        values = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
        kept += [(key, str(v)) for v in values]
    return f"{parts.path}?{urlencode(kept)}" if kept else parts.path


def sort_link(address: str, sort: str, current: str) -> str:
    """Where a click on a column leads: up first, then down."""
    return with_query(address, sort=f"-{sort}" if current == sort else sort)


def language_switch_urls(request: HttpRequest | None) -> list[dict[str, Any]]:
    """The present page in each of our languages: code, name in its own words, address, whether it is the present one."""
    if request is None:
        return _in_each_language(None)
    # A page writes them three times.
    known: list[dict[str, Any]] | None = getattr(request, "_in_each_language", None)
    if known is None:
        known = request._in_each_language = _in_each_language(request)  # type: ignore[attr-defined]
    return known


def _in_each_language(request: HttpRequest | None) -> list[dict[str, Any]]:
    here = request.get_full_path() if request is not None and request.method in ("GET", "HEAD") else "/"
    if request is not None and request.method not in ("GET", "HEAD"):
        here = request.path
    codes = [code for code, _ in settings.LANGUAGES]
    first, _, rest = here.lstrip("/").partition("/")
    named = first.split("?")[0] in codes
    now = get_language()
    return [
        {"code": code, "name": language_name(code), "url": f"/{code}/{rest}" if named else f"/{code}/", "current": code == now}
        for code in codes
    ]


@jinja2.pass_context
def _slot(context: Context, name: str, subject: Any = None, public: bool = False) -> Markup:
    from everfair.base.slots import slot

    request = context.get("request")
    return slot(request, name, subject, public=public) if request is not None else Markup("")


@lru_cache(maxsize=16_384)
def _whole(_language: str | None, text: str) -> Markup:
    return Markup(gettext(text)) % {}  # noqa: S704  our own words


@lru_cache(maxsize=4_096)
def _with_gaps(_language: str | None, text: str) -> Markup:
    return Markup(gettext(text))  # noqa: S704


@jinja2.pass_eval_context
def _said(eval_ctx: EvalContext, text: str, **variables: Any) -> str:
    """`_("…")` of the templates, as Jinja2's new style has it; it stands fifty times on a page, so the words are kept."""
    if not eval_ctx.autoescape:
        return gettext(text) % variables
    language = get_language()
    return _with_gaps(language, text) % variables if variables else _whole(language, text)


# Files keep their addresses as long as the process runs.
_static = cache(static)


def language() -> str:
    return get_language() or "en"


def direction() -> str:
    return "rtl" if get_language_bidi() else "ltr"


# What says the same at every call, in one language and with the same words.
_FIXED: dict[str, Callable[..., Any]] = {
    "static": _static,
    "icon": drawing.icon,
    "htmx_script": partial(htmx_script, version=2),
    "language": language,
    "direction": direction,
    "language_name": language_name,
}


# Functions of our templates that want nothing of the page. A page may have a word of its own under such a name: that is called all the same.
_PLAIN = frozenset(
    {*FORMATS, "url", "column", "cells", "icon", "initial", "stand_in", "with_query", "sort_link", "language_switch_urls"}
)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """`reverse` in the active language; what was asked for lately is remembered."""
    return _address(get_language(), name, args, tuple(kwargs.items()))


@lru_cache(maxsize=8_192)
def _address(_language: str | None, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    # The same few addresses stand on every page, and each look through the site map costs as much as a paragraph.
    return reverse(name, args=args, kwargs=dict(kwargs))


def form_key() -> str:
    """A fresh idempotency key for a form that was given none."""
    return uuid.uuid4().hex


def must_have_token() -> str:
    raise jinja2.TemplateRuntimeError(
        "a form was written without the request: render the page with it (its CSRF token is missing)"
    )


def environment(**options: Any) -> jinja2.Environment:
    """Made once by Django's Jinja2 backend; `options` are its OPTIONS."""
    options["undefined"] = jinja2.StrictUndefined
    options["autoescape"] = True
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    extensions = [*options.pop("extensions", ()), "jinja2.ext.i18n", "jinja2.ext.do"]
    env = Environment(**options, extensions=extensions)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals["_"] = _said
    env.filters["word"] = word
    env.globals.update(
        FORMATS,
        **_FIXED,
        ui=env.parts(),
        url=url,
        initial=drawing.initial,
        stand_in=drawing.stand_in,
        sparkline_svg=drawing.sparkline,
        shares=drawing.shares,
        slot=_slot,
        column=Column,
        cells=Cells,
        with_query=with_query,
        sort_link=sort_link,
        form_key=form_key,
        must_have_token=must_have_token,
        platform_now=now,
        language_switch_urls=language_switch_urls,
    )
    return env
