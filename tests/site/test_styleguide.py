"""The style guide shows every part, in every state, in both shades."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.template import engines
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db
Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
SITE = Path(__file__).resolve().parents[2] / "src/everfair/site/templates/site"
# Parts that stand in the frame of the page itself, are pieces of a part that is shown, or belong to one package.
ELSEWHERE = {
    "mark", "language_menu", "look_menu", "account_bar", "side_nav", "page_head", "messages", "hidden", "avatar", "logo", "picture",
    "address_block", "file_link", "stage_badge", "sparkline", "field", "form_errors", "upload",
}  # fmt: skip


OF_ONE_PACKAGE = ("ui/office.html", "ui/consignment.html")


def page(query: str = "") -> str:
    return Client().get(f"/en/styleguide/{query}").content.decode()


def test_every_part_is_shown():
    env = next(engine.env for engine in engines.all() if hasattr(engine, "env"))
    base = {name for name, file in env.globals["ui"].names().items() if not name.startswith("_") and file not in OF_ONE_PACKAGE}
    shown = set(re.findall(r"ui\.(\w+)\(", (SITE / "styleguide_parts.html").read_text()))

    assert base - shown - ELSEWHERE == set()


@pytest.mark.parametrize(
    "state",
    [
        ' disabled=""', 'aria-busy="true"', 'aria-invalid="true"', 'class="error"', 'class="help"', 'type="radio"', 'type="checkbox"',
        'type="file"', 'type="date"', "<select", "<textarea", 'class="badge act"', 'class="seal signed"', 'class="alert wait"',
        'class="clock soon"', 'class="trouble"', 'aria-sort="descending"', 'class="empty"', 'class="confirm"', 'class="tiers"',
        'class="passport"', 'class="sums"', 'class="timeline"', 'class="table-box"', 'aria-current="page"', 'class="chip"',
    ],
)  # fmt: skip
def test_a_state_is_shown_in_both_shades(state):
    shades = re.split(r'<section class="shade stack" data-theme="(?:light|dark)"', page())

    assert len(shades) == 3
    assert [state in shade for shade in shades[1:]] == [True, True]


def test_no_two_things_have_the_same_id():
    ids = re.findall(r'\sid="([^"]+)"', page())

    assert sorted(ids) == sorted(set(ids))


def test_it_can_be_turned_and_enlarged():
    assert re.search(r'<html lang="en" dir="rtl">', page("?dir=rtl"))
    assert re.search(r'<html lang="en" dir="ltr" data-size="larger">', page("?size=larger"))
    assert '<html lang="en" dir="ltr">' in page("?size=%22%3E%3Cscript&dir=%22")


def test_a_visitor_of_a_live_installation_does_not_see_it(settings):
    settings.KIND = "live"

    assert Client().get("/en/styleguide/").status_code == 404


def test_an_operator_sees_it_everywhere(settings):
    settings.KIND = "live"
    operator = Client()
    operator.force_login(
        make.person(is_staff_member=True, staff_roles=["operator"]), backend="everfair.companies.accounts.Backend"
    )

    assert operator.get("/en/styleguide/").status_code == 200


def test_it_asks_the_database_for_nothing_but_the_time(django_assert_num_queries):
    page()

    with django_assert_num_queries(1) as asked:
        page()

    assert "ef_now" in asked[0]["sql"]
