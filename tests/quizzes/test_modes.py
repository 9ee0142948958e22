"""Every mode on the one engine: who may begin, how often, until when, what passing earns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.points.models import Entry
from quizapp.quizzes import rules, service
from quizapp.quizzes.models import Attempt, FormItem
from tests.conftest import NOW
from tests.factories import people, season
from tests.factories import quizzes as made

DAY = timedelta(days=1)


@pytest.fixture
def bob(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


def take(viewer, attempt_id: str, right: int) -> service.AttemptView:
    """Answer everything, the first ``right`` rightly, and hand in."""
    view = service.get_attempt(viewer, attempt_id)
    for position in range(1, view.length + 1):
        options = () if position <= right else season.wrong_options(attempt_id, position)
        season.answer(viewer, attempt_id, position, options)
    return service.hand_in(viewer, attempt_id)


def row(attempt_id: str) -> Attempt:
    return database.session.scalars(select(Attempt).where(Attempt.public_id == attempt_id)).one()


def amounts() -> list[tuple[str, int]]:
    return [tuple(each) for each in database.session.execute(select(Entry.activity, Entry.amount))]


# -- who, when, how often


def test_a_quiz_is_for_its_units_and_nobody_else(world, bob):
    quiz = made.publish(world.organisation, units=(world.workshop,))
    assert service.get_quiz(bob, quiz.public_id).quiz.name == quiz.name
    assert service.start(bob, quiz.public_id)
    dana = people.viewer(world.people["dana"])  # of the company's root, above the workshop
    for viewer in (dana, people.viewer(world.people["charlie"])):
        with pytest.raises(LookupError):
            service.start(viewer, quiz.public_id)
        assert service.list_quizzes(viewer) == []


def test_a_quiz_may_be_for_those_with_a_role_only(world, bob):
    quiz = made.publish(world.organisation, units=(world.team,), role=Role.LEADER.value)
    with pytest.raises(LookupError):
        service.start(bob, quiz.public_id)
    assert service.start(people.viewer(world.people["alice"]), quiz.public_id)


def test_a_draft_is_for_nobody(world, bob):
    quiz = made.publish(world.organisation, state="draft")
    with pytest.raises(LookupError):
        service.start(bob, quiz.public_id)


def test_it_begins_and_ends_when_it_says(world, bob):
    quiz = made.publish(world.organisation, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    for moment in (NOW, NOW + 2 * DAY, NOW + 3 * DAY):
        with clock.frozen(moment), pytest.raises(Refusal):
            service.start(bob, quiz.public_id)
    with clock.frozen(NOW + DAY):
        assert service.start(bob, quiz.public_id)


def test_starting_again_goes_on_with_the_open_attempt(world, bob):
    quiz = made.publish(world.organisation)
    assert service.start(bob, quiz.public_id) == service.start(bob, quiz.public_id)


def test_attempts_are_counted_and_each_has_fresh_items(world, bob):
    quiz = made.publish(world.organisation, attempts_allowed=2)
    first = service.start(bob, quiz.public_id)
    take(bob, first, 0)
    second = service.start(bob, quiz.public_id)
    take(bob, second, 0)
    with pytest.raises(Refusal):
        service.start(bob, quiz.public_id)
    shown = database.session.scalars(select(FormItem.item_id)).all()
    assert len(set(shown)) == len(shown) == 6
    assert (row(first).number, row(second).number) == (1, 2)


def test_a_day_has_so_many_starts(world, bob, monkeypatch):
    monkeypatch.setattr(rules, "STARTS_A_DAY", 1)
    quiz = made.publish(world.organisation)
    take(bob, service.start(bob, quiz.public_id), 0)
    with pytest.raises(Refusal) as refused:
        service.start(bob, quiz.public_id)
    assert refused.value.status == 429


# -- clocks


@pytest.mark.parametrize(
    ("factor", "seconds"), [(None, 600), (1.25, 750), (1.5, 900)], ids=["none", "1.25", "1.5"]
)
def test_the_deadline_is_the_persons_own(world, bob, factor, seconds):
    if factor:
        made.accommodate(bob.id, factor)
    quiz = made.publish(world.organisation, rules.EXAM, limit_seconds=600)
    attempt = row(service.start(bob, quiz.public_id))
    assert attempt.deadline_at == NOW + timedelta(seconds=seconds)
    assert attempt.is_timed
    assert service.get_quiz(bob, quiz.public_id).limit_seconds == seconds


def test_without_a_clock_there_is_time_until_it_closes(world, bob):
    made.accommodate(bob.id, 0)
    quiz = made.publish(world.organisation, rules.EXAM, limit_seconds=600, closes_at=NOW + 3 * DAY)
    attempt = row(service.start(bob, quiz.public_id))
    assert attempt.deadline_at == NOW + 3 * DAY
    assert not attempt.is_timed
    assert service.get_quiz(bob, quiz.public_id).limit_seconds is None


def test_nobody_has_longer_than_until_it_closes(world, bob):
    quiz = made.publish(
        world.organisation, rules.EXAM, limit_seconds=600, closes_at=NOW + timedelta(seconds=90)
    )
    assert row(service.start(bob, quiz.public_id)).deadline_at == NOW + timedelta(seconds=90)


def test_a_browser_that_is_gone_hands_in_what_there_is(world, bob):
    quiz = made.publish(world.organisation, rules.EXAM, limit_seconds=600)
    attempt_id = service.start(bob, quiz.public_id)
    for position in (1, 2):
        season.answer(bob, attempt_id, position)
    with clock.frozen(NOW + timedelta(seconds=660)):
        assert service.close_stale() == 0  # the grace runs
    with clock.frozen(NOW + timedelta(seconds=661)):
        assert service.close_stale() == 1
    attempt = row(attempt_id)
    assert (attempt.state, attempt.score, attempt.is_passed) == ("closed", 2, True)


# -- passing and points


@pytest.mark.parametrize(("right", "is_passed"), [(1, False), (2, True), (3, True)])
def test_the_cut_score_decides(world, bob, right, is_passed):
    quiz = made.publish(world.organisation)
    view = take(bob, service.start(bob, quiz.public_id), right)
    assert view.is_passed is is_passed


def test_passing_earns_the_first_time(world, bob):
    quiz = made.publish(world.organisation)
    for right in (0, 3, 3):
        take(bob, service.start(bob, quiz.public_id), right)
    assert amounts() == [("quiz_passed", 5)]


@pytest.mark.parametrize("mode", [rules.EXAM, rules.STATUTORY])
def test_an_exam_never_earns(world, bob, mode):
    quiz = made.publish(world.organisation, mode)
    take(bob, service.start(bob, quiz.public_id), 3)
    assert amounts() == []


def test_without_a_cut_score_nothing_is_passed(world, bob):
    quiz = made.publish(world.organisation, cut_score=None)
    assert take(bob, service.start(bob, quiz.public_id), 3).is_passed is None


# -- the free modes


def test_a_challenge_ends_with_the_first_error(world, bob):
    attempt_id = service.start_challenge(bob)
    for position in range(1, 4):
        season.answer(bob, attempt_id, position)
    season.answer(bob, attempt_id, 4, season.wrong_options(attempt_id, 4))
    view = service.get_attempt(bob, attempt_id)
    assert (view.is_final, view.length, view.score) == (True, 4, 3)
    assert amounts() == []
    assert service.start_challenge(bob) != attempt_id


def test_a_challenge_goes_on_for_as_long_as_there_are_questions(world, bob):
    attempt_id = service.start_challenge(bob)
    assert service.get_attempt(bob, attempt_id).length == rules.CHALLENGE_STEP
    for position in range(1, 11):
        season.answer(bob, attempt_id, position)
    assert service.get_attempt(bob, attempt_id).length == 15  # all there are
    for position in range(11, 16):
        season.answer(bob, attempt_id, position)
    shown = database.session.scalars(select(FormItem.item_id)).all()
    assert len(set(shown)) == 15
    assert service.hand_in(bob, attempt_id).score == 15


def test_a_challenge_stops_when_its_person_says_so(world, bob):
    attempt_id = service.start_challenge(bob)
    season.answer(bob, attempt_id, 1)
    view = service.hand_in(bob, attempt_id)
    assert (view.is_final, view.length, view.score) == (True, 1, 1)


def test_practice_is_five_fresh_questions_without_points(world, bob):
    season.finished_set(bob)
    before = amounts()
    attempt_id = service.start_practice(bob)
    assert service.start_practice(bob) == attempt_id
    take(bob, attempt_id, 5)
    assert amounts() == before
    shown = database.session.scalars(select(FormItem.item_id)).all()
    assert len(set(shown)) == 10


def test_mistakes_are_what_was_wrong(world, bob):
    with pytest.raises(Refusal):
        service.start_mistakes(bob)
    daily = service.start_daily(bob)
    wrong = [season.wrong_options(daily, position) for position in range(1, 6)]
    for position in range(1, 6):
        season.answer(bob, daily, position, wrong[position - 1] if position < 3 else ())
    with clock.frozen(NOW + DAY):
        attempt_id = service.start_mistakes(bob)
        view = service.get_attempt(bob, attempt_id)
        assert view.length == 2
        assert service.start_mistakes(bob) == attempt_id
        take(bob, attempt_id, 2)
    purposes = database.session.scalars(
        select(FormItem.purpose).where(FormItem.form_id == row(attempt_id).form_id)
    ).all()
    assert set(purposes) == {"review"}


def test_a_daily_set_is_not_handed_in_half(world, bob):
    attempt_id = service.start_daily(bob)
    season.answer(bob, attempt_id, 1)
    assert not service.hand_in(bob, attempt_id).is_final


# -- looking back


def test_what_was_finished_is_listed_newest_first_and_only_ones_own(world, bob, count_statements):
    quiz = made.publish(world.organisation)
    for right in (0, 3):
        take(bob, service.start(bob, quiz.public_id), right)
    season.finished_set(bob)
    with count_statements() as seen:
        page = service.list_past(bob)
    assert [line.mode for line in page.attempts] == ["daily", "themed", "themed"]
    assert [line.is_passed for line in page.attempts] == [None, True, False]
    assert len(seen) == 1
    assert service.list_past(people.viewer(world.people["alice"])).attempts == []


def test_marks_to_come_back_to_are_the_attempts_own(world, bob):
    quiz = made.publish(world.organisation, rules.EXAM)
    attempt_id = service.start(bob, quiz.public_id)
    assert service.set_flag(bob, attempt_id, 2, is_set=True) == {2}
    assert service.get_attempt(bob, attempt_id).flags == {2}
    assert service.set_flag(bob, attempt_id, 2, is_set=False) == frozenset()
    for place in (0, 4):
        with pytest.raises(LookupError):
            service.set_flag(bob, attempt_id, place, is_set=True)
    with pytest.raises(LookupError):
        service.set_flag(people.viewer(world.people["alice"]), attempt_id, 1, is_set=True)


def test_a_withdrawn_item_is_in_no_form_however_old_the_pool_is(world, bob, app, monkeypatch):
    from quizapp.items.models import Item

    monkeypatch.setitem(app.config, "TESTING", False)  # a process that keeps its pool for a minute
    service.start_daily(people.viewer(world.people["alice"]))
    for item in database.session.scalars(
        select(Item).where(Item.organisation_id == world.organisation)
    ):
        item.is_suspended = item.id % 3 != 0
    database.session.commit()
    service.start_daily(bob)
    mine = select(FormItem.item_id).join(Attempt, Attempt.form_id == FormItem.form_id)
    shown = database.session.scalars(mine.where(Attempt.person_id == bob.id)).all()
    assert shown
    assert all(item_id % 3 == 0 for item_id in shown)
    assert database.session.scalar(select(func.count()).select_from(Attempt)) == 2
