"""What a page of browsing shows."""

import re

import pytest
from django.test import Client

SEARCH = "/en/export/search/"


@pytest.fixture
def visitor() -> Client:
    return Client()


def shown(response) -> list[str]:
    """The titles on the cards, in order."""
    return re.findall(r"<h3><a [^>]*>([^<]*)</a></h3>", response.content.decode())


def links(response) -> dict[str, str]:
    """Address → text of every link."""
    html = response.content.decode()
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', html, re.S)
    return {href.replace("&amp;", "&"): " ".join(re.sub(r"<[^>]+>", " ", text).split()) for href, text in found}
