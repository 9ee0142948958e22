"""Answers as the page's script sends them: by ticket, in batches, any number of times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.accounts import service as accounts
from quizapp.accounts.models import Person, Session
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.points.models import Entry
from quizapp.quizzes import rules, service
from quizapp.quizzes.models import Attempt, Response, Revision
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.factories import people, season
from tests.factories import quizzes as made

ADDRESS = "/api/v1/answers"


@pytest.fixture
def browser(as_person) -> Browser:
    """Bob's browser."""
    return as_person("bob")


@pytest.fixture
def bob(world, browser):
    """Bob in the session of his browser."""
    viewer = people.viewer(world.people["bob"])
    session_id = database.session.scalar(select(Session.id).where(Session.person_id == viewer.id))
    return replace(viewer, session_id=session_id)


@pytest.fixture
def attempt_id(bob) -> str:
    """Bob's daily set."""
    return service.start_daily(bob)


def send(browser: Browser, answer: dict) -> object:
    """Send an answer after a while of reading."""
    with clock.frozen(clock.now() + timedelta(seconds=20)):
        return browser.open(ADDRESS, method="POST", json=answer)


def count(model: object) -> int:
    return database.session.scalar(select(func.count()).select_from(model))


def test_an_answer_needs_its_ticket_alone(app: Flask, bob, attempt_id):
    nobody = Browser(app)
    answer = send(nobody, made.sent(bob, attempt_id, 1)).get_json()
    assert (answer["state"], answer["is_late"], answer["answered"]) == ("stored", False, [1])
    assert answer["verdict"]["is_correct"] is True
    assert set(answer["verdict"]["marks"].values()) <= {"mine_right", "rest"}


def test_the_same_number_gives_the_same_verdict_any_number_of_times(browser, bob, attempt_id):
    answer = made.sent(bob, attempt_id, 1)
    first = send(browser, answer).get_json()
    for _time in range(3):
        again = send(browser, answer).get_json()
        assert again["state"] == "repeated"
        assert again["verdict"] == first["verdict"]
    assert count(Response) == 1


def test_what_came_first_is_kept(browser, bob, attempt_id):
    send(browser, made.sent(bob, attempt_id, 1))
    second = made.sent(bob, attempt_id, 1, season.wrong_options(attempt_id, 1))
    assert send(browser, second).get_json()["state"] == "kept"
    assert database.session.scalars(select(Response.is_correct)).all() == [True]


def test_the_last_answer_finishes_and_pays_once(browser, bob, attempt_id):
    last = None
    for position in range(1, 6):
        last = made.sent(bob, attempt_id, position)
        told = send(browser, last).get_json()
    assert told["is_final"]
    assert told["next_url"] == f"/result/{attempt_id}"
    send(browser, last)
    assert count(Entry) == 2


@pytest.mark.parametrize("ticket", ["", "1.2.3", "1.2.3.4.5.6.7.8.9:1:AAAA", None, 7])
def test_what_is_no_ticket_stores_nothing(browser, bob, attempt_id, ticket):
    answer = made.sent(bob, attempt_id, 1, ticket=ticket)
    response = send(browser, answer)
    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
    assert "本机" in response.get_json()["message"]
    assert count(Response) == 0


def test_a_ticket_ends_with_its_session(app, browser, bob, attempt_id):
    answer = made.sent(bob, attempt_id, 1)
    browser.post("/me/sign-out")
    assert send(Browser(app), answer).status_code == 401
    assert count(Response) == 0


def test_a_ticket_ends_with_the_account(app, browser, bob, attempt_id):
    answer = made.sent(bob, attempt_id, 1)
    database.session.get_one(Person, bob.id).is_active = False
    database.session.commit()
    assert send(Browser(app), answer).status_code == 401


def test_a_number_used_for_another_question_is_refused(browser, bob, attempt_id):
    first = made.sent(bob, attempt_id, 1)
    send(browser, first)
    other = made.sent(bob, attempt_id, 2, uuid=first["uuid"])
    assert send(browser, other).status_code == 409
    assert count(Response) == 1


@pytest.mark.parametrize("given", [[], ["nonsense"], "text", None, [1, 2], [["a"]]])
def test_what_the_question_cannot_take_is_said_and_not_stored(browser, bob, attempt_id, given):
    response = send(browser, made.sent(bob, attempt_id, 1, given=given))
    assert response.status_code == 422
    assert response.get_json()["field"] == "option"
    assert count(Response) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"text"', b'{"ticket": {}}'])
