"""Starting, answering and finishing a daily set."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from question_bank.items import Choice
from quizapp.core import clock
from quizapp.core.forms import Refusal
from quizapp.items.service import get_stored
from quizapp.points.models import Entry
from quizapp.quizzes import service
from quizapp.quizzes.models import Attempt, FormItem, Response
from tests.conftest import NOW
from tests.factories import people


@pytest.fixture
def bob(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def attempt_id(bob):
    """Bob's daily set, just started."""
    return service.start_daily(bob)


def key_of(db, attempt_id: str, position: int) -> tuple[str, ...]:
    """Return the right option ids at a position."""
    version = db.session.scalar(
        select(FormItem.item_version_id)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(Attempt.public_id == attempt_id, FormItem.position == position)
    )
    return tuple(sorted(get_stored(version).item.key_ids))


def wrong_of(db, attempt_id: str, position: int) -> tuple[str, ...]:
    """Return one wrong option at a position."""
    version = db.session.scalar(
        select(FormItem.item_version_id)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(Attempt.public_id == attempt_id, FormItem.position == position)
    )
    item = get_stored(version).item
    return (sorted(item.option_ids - item.key_ids)[0],)


def submit(bob, attempt_id, position, options, uuid=None):
    """Answer as the page does, without a proof of when it was shown."""
    return service.answer(
        bob, attempt_id, service.Submission(position, options, uuid or str(uuid4()))
    )


def answer_all(db, bob, attempt_id, right=5):
    """Answer all five, the first ``right`` of them correctly, and finish."""
    for position in range(1, 6):
        options = key_of(db, attempt_id, position)
        if position > right:
            options = wrong_of(db, attempt_id, position)
        submit(bob, attempt_id, position, options)
    assert service.get_attempt(bob, attempt_id).is_final


def test_a_set_has_five_items_and_is_the_same_when_started_again(db, bob, attempt_id):
    assert service.start_daily(bob) == attempt_id
    assert service.get_attempt(bob, attempt_id).length == 5
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_the_next_learning_day_has_another_set(db, bob, attempt_id):
    with clock.frozen(NOW + timedelta(days=1)):
        assert service.start_daily(bob) != attempt_id


def test_new_items_come_before_those_seen(db, bob, attempt_id):
    first = set(db.session.scalars(select(FormItem.item_id)))
    with clock.frozen(NOW + timedelta(days=1)):
        service.start_daily(bob)
    both = db.session.scalars(select(FormItem.item_id)).all()
    assert len(set(both)) == 10
    assert len(first) == 5


def test_a_right_answer_is_graded_and_explained(db, bob, attempt_id):
    answered = submit(bob, attempt_id, 1, key_of(db, attempt_id, 1))
    shown = service.get_shown(service.get_attempt(bob, attempt_id), 1)
    assert answered.is_new
    assert shown.verdict is not None
    assert shown.verdict.is_correct
    assert "KEYCANARY" in shown.verdict.explanation
    assert shown.verdict.source.startswith("《测试法》第")


def test_the_same_submission_again_changes_nothing(db, bob, attempt_id):
    uuid = str(uuid4())
    submit(bob, attempt_id, 1, key_of(db, attempt_id, 1), uuid)
    again = submit(bob, attempt_id, 1, wrong_of(db, attempt_id, 1), uuid)
    assert not again.is_new
    assert db.session.scalars(select(Response.is_correct)).all() == [True]


def test_what_came_first_is_kept_from_another_device(db, bob, attempt_id):
    submit(bob, attempt_id, 1, wrong_of(db, attempt_id, 1))
    assert not submit(bob, attempt_id, 1, key_of(db, attempt_id, 1)).is_new
    assert db.session.scalars(select(Response.is_correct)).all() == [False]


def test_a_uuid_cannot_be_used_for_two_positions(db, bob, attempt_id):
    uuid = str(uuid4())
    submit(bob, attempt_id, 1, key_of(db, attempt_id, 1), uuid)
    with pytest.raises(Refusal):
        submit(bob, attempt_id, 2, key_of(db, attempt_id, 2), uuid)
    assert db.session.scalar(select(func.count()).select_from(Response)) == 1


@pytest.mark.parametrize("options", [(), ("nonsense",), ("true", "x" * 50)])
def test_an_impossible_response_is_refused_and_nothing_is_stored(db, bob, attempt_id, options):
    with pytest.raises(Refusal) as refused:
        submit(bob, attempt_id, 1, options)
    assert refused.value.status == 422
    assert db.session.scalar(select(func.count()).select_from(Response)) == 0


@pytest.mark.parametrize("uuid", ["", "1", "not-a-uuid-at-all-not-a-uuid-at-all-"])
def test_a_submission_needs_a_uuid(db, bob, attempt_id, uuid):
    with pytest.raises(Refusal):
        service.answer(bob, attempt_id, service.Submission(1, key_of(db, attempt_id, 1), uuid))


