"""The steps that journeys share: sign in, start, read, choose, submit, go on."""

from __future__ import annotations

import re
from html import unescape
from time import monotonic

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.server import DemoServer

# No item asks for more than three seconds of reading, and the signed moment counts whole seconds.
READING_SECONDS = 3.0


def fields(html: str) -> dict[str, str]:
    """Return the hidden fields of the forms on a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', html)
    return {name: unescape(value) for name, value in found}


def sign_in(context: BrowserContext, server: DemoServer, number: str) -> None:
    """Follow a one-time link, as its page would: the button's form, with its token."""
    link = server.link_for(number)
    token = fields(context.request.get(link).text())["csrf_token"]
    response = context.request.post(link, form={"csrf_token": token}, max_redirects=0)
    assert response.status == 302


def start_set(page: Page) -> str:
    """Open Today, start the set and return the attempt's public id; the first question is open."""
    page.goto("/")
    page.get_by_role("button", name="开始").click()
    return place_of(page)[0]


def place_of(page: Page) -> tuple[str, int]:
    """Return the attempt and the position of the question on the page."""
    action = page.locator("#quiz").get_attribute("action") or ""
    attempt_id, position = action.split("/")[-2:]
    return attempt_id, int(position)


def option(page: Page, option_id: str) -> Locator:
    """Return the row that a finger taps."""
    return page.locator(".option", has=page.locator(f'input[value="{option_id}"]'))


def choose(page: Page, server: DemoServer, *, is_right: bool = True) -> list[str]:
    """Tap the right options, or one that is wrong; return the ids of what was tapped."""
    page.wait_for_load_state("load")  # before that a tap is the plain form's, not the script's
    key = server.key_of(*place_of(page))
    boxes = page.locator('input[name="option"]')
    shown = [str(box.get_attribute("value")) for box in boxes.all()]
    chosen = key if is_right else wrong_choice(shown, key)
    for one in chosen:
        option(page, one).click()
    return chosen


def wrong_choice(shown: list[str], key: list[str]) -> list[str]:
    """Return an option that is not right; where all of them are, one alone is wrong too."""
    return [next((one for one in shown if one not in key), shown[0])]


def submit(page: Page) -> Locator:
    """Submit and return the verdict."""
    page.locator("#submit").click()
    verdict = page.locator("#verdict")
    expect(verdict).to_be_visible()
    return verdict


def answer(page: Page, server: DemoServer, *, is_right: bool = True) -> None:
    """Choose, submit and go on to the next question, or to the result."""
    choose(page, server, is_right=is_right)
    submit(page)
    go_on(page)


def go_on(page: Page) -> None:
    """Leave the verdict for what comes next."""
    page.locator("#next").click()
    page.locator("#quiz, .dial--lg").wait_for()


def read(page: Page, shown_at: float) -> None:
    """Let the time pass that reading takes; ``shown_at`` is when the question appeared."""
    left = READING_SECONDS - (monotonic() - shown_at)
    page.wait_for_timeout(max(0.0, left * 1000))


def open_everything(context: BrowserContext) -> tuple[str, dict[int, dict[str, str]], float]:
    """Start a set and look at all five questions; return the attempt, their forms and the time.

    By plain requests. Who reads five questions at once has read them all after three seconds.
    """
    ask = context.request
    token = fields(ask.get("/").text())["csrf_token"]
    attempt_id = ask.post("/quizzes/daily", form={"csrf_token": token}).url.split("/")[-1]
    forms = {n: fields(ask.get(f"/quizzes/{attempt_id}/{n}").text()) for n in range(1, 6)}
    return attempt_id, forms, monotonic()


def post_answer(
    context: BrowserContext,
    server: DemoServer,
    attempt_id: str,
    position: int,
    form: dict[str, str],
    *,
    is_right: bool = True,
) -> None:
    """Post one answer as the plain form does."""
    address = f"/quizzes/{attempt_id}/{position}"
    html = context.request.get(address).text()
    shown = re.findall(r'name="option" value="([^"]+)"', html)
    key = server.key_of(attempt_id, position)
    chosen = key if is_right else wrong_choice(shown, key)
    body = [*form.items(), *(("option", one) for one in chosen)]
    data = "&".join(f"{name}={value}" for name, value in body)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = context.request.post(address, data=data, headers=headers, max_redirects=0)
    assert response.status == 303