def test_nonsense_is_no_crash(browser, body):
    response = browser.open(ADDRESS, method="POST", data=body, content_type="application/json")
    assert response.status_code == 401


def test_a_lone_answer_takes_three_statements(browser, bob, attempt_id, count_statements):
    send(browser, made.sent(bob, attempt_id, 1))
    answer = made.sent(bob, attempt_id, 2)
    with count_statements() as seen:
        assert send(browser, answer).status_code == 200
    assert len(seen) == 3, seen


def test_starting_takes_eight_statements(browser, bob, count_statements, world):
    """On PostgreSQL the person's lock, and in a test the question whether the pool changed."""
    for name in ("alice", "dana"):  # what a process learns once, it knows by now
        service.start_daily(people.viewer(world.people[name]))
    token = browser.csrf_token()
    with count_statements() as seen:
        browser.open("/quizzes/daily", method="POST", data={"csrf_token": token})
    asked = [each for each in seen if "count(*)" in each or "pg_advisory" in each]
    assert len(seen) - len(asked) == 7, seen


# -- answers that waited


def test_a_batch_is_taken_in_order_each_by_itself(browser, bob, attempt_id):
    answers = [
        {**made.sent(bob, attempt_id, position), "attempt": attempt_id, "position": position}
        for position in (3, 1, 2)
    ]
    answers.insert(1, {**answers[0], "given": ["nonsense"], "uuid": answers[1]["uuid"][:-1] + "0"})
    answers.append({**answers[0]})
    answers.append({**answers[0], "attempt": "AAAAAAAAAAAAAAAA"})
    sent = browser.open(
        f"{ADDRESS}/batch",
        method="POST",
        json={"answers": answers},
        headers={"X-CSRFToken": browser.csrf_token()},
    )
    assert [each["state"] for each in sent.get_json()["results"]] == [
        "stored",
        "refused",
        "stored",
        "stored",
        "repeated",
        "refused",
    ]
    assert count(Response) == 3


def test_a_batch_needs_the_persons_own_session(app, bob, attempt_id, as_person):
    answers = [{**made.sent(bob, attempt_id, 1), "attempt": attempt_id, "position": 1}]
    alice = as_person("alice")
    sent = alice.open(
        f"{ADDRESS}/batch",
        method="POST",
        json={"answers": answers},
        headers={"X-CSRFToken": alice.csrf_token()},
    )
    assert [each["state"] for each in sent.get_json()["results"]] == ["refused"]
    assert count(Response) == 0


def test_an_answer_that_waited_is_not_rapid_by_its_own_word(browser, bob, attempt_id):
    answer = made.sent(bob, attempt_id, 1)
    answer["claimed_at"] = made.milliseconds(clock.now() + timedelta(seconds=0.4))
    send(browser, answer)
    slow = made.sent(bob, attempt_id, 2)
    slow["claimed_at"] = made.milliseconds(clock.now() + timedelta(seconds=9))
    send(browser, slow)
    assert database.session.scalars(
        select(Response.is_rapid).order_by(Response.position)
    ).all() == [True, False]


def test_a_set_for_the_road_holds_every_question_and_no_key(browser, attempt_id):
    page = browser.get(f"/api/v1/attempts/{attempt_id}")
    taken = page.get_json()
    assert [question["position"] for question in taken["questions"]] == [1, 2, 3, 4, 5]
    assert "KEYCANARY" not in page.get_data(as_text=True)
    assert taken["deadline"] is None


def test_a_set_that_is_over_has_nothing_left_for_the_road(browser, bob, attempt_id):
    for position in range(1, 6):
        season.answer(bob, attempt_id, position)
    response = browser.get(f"/api/v1/attempts/{attempt_id}")
    assert response.status_code == 200, "a device that asks too late sees no error"
    assert response.get_json()["questions"] == []


# -- answers that may be changed


@pytest.fixture
def exam_id(world, bob) -> str:
    """Bob's attempt at a timed exam that tells nothing until it is handed in."""
    quiz = made.publish(world.organisation, rules.EXAM, limit_seconds=600)
    return service.start(bob, quiz.public_id)


