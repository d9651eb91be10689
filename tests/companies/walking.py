"""A browser that walks through a live installation, with a software authenticator as its device."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.stories.conftest import FLAGS


@pytest.fixture
def walk(live_server: Any, settings: Any) -> Callable[[Callable[[Any], None]], list[str]]:
    """Walks through a live installation with a device whose finger is always recognised; gives what the browser complained of.

    In a thread of its own: the browser's driver runs a loop, beside which the database may not be asked.
    """
    settings.SECOND_FACTOR_REQUIRED = True

    def walked(story: Callable[[Any], None]) -> list[str]:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_walk, story, live_server.url).result()

    return walked


def _walk(story: Callable[[Any], None], address: str) -> list[str]:
    from playwright.sync_api import sync_playwright  # only where a browser is there

    program = os.environ.get("EVERFAIR_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(base_url=address, locale="en")
        tab: Any = context.new_page()
        tab.set_default_timeout(15_000)
        tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.device = context.new_cdp_session(tab)
        tab.device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        tab.device_id = tab.device.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
        )["authenticatorId"]
        story(tab)
        browser.close()
    return complaints
