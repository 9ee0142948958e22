"""Decisions about a team's numbers, goals and thanks, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from quizapp.org.rules import week_of
from quizapp.points.rules import RuleSet, TeamSum, bracket_mean, shrunken_mean

LEAST_PEOPLE = 5
WEEKS_SHOWN = 6
USUAL_RIGHT = 4  # of the five of a daily set: what passing asks elsewhere, 80 %
MOST_POINTS = 1_000_000

POINTS, WEEKS, PRESHIFT = "points", "weeks", "preshift"
KINDS = (POINTS, WEEKS, PRESHIFT)
PRESHIFT_ACTIVITY = "preshift_answered"
GOALS_OPEN = 2
MOST_TARGET = 100_000
MOST_NOTE = 40
CHEER_DAYS = 14

MOST_TEXT = 120
THANKS_A_WEEK = 5
SHOWN_DAYS = 28
GONE_KEPT = timedelta(days=14)
PRIVATE, SHARED, REPORTED, GONE = "private", "shared", "reported", "gone"
STATES = (PRIVATE, SHARED, REPORTED, GONE)


# --- the way to the next place --------------------------------------------------------------------


def points_missing(own: TeamSum, above: TeamSum, whole: TeamSum, shrinkage: int) -> int | None:
    """Return how many points a team needs to draw level with ``above``, others standing still.

    By the formula of the score itself: the points also lift the mean of the bracket (``whole``),
    and with it the score of the team above. None when no sensible number would do.
    """

    def is_level(points: int) -> bool:
        mean = bracket_mean([TeamSum(0, whole.points + points, whole.member_days)])
        mine = shrunken_mean(own.points + points, own.member_days, mean, shrinkage)
        return mine >= shrunken_mean(above.points, above.member_days, mean, shrinkage)

    enough = 1
    while not is_level(enough):
        enough *= 2
        if enough > MOST_POINTS:
            return None
    low, high = enough // 2, enough
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_level(middle) else (middle, high)
    return high


def usual_set(rules: RuleSet) -> int:
    """Return what a daily set usually earns: finished, four of its five answers right."""
    found = 0
    for activity, quantity in (("daily_correct", USUAL_RIGHT), ("daily_finished", 1)):
        rule = rules.rule(activity)
        if rule:
            found += min(rule.points * quantity, rule.day_limit)
    return found


def sets_needed(points: int, a_set: int) -> int | None:
    """Return how many daily sets bring ``points``, rounded up; None when a set brings nothing."""
    return -(-points // a_set) if a_set > 0 else None


# --- numbers of people ----------------------------------------------------------------------------


@dataclass(frozen=True)
class People:
    """How many people, or ``is_at_least`` so many."""

    number: int
    is_at_least: bool


def shown_people(number: int, members: int) -> People | None:
    """Return how a number of ``members`` may be told; None: not at all.

    Neither those who are counted nor those who are not may be fewer than five, or the number tells
    about few. Near the whole it says "at least", so that it never tells of the last ones missing.
    """
    most = members - LEAST_PEOPLE
    if number < LEAST_PEOPLE or most < LEAST_PEOPLE:
        return None
    return People(min(number, most), is_at_least=number > most)


# --- weeks ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Week:
    """A week of a team from ``monday`` on: its points, member-days and days that are summed."""

    monday: date
    points: int
    member_days: int
    days: int

    @property
    def per_person(self) -> int:
        """Return ten times the points of a member in this week, rounded half up; 0 without any."""
        if not self.member_days:
            return 0
        return int(Fraction(10 * self.points * self.days, self.member_days) + Fraction(1, 2))


def weeks_of(days: Iterable[tuple[date, int, int]]) -> list[Week]:
    """Return the weeks of (day, points, members), the oldest first."""
    found: dict[date, Week] = {}
    for day, points, members in days:
        monday = week_of(day)[0]
        week = found.get(monday, Week(monday, 0, 0, 0))
        found[monday] = Week(
            monday, week.points + points, week.member_days + members, week.days + 1
        )
    return [found[monday] for monday in sorted(found)]


def active_weeks(weeks: Iterable[Week]) -> int:
    """Return in how many weeks the team earned something: it only grows."""
    return sum(week.points > 0 for week in weeks)


def weeks_between(first: date, last: date) -> int:
    """Return how many weeks, from Monday, have a day from ``first`` to ``last``."""
    return (week_of(last)[0] - week_of(first)[0]).days // 7 + 1


# --- goals ----------------------------------------------------------------------------------------


def most_target(kind: str, first: date, last: date, week_limit: int) -> int:
    """Return the highest target that can be reached from ``first`` to ``last``.

    ``week_limit`` is how many pre-shift questions a week can count.
    """
    weeks = weeks_between(first, last)
    return {POINTS: MOST_TARGET, WEEKS: weeks, PRESHIFT: weeks * week_limit}[kind]


def steps(value: int, target: int, most: int = 20) -> tuple[int, int]:
    """Return graduations for a goal: how many are full, of how many; all only when it is met."""
    total = min(target, most)
    return (total if value >= target else min(total - 1, value * total // target)), total


def is_open(met_on: date | None, ends_on: date, today: date) -> bool:
    """Tell whether a goal still goes on."""
    return met_on is None and today <= ends_on


def is_fresh(met_on: date | None, today: date) -> bool:
    """Tell whether a goal was met so lately that it is celebrated."""
    return met_on is not None and (today - met_on).days < CHEER_DAYS


# --- thanks ---------------------------------------------------------------------------------------


def after_report(receiver_id: int | None) -> str:
    """Return the state of reported thanks that are put back: to the receiver alone, or the team."""
    return SHARED if receiver_id is None else PRIVATE
