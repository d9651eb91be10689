"""The developers' page: every verb of the API, made from the API itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

# WhiteNoise warns at its first request when nothing has been collected, and warnings are errors here.
Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def test_it_shows_every_call_of_the_document_with_the_scope_a_key_needs():
    document = json.loads(Client().get("/api/v1/openapi.json").content)
    page = Client().get("/en/developers/").content.decode()

    verbs = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    rows = re.findall(r'<th scope="row"[^>]*><code>(\w+)</code>', page)

    assert sorted(rows) == sorted(verbs)
    assert re.search(r"<code>send_quote</code>.*?<code>quotes:write</code>", page, re.DOTALL)
    assert "None" not in page


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_it_asks_nothing_of_another_host(language):
    page = Client().get(f"/{language}/developers/")

    assert page.status_code == 200
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', page.content.decode())) <= {django_settings.ADDRESS}


@pytest.mark.django_db
def test_it_costs_a_visitor_no_query(django_assert_num_queries):
    visitor = Client()
    visitor.get("/en/developers/")

    with django_assert_num_queries(0):
        visitor.get("/en/developers/")


def test_the_old_address_leads_there_in_the_readers_language():
    answer = Client().get("/api/v1/docs", headers={"accept-language": "zh-Hant"})

    assert (answer.status_code, answer["Location"]) == (302, "/zh-hant/developers/")