def test_the_newest_tap_counts_in_whatever_order_they_arrive(browser, bob, exam_id):
    right = season.right_options(exam_id, 1)
    wrong = season.wrong_options(exam_id, 1)
    taps = [
        made.sent(bob, exam_id, 1, wrong, sequence=1),
        made.sent(bob, exam_id, 1, right, sequence=3),
        made.sent(bob, exam_id, 1, wrong, sequence=2),
    ]
    states = [send(browser, tap).get_json()["state"] for tap in taps]
    assert states == ["stored", "stored", "kept"]
    assert database.session.scalars(select(Response.is_correct)).all() == [True]
    assert count(Revision) == 2
    for tap in taps:
        send(browser, tap)
    assert (count(Response), count(Revision)) == (1, 2)


def test_a_replaced_answer_that_is_sent_again_replaces_nothing(browser, bob, exam_id):
    """A form has no sequence: it is as new as it arrives, unless it was here before."""
    wrong, right = season.wrong_options(exam_id, 1), season.right_options(exam_id, 1)
    forms = [
        {"submission_uuid": str(uuid4()), "option": list(options)} for options in (wrong, right)
    ]
    for minute, form in enumerate((*forms, forms[0], forms[0])):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            browser.post(f"/quizzes/{exam_id}/1", form)
    assert database.session.scalars(select(Response.is_correct)).all() == [True]
    assert (count(Response), count(Revision)) == (1, 1)


def test_nothing_is_told_before_handing_in(browser, bob, exam_id):
    for position in range(1, 4):
        page = send(browser, made.sent(bob, exam_id, position))
        told = page.get_json()
        assert (told["verdict"], told["html"]) == (None, None)
        assert "KEYCANARY" not in page.get_data(as_text=True)
    assert not told["is_final"]
    assert told["next_url"] == f"/quizzes/{exam_id}/check"
    for path in (f"/quizzes/{exam_id}/1", f"/quizzes/{exam_id}/check"):
        assert "KEYCANARY" not in browser.get(path).get_data(as_text=True)
    view = service.get_attempt(bob, exam_id)
    assert view.results == (None, None, None)
    assert view.score is None


def test_handing_in_tells_what_the_phase_allows(browser, bob, world):
    quiz = made.publish(
        world.organisation,
        rules.EXAM,
        tells_after=made.WITHOUT_KEY,
        closes_at=NOW + timedelta(days=1),
        limit_seconds=600,
    )
    attempt_id = service.start(bob, quiz.public_id)
    for position in range(1, 4):
        send(browser, made.sent(bob, attempt_id, position))
    browser.post(f"/quizzes/{attempt_id}/hand-in")
    shown = service.get_shown(service.get_attempt(bob, attempt_id), 1)
    assert shown.verdict.is_correct
    assert "KEYCANARY" in shown.verdict.explanation
    assert (shown.verdict.key, shown.verdict.key_letters) == (frozenset(), "")
    assert shown.verdict.source == ""
    with clock.frozen(NOW + timedelta(days=2)):
        shown = service.get_shown(service.get_attempt(bob, attempt_id), 1)
        assert shown.verdict.key
        assert shown.verdict.source


def test_a_tap_after_the_deadline_is_kept_and_changes_nothing(browser, bob, exam_id):
    send(browser, made.sent(bob, exam_id, 1, season.wrong_options(exam_id, 1)))
    late, new = made.sent(bob, exam_id, 1, sequence=9), made.sent(bob, exam_id, 2)
    with clock.frozen(NOW + timedelta(seconds=600 + 61)):
        assert send(browser, late).get_json()["state"] == "kept"
        assert send(browser, new).get_json()["is_late"] is True
    assert database.session.scalars(
        select(Response.is_correct).order_by(Response.position)
    ).all() == [False, True]
    assert service.close_stale() == 0
    with clock.frozen(NOW + timedelta(seconds=700)):
        assert service.close_stale() == 1
    assert database.session.scalars(select(Attempt.score)).all() == [0]


def test_grace_is_given(browser, bob, exam_id):
    answer = made.sent(bob, exam_id, 1)
    with clock.frozen(NOW + timedelta(seconds=600 + 30)):
        assert send(browser, answer).get_json()["is_late"] is False


def test_a_session_that_is_another_persons_gets_nothing(app, world, bob, attempt_id):
    """A ticket names person and session; neither can be put together from two of them."""
    alice = accounts.open_session(world.people["alice"], agent="x")
    assert alice
    other = database.session.scalar(
        select(Session.id).where(Session.person_id == world.people["alice"])
    )
    answer = made.sent(replace(bob, session_id=other), attempt_id, 1)
    assert send(Browser(app), answer).status_code == 401
