"""What other rules would have made of the past: pure sums over a ledger that streams by.

Whoever asks learns about groups of people, never about fewer than five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .. import rules
from ..rules import RuleSet, TeamSum
from .replaying import Line, replay, weeks

MIN_PEOPLE = 5
# What somebody who guesses would get of an activity, in hundredths; everything where none is named.
# One of four options is right by luck once in four times. Six and more of ten such questions are
# right by luck once in fifty times. What others review or check is never had by guessing.
GUESSED = {"daily_correct": 25, "quiz_passed": 2, "item_contributed": 0, "report_accepted": 0}
MOVES = ("none", "one", "few", "many")  # 0, 1, 2 or 3, 4 and more places


@dataclass
class Sums:
    """Points of a group by the rules now and by the new ones; ``people`` who earned in it."""

    now: int = 0
    new: int = 0
    people: int = 0


@dataclass
class Outcome:
    """What comes of a simulation: all points, groups by cut and key, and teams.

    ``guessed``: hundredths of points that could be had without learning, now and new.
    ``ruled``: the points that rules decided about, now and new. ``teams``: unit > points in the
    days that scores look at, now and new.
    """

    all: Sums = field(default_factory=Sums)
    cuts: dict[str, dict[str, Sums]] = field(default_factory=dict)
    guessed: list[int] = field(default_factory=lambda: [0, 0])
    ruled: list[int] = field(default_factory=lambda: [0, 0])
    teams: dict[int, list[int]] = field(default_factory=dict)


def simulate(
    lines: Iterable[Line],
    old: RuleSet,
    new: RuleSet,
    *,
    groups: Callable[[Line], Mapping[str, str]],
    members: Mapping[int, int],
    counts_in_score: Callable[[Line], bool],
) -> Outcome:
    """Return what ``lines`` earn by the ``old`` and by the ``new`` rules.

    ``lines`` come by beneficiary and day; one week of one person is held at a time. ``groups``
    says in which group of each cut an entry counts, ``members`` how many people a team is that
    earns as a whole, ``counts_in_score`` which entries lie in the days that scores look at.
    """
    outcome = Outcome()
    worth = (guess_worth(old), guess_worth(new))
    who, seen = "", set[tuple[str, str]]()
    for week in weeks(lines):
        if week[0].beneficiary != who:
            who, seen = week[0].beneficiary, set()
        people = members.get(week[0].unit_id, 0) if who.startswith("t:") else 1
        for line, now, then in zip(week, replay(week, old), replay(week, new), strict=True):
            for cut, key in (("", ""), *groups(line).items()):
                sums = _sums(outcome, cut, key)
                sums.now += now
                sums.new += then
                if (cut, key) not in seen:
                    seen.add((cut, key))
                    sums.people += people
            if not line.by_hand:
                for place, amount in ((0, now), (1, then)):
                    outcome.ruled[place] += amount
                    outcome.guessed[place] += guessed(line, worth[place], amount)
            if counts_in_score(line):
                team = outcome.teams.setdefault(line.unit_id, [0, 0])
                team[0] += now
                team[1] += then
    return outcome


def _sums(outcome: Outcome, cut: str, key: str) -> Sums:
    if not cut:
        return outcome.all
    return outcome.cuts.setdefault(cut, {}).setdefault(key, Sums())


def guess_worth(in_force: RuleSet) -> dict[str, int]:
    """Return what one time of each activity is worth to somebody who guesses, in hundredths."""
    return {rule.activity: rule.points * GUESSED.get(rule.activity, 100) for rule in in_force.rules}


def guessed(line: Line, worth: Mapping[str, int], amount: int) -> int:
    """Return what of ``amount`` could be had without learning, in hundredths of points.

    ``min(amount, points x quantity x chance)``: of what an entry came to, as much as a person
    would expect who does the same and guesses. The chance is ``GUESSED``: 25 % for each correct
    answer, 2 % for a passed quiz, nothing for what others review, everything for what needs no
    correct answer. The worth of cheating is the sum of this over the sum of amounts. ``worth`` is
    ``guess_worth`` of the rules that gave the amount.
    """
    return min(100 * amount, worth.get(line.activity, 0) * line.quantity)


def share_of(part: int, whole: int) -> int | None:
    """Return hundredths of points as a whole percentage of points; None when there are none."""
    return round(part / whole) if whole > 0 else None


def shown(groups: Mapping[str, Sums]) -> tuple[dict[str, Sums], Sums | None]:
    """Return the groups that may be shown, and what the others come to together.

    A group of fewer than five goes into the rest, and with it the smallest of the larger ones, so
    that no difference gives it away. The rest is None when there is none, or when no group has
    five: then nothing is shown at all.
    """
    small = {key for key, sums in groups.items() if sums.people < MIN_PEOPLE}
    large = sorted(set(groups) - small, key=lambda key: (groups[key].people, key))
    if not large:
        return {}, None
    if not small:
        return dict(groups), None
    small.add(large[0])
    rest = Sums(
        now=sum(groups[key].now for key in small),
        new=sum(groups[key].new for key in small),
        people=groups[large[0]].people,
    )
    return {key: sums for key, sums in groups.items() if key not in small}, rest


def places_moved(
    teams: Mapping[int, list[int]], members: Mapping[int, int], member_days: Mapping[int, int]
) -> dict[str, Counter[str]]:
    """Return by bracket how many teams would move by how many places, up or down.

    ``teams``: unit > points now and new; ``member_days`` of the same days. Teams below five have
    no place of their own.
    """
    sized: dict[str, list[int]] = {}
    for unit_id, number in members.items():
        bracket = rules.bracket_of(number)
        if bracket is not None and member_days.get(unit_id):
            sized.setdefault(bracket, []).append(unit_id)
    moved = {}
    for bracket, unit_ids in sized.items():
        placed = [
            _ranks(
                [TeamSum(one, teams.get(one, [0, 0])[place], member_days[one]) for one in unit_ids],
                bracket,
            )
            for place in (0, 1)
        ]
        moved[bracket] = Counter(_move(abs(placed[0][one] - placed[1][one])) for one in unit_ids)
    return moved


def _ranks(teams: list[TeamSum], bracket: str) -> dict[int, int]:
    mean, shrinkage = rules.bracket_mean(teams), rules.SHRINKAGE[bracket]
    return rules.ranks(
        [
            (team.unit_id, rules.shrunken_mean(team.points, team.member_days, mean, shrinkage))
            for team in teams
        ]
    )


def _move(places: int) -> str:
    return MOVES[0] if not places else MOVES[1] if places == 1 else MOVES[2 + (places > 3)]
