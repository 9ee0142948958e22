"""Time that an outage took is given back, once, to everybody it was taken from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.quizzes import rules, service
from quizapp.quizzes.models import Attempt, Credit, Outage, Response
from tests.conftest import NOW
from tests.factories import people, season
from tests.factories import quizzes as made

MINUTE = timedelta(minutes=1)


@pytest.fixture
def bob(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def exam_id(world, bob) -> str:
    """Bob's attempt at an exam of ten minutes, begun now."""
    quiz = made.publish(world.organisation, rules.EXAM, limit_seconds=600)
    return service.start(bob, quiz.public_id)


def attempt(exam_id: str) -> Attempt:
    return database.session.scalars(select(Attempt).where(Attempt.public_id == exam_id)).one()


def out(began: timedelta, ended: timedelta, reason: str = "") -> int:
    with clock.frozen(NOW + timedelta(hours=1)):
        outage_id = service.record_outage(NOW + began, NOW + ended, reason=reason)
        return service.give_back(outage_id)


def test_what_fell_into_the_attempt_comes_back_once(bob, exam_id):
    assert out(2 * MINUTE, 5 * MINUTE, "停电") == 1
    assert out(2 * MINUTE, 5 * MINUTE) == 0
    assert attempt(exam_id).deadline_at == NOW + 13 * MINUTE
    assert attempt(exam_id).credited_seconds == 180
    assert service.find_credit(attempt(exam_id).id) == service.CreditNotice(180, "停电")


def test_an_outage_entered_over_one_that_was_found_adds_the_rest_only(exam_id):
    out(2 * MINUTE, 5 * MINUTE)
    out(1 * MINUTE, 6 * MINUTE)
    assert attempt(exam_id).credited_seconds == 300


def test_what_lay_before_the_start_was_taken_from_nobody(exam_id):
    out(-5 * MINUTE, 1 * MINUTE)
    assert attempt(exam_id).credited_seconds == 60


def test_an_attempt_without_a_clock_needs_nothing(world, bob):
    service.start_daily(bob)
    assert out(2 * MINUTE, 5 * MINUTE) == 0


def test_who_handed_in_before_lost_nothing(bob, exam_id):
    service.hand_in(bob, exam_id)
    assert out(2 * MINUTE, 5 * MINUTE) == 0


def test_an_answer_that_came_too_late_counts_after_all(bob, exam_id):
    with clock.frozen(NOW + 12 * MINUTE):
        season.answer(bob, exam_id, 1)
    assert database.session.scalars(select(Response.is_late)).all() == [True]
    out(9 * MINUTE, 12 * MINUTE)
    assert database.session.scalars(select(Response.is_late)).all() == [False]


def test_who_was_closed_by_the_clock_meanwhile_goes_on(bob, exam_id):
    season.answer(bob, exam_id, 1)
    with clock.frozen(NOW + 12 * MINUTE):
        assert service.close_stale() == 1
    out(4 * MINUTE, 9 * MINUTE)
    assert attempt(exam_id).state == "open"
    with clock.frozen(NOW + timedelta(hours=1, minutes=2)):
        season.answer(bob, exam_id, 2)
        view = service.hand_in(bob, exam_id)
    assert (view.is_final, view.score) == (True, 2)


def test_missing_beats_are_an_outage_and_the_first_one_after_it_records_it(exam_id):
    assert service.beat() is None
    with clock.frozen(NOW + timedelta(seconds=30)):
        assert service.beat() is None
        assert service.is_steady()
    with clock.frozen(NOW + 4 * MINUTE):
        assert not service.is_steady()
        outage_id = service.beat()
        assert outage_id is not None
        assert service.beat() is None
        assert service.give_back(outage_id) == 1
    assert attempt(exam_id).credited_seconds == 210


def test_no_clock_runs_out_while_the_servers_are_away(exam_id):
    from quizapp.quizzes import jobs

    service.beat()
    with clock.frozen(NOW + 30 * MINUTE):
        assert jobs.close_stale() == 0
        service.give_back(service.beat())
        assert jobs.close_stale() == 0
    assert attempt(exam_id).state == "open"


@pytest.mark.parametrize(
    ("began", "ended"),
    [(5 * MINUTE, 2 * MINUTE), (2 * MINUTE, 2 * MINUTE), (MINUTE, 2 * timedelta(days=2))],
)
def test_an_impossible_outage_is_refused_with_words(db, began, ended):
    with pytest.raises(Refusal):
        service.record_outage(NOW + began, NOW + ended)


def test_the_command_says_how_many_it_was(app, exam_id):
    with clock.frozen(NOW + timedelta(hours=1)):
        done = app.test_cli_runner().invoke(
            args=["quizzes", "outage", "2026-11-18T10:32", "2026-11-18T10:35", "--reason", "停电"]
        )
    assert done.output.strip() == "1 attempts got time back"
    assert database.session.scalar(select(func.count()).select_from(Credit)) == 1
    assert database.session.scalars(select(Outage.reason)).all() == ["停电"]


@pytest.mark.parametrize("words", [("nonsense", "2026-11-18T10:35"), ("2026-11-18T10:35",) * 2])
def test_the_command_refuses_nonsense(app, db, words):
    done = app.test_cli_runner().invoke(args=["quizzes", "outage", *words])
    assert done.exit_code == 1
    assert "Traceback" not in done.output


WINDOWS = st.lists(
    st.tuples(st.integers(-600, 1200), st.integers(1, 600)).map(
        lambda pair: (
            NOW + timedelta(seconds=pair[0]),
            NOW + timedelta(seconds=pair[0] + pair[1]),
        )
    ),
    max_size=6,
)


@given(WINDOWS)
def test_the_clock_stands_still_while_the_servers_are_away(windows):
    """Second by second: ten minutes are used up only while somebody could answer."""
    away = {
        second
        for began, ended in windows
        for second in range(int((began - NOW).total_seconds()), int((ended - NOW).total_seconds()))
    }
    second, left = 0, 600
    while left:
        left -= second not in away
        second += 1
    end = NOW + timedelta(seconds=600)
    assert rules.lost_seconds(windows, NOW, end) == second - 600


def test_the_time_that_begins_anew_stands_still_too(bob, exam_id):
    """Closed by the clock, opened again with what was lost: another outage takes nothing of it."""
    with clock.frozen(NOW + 12 * MINUTE):
        assert service.close_stale() == 1
    out(4 * MINUTE, 9 * MINUTE)  # found an hour later: five minutes begin then
    assert attempt(exam_id).deadline_at == NOW + 65 * MINUTE
    with clock.frozen(NOW + 64 * MINUTE):
        outage_id = service.record_outage(NOW + 61 * MINUTE, NOW + 64 * MINUTE)
        assert service.give_back(outage_id) == 1
    assert attempt(exam_id).deadline_at == NOW + 68 * MINUTE
