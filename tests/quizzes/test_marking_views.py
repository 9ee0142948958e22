"""Pages of marking: the queue, the bench without scripts, appeals, what a learner is shown."""

from __future__ import annotations

import html
import re

import pytest

from quizapp.accounts.models import Person
from quizapp.core.db import db as database
from quizapp.org.models import Unit
from quizapp.quizzes.service.marking import queue
from tests.browser_client import Browser
from tests.factories import marking, people

POINTS = {"points.1.1": "1", "points.1.2": "0.5", "comment": "请写清做法", "note": "地点对"}


@pytest.fixture
def exam(world):
    """An exam of the plant that is marked twice, which Bob and Alice have handed in."""
    made = marking.exam(world, markers=2)
    for name in ("bob", "alice"):
        marking.sat(world.people[name], made, marking.answers(made, f"通道堆了托盘（{name[0]}）。"))
    return made


@pytest.fixture
def first(app, world):
    """The browser of the first marker."""
    return Browser(app).sign_in(marking.marker(world, "阅卷甲"))


@pytest.fixture
def second(app, world):
    """The browser of the second one."""
    return Browser(app).sign_in(marking.marker(world, "阅卷乙"))


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return html.unescape(response.get_data(as_text=True))


def open_next(browser, exam) -> str:
    answer = browser.post(f"/quizzes/marking/{exam.public_id}/next", {})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_queue_counts_and_leads_to_a_text(exam, first):
    page = text_of(first.get("/quizzes/marking"))
    assert "阅卷" in page
    assert "双评" in page
    address = open_next(first, exam)
    bench = text_of(first.get(address))
    for word in ("说说你岗位上的一处隐患", "说清做法", "通道堆了托盘", "第一评"):
        assert word in bench
    named = set(re.findall(r'name="(points\.[\d.]+)"', bench))
    assert named == {"points.1.1", "points.1.2"}


def test_saving_goes_on_to_the_next_and_then_back_to_the_queue(exam, first):
    address = open_next(first, exam)
    answer = first.post(address, POINTS)
    assert answer.status_code == 303
    following = answer.headers["Location"]
    assert following not in (address, "/quizzes/marking")
    assert first.get(address).status_code == 404
    assert first.post(following, POINTS).headers["Location"] == "/quizzes/marking"
    assert "暂时没有待您评阅" in text_of(first.get("/quizzes/marking"))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"points.1.2": ""}, 422),
        ({"points.1.2": "九"}, 422),
        ({"points.1.2": "2.5"}, 422),
        ({"points.2.1": "1"}, 422),
        ({"comment": "长" * 501}, 422),
    ],
)
def test_what_was_typed_is_there_after_an_error(exam, first, changed, status):
    address = open_next(first, exam)
    answer = first.post(address, {**POINTS, **changed})
    assert answer.status_code == status
    page = html.unescape(answer.get_data(as_text=True))
    assert changed.get("comment", "请写清做法") in page
    assert "地点对" in page
    assert re.search(r'name="points\.1\.1" value="1" required checked', page)


def test_what_was_typed_is_there_when_somebody_else_took_over(exam, first, second, world):
    from datetime import timedelta

    from quizapp.core import clock

    address = open_next(first, exam)
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        taken = {open_next(second, exam)}
        second.post(next(iter(taken)), POINTS)
        taken.add(open_next(second, exam))
        assert address in taken
        answer = first.post(address, POINTS)
    assert answer.status_code == 409
    page = html.unescape(answer.get_data(as_text=True))
    assert "请写清做法" in page
    assert "没有保存" in page


def test_the_last_mark_is_taken_back_into_the_form(exam, first):
    address = open_next(first, exam)
    first.post(address, POINTS)
    answer = first.post(f"/quizzes/marking/{exam.public_id}/undo", {})
    assert answer.headers["Location"] == address
    page = text_of(first.get(address))
    assert "请写清做法" in page
    assert re.search(r'name="points\.1\.2" value="0\.5" required checked', page)


def test_no_page_of_a_marker_says_who_wrote_it_or_what_the_first_round_gave(
    world, exam, first, second
):
    """The canary: whatever names the author is on no page, whatever the pages come to show."""
    names = []
    for name in ("bob", "alice"):
        person = database.session.get_one(Person, world.people[name])
        person.name, person.employee_number = f"隐名{name}", f"88{person.id:04}"
        names += [person.name, person.employee_number, person.public_id]
    team = database.session.get_one(Unit, world.team)
    team.name = "隐名班组"
    names += [team.name, team.public_id, team.code]
    names += [row.public_id for row in database.session.query(_attempts())]
    database.session.commit()
    pages = []
    for browser in (first, second):
        pages.append(text_of(browser.get("/quizzes/marking")))
        for _each in range(2):
            address = open_next(browser, exam)
            pages.append(text_of(browser.get(address)))
            pages.append(browser.post(address, {"comment": "x"}).get_data(as_text=True))
            browser.post(address, POINTS)
    assert len(pages) == 10
    leaks = [word for word in names for page in pages if word in page]
    assert leaks == []
    own = "请写清做法"
    of_the_second = [page for page in pages[5:] if own in page or "地点对" in page]
    assert of_the_second == []
    assert not any(" checked" in page for page in pages[5:])


