"""Who called, and by which name: behind a proxy and without one."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client, RequestFactory

from everfair.site.proxy import caller_address


def test_the_caller_is_who_the_proxy_saw_and_no_forged_header_counts() -> None:
    seen: list[str] = []

    def answer(request):
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    for stated in ("198.51.100.1, 203.0.113.7", "not an address"):
        caller_address(answer)(RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=stated))

    assert seen == ["203.0.113.7", "127.0.0.1"]


def test_a_foreign_host_is_a_bad_request_and_no_fault_of_ours() -> None:
    client = Client(raise_request_exception=False)

    assert client.get("/en/account/join/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/api/v1/offers", headers={"host": "evil.example"}).status_code == 400
