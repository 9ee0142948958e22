"""The steps that journeys share: sign in, start, read, choose, submit, go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from time import monotonic
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Locator, Page, expect

from question_bank.examples import right_values, wrong_values
from question_bank.items import Case, Cloze, Essay, Item, Matching, Numeric, Ordering
from question_bank.responses import read_response
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
    """Answer the question on the page, rightly or wrongly; return the values that are stored."""
    page.wait_for_load_state("load")  # before that a tap is the plain form's, not the script's
    item = server.item_at(*place_of(page))
    values = values_for(item, is_right=is_right)
    fill(page, item, values)
    return read_response(item, values).values()


def values_for(item: Item, *, is_right: bool) -> list[str]:
    """Return a right response; or a wrong one: where all options are right, one alone is wrong."""
    if is_right:
        return right_values(item)
    return wrong_values(item) or right_values(item)[:1]


def fill(page: Page, item: Item, values: Sequence[str], name: str = "option") -> None:
    """Put values into the fields of a question as fingers do."""
    field = page.locator(f'#options [name="{name}"]')
    match item:
        case Case():
            for number, part in enumerate(item.parts, start=1):
                own = [v.partition("/")[2] for v in values if v.startswith(f"{number}/")]
                if own:
                    fill(page, part, own, f"option.{number}")
        case Cloze():
            for at, (blank, value) in enumerate(zip(item.blanks, values, strict=True)):
                if blank.options:
                    field.nth(at).select_option(value)
                else:
                    field.nth(at).fill(value)
        case Numeric() | Essay():
            field.fill(values[0])
        case Matching():
            for at, value in enumerate(values):
                field.nth(at).select_option(value)
        case Ordering():
            arrange(page, [value.rpartition("=")[0] for value in values], name)
        case _:
            for value in values:
                row = page.locator(".option", has=page.locator(f'[name="{name}"][value="{value}"]'))
                row.click()


def arrange(page: Page, order: Sequence[str], name: str) -> None:
    """Bring entries into an order: by their buttons, or by their lists where there is no script."""
    rows = page.locator(".order__row", has=page.locator(f'[name="{name}"]'))
    for place, entry in enumerate(order, start=1):
        row = rows.filter(has=page.locator(f'option[value="{entry}="]'))
        if not row.get_by_role("button").count():
            row.locator("select").select_option(f"{entry}={place}")
            continue
        for _step in order:
            if rows.nth(place - 1).locator(f'option[value="{entry}="]').count():
                break
            row.get_by_role("button").first.click()


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


def as_fields(item: Item, values: Sequence[str]) -> list[tuple[str, str]]:
    """Return values with the names of their fields: those of a part of a case have its number."""
    if not isinstance(item, Case):
        return [("option", value) for value in values]
    parts = (value.partition("/") for value in values)
    return [(f"option.{number}", value) for number, _slash, value in parts]


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
    item = server.item_at(attempt_id, position)
    body = [*form.items(), *as_fields(item, values_for(item, is_right=is_right))]
    data = urlencode(body)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = context.request.post(address, data=data, headers=headers, max_redirects=0)
    assert response.status == 303
