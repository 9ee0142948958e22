"""The pages of the assembly desk, in both languages, with and without a script."""

from __future__ import annotations

import re

import pytest

from quizapp.accounts.permissions import Role
from quizapp.org.models import Unit
from quizapp.quizzes.service import authoring
from tests.browser_client import Browser
from tests.factories import people


@pytest.fixture
def dana(as_person):
    return as_person("dana")


@pytest.fixture
def viewer(world):
    return people.viewer(world.people["dana"])


@pytest.fixture
def plant(world, db):
    return db.session.get_one(Unit, world.plant).public_id


@pytest.fixture
def quiz(viewer, plant):
    return authoring.create_quiz(viewer, authoring.NewQuiz("themed", "安全月", plant, count=5))


def page(response, status=200):
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def rows(*counts, revision=1, **more):
    form = {"rest_days": "14", "revision": str(revision), "shuffle_items": "on", **more}
    return form | {f"row-{n}-count": str(count) for n, count in enumerate(counts)}


def fetched(browser: Browser, path, data):
    return browser.post(path, data, headers={"X-Requested-With": "fetch"})


def test_an_empty_desk_says_how_to_begin(dana):
    assert "还没有测验" in page(dana.get("/quizzes/desk"))
    assert "目前没有内容" not in page(dana.get("/quizzes/desk?view=draft&before=3"))


def test_a_quiz_is_written_in_a_minute(dana, plant):
    assert "专题答题" in page(dana.get("/quizzes/desk/new"))
    form = {"name": "新测验", "mode": "weekly", "unit": plant, "topic": "", "count": "4"}
    made = dana.post("/quizzes/desk/new", form)
    assert made.status_code == 302
    bench = page(dana.get(made.location))
    assert "新测验" in bench
    assert "<b>4<small>/ 4 题</small></b><span>可出</span>" in bench
    assert "样卷 1 / 3" in bench
    again = page(dana.post("/quizzes/desk/new", form), 422)
    assert "已有名为“新测验”的测验" in again
    assert 'value="4"' in again, "nothing that was typed is lost"
    listed = page(dana.get("/quizzes/desk"))
    assert "每周一测" in listed
    assert "一厂" in listed


def test_a_new_quiz_needs_its_fields(dana, plant):
    wrong = page(dana.post("/quizzes/desk/new", {"mode": "daily", "count": "many"}), 422)
    assert "请填 1 到 200 之间的整数。" in wrong


def test_the_bench_speaks_english(dana, quiz):
    dana.post("/locale", {"locale": "en"})
    bench = page(dana.get(f"/quizzes/desk/{quiz}"))
    for words in ("Can be drawn", "Expected share right", "Sample paper 1 of 3", "Add a rule"):
        assert words in bench
    assert not re.search(
        "[\u4e00-\u9fff]",
        re.sub(
            r'<[^>]+lang="zh-CN"[^>]*>[^<]*',
            "",
            bench.split('data-live="figures"')[1].split("rulerows")[0],
        ),
    )


def test_rows_are_saved_by_a_plain_form(dana, quiz):
    address = f"/quizzes/desk/{quiz}"
    saved = dana.post(address, rows(2, 3, do="copy:0"))
    assert (saved.status_code, saved.location) == (303, f"{address}#row-1")
    bench = page(dana.get(address))
    assert bench.count("data-row=") == 3
    assert 'name="revision" value="2"' in bench


def test_a_script_gets_only_what_changes(dana, quiz):
    address = f"/quizzes/desk/{quiz}"
    live = page(fetched(dana, address, rows(2, 20)))
    assert "<html" not in live
    assert 'data-revision="2"' in live
    assert "补齐 7 题后可发布" in live
    assert 'data-live="outcome-1"' in live
    assert "已保存" in live


def test_what_is_wrong_is_said_at_its_row_and_nothing_is_lost(dana, quiz):
    address = f"/quizzes/desk/{quiz}"
    wrong = rows(2, "x", most_repeats="7", **{"row-0-easy": "9", "row-0-part": "第一部分"})
    bench = page(dana.post(address, wrong), 422)
    assert "请填 1 到 200 之间的整数。" in bench
    assert "易、中、难合计 9 题" in bench
    for typed in ('value="x"', 'value="9"', 'value="第一部分"', 'value="7"'):
        assert typed in bench
    assert "未保存" in bench
    live = page(fetched(dana, address, wrong))
    assert "易、中、难合计 9 题" in live
    assert 'data-revision="1"' in live
    assert 'data-live="figures"' not in live


def test_two_people_who_write_at_once_hear_of_each_other(dana, quiz, viewer):
    sheet = authoring.get_sheet(viewer, quiz)
    authoring.save_rules(viewer, quiz, sheet.blueprint, 1)
    dana.post(f"/quizzes/desk/{quiz}", rows(2))
    bench = page(dana.post(f"/quizzes/desk/{quiz}", rows(3)), 409)
    assert "还在本页" in bench
    assert 'name="row-0-count" value="3"' in bench


