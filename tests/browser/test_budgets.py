"""What a page may weigh and how soon it is there: phones pay for every byte and every wait."""

from __future__ import annotations

import gzip
from collections import defaultdict

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import DESK
from tests.browser.journey import choose, start_set, submit
from tests.browser.server import ADMIN

KB = 1024
PHONE_LIMITS = {"document": 14 * KB, "stylesheet": 10 * KB, "script": 15 * KB, "font": 0}
FIRST_VIEW, REPEATED_VIEW = 80 * KB, 10 * KB
DESK_VIEW, TV_VIEW = 250 * KB, 150 * KB
ANSWER = 1536
PAINTED_WITHIN_MS = 1800
# Lighthouse's slow 4G, on a processor four times slower than this one.
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750_000 / 8,
}
SHIFTS = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((shift) => { sum += shift.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(sum), 300);
})"""
PAINTED = """() => new Promise((tell) => new PerformanceObserver((list) => {
  tell(Math.max(...list.getEntries().map((paint) => paint.startTime)));
}).observe({ type: "largest-contentful-paint", buffered: true }))"""


def weigh(page: Page, address: str) -> dict[str, int]:
    """Open a page and return the bytes on the wire by kind, compressed as a proxy would."""
    weight: dict[str, int] = defaultdict(int)
    arrived: list[Response] = []

    def note(response: Response) -> None:
        arrived.append(response)

    page.goto("about:blank")  # what the page before still asks for is not counted
    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    page.remove_listener("response", note)
    fetched = set(
        page.evaluate(
            """() => performance.getEntriesByType("resource")
            .filter((one) => one.transferSize > 0).map((one) => one.name)"""
        )
    )
    for response in arrived:
        kind = response.request.resource_type
        if response.ok and (kind == "document" or response.url in fetched):
            body = response.body()
            is_text = "image/png" not in response.headers["content-type"]
            weight[kind] += len(gzip.compress(body, 6)) if is_text else len(body)
    print(f"\n{address} {dict(weight)} = {sum(weight.values())} bytes")
    return weight


@pytest.fixture
def question(visit, demo) -> Page:
    page = visit(demo.somebody())
    start_set(page)
    return page


@pytest.mark.parametrize("address", ["/", "/team", "/me"])
def test_a_phone_page_keeps_its_budget(visit, demo, address):
    page = visit(demo.somebody())
    weight = weigh(page, address)
    for kind, limit in PHONE_LIMITS.items():
        assert weight[kind] <= limit, kind
    assert sum(weight.values()) <= FIRST_VIEW
    assert sum(weigh(page, address).values()) <= REPEATED_VIEW


def test_a_question_keeps_its_budget_and_an_answer_is_small(question, demo):
    question.context.new_cdp_session(question).send("Network.clearBrowserCache")
    weight = weigh(question, question.url)
    for kind, limit in PHONE_LIMITS.items():
        assert weight[kind] <= limit, kind
    chosen = choose(question, demo)
    with question.expect_request(lambda request: request.method == "POST") as sent:
        submit(question)
    body = sent.value.post_data or ""
    given = sent.value.post_data_json["given"]
    assert sorted(value for value in given if not value.endswith("=")) == sorted(
        value for value in chosen if not value.endswith("=")
    )
    print(f"\nanswer {len(body.encode())} bytes")
    assert len(body.encode()) <= ANSWER


def test_nothing_jumps_while_a_page_appears(visit, demo, question):
    assert question.evaluate(SHIFTS) == 0
    choose(question, demo)
    submit(question)
    assert question.evaluate(SHIFTS) == 0
    for address in ("/", "/team", "/me"):
        question.goto(address)
        assert question.evaluate(SHIFTS) == 0, address


@pytest.mark.parametrize("address", ["/", "/team"])
def test_a_slow_phone_on_a_slow_network_sees_the_page_in_time(visit, demo, address):
    page = visit(demo.somebody())
    phone = page.context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", SLOW_4G)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address)
    painted = page.evaluate(PAINTED)
    print(f"\n{address} painted after {painted:.0f} ms on slow 4G")
    assert painted <= PAINTED_WITHIN_MS


def test_a_desk_page_keeps_its_budget(visit):
    page = visit(ADMIN, size=DESK)
    assert sum(weigh(page, "/admin/people").values()) <= DESK_VIEW


def test_the_pairing_page_keeps_its_budget(visit):
    assert sum(weigh(visit(), "/boards/pair").values()) <= TV_VIEW
