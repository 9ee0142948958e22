"""What is wrong with an item, as codes with parameters, the gravest first.

Nothing is said below 30 responses. A threshold counts as crossed when the figure is beyond it
one-sided at 5 %, so that a young item is not accused of what chance did. The interface words the
codes; `SENTENCES` holds them in English.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .classical import standard_error
from .distractors import OptionNumbers

LEAST_RESPONSES = 30
LEAST_IN_GROUP = 10  # of the best people, to say that they prefer another option

TOO_EASY, TOO_HARD = 0.95, 0.30
LOW_DISCRIMINATION = 0.20  # Ebel (1965): below it an item is poor and should be revised
LOW_AMONG_OTHERS = 0.5  # of the mean of the pool: in short sets all figures are small, see below
OFTEN_RAPID = 0.15
OFTEN_OMITTED = 0.15
OFTEN_EXPOSED = 3.0  # times the mean of the pool
NEWS = 0.10  # a figure that moved this far is worth a second look

# How a leak looks: facility up by this much while the median time falls to this share.
_LEAK_RISE, _LEAK_SHARE, _LEAK_WEEKS = 0.10, 0.75, 2
_FAIRLY, _SURELY = 1.64, 2.33  # one-sided, 5 % and 1 %

SENTENCES = {
    "key_doubtful": "{key_share} % of the best choose the key, {share} % choose {option}.",
    "discrimination_negative": "Discrimination {discrimination}: the better ones fail it.",
    "leak": "Facility rose from {before} to {after} %, while time fell from {slow} to {fast} s.",
    "facility_low": "Hard: {facility} % are right.",
    "discrimination_low": "Discrimination is low: {discrimination}.",
    "rapid": "{share} % answered faster than one can read.",
    "omitted": "{share} % left it out.",
    "facility_high": "Easy: {facility} % are right.",
    "option_unchosen": "Nobody chooses {option}.",
    "exposed": "Shown {shown} times in {days} days, others {mean} times.",
}
GRAVE = frozenset({"key_doubtful", "discrimination_negative", "leak"})
CODES = tuple(SENTENCES)  # gravest first


@dataclass(frozen=True, slots=True)
class Week:
    """An item in one week; ``seconds`` is the median time, None when it is not known."""

    responses: int
    facility: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    """All that is known of an item, shares 0..1.

    ``groups`` counts responses by group of rest score, as the shares of ``options`` are split.
    ``shown`` is how often it was shown in the last ``days`` days, ``shown_mean`` the mean of the
    items it competes with; ``usual_discrimination`` is the mean of theirs, None when it is not
    known. ``weeks`` are the last weeks, oldest first.
    """

    responses: int
    facility: float
    discrimination: float | None
    options: tuple[OptionNumbers, ...] = ()
    groups: tuple[int, ...] = ()
    rapid_share: float = 0.0
    omitted_share: float = 0.0
    shown: int = 0
    shown_mean: float = 0.0
    usual_discrimination: float | None = None
    days: int = 30
    weeks: Sequence[Week] = field(default=())


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at; ``figure`` is what it hangs on, larger when it is worse, about 0..1."""

    code: str
    figure: float
    params: dict[str, str | int | float]

    @property
    def is_grave(self) -> bool:
        """Tell whether learners may be wronged by it."""
        return self.code in GRAVE


def find_flags(numbers: ItemNumbers) -> tuple[Flag, ...]:
    """Return what is to be looked at, gravest first; nothing below 30 responses."""
    if numbers.responses < LEAST_RESPONSES:
        return ()
    found = [
        *_key(numbers),
        *_discrimination(numbers),
        *_leak(numbers.weeks),
        *_facility(numbers),
        *_care(numbers),
        *_unchosen(numbers),
        *_exposure(numbers),
    ]
    return tuple(sorted(found, key=lambda flag: (CODES.index(flag.code), -flag.figure)))


def is_news(flag: Flag, figure_then: float) -> bool:
    """Tell whether a flag that somebody let stand has become clearly worse since."""
    return flag.figure >= figure_then + NEWS


def percent(share: float) -> int:
    """Return a share as whole per cent, halves up."""
    return math.floor(share * 100 + 0.5)


def _range(share: float, n: int) -> tuple[float, float]:
    """Return what a share is at least and at most, each at 5 % (adjusted: Agresti & Coull 1998)."""
    adjusted = n + _FAIRLY**2
    centre = (share * n + _FAIRLY**2 / 2) / adjusted
    error = _FAIRLY * math.sqrt(centre * (1 - centre) / adjusted)
    return centre - error, centre + error


def _key(numbers: ItemNumbers) -> Iterator[Flag]:
    """Yield at most one: a wrong option that the best prefer to a right one, and the more so.

    The share of the option in the best group exceeds that of the key beyond chance (difference of
    two shares of one multinomial), and choosing it goes with a higher rest score than the key does:
    a distractor that fools everybody alike is hard, not wrong.
    """
    top = _best_group(numbers.groups)
    keys = [option for option in numbers.options if option.is_key]
    if top is None or not keys:
        return
    key = min(keys, key=lambda option: option.shares[top] or 0.0)
    others = [option for option in numbers.options if not option.is_key]
    rival = max(others, key=lambda option: option.shares[top] or 0.0, default=None)
    if rival is None or (rival.correlation or 0.0) <= max(0.0, key.correlation or 0.0):
        return
    share, key_share = rival.shares[top] or 0.0, key.shares[top] or 0.0
    lead = share - key_share
    if lead > _FAIRLY * math.sqrt((share + key_share - lead**2) / numbers.groups[top]):
        yield Flag(
            "key_doubtful",
            lead,
            {
                "option": rival.id,
                "share": percent(share),
                "key": key.id,
                "key_share": percent(key_share),
            },
        )