def test_a_conflict_is_explained_with_what_would_help(dana, quiz):
    address = f"/quizzes/desk/{quiz}"
    dana.post(address, rows(1, 6, **{"row-0-kind": "essay", "row-1-kind": "single"}))
    bench = page(dana.get(address))
    assert "“不限知识点”没有可用的简答题。" in bench
    assert "“不限知识点”只有 5 道可用的题。" in bench
    assert 'value="count:1:5">改为 5 题' in bench
    assert "请人出题" in bench
    assert "发布</button>" in bench
    assert re.search(r'form="publish" disabled', bench)
    dana.post(
        address,
        rows(1, 6, revision=2, do="count:1:5") | {"row-1-kind": "single", "row-0-kind": "single"},
    )
    assert "改为 5 题" not in page(dana.get(address))


def test_who_may_not_read_the_bank_gets_no_link_to_it(world, db, app, quiz):
    made = people.person(world.organisation, world.plant, "Olga", "1101", role=Role.ORGANISER)
    db.session.commit()
    olga = Browser(app).sign_in(made)
    olga.post(f"/quizzes/desk/{quiz}", rows(1, **{"row-0-kind": "essay"}))
    bench = page(olga.get(f"/quizzes/desk/{quiz}"))
    assert "没有可用的简答题" in bench
    assert "请人出题" not in bench


def test_another_sample(dana, quiz):
    address = f"/quizzes/desk/{quiz}"
    assert dana.get(f"{address}/sample?sample=2").location == f"{address}?sample=2"
    part = page(dana.get(f"{address}/sample?sample=2", headers={"X-Requested-With": "fetch"}))
    assert "样卷 2 / 3" in part
    assert "<html" not in part
    assert "样卷 2 / 3" in page(dana.get(f"{address}?sample=2"))


def test_the_sample_holds_no_key(dana, quiz):
    assert "KEYCANARY" not in page(dana.get(f"/quizzes/desk/{quiz}"))
    assert "KEYCANARY" not in page(dana.get(f"/quizzes/desk/{quiz}/paper?part=paper"))
    assert "KEYCANARY" not in page(dana.get(f"/quizzes/desk/{quiz}/paper?part=sheet"))


def test_the_paper_has_three_sheets(dana, quiz):
    paper = page(dana.get(f"/quizzes/desk/{quiz}/paper?sample=3&part=all"))
    assert paper.count('<section class="a4">') == 3
    assert "KEYCANARY" in paper
    assert paper.count('<span class="bubble">A</span>') >= 1
    assert "第 3 套" in paper
    key = page(dana.get(f"/quizzes/desk/{quiz}/paper?part=key"))
    assert key.count('<section class="a4">') == 1


def test_a_published_quiz_is_shown_and_not_changed(dana, quiz):
    address = f"/quizzes/desk/{quiz}"
    assert dana.post(f"{address}/publish").status_code == 303
    bench = page(dana.get(address))
    assert "规则自此固定" in bench
    assert "<fieldset" in bench
    assert " disabled>" in bench
    assert "添加一行规则" not in bench
    assert "规则已固定" in page(dana.post(address, rows(1)), 409)
    settings = page(dana.get(f"{address}/settings"))
    assert "不再变动" in settings
    assert "现在截止" in settings
    copy = dana.post(f"{address}/duplicate")
    assert "安全月 (2)" in page(dana.get(copy.location))
    assert dana.post(f"{address}/close").status_code == 303
    assert "安全月" in page(dana.get("/quizzes/desk?view=ended"))


def test_what_cannot_be_published_says_why(dana, quiz):
    dana.post(f"/quizzes/desk/{quiz}", rows(99))
    told = dana.post(f"/quizzes/desk/{quiz}/publish")
    assert "还缺 84 题。" in page(dana.get(told.location))


def test_a_draft_is_deleted(dana, quiz):
    assert dana.post(f"/quizzes/desk/{quiz}/delete").location == "/quizzes/desk"
    dana.get("/quizzes/desk")
    page(dana.get(f"/quizzes/desk/{quiz}"), 404)
    page(dana.post(f"/quizzes/desk/{quiz}/delete"), 404)


def settings_form(**changes):
    return {
        "name": "安全月",
        "opens_at": "2026-12-01T08:00",
        "closes_at": "2026-12-08T20:00",
        "limit_minutes": "45",
        "grace_seconds": "90",
        "attempts_allowed": "2",
        "cut_percent": "60",
        "markers": "1",
        "after": ["verdict", "key"],
    } | changes


