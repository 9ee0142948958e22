"""The roster desk in a browser: a GBK file from Chinese Windows, from the upload to the person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.server import ADMIN
from tests.browser.test_accessibility import AXE, OVERFLOW, SMALL_TARGETS, SMALL_TEXT

NARROW = {"width": 360, "height": 740}
COLUMNS = "工号,姓名,岗位,单位路径,生效日期"
GOOD = [COLUMNS, *(f"97{n:04},新员工{n},焊工,焊装三班,2026-11-22" for n in range(1, 31))]
BAD = [*GOOD, "979001,无日期,电工,焊装三班,去年", "979002,公式,=1+1,焊装三班,"]


def upload(page: Page, lines: list[str], name: str) -> None:
    """Upload a roster as Chinese Windows writes it."""
    data = "\r\n".join(lines).encode("gbk")
    page.goto("/admin/people/import")
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="开始试运行").click()
    page.wait_for_url(re.compile(r"/import/[\w-]{16}$"))


def faults(page: Page) -> list[str]:
    """Return what axe finds on a page."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [f"{one['id']}: {[node['html'][:90] for node in one['nodes'][:3]]}" for one in found]


def test_a_gbk_roster_becomes_people_who_can_be_found(visit):
    page = visit(ADMIN, size=DESK)
    upload(page, GOOD, "花名册.csv")
    expect(page.locator(".tally")).to_contain_text("30")
    page.keyboard.press("j")
    expect(page.locator(".is-cursor")).to_contain_text("新员工2")
    expect(page.get_by_role("region", name="行数")).to_contain_text("焊装三班")
    page.get_by_role("button", name="导入 30 项变更").click()
    expect(page.locator(".banner--ok")).to_contain_text("新增 30")
    page.get_by_role("link", name="查看人员").click()
    page.locator("input[name=q]").fill("970007")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="新员工7", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", [DESK, NARROW], ids=["1366", "360"])
def test_the_pages_are_for_every_eye_and_hand(visit, size):
    page = visit(ADMIN, size=size)
    page.goto("/admin/people/import")
    wrong = [*faults(page), *page.evaluate(OVERFLOW), *page.evaluate(SMALL_TEXT, 14)]
    upload(page, BAD, "花名册.csv")
    for query in ("", "?result=problem", "?line=2", "?result=flagged"):
        page.goto(page.url.split("?")[0] + query)
        wrong += [*faults(page), *page.evaluate(OVERFLOW), *page.evaluate(SMALL_TEXT, 14)]
        if size is NARROW:
            wrong += page.evaluate(SMALL_TARGETS, 44)
    assert wrong == []
    expect(page.get_by_role("button", name=re.compile("导入 .* 项变更"))).to_be_disabled()


def test_a_problem_says_its_cell_and_can_be_taken_away(visit):
    page = visit(ADMIN, size=DESK)
    upload(page, BAD, "花名册.csv")
    page.locator(".tally__part--problem").click()
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("E32")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载问题行").click()
    assert download.value.suggested_filename == "花名册问题行.xlsx"
    page.get_by_role("button", name="放弃").click()
    expect(page.get_by_role("heading", name="这份文件已放弃")).to_be_visible()


def test_a_file_that_is_too_large_is_not_even_sent(visit, tmp_path: Path):
    huge = tmp_path / "花名册.csv"
    huge.write_bytes(b"1,a\n" * (21 * 2**18))
    page = visit(ADMIN, size=DESK)
    page.goto("/admin/people/import")
    page.set_input_files("#file", huge)
    said = page.locator("#file").evaluate("(input) => input.validationMessage")
    assert "20 MB" in said
    page.get_by_role("button", name="开始试运行").click()
    assert page.url.endswith("/admin/people/import")
    expect(page.locator(".errors")).to_have_count(0)