def _best_group(groups: Sequence[int]) -> int | None:
    """Return the highest group with enough responses."""
    enough = [group for group, people in enumerate(groups) if people >= LEAST_IN_GROUP]
    return enough[-1] if enough else None


def low_discrimination(usual: float | None) -> float:
    """Return below which discrimination is low: Ebel's 0.20, or half of what is usual if less.

    The rest of a set of five is four questions, and a score so short is unreliable: it lowers every
    correlation by the root of its reliability (Spearman 1904). The items of LSAT6, five in a set,
    are sound and stand between 0.11 and 0.17.
    """
    if usual is None:
        return LOW_DISCRIMINATION
    return min(LOW_DISCRIMINATION, max(0.0, LOW_AMONG_OTHERS * usual))


def _discrimination(numbers: ItemNumbers) -> Iterator[Flag]:
    r = numbers.discrimination
    if r is None:
        return
    highest = r + _FAIRLY * standard_error(r, numbers.responses)
    limit = low_discrimination(numbers.usual_discrimination)
    params: dict[str, str | int | float] = {"discrimination": round(r, 2)}
    if highest < 0:
        yield Flag("discrimination_negative", -r, params)
    elif highest < limit:
        yield Flag("discrimination_low", limit - r, params)


def _leak(weeks: Sequence[Week]) -> Iterator[Flag]:
    """Yield a flag when the last weeks are easier and faster than all before them.

    Difference of two proportions (normal approximation) one-sided at 1 %, and at least ten points;
    the median time at most three quarters of what it was.
    """
    before, after = _together(weeks[:-_LEAK_WEEKS]), _together(weeks[-_LEAK_WEEKS:])
    if min(before.responses, after.responses) < LEAST_RESPONSES:
        return
    if before.seconds is None or after.seconds is None:
        return
    total = before.responses + after.responses
    common = (before.facility * before.responses + after.facility * after.responses) / total
    error = math.sqrt(common * (1 - common) * (1 / before.responses + 1 / after.responses))
    rise = after.facility - before.facility
    if rise < max(_LEAK_RISE, _SURELY * error) or after.seconds > _LEAK_SHARE * before.seconds:
        return
    yield Flag(
        "leak",
        rise,
        {
            "before": percent(before.facility),
            "after": percent(after.facility),
            "slow": round(before.seconds),
            "fast": round(after.seconds),
        },
    )


def _together(weeks: Sequence[Week]) -> Week:
    """Return several weeks as one; times are weighted by the responses of weeks that have one."""
    responses = sum(week.responses for week in weeks)
    timed = [week for week in weeks if week.seconds is not None and week.responses]
    weight = sum(week.responses for week in timed)
    return Week(
        responses,
        sum(week.facility * week.responses for week in weeks) / responses if responses else 0.0,
        sum((week.seconds or 0.0) * week.responses for week in timed) / weight if weight else None,
    )


def _facility(numbers: ItemNumbers) -> Iterator[Flag]:
    p = numbers.facility
    low, high = _range(p, numbers.responses)
    params: dict[str, str | int | float] = {"facility": percent(p)}
    if low > TOO_EASY:
        yield Flag("facility_high", p - TOO_EASY, params)
    elif high < TOO_HARD:
        yield Flag("facility_low", TOO_HARD - p, params)


def _care(numbers: ItemNumbers) -> Iterator[Flag]:
    for code, share, limit in (
        ("rapid", numbers.rapid_share, OFTEN_RAPID),
        ("omitted", numbers.omitted_share, OFTEN_OMITTED),
    ):
        if _range(share, numbers.responses)[0] > limit:
            yield Flag(code, share, {"share": percent(share)})


def _unchosen(numbers: ItemNumbers) -> Iterator[Flag]:
    """Yield each option that nobody takes, where an even split of wrong answers would fill it.

    With as many wrong answers as 3 for each distractor, an empty one has a chance of 5 % (Poisson).
    """
    others = [option for option in numbers.options if not option.is_key]
    wrong = sum(option.chosen for option in others)
    if not others or wrong < 3 * len(others):
        return
    for option in others:
        if not option.chosen:
            yield Flag("option_unchosen", 0.0, {"option": option.id})


def _exposure(numbers: ItemNumbers) -> Iterator[Flag]:
    limit = OFTEN_EXPOSED * numbers.shown_mean
    if numbers.shown_mean and numbers.shown > max(limit, LEAST_RESPONSES):
        yield Flag(
            "exposed",
            1.0 - numbers.shown_mean / numbers.shown,
            {
                "shown": numbers.shown,
                "days": numbers.days,
                "mean": round(numbers.shown_mean),
            },
        )
