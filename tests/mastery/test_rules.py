"""The card machine and the choices of what to ask: pure, and by the thousand."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.mastery import rules
from quizapp.mastery.models import read_history, write_history
from quizapp.mastery.rules import EASY, GLANCED, RIGHT, WRONG, Line, Meeting

DAY = date(2026, 11, 18)
meetings = st.lists(
    st.builds(
        Meeting,
        day=st.integers(0, 400).map(lambda n: DAY + timedelta(days=n)),
        source=st.integers(1, 999).map(lambda n: f"attempt:{n}"),
        rating=st.sampled_from([GLANCED, WRONG, RIGHT, EASY]),
        version_id=st.integers(1, 3),
        retest_unit=st.sampled_from([None, None, 0, 7, 8]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda meeting: meeting.source,
)


def met(*ratings: int, every: int = 3) -> rules.Memorised:
    """Return what is known after answers with so many days between."""
    told = [
        Meeting(DAY + timedelta(days=every * place), f"attempt:{place}", rating, 1)
        for place, rating in enumerate(ratings)
    ]
    return rules.fold(told, "1:1")


def test_answers_are_rated_by_what_they_show():
    assert rules.rating_of(is_correct=False, is_rapid=False, is_confident=True) == WRONG
    assert rules.rating_of(is_correct=True, is_rapid=False, is_confident=None) == RIGHT
    assert rules.rating_of(is_correct=True, is_rapid=False, is_confident=False) == RIGHT
    assert rules.rating_of(is_correct=True, is_rapid=False, is_confident=True) == EASY
    assert rules.rating_of(is_correct=True, is_rapid=True, is_confident=True) == GLANCED


def test_exams_and_what_is_answered_together_are_no_practice():
    assert all(rules.counts(mode) for mode in ("daily", "weekly", "themed", "mistakes"))
    assert not any(rules.counts(mode) for mode in ("exam", "statutory", "preshift"))


def test_a_glance_is_seen_and_nothing_else():
    known = met(GLANCED)
    assert known.last_seen_on == DAY
    assert known.due_on is None
    assert known.reps == 0
    assert not known.is_mistake


def test_a_wrong_answer_comes_back_tomorrow_and_stands_in_the_book():
    known = met(WRONG)
    assert known.due_on == DAY + timedelta(days=1)
    assert known.is_mistake
    assert known.lapses == 0  # nothing was known that could lapse


def test_three_right_answers_in_a_row_master_a_mistake():
    assert met(WRONG, RIGHT, RIGHT).is_mistake
    mastered = met(WRONG, RIGHT, RIGHT, RIGHT)
    assert not mastered.is_mistake
    assert mastered.mastered_on == DAY + timedelta(days=9)
    again = met(WRONG, RIGHT, RIGHT, RIGHT, WRONG)
    assert again.is_mistake
    assert again.mastered_on is None
    assert again.lapses == 1


def test_what_never_was_wrong_is_no_mistake_and_has_not_graduated():
    assert met(RIGHT, RIGHT, RIGHT).mastered_on is None


def test_the_library_and_this_room_agree_on_what_is_due():
    known = met(RIGHT)
    assert known.stability == pytest.approx(2.3065)
    assert rules.retrievability(known.stability, DAY, DAY) == 1
    assert rules.retrievability(10.0, DAY, DAY + timedelta(days=10)) == pytest.approx(0.9)
    assert rules.retrievability(None, None, DAY) == 0


@given(meetings)
def test_a_card_hangs_on_the_meetings_and_not_on_their_order(told):
    shuffled = random.Random(1).sample(told, len(told))
    one_by_one: tuple[Meeting, ...] = ()
    for meeting in shuffled:
        one_by_one = rules.merged(one_by_one, [meeting])
    assert one_by_one == rules.merged((), told)
    assert rules.fold(one_by_one, "1:2") == rules.fold(rules.merged((), told), "1:2")


@given(meetings)
def test_telling_again_changes_nothing(told):
    once = rules.merged((), told)
    assert rules.merged(once, told) == once


@given(meetings)
def test_a_history_comes_back_as_it_was_kept(told):
    assert read_history(write_history(told)) == told


@given(meetings)
def test_a_card_keeps_its_promises(told):
    known = rules.fold(rules.merged((), told), "3:4")
    answered = [m for m in told if m.rating != GLANCED]
    assert known.reps == len(answered)
    assert known.last_seen_on == max(m.day for m in told)
    assert (known.stability is None) == (not answered)
    if known.due_on and known.answered_on:
        assert 1 <= (known.due_on - known.answered_on).days <= rules.LONGEST_DAYS
    if known.stability:
        assert known.difficulty is not None
        assert 1 <= known.difficulty <= 10
    assert not (known.is_mistake and known.mastered_on)
    assert known.streak <= known.reps


@given(meetings, st.integers(1, 200))
def test_the_better_the_answer_the_longer_it_is_known(told, later):
    so_far = rules.merged((), told)
    day = so_far[-1].day + timedelta(days=later)
    known = [
        rules.fold([*so_far, Meeting(day, "attempt:10000", rating, 1)], "1:1").stability
        for rating in (WRONG, RIGHT, EASY)
    ]
    assert known[0] <= known[1] <= known[2]


@given(st.integers(1, rules.LONGEST_DAYS), st.text(max_size=5))
def test_fuzz_moves_little_and_always_alike(interval, seed):
    moved = rules.fuzzed(interval, seed)
    assert moved == rules.fuzzed(interval, seed)
    assert 1 <= moved <= rules.LONGEST_DAYS
    assert abs(moved - interval) <= 0.15 * interval + 1.5  # half a day of it is rounding


def test_fuzz_spreads_what_was_learnt_together():
    assert len({rules.fuzzed(30, f"1:{item}") for item in range(50)}) > 3


# --- what to ask ----------------------------------------------------------------------------------


def line(item_id: int, **given_values) -> Line:
    """Return an item that was answered right ten days ago and is due."""
    values = {
        "last_seen_on": DAY - timedelta(days=10),
        "due_on": DAY - timedelta(days=1),
        "answered_on": DAY - timedelta(days=10),
        "stability": 5.0,
        "last_rating": RIGHT,
        "reps": 2,
        "retested_on": None,
    }
    return Line(item_id, **(values | given_values))


def test_what_waits_longest_comes_first_then_what_is_most_forgotten():
    lines = [
        line(1, due_on=DAY),
        line(2, stability=9.0),
        line(3, stability=1.0),
        line(4, due_on=DAY - timedelta(days=9)),
        line(5, due_on=DAY + timedelta(days=1)),
        line(6, due_on=None, stability=None, answered_on=None),
    ]
    assert [found.item_id for found in rules.in_turn(lines, DAY)] == [4, 3, 2, 1]


def test_five_reviews_a_day_and_those_done_are_among_them():
    done = line(1, answered_on=DAY, last_seen_on=DAY)
    new = line(2, answered_on=DAY, last_seen_on=DAY, reps=1)
    cold = line(3, answered_on=DAY, last_seen_on=DAY, retested_on=DAY)
    assert rules.reviews_left([], DAY) == 5
    assert rules.reviews_left([done, new, cold], DAY) == 4
    assert rules.reviews_left([done] * 9, DAY) == 0


def cold(item_id: int, days: int, **values) -> Line:
    """Return an item answered right so many days ago and not shown since."""
    day = DAY - timedelta(days=days)
    return line(item_id, last_seen_on=day, answered_on=day, **values)


def test_the_cold_retest_is_four_to_five_weeks_old_and_was_known():
    assert rules.pick_retest([cold(1, 27), cold(2, 36)], 9, DAY) is None
    assert rules.pick_retest([cold(1, 30, last_rating=WRONG)], 9, DAY) is None
    assert rules.pick_retest([line(1, last_seen_on=DAY - timedelta(days=30))], 9, DAY) is None
    assert rules.pick_retest([cold(1, 27), cold(2, 28), cold(3, 36)], 9, DAY) == 2
    assert rules.pick_retest([cold(3, 35)], 9, DAY) == 3


def test_the_cold_retest_stays_the_same_all_week_and_differs_between_people():
    lines = [cold(item, 31) for item in range(20)]
    friday = DAY + timedelta(days=2)
    assert rules.pick_retest(lines, 9, DAY) == rules.pick_retest(lines, 9, friday)
    assert len({rules.pick_retest(lines, person, DAY) for person in range(30)}) > 5


def test_one_cold_retest_a_week_that_begins_on_monday():
    monday = DAY - timedelta(days=2)
    assert rules.was_retested([line(1, retested_on=monday)], DAY)
    assert not rules.was_retested([line(1, retested_on=monday - timedelta(days=1))], DAY)


def retest(day: date, unit: int | None, rating: int = RIGHT) -> Meeting:
    """Return a meeting of a cold re-test."""
    return Meeting(day, f"attempt:{day}", rating, 1, unit)


def test_a_person_counts_once_a_month_in_the_first_team_that_asked():
    found = rules.retest_sums(
        [
            retest(date(2026, 11, 20), 8, WRONG),
            retest(date(2026, 11, 2), 7),
            retest(date(2026, 12, 2), 8),
            retest(date(2026, 12, 9), 8, GLANCED),
            retest(date(2026, 12, 16), 0),
            retest(date(2026, 12, 23), None),
        ]
    )
    assert found == {
        (7, date(2026, 11, 1)): rules.Sums(1, 2, 1),
        (8, date(2026, 12, 1)): rules.Sums(1, 1, 1),
    }


# --- of which units a mean may be told ------------------------------------------------------------

ROOT, A, B, A1, A2, B1 = range(1, 7)
PARENTS = {ROOT: None, A: ROOT, B: ROOT, A1: A, A2: A, B1: B}


def told_of(**people: int) -> set[int]:
    """Return the units that are shown, of teams with so many people."""
    own = {globals()[name]: rules.Sums(n, n, 0) for name, n in people.items()}
    whole = rules.whole_sums(PARENTS, own)
    return rules.may_be_shown(PARENTS, {unit: total.people for unit, total in whole.items()})


def test_nobody_is_shown_below_twenty():
    assert told_of(A1=19) == set()
    assert told_of(A1=20) == {A1, A, ROOT}
    assert told_of(A1=10, A2=9, B1=5) == {ROOT}


def test_a_small_rest_hides_the_smallest_unit_below():
    assert told_of(A1=25, A2=5) == {A, ROOT}
    assert told_of(A1=25, A2=20) == {A1, A2, A, ROOT}
    assert told_of(A1=40, B1=19) == {ROOT}


@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=14),
    st.lists(st.integers(0, 60), min_size=15, max_size=15),
)
def test_no_subtraction_of_shown_units_tells_of_few(above, people):
    """Build any tree; what a shown unit keeps beyond the shown ones below it is nobody or many."""
    parents: dict[int, int | None] = {0: None}
    for place, up in enumerate(above, start=1):
        parents[place] = up % place
    own = {unit: rules.Sums(people[unit], people[unit], 0) for unit in parents if people[unit]}
    whole = {unit: total.people for unit, total in rules.whole_sums(parents, own).items()}
    shown = rules.may_be_shown(parents, whole)
    for unit in shown:
        assert whole[unit] >= rules.LEAST_PEOPLE
        rest = whole[unit] - sum(
            whole[other]
            for other in shown
            if other != unit and next(iter(shown_above(parents, shown, other)), None) == unit
        )
        assert rest == 0 or rest >= rules.LEAST_PEOPLE
    if whole.get(0, 0) >= rules.LEAST_PEOPLE:
        assert 0 in shown


def shown_above(parents, shown, unit):
    """Yield the shown units above one, the nearest first."""
    above = parents[unit]
    while above is not None:
        if above in shown:
            yield above
        above = parents[above]


def test_a_month_closes_on_its_fourth_day_after():
    assert rules.closed_months(date(2026, 12, 3), 2) == [date(2026, 9, 1), date(2026, 10, 1)]
    assert rules.closed_months(date(2026, 12, 4), 2) == [date(2026, 10, 1), date(2026, 11, 1)]
    assert rules.closed_months(date(2026, 1, 4), 1) == [date(2025, 12, 1)]
