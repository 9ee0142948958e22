"""The task list, the section of Today, and the pages of those who assign."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.agenda import service
from quizapp.agenda.models import Assignment
from quizapp.core import clock
from quizapp.core.db import db as database
from tests.conftest import NOW
from tests.factories import people
from tests.factories import published as quizzes

from .conftest import THURSDAY
from .test_service import NEXT_WEEK, colleagues, count, public_person, public_unit


@pytest.fixture
def form(quiz, team):
    """A form that assigns a new quiz to the team."""

    def fill(**changes):
        return {
            "subject": f"quiz:{quiz('动火作业专题测验')}",
            "units": team,
            "due_on": "2026-11-26",
            "wish": "recommended",
        } | changes

    return fill


# --- the person ---------------------------------------------------------------------------------


def test_today_shows_the_tasks_with_their_day_and_tag(alice, assign, quiz, as_person):
    assign(alice, quiz("动火作业专题测验"))
    page = as_person("bob").get("/").text
    assert "我的任务" in page
    assert "动火作业专题测验" in page
    assert "建议" in page
    assert "周四 11月26日前" in page
    assert "约 7 分钟" in page


def test_a_task_leads_to_its_quiz(alice, assign, quiz, as_person):
    subject = quiz("动火作业专题测验")
    assign(alice, subject)
    browser = as_person("bob")
    for path in ("/", "/tasks"):
        assert f'href="/quizzes/quiz/{subject}"' in browser.get(path).text
    assert browser.get(f"/quizzes/quiz/{subject}").status_code == 200


def test_today_says_nothing_of_tasks_when_there_are_none(as_person):
    assert "我的任务" not in as_person("bob").get("/").text


def test_statutory_training_says_so_and_offers_no_way_round(tess, assign, as_person):
    assign(tess, wish="statutory", legal_basis="安全生产法第二十八条")
    page = as_person("bob").get("/tasks").text
    assert "法定" in page
    assert "依据：安全生产法第二十八条" in page
    assert "先放一放" not in page


def test_after_its_day_nobody_is_called_late(alice, assign, as_person):
    assign(alice)
    with clock.frozen(NOW + timedelta(days=9)):
        page = as_person("bob").get("/tasks").text
    assert "已过日期，仍可以做" in page
    for word in ("逾期", "超期", "未完成", "必须", "务必", "！"):
        assert word not in page


def test_the_list_leads_to_past_sets(as_person):
    assert 'href="/quizzes/past"' in as_person("bob").get("/tasks").text


def test_the_three_lists(alice, bob, assign, quiz, as_person):
    done, ended = quiz("做过的"), quiz("关掉的", closes_at=NOW + timedelta(days=8))
    assign(alice, done)
    assign(alice, ended)
    assign(alice, quiz("还开着"), due_on=NEXT_WEEK)
    quizzes.finish(bob.id, done)
    browser = as_person("bob")
    with clock.frozen(NOW + timedelta(days=9)):
        pages = {view: browser.get(f"/tasks?view={view}").text for view in ("open", "done", "past")}
    shown = {
        view: [name for name in ("还开着", "做过的", "关掉的") if name in page]
        for view, page in pages.items()
    }
    assert shown == {"open": ["还开着"], "done": ["做过的"], "past": ["关掉的"]}
    assert "已结束" in pages["past"]
    assert "还开着" in browser.get("/tasks?view=nonsense").text


def test_empty_lists_say_what_will_be_there(as_person):
    for view, words in (("open", "现在没有任务"), ("done", "还没有"), ("past", "这里是空的")):
        assert words in as_person("bob").get(f"/tasks?view={view}").text


def test_putting_aside_and_taking_up(alice, assign, as_person):
    task = assign(alice)
    bob = as_person("bob")
    answer = bob.post(f"/tasks/{task}/aside", {"aside": "1"})
    assert answer.status_code == 303
    page = bob.get("/tasks").text
    assert "放回列表" in page
    assert "仅自己可见" in page
    bob.post(f"/tasks/{task}/aside", {"aside": "0"})
    assert 'value="0"' not in bob.get("/tasks").text


def test_statutory_training_cannot_be_put_aside_by_a_form_either(tess, assign, as_person):
    task = assign(tess, wish="statutory", legal_basis="安全生产法第二十八条")
    bob = as_person("bob")
    bob.post(f"/tasks/{task}/aside", {"aside": "1"})
    assert "法定培训保留在列表里" in bob.get("/tasks").text


def test_me_leads_to_the_tasks_and_a_leader_to_assigning(as_person):
    assert 'href="/tasks"' in as_person("bob").get("/me").text
    assert "/tasks/assigned" not in as_person("bob").get("/me").text
    assert 'href="/tasks/assigned"' in as_person("alice").get("/me").text


# --- assigning ------------------------------------------------------------------------------------


def test_a_leader_assigns_to_the_own_team(as_person, form, alice):
    browser, filled = as_person("alice"), form(note="下周要动火")
    page = browser.get("/tasks/assign").text
    assert "焊装一班" in page
    assert "焊装车间" not in page
    answer = browser.post("/tasks/assign", filled)
    assert (answer.status_code, answer.location) == (303, "/tasks/assigned")
    shown = browser.get("/tasks/assigned").text
    assert "动火作业专题测验" in shown
    assert "不足 5 人，不显示" in shown
    assert "下周要动火" in as_person("bob").get("/tasks").text


def test_a_full_week_is_explained_and_another_day_is_one_tap_away(as_person, form, alice, assign):
    assign(alice)
    assign(alice)
    browser = as_person("alice")
    filled = form()
    answer = browser.post("/tasks/assign", filled)
    page = answer.text
    assert answer.status_code == 422
    assert "焊装一班" in page
    assert "超过每周 2 项任务" in page
    assert 'name="move_to" value="2026-12-03"' in page
    assert browser.post("/tasks/assign", filled | {"move_to": "2026-12-03"}).status_code == 303
    newest = database.session.scalars(select(Assignment).order_by(Assignment.id.desc())).first()
    assert newest.due_on == NEXT_WEEK


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subject": ""}, "请选一项"),
        ({"subject": "quiz:AAAA"}, "请另选一项"),
        ({"subject": "nonsense"}, "请另选一项"),
        ({"units": ""}, "请选自己管辖范围内的单位"),
        ({"due_on": ""}, "例如"),
        ({"due_on": "昨天"}, "例如"),
        ({"due_on": "2026-11-01"}, "这一天已过"),
        ({"note": "务必完成"}, "由本人决定"),
        ({"wish": "statutory", "legal_basis": "x"}, "安全培训员"),
        ({"move_to": "nonsense", "due_on": ""}, "例如"),
    ],
)
def test_a_faulty_form_says_what_is_wrong_and_keeps_the_rest(as_person, form, change, words):
    answer = as_person("alice").post("/tasks/assign", form() | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert "动火作业专题测验" in answer.text
    assert count(Assignment) == 0


def test_looking_for_people_saves_nothing_and_forgets_nothing(world, as_person, form):
    browser, filled = as_person("dana"), form()
    bob = public_person(world, "bob")
    chosen = filled | {"search": "1", "find": "Ali", "people": bob, "note": "留着"}
    answer = browser.post("/tasks/assign", chosen)
    assert answer.status_code == 200
    assert "Alice" in answer.text
    assert f'value="{bob}" checked' in answer.text
    assert "留着" in answer.text
    assert "Charlie" not in browser.post("/tasks/assign", chosen | {"find": "Ch"}).text
    assert count(Assignment) == 0


def test_people_are_found_in_the_own_scope_only(as_person, form):
    page = as_person("alice").post("/tasks/assign", form() | {"search": "1", "find": "Dana"}).text
    assert "管辖范围内没有" in page


def test_only_a_trainer_is_offered_statutory(as_person, form, tess):
    form()
    assert 'value="statutory"' not in as_person("alice").get("/tasks/assign").text
    assert 'value="statutory"' in as_person("tess").get("/tasks/assign").text


def test_without_a_quiz_the_page_says_what_is_missing(as_person):
    assert "还没有可安排的测验" in as_person("alice").get("/tasks/assign").text


def test_a_task_is_taken_back(as_person, alice, assign):
    task = assign(alice)
    browser = as_person("alice")
    assert "撤回" in browser.get(f"/tasks/assigned/{task}").text
    assert browser.post(f"/tasks/assigned/{task}/withdraw").status_code == 303
    assert "测验1" not in as_person("bob").get("/tasks").text
    assert "已撤回" in browser.get("/tasks/assigned?view=archive").text


def test_no_page_of_the_assigner_names_who_did_it(world, as_person, dana, assign, quiz):
    """Counts from five on; nobody's name, and nothing that says who has not."""
    subject = quiz("专题")
    task = assign(dana, subject, units=[public_unit(world.workshop)])
    browser = as_person("dana")
    paths = ("/tasks/assigned", "/tasks/assigned?view=scope", f"/tasks/assigned/{task}")
    for place, person_id in enumerate(colleagues(world), start=1):
        quizzes.finish(person_id, subject)
        for path in paths:
            page = browser.get(path).text
            assert ("不足 5 人，不显示" in page) is (place < 5)
            assert (f"{place} 人" in page) is (place >= 5)
            assert "同事" not in page
            assert "Bob" not in page
            assert "%" not in page.split("<main")[1]


