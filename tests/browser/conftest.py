"""One browser and one demo server for the run; every visitor has a browser profile of their own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    sync_playwright,
)

from tests.browser.journey import sign_in
from tests.browser.server import DemoServer

HERE = Path(__file__).resolve().parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}
PATIENCE_MS = 10_000

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that it runs where a browser is."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_chromium() -> str | None:
    """Return the path of the browser that CHROMIUM names, or of an installed one."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        sentence = "no Chromium here: set CHROMIUM, or apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """The demo server that all tests share; the browser is asked for first, since it may skip."""
    with DemoServer(tmp_path_factory.mktemp("demo")) as server:
        yield server


@pytest.fixture
def own_demo(demo: DemoServer, tmp_path: Path) -> Iterator[DemoServer]:
    """A demo server for one test, which may kill it: on a copy of the shared one's data."""
    with demo.copy(tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def copied_demo(demo: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A demo server for a file, on a copy of the shared one's data; see ``file_demo``."""
    with demo.copy(tmp_path_factory.mktemp("file-demo")) as server:
        yield server


@pytest.fixture
def file_demo(copied_demo: DemoServer) -> DemoServer:
    """The demo server of a file whose tests may change it, and one of which may have killed it."""
    if copied_demo.process is None:
        copied_demo.start()
    return copied_demo


class Watch:
    """Collects what no page may do: complain on the console, or ask another host for anything."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.allowed: list[str] = []

    def allow(self, *patterns: str) -> None:
        """Expect console errors that match ``patterns``: what a test breaks on purpose."""
        self.allowed.extend(patterns)

    def follow(self, context: BrowserContext, origin: str) -> None:
        """Listen to every page of ``context``, whose only server is ``origin``."""
        context.on("console", lambda said: self._hear(said) if said.type == "error" else None)
        context.on("weberror", lambda error: self._complain(str(error.error)))
        context.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((origin, "data:", "blob:"))
                else self.strangers.append(request.url)
            ),
        )

    def _hear(self, said: ConsoleMessage) -> None:
        self._complain(f"{said.text} at {said.location['url']}")

    def _complain(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.allowed):
            self.complaints.append(text)


@pytest.fixture
def watch() -> Iterator[Watch]:
    kept = Watch()
    yield kept
    assert kept.complaints == []
    assert kept.strangers == []


@pytest.fixture
def visit(browser: Browser, demo: DemoServer, watch: Watch) -> Iterator[Visit]:
    """Open a page in a fresh profile: ``visit()``, ``visit(number)``, ``visit(ADMIN, size=DESK)``.

    With a number the visitor is signed in. The options are those of a browser context; ``server``
    is the shared one unless told otherwise. Service workers are off unless asked for: the product
    works without, and routes of a test reach the page itself.
    """
    opened: list[BrowserContext] = []

    def open_page(
        number: str | None = None,
        *,
        size: dict[str, int] | None = None,
        server: DemoServer = demo,
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=server.address,
            viewport=size or PHONE,
            locale="zh-CN",
            **{"service_workers": "block", **options},
        )
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        watch.follow(context, server.address)
        if number:
            sign_in(context, server, number)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()
