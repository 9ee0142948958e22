"""Decisions about seats and words of a board, as pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

MIN_MEMBERS = 5
STANDARD, LIGHT = "standard", "light"
BY_NAME, ROTATE = "name", "rotate"
SET_SIZE = 5  # questions of a daily set
USUALLY_RIGHT = 4  # of them, where an effort is told: nobody is taken to get everything right
WEEKS, WEEK_DAYS = 4, 7
STARS = 3
# Daily sets a person and week, all right, that make one, two and three stars. A score is a mean
# over everybody, also over those who take no part, so three a week is a great deal.
STAR_SETS = (2, 2.5, 3)


@dataclass(frozen=True)
class Sized:
    """A unit with people directly in it or below; ``members`` are those directly in it."""

    id: int
    parent_id: int | None
    members: int


def seats(units: Sequence[Sized]) -> dict[int, int | None]:
    """Return the unit under whose name each unit's points count; None where five are never reached.

    A unit with fewer than five members is merged with the unit above it: the people directly
    there and in all small units below it count together, but nobody counts in two rows. Merging
    goes up one level; if that is still fewer than five, the points stay with their people and no
    row is shown.
    """
    below: dict[int | None, list[Sized]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id].append(unit)
    together: dict[int, int] = {}

    def count(unit: Sized) -> int:
        if unit.id not in together:
            small = [child.members for child in below[unit.id] if count(child) < MIN_MEMBERS]
            together[unit.id] = unit.members + sum(small)
        return together[unit.id]

    def seat(unit: Sized) -> int | None:
        if count(unit) >= MIN_MEMBERS:
            return unit.id
        if unit.members and together.get(unit.parent_id or 0, 0) >= MIN_MEMBERS:
            return unit.parent_id
        return None

    for unit in units:
        count(unit)
    return {unit.id: seat(unit) for unit in units}


def follow(
    placed: Mapping[int, int | None], successors: Mapping[int, int]
) -> dict[int, int | None]:
    """Return the seats after mergers: a row of its own that was merged joins its successor's.

    Where the successor has no row, and for a unit that counts in the row of several small ones,
    nothing changes: a row never shrinks to fewer than five people by a merger.
    """

    def seat(unit_id: int) -> int | None:
        row = placed[unit_id]
        if row is None or placed.get(row) != row or row not in successors:
            return row
        return placed.get(successors[row]) or row

    return {unit_id: seat(unit_id) for unit_id in placed}


def gap_to_next(score: int, next_score: int | None) -> int | None:
    """Return how many points are missing to draw level with the place above; None at the top."""
    return None if next_score is None else next_score - score


def move(rank: int, rank_before: int | None) -> int | None:
    """Return how many places a team climbed since yesterday; None when it is new."""
    return None if rank_before is None else rank_before - rank


def position_on_scale(score: int, low: int, high: int) -> int:
    """Return where ``score`` lies between ``low`` and ``high``, as 0..100."""
    if high <= low:
        return 100
    return max(0, min(100, round(100 * (score - low) / (high - low))))


def star_scores(points_of_set: int) -> tuple[int, int, int]:
    """Return the scores from which a team has one, two and three stars.

    A score is ten times the points per person over four weeks, so two sets a week of six points
    each make 480. Stars are for everybody who gets there; they are not shared out.
    """
    one, two, three = (round(10 * WEEKS * sets * max(1, points_of_set)) for sets in STAR_SETS)
    return one, two, three


def stars(score: int, thresholds: Sequence[int]) -> int:
    """Return how many of the thresholds ``score`` has reached: 0 to 3."""
    return sum(score >= threshold for threshold in thresholds)


def to_next_star(score: int, thresholds: Sequence[int]) -> int | None:
    """Return how many points are missing to the next star; None when there is none to get."""
    return next((threshold - score for threshold in thresholds if threshold > score), None)


@dataclass(frozen=True)
class Effort:
    """About how many daily sets close a gap: of ``colleagues`` one each, or of all ``each``."""

    colleagues: int
    each: int


def effort(
    gap: int, *, member_days: int, members: int, shrinkage: int, points_of_set: int
) -> Effort | None:
    """Return about how many daily sets of a team raise its score by ``gap``; None without a gap.

    A point raises a team of n members-equivalent by 10 / (n + k). Others go on meanwhile, and the
    mean of the bracket moves a little, so this is "about".
    """
    if gap <= 0 or points_of_set <= 0 or members <= 0:
        return None
    missing = gap * (Fraction(member_days, WEEKS * WEEK_DAYS) + shrinkage) / 10
    sets = max(1, -(-missing // points_of_set))
    return Effort(colleagues=int(sets), each=int(-(-sets // members)))


def comparison(starts_on: date, until: date) -> int | None:
    """Return how many days an improvement compares with as many before them; None: too few yet.

    Whole weeks, so that both stretches have the same weekdays, and at most four of them; both lie
    in the season and end with ``until``.
    """
    elapsed = (until - starts_on).days + 1
    weeks = min(WEEKS, elapsed // (2 * WEEK_DAYS))
    return weeks * WEEK_DAYS if weeks > 0 else None


def stretches(until: date, days: int) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return the first and last days of the stretch before and of the one that ends ``until``."""
    middle = until - timedelta(days=days)
    return (middle - timedelta(days=days - 1), middle), (middle + timedelta(days=1), until)


def stretch_score(
    points: int, member_days: int, *, days: int, mean: Fraction, shrinkage: int
) -> int:
    """Return a team's score over a stretch of ``days``, as if it had lasted four weeks.

    Members count whole, whatever the stretch: the shrinkage of a bracket is made for that, and a
    small and a large team then vary alike, so both are as likely to gain. ``mean`` is the points
    of a member over four weeks.
    """
    size = Fraction(member_days, days)
    earned = Fraction(points * WEEKS * WEEK_DAYS, days)
    whole = 10 * (earned + shrinkage * mean) / (size + shrinkage)
    return int((whole + Fraction(1, 2)) // 1)


def top_share(above: int, people: int) -> int | None:
    """Return "among the first N %" for a person with ``above`` people before them; coarse.

    None below five people, who could work each other out, and behind the first nine tenths:
    nobody is told to be at the end.
    """
    if people < MIN_MEMBERS or above >= people:
        return None
    exact = Fraction(100 * (above + 1), people)
    return next((step for step in (1, 2, 5, *range(10, 91, 10)) if exact <= step), None)


def rotation(count: int, size: int, day: date) -> int:
    """Return where a list of ``count`` begins on ``day`` when only ``size`` of it are shown."""
    pages = -(-count // size) if size else 0
    return (day.toordinal() % pages) * size if pages > 1 else 0


def halves(first: date, last: date) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """Return first and last day of both halves of a season; None below two days.

    Both are equally long: the middle day of an odd number belongs to neither.
    """
    days = (last - first).days + 1
    half = days // 2
    if not half:
        return None
    return (first, first + timedelta(days=half - 1)), (last - timedelta(days=half - 1), last)