def _attempts():
    from quizapp.quizzes.models import Attempt

    return Attempt


def test_the_third_sees_both_rounds_and_no_name(world, exam, first, second, app):
    address = open_next(first, exam)
    first.post(address, {"points.1.1": "1", "points.1.2": "2", "comment": "很好"})
    for _each in range(2):
        place = open_next(second, exam)
        second.post(place, {"points.1.1": "0", "points.1.2": "0", "note": "没有写"})
    third = Browser(app).sign_in(marking.marker(world, "阅卷丙"))
    page = text_of(third.get(open_next(third, exam)))
    for word in ("两次评分", "很好", "没有写", "2 / 2"):
        assert word in page
    assert "阅卷甲" not in page
    assert "阅卷乙" not in page


def test_a_learner_reads_points_appeals_and_is_answered(world, app, as_person, first, second):
    exam = marking.exam(world)
    attempt = marking.sat(world.people["bob"], exam, marking.answers(exam, "太短。"))
    bob = as_person("bob")
    assert "评阅中" in text_of(bob.get(f"/quizzes/{attempt}/marks"))
    first.post(open_next(first, exam), POINTS)
    marking.settle()
    assert "您的简答题已评阅" in text_of(bob.get("/"))
    page = text_of(bob.get(f"/quizzes/{attempt}/marks"))
    for word in ("说清做法", "0.5 / 2", "请写清做法", f"/quizzes/{attempt}/appeal/1"):
        assert word in page
    assert "地点对" not in page  # the note is for markers
    assert f"/quizzes/{attempt}/appeal/2" not in page  # a full score has nothing to gain
    form = text_of(bob.get(f"/quizzes/{attempt}/appeal/1"))
    assert f"/items/report/{attempt}/1" in form
    refused = bob.post(f"/quizzes/{attempt}/appeal/1", {"reason": " "})
    assert refused.status_code == 422
    assert bob.post(f"/quizzes/{attempt}/appeal/1", {"reason": "写了做法。"}).status_code == 303
    assert "申诉正在复核" in text_of(bob.get(f"/quizzes/{attempt}/marks"))

    assert "由其他阅卷人答复" in text_of(first.get("/quizzes/marking"))
    queue_page = text_of(second.get("/quizzes/marking"))
    [address] = re.findall(r'href="(/quizzes/marking/appeals/[^"]+)"', queue_page)
    assert first.get(address).status_code == 404
    sheet = text_of(second.get(address))
    assert "写了做法。" in sheet
    assert "Bob" not in sheet
    lower = {"points.1.1": "0", "points.1.2": "0.5", "answer": "看过了", "decision": "uphold"}
    refused = second.post(address, lower)
    assert refused.status_code == 422
    assert "看过了" in refused.get_data(as_text=True)
    higher = {**lower, "points.1.1": "1", "points.1.2": "2", "answer": "做法写清了。"}
    assert second.post(address, higher).status_code == 303
    today = text_of(bob.get("/"))
    assert "申诉成立" in today
    assert "做法写清了。" in today
    bob.post("/me/marks", {})
    assert "申诉成立" not in text_of(bob.get("/"))
    page = text_of(bob.get(f"/quizzes/{attempt}/marks"))
    assert "2 / 2" in page


def test_an_appeal_about_a_choice_shows_what_was_given_and_what_is_right(world, second):
    exam = marking.exam(world)
    appeal_id = marking.appealed(world.people["bob"], exam)
    address = f"/quizzes/marking/appeals/{appeal_id}"
    page = text_of(second.get(address))
    for word in ("停下撤离", "题目两种理解都通"):
        assert word in page
    form = {"points.1.1": "50", "answer": "给一半", "decision": "uphold"}
    assert second.post(address, form).status_code == 303
    assert second.get(address).status_code == 404  # who upheld it has marked the response now
    assert "申诉</h2>" not in text_of(second.get("/quizzes/marking"))


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_page_speaks_both_languages(world, exam, first, as_person, locale):
    first.post("/locale", {"locale": locale, "next": "/"})
    page = text_of(first.get(open_next(first, exam)))
    assert ("Save and next" in page) == (locale == "en")


def test_people_without_the_role_find_no_door(exam, as_person):
    for name in ("bob", "alice", "dana"):
        browser = as_person(name)
        assert browser.get("/quizzes/marking").status_code == 403
        assert "/quizzes/marking" not in text_of(browser.get("/team"))


def test_no_learner_is_slowed_down_by_notices(world, as_person, count_statements):
    bob = as_person("bob")
    bob.get("/")
    with count_statements() as before:
        bob.get("/")
    exam = marking.exam(world)
    for _each in range(3):
        attempt = marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
        assert attempt
        marker = marking.marker(world, f"评{_each}")
        viewer = people.viewer(marker)
        assert queue.claim_next(viewer, exam.public_id)
        marking.mark_next(marker, exam, 1, 1)
    marking.settle()
    with count_statements() as after:
        bob.get("/")
    assert len(after) == len(before)