def test_moments_are_on_the_clock_of_the_organisation(dana, quiz, viewer):
    address = f"/quizzes/desk/{quiz}/settings"
    assert "Asia/Shanghai" in page(dana.get(address))
    assert dana.post(address, settings_form()).status_code == 303
    sheet = authoring.get_sheet(viewer, quiz)
    assert sheet.opens_at.isoformat() == "2026-12-01T00:00:00+00:00"
    assert (sheet.limit_seconds, sheet.grace_seconds, sheet.attempts_allowed) == (2700, 90, 2)
    assert sheet.cut_score == 0.6
    assert sheet.tells == (frozenset(), {"verdict", "key"}, frozenset())
    shown = page(dana.get(address))
    assert 'value="2026-12-01T08:00"' in shown
    assert 'name="after" value="key" checked' in shown
    cleared = settings_form(opens_at="", limit_minutes="", attempts_allowed="", cut_percent="")
    dana.post(address, cleared)
    sheet = authoring.get_sheet(viewer, quiz)
    assert (sheet.opens_at, sheet.limit_seconds, sheet.attempts_allowed) == (None, None, None)
    assert sheet.cut_score is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "请填写"),
        ("closes_at", "2026-11-30T08:00", "截止时间要晚于开放时间。"),
        ("opens_at", "morgen", "请填日期和时间"),
        ("opens_at", "2026-12-01T08:00+08:00", "请填日期和时间"),
        ("limit_minutes", "0", "请填 1 到 600 之间的整数。"),
        ("grace_seconds", "viel", "请填 0 到 3600 之间的整数。"),
        ("cut_percent", "101", "请填 1 到 100 之间的整数。"),
        ("attempts_allowed", "21", "请填 1 到 20 之间的整数。"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_at_its_field(dana, quiz, field, value, message):
    shown = page(dana.post(f"/quizzes/desk/{quiz}/settings", settings_form(**{field: value})), 422)
    assert message in shown
    assert f'id="{field}-error"' in shown
    assert 'name="after" value="key" checked' in shown, "the rest is as it was typed"


def test_the_closing_time_is_moved_with_a_reason(dana, viewer, plant):
    weekly = authoring.create_quiz(viewer, authoring.NewQuiz("weekly", "周", plant, count=3))
    authoring.publish(viewer, weekly)
    address = f"/quizzes/desk/{weekly}/extend"
    assert "请填写" in page(dana.post(address, {"closes_at": "2026-12-24T08:00"}), 422)
    early = {"closes_at": "2026-11-19T08:00", "reason": "停电"}
    assert "更晚的时间" in page(dana.post(address, early), 422)
    moved = dana.post(address, {"closes_at": "2026-12-24T08:00", "reason": "车间停电"})
    assert "开放至 12月24日 08:00：车间停电" in page(dana.get(moved.location))


def test_the_audience_is_a_list_of_units_and_roles(dana, quiz, world, db):
    address = f"/quizzes/desk/{quiz}/audience"
    team = db.session.get_one(Unit, world.team).public_id
    assert "焊装一班" in page(dana.get(address))
    assert dana.post(address, {"unit": team, "role": "leader"}).status_code == 303
    shown = page(dana.get(address))
    assert "班组长" in shown
    drop = re.search(r'name="drop" value="([^"]+leader)"', shown)[1]
    dana.post(address, {"drop": drop})
    assert "leader" not in re.findall(r'name="drop" value="([^"]+)"', page(dana.get(address)))
    assert "请填写" in page(dana.post(address, {"role": ""}), 422)
    assert "请选择" in page(dana.post(address, {"unit": "nowhere"}), 422)


def test_more_time_is_given_and_taken_back(dana, world):
    assert "目前没有。" in page(dana.get("/quizzes/desk/time"))
    given = dana.post("/quizzes/desk/time", {"employee_number": "1002", "factor": "1.5"})
    shown = page(dana.get(given.location))
    assert "Bob" in shown
    assert "多一半" in shown
    wrong = page(dana.post("/quizzes/desk/time", {"employee_number": "77", "factor": "1.5"}), 422)
    assert "没有这个工号" in wrong
    assert 'value="77"' in wrong
    end = re.search(r'action="(/quizzes/desk/time/[^"]+)"', shown)[1]
    dana.post(end)
    assert "目前没有。" in page(dana.get("/quizzes/desk/time"))


def test_the_bench_takes_the_same_number_of_statements_for_many_rows(dana, quiz, count_statements):
    address = f"/quizzes/desk/{quiz}"
    dana.post(address, rows(3))
    dana.get(address)
    with count_statements() as few:
        dana.get(address)
    dana.post(address, rows(*[1] * 12, revision=2))
    dana.get(address)
    with count_statements() as many:
        dana.get(address)
    assert len(many) == len(few) <= 10


def test_nothing_is_written_by_looking(dana, quiz, db, viewer):
    before = authoring.get_sheet(viewer, quiz)
    for path in ("", "/sample", "/paper", "/settings", "/audience"):
        dana.get(f"/quizzes/desk/{quiz}{path}")
    assert authoring.get_sheet(viewer, quiz) == before