def test_another_companys_task_is_not_there(world, as_person, dana, assign):
    task = assign(dana, units=[public_unit(world.plant)])
    carol = as_person("carol")
    assert carol.get(f"/tasks/assigned/{task}").status_code == 404
    assert carol.post(f"/tasks/assigned/{task}/withdraw").status_code == 404
    assert as_person("charlie").post(f"/tasks/{task}/aside").status_code == 404


def test_the_list_has_pages(as_person, alice, world):
    team = people.viewer(world.people["alice"]).unit_id
    for number in range(35):
        _assigned(world, alice.id, team, number)
    database.session.commit()
    browser = as_person("alice")
    first, second = browser.get("/tasks/assigned").text, browser.get("/tasks/assigned?page=2").text
    assert "page=2" in first
    assert "任务34" in first
    assert "任务0<" in second
    assert browser.get("/tasks/assigned?page=99").status_code == 200


def _assigned(world, person_id, team, number):
    database.session.add(
        Assignment(
            organisation_id=world.organisation,
            subject_kind="quiz",
            subject_id="x",
            title=f"任务{number}",
            assigned_by=person_id,
            unit_id=team,
            due_on=THURSDAY + timedelta(days=number),
            wish="voluntary",
        )
    )


def test_choosing_shows_the_top_of_a_large_tree_and_finds_the_rest(world, dana, db):
    from quizapp.agenda.service import audience

    for number in range(70):
        people.unit(world.organisation, world.workshop, "team", f"班组{number:02}", f"X{number:02}")
    database.session.commit()
    shown = [unit.name for unit in service.list_units(dana)]
    assert shown == ["甲集团", "一厂", "焊装车间"]
    assert "班组42" in [unit.name for unit in service.list_units(dana, "组42")]
    assert audience.SHOWN_UNITS < 70


def test_english_is_complete(world, as_person, alice, assign, db):
    assign(alice)
    database.session.get_one(Person, world.people["bob"]).locale = "en"
    database.session.commit()
    page = as_person("bob").get("/tasks").text
    assert "by Thu 26 Nov" in page
    assert "Put aside for now" in page


def test_a_quiz_that_an_address_names_is_chosen(as_person, quiz):
    subject = f"quiz:{quiz('动火作业专题测验')}"
    page = as_person("alice").get(f"/tasks/assign?subject={subject}").text
    assert f'<option selected value="{subject}">' in page
    assert 'name="units" value=' in page
    assert page.count(" checked") == 2  # the only team, and how it is meant


def test_the_list_of_a_person_is_read_by_its_indexes(bob):
    from sqlalchemy import text

    from quizapp.agenda.service import tasks
    from quizapp.core.db import is_sqlite

    if not is_sqlite():
        pytest.skip("PostgreSQL scans tables that are this small")
    statement = tasks._mine(bob, NOW.date()).compile(
        database.engine, compile_kwargs={"literal_binds": True}
    )
    plan = [row[-1] for row in database.session.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]
    assert not [step for step in plan if step.startswith("SCAN") and "anon" not in step], plan
