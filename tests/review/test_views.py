"""The review desk as people meet it."""

from __future__ import annotations

import re

import pytest

from quizapp.items import service as items
from quizapp.review import service as review
from tests.factories import bench as benches

BOXES = re.compile(r'name="point" value="(\w+)"')


def field(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


@pytest.fixture
def kept(world, made):
    return benches.wording(world)


@pytest.fixture
def case_id(made, kept) -> str:
    """A case at the first level."""
    return items.submit(made.author, benches.drafted(made.author, kept), note="请审核").case_id


def form_of(page: str, **more) -> dict[str, object]:
    """Return the form of the desk with every point ticked."""
    return {
        "level": field(page, "level"),
        "seen_hash": field(page, "seen_hash"),
        "view": field(page, "view"),
        "point": BOXES.findall(page),
        **more,
    }


def test_the_desk_opens_with_what_waits(as_person, case_id):
    page = as_person("chen").get("/review").get_data(as_text=True)
    assert "初审要点" in page
    assert "发现险情先做什么" in page
    assert re.search(r"#\d+ 要点", page)
    assert "停止作业并报告" in page
    assert "请审核" in page
    assert len(BOXES.findall(page)) == len(benches.POINTS["first"])
    assert "第 1 题，共 1 题" in page


def test_three_reviewers_pass_it_with_the_form_of_the_page(as_person, made, case_id):
    for name in ("chen", "sun", "he"):
        browser = as_person(name)
        page = browser.get(f"/review/{case_id}").get_data(as_text=True)
        sent = browser.post(f"/review/{case_id}/pass", form_of(page))
        assert sent.status_code == 303
    assert review.get_case(made.final, case_id).state == "published"
    assert "已发布" in as_person("he").get(f"/review/{case_id}").get_data(as_text=True)


def test_after_a_decision_the_next_case_is_open(as_person, made, world, case_id):
    other = benches.wording(world, stem="发现隐患，先向谁报告？")
    following = items.submit(made.author, benches.drafted(made.author, other)).case_id
    chen = as_person("chen")
    page = chen.get("/review").get_data(as_text=True)
    sent = chen.post(f"/review/{case_id}/pass", form_of(page))
    assert sent.headers["Location"] == f"/review/{following}?view=waiting"
    page = chen.get(f"/review/{following}").get_data(as_text=True)
    sent = chen.post(f"/review/{following}/pass", form_of(page))
    assert sent.headers["Location"] == "/review?view=waiting"
    assert "没有待审内容" in chen.get("/review").get_data(as_text=True)


def test_a_refusal_keeps_what_was_typed(as_person, case_id):
    chen = as_person("chen")
    page = chen.get("/review").get_data(as_text=True)
    form = form_of(page, comment="差一点", point=["facts"])
    refused = chen.post(f"/review/{case_id}/pass", form)
    body = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "差一点" in body
    assert re.search(r'value="facts" checked', body)
    assert not re.search(r'value="language" checked', body)


def test_returning_needs_words(as_person, made, case_id):
    chen = as_person("chen")
    page = chen.get("/review").get_data(as_text=True)
    assert chen.post(f"/review/{case_id}/return", form_of(page)).status_code == 422
    sent = chen.post(f"/review/{case_id}/return", form_of(page, comment="请改条款"))
    assert sent.status_code == 303
    author = as_person("lin").get(f"/review/{case_id}").get_data(as_text=True)
    assert "请改条款" in author


def test_what_somebody_else_saw_is_not_signed(as_person, case_id):
    chen = as_person("chen")
    page = chen.get("/review").get_data(as_text=True)
    form = form_of(page, seen_hash="0" * 64)
    assert chen.post(f"/review/{case_id}/pass", form).status_code == 409


def test_the_reason_why_it_is_blocked_is_said(as_person, case_id):
    page = as_person("lin").get(f"/review/{case_id}").get_data(as_text=True)
    assert "这一版是您写的" in page
    assert "<fieldset" in page
    assert re.search(r"<fieldset[^>]* disabled", page)
    page = as_person("sun").get(f"/review/{case_id}").get_data(as_text=True)
    assert "这一级由其他角色审核" in page


def test_a_second_wording_stands_beside_the_first(as_person, made, world, kept):
    public_id = benches.published(made, kept)
    benches.redrafted(made.author, public_id, benches.with_key(1))
    items.submit(made.author, public_id, correction="第二项才对。")
    page = as_person("chen").get("/review").get_data(as_text=True)
    assert "第 1 版" in page
    assert "第 2 版" in page
    assert "未改动" in page
    assert "第二项才对" in page
    assert "报错修订" in page


def test_planning_and_publishing_by_hand(as_person, made, case_id):
    for name in ("chen", "sun"):
        browser = as_person(name)
        page = browser.get(f"/review/{case_id}").get_data(as_text=True)
        browser.post(f"/review/{case_id}/pass", form_of(page))
    he = as_person("he")
    page = he.get(f"/review/{case_id}").get_data(as_text=True)
    nonsense = form_of(page, publish_at="tomorrow")
    assert he.post(f"/review/{case_id}/pass", nonsense).status_code == 422
    he.post(f"/review/{case_id}/pass", form_of(page, publish_at="2026-12-01T08:00"))
    found = review.get_case(made.final, case_id)
    assert found.state == "scheduled"
    assert found.publish_at.isoformat() == "2026-12-01T00:00:00+00:00"  # 8:00 in Shanghai
    assert as_person("sun").post(f"/review/{case_id}/publish").status_code == 403
    assert he.post(f"/review/{case_id}/publish").status_code == 303
    assert he.post(f"/review/{case_id}/withdraw", {"comment": ""}).status_code == 422
    assert he.post(f"/review/{case_id}/withdraw", {"comment": "停用"}).status_code == 303
    assert review.get_case(made.final, case_id).state == "withdrawn"


def test_the_author_takes_it_back(as_person, made, case_id):
    assert as_person("chen").post(f"/review/{case_id}/cancel").status_code == 403
    assert as_person("lin").post(f"/review/{case_id}/cancel").status_code == 303
    assert review.get_case(made.author, case_id).state == "cancelled"


def test_the_policy_page(as_person, world, made):
    dana = as_person("dana")
    assert "三级" in dana.get("/review/policy").get_data(as_text=True)
    assert dana.post("/review/policy", {"subject": "item", "levels": "2"}).status_code == 303
    assert review.levels_of(world.organisation, "item") == 2
    assert dana.post("/review/policy", {"subject": "item", "levels": "9"}).status_code == 422
    assert as_person("chen").get("/review/policy").status_code == 403


@pytest.mark.parametrize("name", ["carol", "charlie", "bob"])
def test_nobody_else_opens_a_case(as_person, case_id, name):
    browser = as_person(name)
    expected = 404 if name == "carol" else 403
    assert browser.get(f"/review/{case_id}").status_code == expected
    for act in ("pass", "return", "cancel"):
        assert browser.post(f"/review/{case_id}/{act}").status_code == expected


def test_english_pages_are_english(as_person, case_id):
    chen = as_person("chen")
    chen.post("/locale", {"locale": "en"})
    page = chen.get(f"/review/{case_id}").get_data(as_text=True)
    assert "Points of the first review" in page
    assert "Version 1" in page