def test_somebody_elses_attempt_does_not_exist(world, db, bob, attempt_id):
    for name in ("alice", "charlie", "dana"):
        other = people.viewer(world.people[name])
        with pytest.raises(LookupError):
            submit(other, attempt_id, 1, ("true",))
        with pytest.raises(LookupError):
            service.get_attempt(other, attempt_id)
        with pytest.raises(LookupError):
            service.finish(other, attempt_id)


def test_a_position_past_the_end_does_not_exist(bob, attempt_id):
    with pytest.raises(LookupError):
        submit(bob, attempt_id, 6, ("true",))


def test_finishing_pays_once(db, bob, attempt_id):
    answer_all(db, bob, attempt_id, right=4)
    assert not service.finish(bob, attempt_id)
    amounts = dict(db.session.execute(select(Entry.activity, Entry.amount)).all())
    assert amounts == {"daily_correct": 4, "daily_finished": 1}


def test_an_incomplete_set_does_not_finish(db, bob, attempt_id):
    submit(bob, attempt_id, 1, key_of(db, attempt_id, 1))
    assert not service.finish(bob, attempt_id)
    assert service.get_attempt(bob, attempt_id).state == "open"


def test_the_last_answer_says_that_it_is_the_last(db, bob, attempt_id):
    flags = [
        submit(bob, attempt_id, position, key_of(db, attempt_id, position)).is_last
        for position in (3, 1, 5, 2, 4)
    ]
    assert flags == [False, False, False, False, True]


def test_answers_of_a_night_shift_count_for_the_day_they_began_in(db, bob, attempt_id):
    with clock.frozen(NOW + timedelta(days=1, hours=12)):
        answer_all(db, bob, attempt_id)
    day = service.get_attempt(bob, attempt_id).day
    assert set(db.session.scalars(select(Entry.day))) == {day}
    assert db.session.scalar(select(func.sum(Entry.amount))) == 6


def test_an_answer_after_the_grace_is_kept_and_not_counted(db, bob, attempt_id):
    with clock.frozen(NOW + timedelta(days=4)):
        submit(bob, attempt_id, 1, key_of(db, attempt_id, 1))
        assert service.close_stale() == 1
    response = db.session.scalars(select(Response)).one()
    assert response.is_late
    assert db.session.scalar(select(Attempt.score)) == 0
    assert db.session.scalar(select(func.coalesce(func.sum(Entry.amount), 0))) == 0


def test_an_abandoned_set_is_closed_with_what_was_answered(db, bob, attempt_id):
    for position in (1, 2):
        submit(bob, attempt_id, position, key_of(db, attempt_id, position))
    assert service.close_stale() == 0
    with clock.frozen(NOW + timedelta(days=4)):
        assert service.close_stale() == 1
        assert service.close_stale() == 0
    assert service.get_attempt(bob, attempt_id).state == "closed"
    amounts = dict(db.session.execute(select(Entry.activity, Entry.amount)).all())
    assert amounts == {"daily_correct": 2}


def test_arrival_times_are_forgotten_after_a_week(db, bob, attempt_id):
    answer_all(db, bob, attempt_id)
    assert service.forget_times() == 0
    with clock.frozen(NOW + timedelta(days=8)):
        assert service.forget_times() == 5
    assert set(db.session.scalars(select(Response.received_at))) == {None}


@pytest.mark.parametrize(("seconds", "is_rapid"), [(0.5, True), (30, False)])
def test_reading_takes_time(db, bob, attempt_id, seconds, is_rapid):
    attempt = service.get_attempt(bob, attempt_id)
    ticket = service.ticket_for(bob, attempt, service.get_shown(attempt, 1))
    chosen = key_of(db, attempt_id, 1)
    with clock.frozen(NOW + timedelta(seconds=seconds)):
        service.answer(bob, attempt_id, service.Submission(1, chosen, str(uuid4()), ticket))
    assert db.session.scalars(select(Response.is_rapid)).all() == [is_rapid]


def test_a_person_without_consent_takes_part_without_points(db, world):
    from quizapp.accounts.models import Person

    db.session.get_one(Person, world.people["bob"]).consent = "declined"
    db.session.commit()
    bob = people.viewer(world.people["bob"])
    attempt_id = service.start_daily(bob)
    answer_all(db, bob, attempt_id)
    assert set(db.session.execute(select(Entry.amount, Entry.reason))) == {(0, "quiet")}


def test_an_empty_bank_says_so(world, db):
    charlie = people.viewer(world.people["charlie"])
    with pytest.raises(Refusal):
        service.start_daily(charlie)


def test_what_a_person_gave_is_kept_as_it_was_given(db, bob, attempt_id):
    wrong = wrong_of(db, attempt_id, 1)
    submit(bob, attempt_id, 1, wrong)
    assert json.loads(db.session.scalars(select(Response.given)).one()) == list(wrong)


def test_a_learner_type_has_no_room_for_a_key():
    prompt = Choice.prompt.__annotations__["return"]
    assert "Prompt" in str(prompt)
