"""A person at the documentation page: headless Chromium with no network but this machine's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Response, sync_playwright

PATIENCE = 90_000  # milliseconds; the machine may be busy with other tests
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@dataclass
class Visit:
    """The open page, its console messages and the hosts that it called."""

    page: Page
    log: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def sign_in(self, username: str, password: str = "demo") -> None:
        form = self.page.locator("#sign-in")
        form.locator("[name=username]").fill(username)
        form.locator("[name=password]").fill(password)
        form.get_by_role("button").click()

    def sign_out(self) -> None:
        self.page.locator("#sign-out").get_by_role("button").click()

    def try_out(self, tag: str, operation: str, body: str | None = None, **parameters: str) -> Response:
        """The response to the operation, once the page shows its status."""
        block = self._opened(tag, operation)
        block.get_by_role("button", name="Try it out").click()
        for name, value in parameters.items():
            block.locator(f"tr[data-param-name={name}] input").fill(value)
        if body is not None:
            block.locator("textarea.body-param__text").fill(body)
        with self.page.expect_response("**/api/v1/**") as answered:
            block.get_by_role("button", name="Execute").click()
        shown = block.locator(".live-responses-table .response-col_status").last  # the first is the table's head
        assert shown.inner_text().split()[0] == str(answered.value.status)
        return answered.value

    def _opened(self, tag: str, operation: str) -> Locator:
        block = self.page.locator(f"#operations-{tag}-{operation}")
        if not block.is_visible():
            self.page.locator(f"#operations-tag-{tag}").click()
        block.locator(".opblock-summary-control").click()
        return block


def browser_here() -> str:
    """The path of a browser; without one the tests are left out, but never in continuous integration."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("There is no Chromium: .ci/run installs it.")
    if found is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    return found


@contextmanager
def visiting(browser: str, address: str, **context: Any) -> Iterator[Visit]:
    """The page at the address, ready for use."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses it to root
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=[_ALONE, *sandbox], timeout=PATIENCE)
        visit = Visit(chromium.new_page(**context))
        visit.page.set_default_timeout(PATIENCE)
        visit.page.on("console", lambda message: visit.log.append(f"{message.type}: {message.text}"))
        visit.page.on("pageerror", lambda error: visit.log.append(f"error: {error}"))
        visit.page.on("request", lambda request: visit.hosts.add(urlsplit(request.url).netloc))
        visit.page.goto(address)
        visit.page.wait_for_selector(".opblock-tag-section")
        yield visit
        chromium.close()
