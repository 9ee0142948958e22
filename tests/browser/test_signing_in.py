"""A printed card in somebody's hand: number, one-time password, a password of one's own."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.browser.screens import label_of
from tests.browser.server import ADMIN


def test_a_new_person_gets_a_card_and_signs_in_with_it(visit, watch):
    watch.allow("status of 422")
    desk = visit(ADMIN, size=DESK)
    desk.goto("/admin/people/add")
    desk.get_by_label("姓名").fill("沈若兰")
    desk.get_by_label("工号").fill("910001")
    desk.locator("[name=unit]").select_option(label=label_of(desk, "焊装四班"))
    desk.locator("main .btn--primary").click()
    expect(desk.get_by_role("heading", name="沈若兰")).to_be_visible()
    desk.get_by_role("button", name="补打登录卡").click()
    desk.locator(".panel .btn--primary").click()
    password = desk.locator(".sheet__secret").inner_text()

    phone = visit()
    phone.goto("/")
    phone.get_by_label("工号").fill("910001")
    phone.get_by_label("密码").fill("not-the-password")
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_role("alert")).to_contain_text("工号或密码不对")
    phone.get_by_label("密码").fill(password)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url("**/me/password")
    phone.locator("[name=current]").fill(password)
    for field in ("password", "again"):
        phone.locator(f"[name={field}]").fill("早班 6 点 喝豆浆")
    phone.locator(".btn--primary").click()
    phone.wait_for_url(re.compile("/me/consent$"))
    phone.get_by_role("button", name="不计分").click()
    expect(phone.get_by_role("button", name="开始")).to_be_visible()


def test_a_link_works_once(visit, demo, watch):
    watch.allow("status of 410")
    link = demo.link_for(demo.somebody())
    page = visit()
    page.goto(link)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="开始")).to_be_visible()
    again = visit()
    assert again.goto(link).status == 410
    expect(again.get_by_role("heading", name="链接")).to_be_visible()
