"""Pages of teams: what stands on them, and what never does."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.leaderboards import service as leaderboards
from quizapp.org.models import Membership
from quizapp.org.service import get_units
from quizapp.teams import service
from quizapp.teams.service import Draft
from tests.conftest import NOW
from tests.factories.teams import members_of, teams

from .test_goals import LAST
from .test_overview import TODAY, earn

STATIC = Path(__file__).resolve().parents[2] / "static"


def names_of_team(world) -> list[str]:
    """Return the names of everybody in the team but the one who looks and their leader."""
    rows = db.session.scalars(
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id == world.team, Person.name.not_in(["Bob", "Alice"]))
    )
    return list(rows)


def test_a_member_sees_the_team_and_the_way_on(world, season, as_person):
    earn(members_of(world.team)[:3], world.team, TODAY)
    page = as_person("bob").get("/team/ours").text
    assert "焊装一班" in page
    assert "下一个目标" in page
    assert "为什么没有名单" in page
    assert "只有自己看得到" in page


def test_today_and_the_board_lead_to_the_team(world, season, as_person):
    earn(members_of(world.team)[:3], world.team, TODAY)
    for path in ("/", "/team"):
        assert 'href="/team/ours"' in as_person("bob").get(path).text


@pytest.mark.parametrize("who", ["bob", "alice", "dana"])
@pytest.mark.parametrize("taking_part", [0, 1, 4, 7, 8])
def test_no_page_names_who_took_part_or_who_did_not(world, season, as_person, who, taking_part):
    earn(members_of(world.team)[:taking_part], world.team, TODAY - timedelta(days=1))
    browser = as_person(who)
    paths = ["/team/ours", "/team/thanks", "/team/thanks/new"]
    if who != "bob":
        paths += ["/team/dashboard", browser.get("/team/dashboard").headers.get("Location", "")]
    names = names_of_team(world)
    assert len(names) == 6
    for path in filter(None, paths):
        page = browser.get(path).text
        assert not [name for name in names if name in page], path
        assert "参与率" not in page


@pytest.mark.parametrize("taking_part", [1, 2, 3, 4])
def test_a_number_below_five_is_nowhere_on_the_page(world, season, as_person, taking_part):
    big = teams(world.organisation, world.workshop, [20])[0]
    earn(members_of(big)[:taking_part], big, TODAY - timedelta(days=1))
    page = as_person("dana").get(f"/team/dashboard/{get_units([big])[big].public_id}").text
    assert "本周有收获" not in page


def test_there_is_no_file_of_a_team_to_take_away(app):
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("teams.")]
    assert rules
    assert not [rule for rule in rules if re.search(r"\.(xlsx|csv|json|pdf)$", rule)]


def test_a_leader_comes_to_their_team_and_an_administrator_to_a_list(world, season, as_person):
    response = as_person("alice").get("/team/dashboard")
    assert response.status_code == 302
    page = as_person("alice").get(response.headers["Location"]).text
    assert "打开班前一题" in page
    assert "定一个目标" in page
    listed = as_person("dana").get("/team/dashboard").text
    assert "班002" in listed
    assert "这里不排名" in listed
    assert "没有叫这个名称的班组" in as_person("dana").get("/team/dashboard?q=%25").text


def test_an_administrator_sees_no_button_to_set_goals(world, season, as_person, team_id):
    page = as_person("dana").get(f"/team/dashboard/{team_id}").text
    assert "定一个目标" not in page
    assert as_person("dana").get(f"/team/goals/{team_id}/new").status_code == 403


def test_a_goal_is_set_in_a_form_that_says_what_is_wrong(world, season, as_person, team_id):
    alice = as_person("alice")
    path = f"/team/goals/{team_id}/new"
    assert 'value="2026-12-08"' in alice.get(path).text  # the season's last day
    for changes, words in (
        ({"target": ""}, "整数"),
        ({"target": "viel"}, "整数"),
        ({"target": "0"}, "最多能达到"),
        ({"ends_on": "2026-01-01"}, "已经过去"),
        ({"ends_on": "2027-01-01"}, "赛季到"),
        ({"kind": "likes"}, "选一个目标"),
        ({"ends_on": "soon"}, "请填写日期"),
        ({"note": "长" * 41}, "最多 40 字"),
    ):
        form = {"kind": "points", "target": "40", "ends_on": "2026-12-01", "note": ""} | changes
        response = alice.post(path, form)
        assert response.status_code == 422, changes
        assert words in response.text, changes
    done = alice.post(path, {"kind": "points", "target": "40", "ends_on": "2026-12-01"})
    assert done.status_code == 303
    assert "本赛季全班累计 40 分" in as_person("bob").get("/team/ours").text
    assert "还差 40" in as_person("bob").get("/team/ours").text


def test_the_celebration_is_on_the_page_once(world, season, alice, as_person, team_id):
    service.set_goal(alice, team_id, Draft("points", 10, LAST, "周五吃西瓜"))
    earn(members_of(world.team)[:2], world.team, TODAY)
    service.note_met()
    bob = as_person("bob")
    page = bob.get("/team/ours").text
    assert "一起做到了" in page
    assert "<audio" not in page
    action = re.search(r'action="(/team/goals/[^"]+/cheer)"', page)[1]
    assert bob.post(action).status_code == 303
    page = bob.get("/team/ours").text
    assert "一起做到了" not in page
    assert "达成" in page  # it stays among those that were met


def test_a_goal_that_ended_leaves_no_words_of_failure(world, season, alice, as_person, team_id):
    service.set_goal(alice, team_id, Draft("points", 5000, TODAY + timedelta(days=1)))
    with clock.frozen(NOW + timedelta(days=2)):
        page = as_person("bob").get("/team/ours").text
        assert "5000" not in page
        assert not re.search("未达成|没有达到|失败|落后", page)


def test_a_celebration_stands_still_where_motion_is_not_wanted():
    """Every animation of a style sheet of ours is switched off for who asks for less motion."""
    for path in [*(STATIC / "teams").glob("*.css"), *(STATIC / "leaderboards").glob("*.css")]:
        css = re.sub(r"/\*[\s\S]*?\*/", "", path.read_text(encoding="utf-8"))
        calm = "".join(re.findall(r"prefers-reduced-motion: reduce\) \{(.*)\}", css))
        lively = re.sub(r"@media \(prefers-reduced-motion: reduce\) \{.*\}", "", css)
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", lively):
            if re.search(r"\banimation(-name)?\s*:|\btransition\s*:", body):
                for one in selector.split(","):
                    assert one.strip().split("{")[-1] in calm, f"{path.name}: {one.strip()}"


def test_thanks_go_their_way_on_the_phone(world, season, as_person, name_of):
    alice, bob = as_person("alice"), as_person("bob")
    found = alice.get("/team/thanks/new?q=Bob").text
    assert f"to={name_of('bob')}" in found
    page = alice.get(f"/team/thanks/new?to={name_of('bob')}").text
    assert "感谢Bob" in page
    assert alice.post("/team/thanks/new", {"to": name_of("bob"), "text": ""}).status_code == 422
    sent = alice.post("/team/thanks/new", {"to": name_of("bob"), "text": "讲得<b>清楚"})
    assert sent.status_code == 303
    page = bob.get("/team/ours").text
    assert "讲得&lt;b&gt;清楚" in page
    action = re.search(r'action="(/team/thanks/[^"]+)"', page)[1]
    assert bob.post(action, {"deed": "share"}).status_code == 303
    assert bob.post(action, {"deed": "take_back"}).status_code == 404
    assert "讲得" in alice.get("/team/thanks").text
    assert bob.post(action, {"deed": "report"}).status_code == 303
    dana = as_person("dana")
    page = dana.get("/team/reported").text
    assert "讲得" in page
    assert "Bob" not in page
    action = re.search(r'action="(/team/reported/[^"]+)"', page)[1]
    assert dana.post(action, {"decision": "keep"}).status_code == 303


def test_without_a_receiver_nothing_goes_to_everybody_by_accident(world, season, as_person):
    assert as_person("alice").post("/team/thanks/new", {"text": "谢谢"}).status_code == 404


def test_the_sixth_of_a_week_is_told_kindly_and_loses_no_words(world, season, alice, as_person):
    for _n in range(5):
        service.give_thanks(alice, "谢谢大家")
    response = as_person("alice").post("/team/thanks/new", {"to": "team", "text": "第六条"})
    assert response.status_code == 409
    assert "第六条" in response.text
    assert "下周一" in response.text


def test_a_person_without_a_team_is_told_so(world, as_person):
    db.session.query(Membership).filter(Membership.person_id == world.people["charlie"]).delete()
    db.session.commit()
    assert "不在任何班组" in as_person("charlie").get("/team/ours").text


def test_another_company_sees_nothing(world, season, as_person, team_id):
    assert as_person("carol").get(f"/team/dashboard/{team_id}").status_code == 404
    assert "焊装一班" not in as_person("carol").get("/team/dashboard?all=1").text


def test_the_page_takes_a_bounded_number_of_statements(world, season, as_person, count_statements):
    earn(members_of(world.team)[:3], world.team, TODAY)
    bob = as_person("bob")
    bob.get("/team/ours")
    with count_statements() as seen:
        bob.get("/team/ours")
    assert len(seen) <= 16, seen


def test_without_ranks_none_is_on_the_page(world, season, as_person, team_id, monkeypatch):
    earn(members_of(world.team)[:3], world.team, TODAY)
    monkeypatch.setattr(leaderboards, "profile_of", lambda _organisation_id: "light")
    for who, path in (("bob", "/team/ours"), ("alice", f"/team/dashboard/{team_id}")):
        page = as_person(who).get(path).text
        assert not re.search("第 \\d+ 名|还差 \\d+ 分", page)
        assert "班组已有 1 周有收获" in page


def test_before_a_ceremony_the_page_gives_nothing_away(
    world, season, as_person, team_id, monkeypatch
):
    earn(members_of(world.team)[:3], world.team, TODAY)
    found = leaderboards.find_place(world.organisation, world.team)
    still = replace(found, is_still=True, score=98765)
    monkeypatch.setattr(leaderboards, "find_place", lambda *_ids: still)
    for who, path in (("bob", "/team/ours"), ("alice", f"/team/dashboard/{team_id}")):
        page = as_person(who).get(path).text
        assert "榜单先停一停" in page
        assert not re.search("第 \\d+ 名|还差 \\d+ 分|98765", page)


def test_pages_speak_english_too(world, season, alice, as_person, team_id):
    service.set_goal(alice, team_id, Draft("weeks", 3, LAST))
    earn(members_of(world.team)[:3], world.team, TODAY)
    browser = as_person("alice")
    browser.post("/locale", {"locale": "en"})
    page = browser.get("/team/ours").text
    assert "3 active weeks this season" in page
    assert "Why there is no list of names" in page
