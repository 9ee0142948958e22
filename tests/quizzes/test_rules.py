"""The decisions of the quiz engine as pure functions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.quizzes import rules
from quizapp.quizzes.rules import Graded, outcome

DEADLINE = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)

RIGHT = Graded(1.0, is_correct=True, is_rapid=False, is_late=False)
WRONG = Graded(0.0, is_correct=False, is_rapid=False, is_late=False)
HALF = Graded(0.5, is_correct=False, is_rapid=False, is_late=False)
LUCKY = Graded(1.0, is_correct=True, is_rapid=True, is_late=False)
RUSHED = Graded(0.0, is_correct=False, is_rapid=True, is_late=False)
LATE = Graded(1.0, is_correct=True, is_rapid=False, is_late=True)


def test_a_day_has_one_slot():
    assert rules.daily_slot(date(2026, 11, 18)) == "daily:2026-11-18"
    assert rules.daily_slot(date(2026, 11, 18)) != rules.daily_slot(date(2026, 11, 19))


def test_responses_count_for_two_days_after_the_learning_day():
    assert rules.daily_deadline(DEADLINE) - DEADLINE == timedelta(hours=48)


@pytest.mark.parametrize(
    ("after", "late"),
    [(timedelta(0), False), (timedelta(microseconds=1), True), (-timedelta(days=1), False)],
)
def test_the_last_moment_is_in_time(after, late):
    assert rules.is_late(DEADLINE + after, DEADLINE) is late


@pytest.mark.parametrize(
    ("seconds", "characters", "rapid"),
    [
        (0.9, 5, True),  # nobody reads anything in less than a second
        (1.0, 5, False),
        (1.9, 50, True),
        (2.0, 50, False),
        (2.9, 500, True),
        (3.0, 500, False),  # three seconds are always enough: who knows it is quick
        (0.0, 0, True),
    ],
)
def test_only_what_nobody_could_have_read_is_rapid(seconds, characters, rapid):
    assert rules.is_rapid(seconds, characters) is rapid


@given(st.floats(0, 60), st.integers(0, 2000))
def test_waiting_never_makes_a_response_rapid(seconds, characters):
    assert not (rules.is_rapid(seconds + 1, characters) and not rules.is_rapid(seconds, characters))


@pytest.mark.parametrize(
    "text",
    [
        "2926a496-0dec-4290-a401-e3c6096a0ada",
        "2926A496-0DEC-4290-A401-E3C6096A0ADA",
        "00000000-0000-0000-0000-000000000000",
    ],
)
def test_a_uuid_is_known_in_either_case(text):
    assert rules.is_submission_uuid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "2926a4960dec4290a401e3c6096a0ada",
        "{2926a496-0dec-4290-a401-e3c6096a0ada}",
        "urn:uuid:2926a496-0dec-4290-a401-e3c6096a0ada",
        "2926a496-0dec-4290-a401-e3c6096a0adg",
        "2926a496-0dec-4290-a401-e3c6096a0ada ",
        "２926a496-0dec-4290-a401-e3c6096a0ada",
    ],
)
def test_one_uuid_has_one_spelling(text):
    assert not rules.is_submission_uuid(text)


@given(st.uuids())
def test_every_uuid_is_one(uuid: UUID):
    assert rules.is_submission_uuid(str(uuid))
    assert len(str(uuid4())) == 36


def test_all_right_is_worth_everything():
    result = outcome([RIGHT] * 5, 5)
    assert (result.score, result.rewarded_correct, result.is_complete) == (5, 5, True)
    assert (result.correct_note, result.finished_note) == ("", "")


def test_wrong_answers_do_not_keep_a_set_from_being_finished():
    result = outcome([WRONG] * 5, 5)
    assert (result.score, result.rewarded_correct) == (0, 0)
    assert (result.correct_note, result.finished_note) == ("", "")


def test_partial_credit_counts_for_the_score_and_not_as_correct():
    result = outcome([HALF, RIGHT], 2)
    assert (result.score, result.rewarded_correct) == (1.5, 1)


def test_a_late_response_counts_for_nothing():
    result = outcome([RIGHT, LATE], 2)
    assert (result.score, result.rewarded_correct, result.is_complete) == (1, 1, False)


def test_rapid_right_answers_keep_their_score_and_earn_nothing():
    result = outcome([LUCKY, RIGHT, RIGHT, RIGHT, RIGHT], 5)
    assert (result.score, result.rewarded_correct, result.correct_note) == (5, 4, "")


def test_when_every_right_answer_was_rapid_the_reason_is_said():
    assert outcome([LUCKY, WRONG, WRONG, WRONG, WRONG], 5).correct_note == "rapid"


def test_without_any_right_answer_there_is_no_such_reason():
    assert outcome([RUSHED] * 5, 5).correct_note == ""


@pytest.mark.parametrize(("read", "note"), [(5, ""), (3, ""), (2, "rapid"), (0, "rapid")])
def test_finishing_earns_when_most_items_were_read(read, note):
    responses = [RIGHT] * read + [RUSHED] * (5 - read)
    assert outcome(responses, 5).finished_note == note


def test_an_abandoned_set_is_not_complete():
    result = outcome([RIGHT, RIGHT], 5)
    assert (result.is_complete, result.rewarded_correct) == (False, 2)


def test_nothing_at_all_comes_to_nothing():
    result = outcome([], 5)
    assert (result.score, result.is_complete, result.finished_note) == (0, False, "rapid")


@given(
    st.lists(
        st.builds(
            lambda right, rapid, late: Graded(float(right), right, rapid, late),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        ),
        max_size=5,
    )
)
def test_never_more_is_rewarded_than_was_right_in_time(responses):
    result = outcome(responses, 5)
    assert 0 <= result.rewarded_correct <= result.score <= 5
    assert result.is_complete == (sum(not response.is_late for response in responses) == 5)
