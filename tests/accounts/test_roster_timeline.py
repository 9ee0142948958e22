"""What a roster makes of memberships: it adds what comes next and never rewrites history."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from quizapp.accounts.service.roster.timeline import (
    FROM_TODAY,
    LATER_MOVE,
    NO_DAYS,
    RECORDED_STAYS,
    Span,
    Wanted,
    end_all,
    settle,
)

TODAY = date(2026, 11, 18)
HIRED = date(2020, 3, 1)
SPRING = date(2026, 3, 1)
NEXT_MONTH = date(2026, 12, 1)
A, B, C = 1, 2, 3


def after(recorded: list[Span], wanted: list[Wanted], today: date = TODAY) -> list[Span]:
    """Return the memberships once what was settled is written, with ids as from a database."""
    settled = settle(recorded, wanted, today)
    ends = {span.id: day for span, day in settled.cuts}
    kept = [
        Span(span.unit, span.starts, ends.get(span.id, span.ends), span.id)
        for span in recorded
        if span not in settled.removes
    ]
    added = [
        Span(span.unit, span.starts, span.ends, 100 + place)
        for place, span in enumerate(settled.adds)
    ]
    return sorted([*kept, *added], key=lambda span: span.starts)


def days(spans: list[Span]) -> list[tuple[int, date, date | None]]:
    return [(span.unit, span.starts, span.ends) for span in spans]


def test_a_new_person_begins_on_the_day_the_file_says_or_today():
    assert days(after([], [Wanted(A, HIRED, None)])) == [(A, HIRED, None)]
    assert days(after([], [Wanted(A, None, None)])) == [(A, TODAY, None)]


def test_a_move_keeps_what_held_before():
    recorded = [Span(A, HIRED, None, 1)]
    assert days(after(recorded, [Wanted(B, SPRING, None)])) == [
        (A, HIRED, SPRING),
        (B, SPRING, None),
    ]


def test_without_a_day_a_move_counts_from_today():
    recorded = [Span(A, HIRED, None, 1)]
    assert days(after(recorded, [Wanted(B, None, None)]))[-1] == (B, TODAY, None)


def test_a_day_of_hiring_does_not_rewrite_history():
    recorded = [Span(A, HIRED, SPRING, 1), Span(B, SPRING, None, 2)]
    assert not settle(recorded, [Wanted(B, HIRED, None)], TODAY)
    settled = settle(recorded, [Wanted(C, HIRED, None)], TODAY)
    assert settled.notes == ((0, FROM_TODAY),)
    assert days(after(recorded, [Wanted(C, HIRED, None)])) == [
        (A, HIRED, SPRING),
        (B, SPRING, TODAY),
        (C, TODAY, None),
    ]


def test_a_move_of_today_may_be_corrected_today():
    recorded = [Span(A, HIRED, TODAY, 1), Span(B, TODAY, None, 2)]
    assert days(after(recorded, [Wanted(C, None, None)])) == [(A, HIRED, TODAY), (C, TODAY, None)]


def test_a_recorded_move_in_the_future_stands():
    recorded = [Span(A, HIRED, NEXT_MONTH, 1), Span(B, NEXT_MONTH, None, 2)]
    assert not settle(recorded, [Wanted(A, HIRED, None)], TODAY)
    assert settle(recorded, [Wanted(C, None, None)], TODAY).notes == ((0, LATER_MOVE),)
    assert days(after(recorded, [Wanted(C, NEXT_MONTH, None)]))[-1] == (C, NEXT_MONTH, None)


def test_a_last_day_ends_the_membership_in_force():
    recorded = [Span(A, SPRING, None, 1)]
    ends = date(2026, 11, 1)
    assert days(after(recorded, [Wanted(A, HIRED, ends)])) == [(A, SPRING, ends)]
    assert days(after(recorded, [Wanted(A, None, ends)])) == [(A, SPRING, ends)]
    assert settle([], [Wanted(A, None, ends)], TODAY).notes == ((0, NO_DAYS),)


def test_a_way_through_the_units_is_added_for_a_new_person():
    way = [Wanted(A, HIRED, None), Wanted(B, SPRING, None), Wanted(C, NEXT_MONTH, None)]
    made = after([], way)
    assert days(made) == [
        (A, HIRED, SPRING),
        (B, SPRING, NEXT_MONTH),
        (C, NEXT_MONTH, None),
    ]
    assert not settle(made, way, TODAY)


def test_history_that_differs_stays_as_recorded():
    recorded = [Span(A, HIRED, None, 1)]
    way = [Wanted(B, HIRED, SPRING), Wanted(A, SPRING, None)]
    settled = settle(recorded, way, TODAY)
    assert not settled
    assert settled.notes == ((0, RECORDED_STAYS),)


def test_who_comes_back_does_not_get_the_time_between():
    recorded = [Span(A, HIRED, SPRING, 1)]
    assert days(after(recorded, [Wanted(A, HIRED, None)])) == [
        (A, HIRED, SPRING),
        (A, TODAY, None),
    ]


def test_leaving_ends_everything_and_drops_what_lies_ahead():
    recorded = [Span(A, HIRED, NEXT_MONTH, 1), Span(B, NEXT_MONTH, None, 2)]
    settled = end_all(recorded, TODAY)
    assert settled.cuts == ((recorded[0], TODAY),)
    assert settled.removes == (recorded[1],)
    assert settled.touched() == {A: TODAY, B: NEXT_MONTH}
    assert not end_all([Span(A, HIRED, SPRING, 1)], TODAY)


calendar = st.dates(date(2025, 1, 1), date(2027, 12, 31))
units = st.integers(1, 3)


@st.composite
def ways(draw: st.DrawFn) -> list[Wanted]:
    """Return rows of one person as the check lets them through: ordered, without overlaps."""
    first_days = sorted(draw(st.sets(calendar, min_size=1, max_size=4)))
    rows = []
    for place, since in enumerate(first_days):
        limit = first_days[place + 1] if place + 1 < len(first_days) else date(2028, 12, 31)
        ends = draw(st.one_of(st.none(), st.dates(since, limit).filter(lambda d, s=since: d > s)))
        rows.append(Wanted(draw(units), since, ends))
    if len(rows) == 1 and draw(st.booleans()):
        return [Wanted(rows[0].unit, None, rows[0].ends)]
    return rows


@given(ways(), ways(), calendar)
def test_memberships_never_overlap_and_a_second_time_changes_nothing(before, way, today):
    recorded = after([], before, today)
    moved = after(recorded, way, today)
    for one, following in pairwise(moved):
        assert one.ends is not None
        assert one.starts < one.ends <= following.starts
    assert all(span.ends is None or span.starts < span.ends for span in moved)
    if not settle(recorded, way, today).notes:
        again = [Span(s.unit, s.starts, s.ends, place) for place, s in enumerate(moved)]
        assert not settle(again, way, today)
    past = [(s.unit, s.starts) for s in recorded if s.ends is not None and s.ends <= today]
    assert past == [(s.unit, s.starts) for s in moved][: len(past)]
