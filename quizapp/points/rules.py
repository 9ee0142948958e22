"""The rules of the game, as pure functions of plain values. Source: product.md section 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

WINDOW_DAYS = 28
SEASON_MAX_DAYS = 13 * 7
# A line is corrected by hand while its season can be running; later nothing hangs on it any more.
CORRECTABLE_DAYS = SEASON_MAX_DAYS
NOTE_MIN, NOTE_MAX = 3, 200  # characters of the reason of a correction by hand
SMALL, MIDDLE, LARGE = "small", "middle", "large"
SHRUNKEN_MEAN, BEST_K, TOTAL = "shrunken_mean", "best_k", "total"
METHODS = (SHRUNKEN_MEAN, BEST_K, TOTAL)
BEST_MOST, BEST_PART = 5, Fraction(3, 10)  # best_k: at most five people, at most 30 % of a team
# Shrinkage per bracket: about the square root of its lowest times its highest size. One small
# constant for all is unfair: with 8, teams of 8, 30, 120 took 61, 36, 3 % of the top places.
SHRINKAGE = {SMALL: 9, MIDDLE: 25, LARGE: 80}


@dataclass(frozen=True)
class Rule:
    """What one activity earns: ``points`` each time, at most the limits a day and a week."""

    activity: str
    points: int
    day_limit: int
    week_limit: int | None = None


@dataclass(frozen=True)
class RuleSet:
    """All rules of a version, in force from ``since``; entries keep the version they came from."""

    version: int
    since: date
    rules: tuple[Rule, ...]
    day_limit: int
    week_limit: int

    def rule(self, activity: str) -> Rule | None:
        """Return the rule of an activity, or None when it earns nothing."""
        return next((rule for rule in self.rules if rule.activity == activity), None)


# What rooms tell about; a rule names one of these.
ACTIVITIES = (
    "daily_correct",
    "daily_finished",
    "quiz_passed",
    "preshift_answered",
    "item_contributed",
    "report_accepted",
)
MOST_POINTS = 10  # of one activity, each time
MOST_DAY = 30
MOST_WEEK = 100

# What every organisation begins with; versions of its own are stored and begin later.
RULE_SETS = (
    RuleSet(
        version=1,
        since=date(2026, 1, 1),
        rules=(
            Rule("daily_correct", points=1, day_limit=5),
            Rule("daily_finished", points=1, day_limit=1),
            Rule("quiz_passed", points=5, day_limit=10, week_limit=10),
            Rule("preshift_answered", points=1, day_limit=1, week_limit=3),
            Rule("item_contributed", points=3, day_limit=10, week_limit=10),
            Rule("report_accepted", points=2, day_limit=10, week_limit=10),
        ),
        day_limit=12,
        week_limit=40,
    ),
)


def in_force(rule_sets: Sequence[RuleSet], day: date) -> RuleSet:
    """Return the newest of ``rule_sets`` that has begun on ``day``; the first for a day before."""
    begun = [rules for rules in rule_sets if rules.since <= day]
    return max(begun, key=lambda rules: rules.since) if begun else rule_sets[0]


def problems_of(draft: RuleSet) -> dict[str, str]:
    """Return what is wrong with rules that somebody wrote: field > problem; empty when sound.

    A field is ``day_limit``, ``week_limit``, or ``<activity>.points``, ``.day_limit`` and
    ``.week_limit``. Problems: ``range`` (outside 0..10 points, 0..30 a day, 0..100 a week),
    ``below_once`` (a limit under what one time earns), ``week_below_day``, ``above_all`` (a limit
    that the limit over all activities never lets anybody reach), ``unknown`` activity.
    """
    found: dict[str, str] = {}
    if not 1 <= draft.day_limit <= MOST_DAY:
        found["day_limit"] = "range"
    if not 1 <= draft.week_limit <= MOST_WEEK:
        found["week_limit"] = "range"
    elif draft.week_limit < draft.day_limit:
        found["week_limit"] = "week_below_day"
    for rule in draft.rules:
        found.update(_problems_of_rule(rule, draft))
    return found


def _problems_of_rule(rule: Rule, draft: RuleSet) -> dict[str, str]:
    name = rule.activity
    if name not in ACTIVITIES:
        return {f"{name}.points": "unknown"}
    if not 0 <= rule.points <= MOST_POINTS:
        return {f"{name}.points": "range"}
    found = {}
    if rule.day_limit < rule.points:
        found[f"{name}.day_limit"] = "below_once"
    elif rule.day_limit > draft.day_limit:
        found[f"{name}.day_limit"] = "above_all"
    if rule.week_limit is not None:
        if rule.week_limit < rule.points:
            found[f"{name}.week_limit"] = "below_once"
        elif rule.week_limit > draft.week_limit:
            found[f"{name}.week_limit"] = "above_all"
    return found


@dataclass(frozen=True)
class Earned:
    """What a person has on the ledger so far: the activity's and all points, of day and week."""

    activity_day: int = 0
    activity_week: int = 0
    day: int = 0
    week: int = 0

    def without(self, amount: int) -> Earned:
        """Return the same without one line of this activity and day."""
        return Earned(
            self.activity_day - amount,
            self.activity_week - amount,
            self.day - amount,
            self.week - amount,
        )


