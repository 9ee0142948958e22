"""Pages of the rules: what everybody reads, a week tried out, the desk of the next version."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from quizapp.core.db import atomic
from quizapp.core.events import Rewardable
from quizapp.points import rules, service
from quizapp.points.forms import values_of
from quizapp.points.views.wording import activity_label
from tests.browser_client import Browser
from tests.factories import people

TODAY = date(2026, 11, 18)
MONDAY = date(2026, 11, 23)
HOUSE = rules.RULE_SETS[-1]
NOT_FOR = "本平台积分不作为考核、评优、薪酬依据，也不能为此导出。"


@pytest.fixture
def bob(app, world):
    return Browser(app).sign_in(world.people["bob"])


@pytest.fixture
def dana(app, world):
    return Browser(app).sign_in(world.people["dana"])


def text_of(response) -> str:
    """Return the words of a page."""
    page = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(html.unescape(page).split())


def plan(world, since: date = MONDAY, **changes) -> int:
    """Let Dana plan rules with ``changes``."""
    listed = tuple(replace(rule, **changes.get(rule.activity, {})) for rule in HOUSE.rules)
    return service.plan_rules(
        people.viewer(world.people["dana"]), since=since, listed=listed, day_limit=12, week_limit=40
    )


def form_of(**changes) -> dict:
    """Return the form of the next version with ``changes``; ``__`` stands for the dot of a name."""
    sent = {name: "" if value is None else value for name, value in values_of(HOUSE).items()}
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return {**sent, "since": MONDAY.isoformat(), "deed": "plan", **named}


@pytest.mark.parametrize("who", ["bob", "dana"])
def test_everybody_reads_the_rules_in_force(app, world, who):
    words = text_of(Browser(app).sign_in(world.people[who]).get("/team/rules"))
    assert "第 1 版" in words
    assert "每天 12 分，每周 40 分" in words
    for rule in HOUSE.rules:
        assert activity_label(rule.activity) in words
    assert NOT_FOR in words


def test_what_points_are_not_for_is_on_every_version_and_on_paper(world, bob):
    version = plan(world)
    for path in (f"/team/rules?version={version}", "/team/rules/sheet"):
        assert NOT_FOR in text_of(bob.get(path))


def test_every_activity_has_words(world, bob):
    assert bob.get("/team/rules").status_code == 200
    assert [name for name in rules.ACTIVITIES if activity_label(name) == name] == []


def test_coming_rules_are_announced_with_their_day(world, bob):
    version = plan(world, daily_correct={"points": 2, "day_limit": 10})
    assert f"第 {version} 版将于2026年11月23日开始" in text_of(bob.get("/team/rules"))
    words = text_of(bob.get(f"/team/rules?version={version}"))
    assert "这一版已公布，2026年11月23日开始执行" in words
    assert "每天 10 分" in words
    assert "2026年1月1日—2026年11月22日" in words


@pytest.mark.parametrize("version", ["9", "x", "-1", ""])
def test_an_unknown_version_is_not_there(bob, version):
    assert bob.get(f"/team/rules?version={version}").status_code == 404


def test_a_week_is_tried_without_a_script(bob):
    words = text_of(bob.get("/team/rules?daily=7&quiz_passed=3&report_accepted=0"))
    assert "40 分" in words
    assert "每周一测、专题达标，次：算得 15 分，计入 10 分" in words


@pytest.mark.parametrize("times", ["-1", "1.5", "99", "x", "٣x"])
def test_a_number_that_makes_no_sense_is_said_beside_its_field(bob, times):
    response = bob.get("/team/rules", query_string={"daily": times})
    assert response.status_code == 200
    assert "请填写 0～7 的整数。" in text_of(response)


def test_the_effect_names_the_team_and_its_size(bob):
    assert "焊装一班，8 人计入" in text_of(bob.get("/team/rules"))


def test_the_desk_plans_the_next_version(world, dana):
    answer = dana.post("/team/rules/desk", form_of(daily_correct__points=2))
    assert answer.status_code == 302
    assert service.rules_on(world.organisation, MONDAY).rule("daily_correct").points == 2
    words = text_of(dana.get("/team/rules/desk"))
    assert "第 2 版已排定，现在起人人可以查看。" in words
    assert "Dana排定第 2 版，11月23日" in words


def test_every_number_that_makes_no_sense_is_said_at_once(world, dana):
    sent = form_of(daily_correct__points=99, quiz_passed__day_limit=1, week_limit=5)
    answer = dana.post("/team/rules/desk", sent)
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count("aria-invalid") >= 3
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("daily_correct__points", "", "请填写整数。"),
        ("daily_correct__points", "1.5", "请填写整数。"),
        ("day_limit", "viel", "请填写整数。"),
        ("since", "", "2026-11-22"),
        ("since", TODAY.isoformat(), "明天"),
        ("since", (TODAY + timedelta(days=400)).isoformat(), "三个月"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, dana, field, value, said):
    answer = dana.post("/team/rules/desk", form_of(quiz_passed__points=4, **{field: value}))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'name="quiz_passed.points" type="number"' in answer.get_data(as_text=True)
    assert 'value="4"' in answer.get_data(as_text=True)
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


def test_a_planned_version_is_taken_back(world, dana):
    version = plan(world)
    assert dana.post(f"/team/rules/desk/{version}/drop").status_code == 302
    assert service.rule_sets(world.organisation) == rules.RULE_SETS
    assert "收回第 2 版" in text_of(dana.get("/team/rules/desk"))


def test_a_version_in_force_is_never_taken_back(world, dana):
    assert dana.post("/team/rules/desk/1/drop").status_code == 404


def test_a_simulation_stores_nothing_and_names_nobody(world, dana):
    team = atomic(
        lambda: [
            people.person(world.organisation, world.team, f"无名{n}", f"66{n}") for n in range(6)
        ]
    )()
    for person_id in team:
        service.award(
            Rewardable(
                user_id=person_id,
                activity="daily_correct",
                source="test:1",
                quantity=4,
                occurred_on=date(2026, 11, 12),
                unit_id=world.team,
            )
        )
    answer = dana.post(
        "/team/rules/desk",
        form_of(daily_correct__points=2, daily_correct__day_limit=8, deed="simulate"),
    )
    words = text_of(answer)
    assert answer.status_code == 200
    assert "投机空间" in words
    assert "+100 %" in words
    assert "25 %" in words
    assert "无名" not in words
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


def test_too_few_people_are_not_simulated(world, dana):
    assert "不足 5 人" in text_of(dana.post("/team/rules/desk", form_of(deed="simulate")))


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_only_administrators_come_to_the_desk(app, world, who):
    browser = Browser(app).sign_in(world.people[who])
    assert browser.get("/team/rules/desk").status_code == 403
    assert browser.post("/team/rules/desk", form_of()).status_code == 403


def test_the_page_takes_few_statements(world, bob, count_statements):
    bob.get("/team/rules")
    with count_statements() as seen:
        bob.get("/team/rules")
    assert len(seen) <= 8, seen
