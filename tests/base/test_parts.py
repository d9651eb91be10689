"""The parts that every page is made of: what they show, what they refuse, and that nothing inline slips in."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jinja2
import pytest
from django import forms
from django.test import RequestFactory
from django.utils import translation
from markupsafe import Markup

import everfair.base
from everfair.base import drawing
from everfair.base.jinja import environment, language_switch_urls, sort_link, with_query
from everfair.base.money import Money, UnitPrice

BASE = Path(everfair.base.__file__).parent
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOKEN = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="t0ken">')
BAD = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    return environment(loader=jinja2.FileSystemLoader(BASE / "templates"))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def write(env: jinja2.Environment, source: str, **context: object) -> str:
    return env.from_string(source).render(**context)


class Wanted(forms.Form):
    title = forms.CharField(label="Title", help_text="One kind of goods.")
    term = forms.ChoiceField(label="Delivery", choices=[("FOB", "FOB"), ("CIF", "CIF")], widget=forms.RadioSelect)
    sample = forms.BooleanField(label="Sample first", required=False)
    drawing = forms.FileField(label="Drawing", required=False)


def squeezed(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def test_a_card_names_what_its_price_is_for(env):
    offer = {
        "title": "Screws",
        "href": "/o",
        "unit_code": "C62",
        "seller": "Ningbo",
        "price": UnitPrice.of("4.2", "USD", per="1000"),
    }
    html = write(env, "{{ ui.offer_card(offer) }}", offer=offer)

    assert "/ 1,000\u00a0pieces</small>" in html


def test_every_part_is_explained_at_the_head_of_its_file(env):
    missing = []
    for name, file in env.globals["ui"].names().items():
        head = (BASE / "templates" / file).read_text().split("#}")[0]
        if not re.search(rf"\b{name}\(", head):
            missing.append((file, name))

    assert missing == []


def test_a_part_that_does_not_exist_is_an_error_with_its_name(env):
    with pytest.raises(jinja2.UndefinedError, match="buton"):
        write(env, "{{ ui.buton('x') }}")


def test_a_misspelt_variable_raises_instead_of_leaving_a_hole(env):
    with pytest.raises(jinja2.UndefinedError):
        write(env, "{{ totl }}")


def test_a_form_without_the_page_s_token_is_refused(env):
    with pytest.raises(jinja2.TemplateRuntimeError, match="CSRF"):
        write(env, "{{ ui.form(none, '/x', 'Save') }}")
    with pytest.raises(jinja2.TemplateRuntimeError, match="CSRF"):
        write(env, "{{ ui.moves([{'text': 'Sign', 'url': '/sign'}]) }}")


def test_a_form_carries_token_and_key_and_sends_files_when_it_has_some(env):
    html = write(env, "{{ ui.form(form, '/rfq', 'Post', 'key-1') }}", form=Wanted(), csrf_input=TOKEN)

    assert 'value="t0ken"' in html
    assert '<input type="hidden" name="_key" value="key-1">' in html
    assert 'enctype="multipart/form-data"' in html


def test_a_form_inside_a_call_block_still_finds_the_token(env):
    source = "{% call ui.card('Sign') %}{{ ui.moves([{'text': 'Sign', 'url': '/sign'}]) }}{% endcall %}"

    assert 'value="t0ken"' in write(env, source, csrf_input=TOKEN)


def test_two_pages_do_not_share_a_token(env):
    source = "{{ ui.moves([{'text': 'Sign', 'url': '/sign'}]) }}"
    write(env, source, csrf_input=TOKEN)

    assert "t0ken" not in write(env, source, csrf_input=Markup("<b>another</b>"))


def test_help_and_error_of_a_field_are_joined_to_it(env):
    form = Wanted({"title": ""})
    html = squeezed(write(env, "{{ ui.field(form['title']) }}", form=form))

    assert 'aria-describedby="id_title_help id_title_error"' in html
    assert 'id="id_title_help"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "This field is required." in html


def test_a_choice_of_one_is_a_fieldset_with_a_legend(env):
    html = write(env, "{{ ui.field(form['term']) }}", form=Wanted())

    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count('type="radio"') == 2


def test_the_first_move_is_the_main_one_and_a_move_of_money_goes_through_a_second_step(env):
    moves = [
        {"text": "Pay", "url": "/pay", "confirm": "/pay/confirm"},
        {"text": "Cancel", "url": "/cancel", "kind": "danger", "fields": {"reason": "late"}},
    ]
    html = write(env, "{{ ui.moves(moves, 'k') }}", moves=moves, csrf_input=TOKEN)

    assert '<a class="button primary" href="/pay/confirm">' in html
    assert 'action="/pay"' not in html
    assert 'action="/cancel"' in html
    assert 'name="reason" value="late"' in html
    assert 'name="_key" value="k2"' in html


def test_the_status_answers_the_three_questions(env):
    source = "{{ ui.status('Signed', 'Pay the deposit', 'The order ends unpaid', 'wait', deadline, now) }}"
    html = squeezed(write(env, source, deadline=NOON + timedelta(days=2), now=NOON))

    assert "<strong>Signed</strong>" in html
    assert "Your turn" in html
    assert "Pay the deposit" in html
    assert "2 days" in html
    assert "24 Nov 2026 12:00" in html
    assert "The order ends unpaid" in html


def test_a_clock_past_its_moment_says_so(env):
    html = write(env, "{{ ui.clock(deadline, 'It ends', now) }}", deadline=NOON - timedelta(hours=1), now=NOON)

    assert '<span class="left">Time is up</span>' in html


def test_the_cells_of_a_table_carry_their_column_s_label(env):
    source = """{% call(row, cell) ui.table([column("Order"), column("Total", numeric=True, sort="total")], rows, "Orders",
                sort="-total", address="/o/?state=open&after=9") %}
                {{ cell(row[0], head=True) }}{{ cell(money(row[1])) }}{% endcall %}"""
    html = squeezed(write(env, source, rows=[("EF-1", Money(100, "USD"))]))

    assert '<th scope="row" data-label="Order">EF-1</th>' in html
    assert '<td class="num" data-label="Total">' in html
    assert 'aria-sort="descending"' in html
    assert 'href="/o/?state=open&amp;sort=total"' in html


def test_the_best_cell_of_a_comparison_says_it_in_words(env):
    rows = [{"label": "Price", "cells": [{"value": "7.00"}, {"value": "6.85", "best": True}]}]
    html = write(env, "{{ ui.compare(rows, heads, 'Quotes') }}", rows=rows, heads=[{"title": "A"}, {"title": "B"}])

    assert html.count("Best") == 1


@pytest.mark.parametrize("state", ["due", "paying", "funded", "released", "frozen", "refunded"])
def test_every_state_of_a_stage_has_a_word_and_an_icon(env, state):
    html = write(env, "{{ ui.stage_badge(state) }}", state=state)

    assert "<svg" in html
    assert re.sub(r"<[^>]+>", "", html).strip()


def test_price_tiers_show_where_each_begins_and_ends(env):
    tiers = [{"from_quantity": 500, "price": UnitPrice.of("7.8", "USD")}, {"from_quantity": 2000, "price": None}]
    text = squeezed(re.sub(r"<[^>]+>", " ", write(env, "{{ ui.tiers(tiers, 'C62') }}", tiers=tiers)))

    assert "500 – 1,999" in text
    assert "from 2,000\xa0pieces" in write(env, "{{ ui.tiers(tiers, 'C62') }}", tiers=tiers)
    assert "on request" in text


def test_what_people_wrote_is_never_markup(env):
    offer = {"title": BAD, "href": "/o", "unit_code": "C62", "seller": BAD, "origin": BAD, "standing": BAD}
    company = {"name": BAD, "href": "/c", "other_name": BAD, "city": BAD, "standing_why": BAD, "facts": [(BAD, BAD)]}
    messages = [{"who": BAD, "company": BAD, "text": BAD, "at": NOON, "files": [{"name": BAD, "href": "/f"}]}]
    source = """{{ ui.offer_card(offer) }}{{ ui.company_card(company) }}{{ ui.thread(messages) }}{{ ui.badge("wait", bad) }}
        {{ ui.seal("signed", bad) }}{{ ui.alert("act", bad, bad) }}{{ ui.empty(bad, bad) }}
        {{ ui.page_head(bad, bad, [(bad, "/"), (bad, none)]) }}
        {{ ui.timeline([{"at": at, "text": bad, "who": bad, "detail": bad}]) }}{{ ui.file_link(bad, "/f") }}
        {{ ui.address_block([bad]) }}
        {{ ui.stats([{"label": bad, "value": bad, "note": bad}]) }}{{ quantity(3, bad) }}{{ icon("lock", bad) }}
        {{ _("Signed by %(who)s", who=bad) }}"""
    html = write(env, source, offer=offer, company=company, messages=messages, bad=BAD, at=NOON)

    assert "<script" not in html


def test_a_company_without_evidence_is_not_sealed(env):
    html = write(env, "{{ ui.company_card({'name': 'Ningbo', 'href': '/c'}) }}")
    sealed = write(env, "{{ ui.company_card({'name': 'Ningbo', 'href': '/c', 'verified_on': on}) }}", on=date(2026, 11, 18))

    assert 'class="seal' not in html
    assert "Not verified yet" in html
    assert 'class="seal verified' in sealed
    assert "18 Nov 2026" in sealed


def test_the_language_switch_keeps_the_page_and_its_question():
    with translation.override("zh-hant"):
        links = language_switch_urls(RequestFactory().get("/zh-hant/export/search?q=tea"))

    assert [(link["code"], link["url"], link["current"]) for link in links] == [
        ("en", "/en/export/search?q=tea", False),
        ("zh-hant", "/zh-hant/export/search?q=tea", True),
        ("zh-hans", "/zh-hans/export/search?q=tea", False),
    ]


def test_outside_the_languages_the_switch_leads_home():
    assert language_switch_urls(RequestFactory().get("/readyz"))[0]["url"] == "/en/"
    assert language_switch_urls(None)[1]["url"] == "/zh-hant/"


def test_a_changed_filter_starts_the_list_again():
    assert with_query("/s?q=tea&after=77&hall=a", hall=["a", "b"]) == "/s?q=tea&hall=a&hall=b"
    assert with_query("/s?q=tea", q=None) == "/s"
    assert sort_link("/s", "price", "price") == "/s?sort=-price"
    assert sort_link("/s?sort=-price", "price", "-price") == "/s?sort=price"


def test_a_split_bar_covers_the_whole_and_only_the_whole():
    html = str(drawing.shares([(30, "funded"), (70, "due")]))

    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', html) == [("0.00", "29.40"), ("30.00", "70.00")]


def test_one_value_draws_no_line():
    assert drawing.sparkline([5]) == ""
    assert "<polyline" in drawing.sparkline([5, 5])


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in drawing.icon("lock")
    assert 'role="img" aria-label="Locked"' in drawing.icon("lock", "Locked")


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "refused"])
def test_an_error_page_needs_nothing_but_itself(env, name):
    html = env.get_template(f"errors/{name}.html").render()

    assert '<main id="main"' in html
    assert html.count("<h1>") == 1


def test_a_public_page_carries_nothing_of_its_reader(env):
    request = RequestFactory().get("/en/export/search?q=tea")
    html = env.get_template("base.html").render(
        request=request, personal=False, messages=["Contract signed"], csrf_token="t0ken", csrf_input=TOKEN
    )

    assert "Contract signed" not in html
    assert "t0ken" not in html
    assert 'hx-get="/en/me/bar/"' in html
    assert '<a class="tool" href="/en/me/">' in html


def test_the_search_box_and_the_skip_link_are_on_every_page(env):
    html = env.get_template("base.html").render(q='"tea"')

    assert 'action="/en/export/search/"' in html
    assert 'value="&#34;tea&#34;"' in html
    assert html.index('class="skip"') < html.index("masthead")


def test_no_template_has_a_style_a_script_or_a_handler_of_its_own():
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\s(?:src=|type=\"application/json\"))|hx-on|hx-vals=['\"]js:",
        re.I,
    )
    found = [
        f"{path}: {match.group()}"
        for path in BASE.parent.glob("*/templates/**/*.html")
        for match in inline.finditer(re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S))
    ]

    assert found == []


def test_a_template_says_each_language_its_own_words():
    source = '{{ _("Halls") }}|{{ _("MOQ %(quantity)s", quantity=quantity) }}|{{ language() }}|{{ icon("x", _("Close")) }}'
    env = environment(loader=jinja2.DictLoader({"page.html": source}))
    said = {}
    for language in ("en", "zh-hant", "en"):
        with translation.override(language):
            said[language] = env.get_template("page.html").render(quantity="<5>")

    assert said["en"].startswith("Halls|MOQ &lt;5&gt;|en|<svg")
    assert "|zh-hant|<svg" in said["zh-hant"]


def test_what_a_template_names_itself_is_its_own(env):
    assert write(env, '{% macro m(icon) %}{{ icon("x") }}{% endmacro %}{{ m(shout) }}', shout=str.upper) == "X"