def grant(
    rules: RuleSet, activity: str, quantity: int, earned: Earned, *, note: str = ""
) -> tuple[int, str | None]:
    """Return the points granted and, when they are fewer than asked for, why.

    Reasons: ``unknown`` activity, ``note`` (rapid, quiet) when it forbids, ``none`` when nothing
    was achieved, ``cap`` when a limit was reached.
    """
    rule = rules.rule(activity)
    if rule is None:
        return 0, "unknown"
    if note:
        return 0, note
    wanted = rule.points * quantity
    if wanted <= 0:
        return 0, "none"
    granted = max(0, min(wanted, room_of(rules, activity, earned)))
    return granted, None if granted == wanted else "cap"


def room_of(rules: RuleSet, activity: str, earned: Earned) -> int:
    """Return how many points the limits leave to an activity after ``earned``.

    0 for one that has no rule, or whose rule gives no points.
    """
    rule = rules.rule(activity)
    if rule is None or not rule.points:
        return 0
    rooms = [
        rule.day_limit - earned.activity_day,
        rules.day_limit - earned.day,
        rules.week_limit - earned.week,
    ]
    if rule.week_limit is not None:
        rooms.append(rule.week_limit - earned.activity_week)
    return max(0, min(rooms))


def bracket_of(members: int) -> str | None:
    """Return the bracket of a team by its eligible members; None below five."""
    if members < 5:
        return None
    if members <= 15:
        return SMALL
    return MIDDLE if members <= 40 else LARGE


def window(starts_on: date, today: date, method: str = SHRUNKEN_MEAN) -> tuple[date, date]:
    """Return the first and last day that count today, inside the season.

    ``shrunken_mean`` looks at the last 28 days; ``best_k`` and ``total`` at the whole season.
    """
    if method != SHRUNKEN_MEAN:
        return starts_on, today
    return max(starts_on, today - timedelta(days=WINDOW_DAYS - 1)), today


@dataclass(frozen=True)
class TeamSum:
    """What a team brings to its bracket: points and eligible member-days in the window."""

    unit_id: int
    points: int
    member_days: int


def bracket_mean(teams: Sequence[TeamSum]) -> Fraction:
    """Return the points of a member-equivalent (28 member-days) in a bracket; 0 without members."""
    member_days = sum(team.member_days for team in teams)
    if not member_days:
        return Fraction(0)
    return Fraction(WINDOW_DAYS * sum(team.points for team in teams), member_days)


def shrunken_mean(points: int, member_days: int, mean: Fraction, shrinkage: int) -> int:
    """Return a team's score: ``10 (points + k m) / (n + k)`` rounded half up.

    n is in members-equivalent, ``member_days / 28``. Exact fractions: the same inputs give the
    same integer on every machine, and integers decide ties.
    """
    size = Fraction(member_days, WINDOW_DAYS) + shrinkage
    return int((10 * (points + shrinkage * mean) / size) + Fraction(1, 2))


def best_k(members: int) -> int:
    """Return how many contributions to an activity count in a team: at most 5, at most 30 %.

    One counts in the smallest team: 30 % of five people are one and a half, rounded down.
    """
    return min(BEST_MOST, int(BEST_PART * members))


def best_contributions(contributions: Iterable[Iterable[int]], number: int) -> int:
    """Return the sum of the best ``number`` contributions to each activity.

    ``contributions`` holds, for each activity, what each person brought to it. What is less than
    nothing after a correction counts as nothing.
    """
    best = (sorted(amounts, reverse=True)[:number] for amounts in contributions)
    return sum(max(0, amount) for amounts in best for amount in amounts)


def total(points: int) -> int:
    """Return a team's score by the plain sum of its points."""
    return points


def ranks(scores: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return the rank of each unit from (unit id, score); ties share one: 1, 2, 2, 4."""
    placed: dict[int, int] = {}
    ordered = sorted(scores, key=lambda pair: -pair[1])
    for place, (unit_id, score) in enumerate(ordered, start=1):
        before = ordered[place - 2] if place > 1 else None
        placed[unit_id] = placed[before[0]] if before and before[1] == score else place
    return placed
