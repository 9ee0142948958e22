"""What answers are worth, found by trying them on the rules of an item."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from question_bank.formats.qti.values import decimal_text
from question_bank.items.draft import Accepted, Span

Score = Callable[[list[str]], Decimal]

ZERO = Decimal(0)
MAX_TRIED = 200
_CLOSE = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class ChoiceCredit:
    """Which options are right, and what each is worth where the scoring needs weights.

    `is_changed` says that the file scores in a way the house does not know.
    """

    right: frozenset[str]
    scoring: str = ""
    weights: dict[str, float] = field(default_factory=dict)
    is_changed: bool = False


class Open(Exception):
    """Every number above or below some value is accepted: that is no span."""


def single_credit(ids: Sequence[str], key: Sequence[str], score: Score) -> ChoiceCredit:
    """Return the credit of a choice of one option. `key` is empty where the file has none."""
    base = score([])
    worth = {one: score([one]) - base for one in ids[:MAX_TRIED]}
    best = max(worth.values(), default=ZERO)
    declared = frozenset(key)
    if best <= 0:
        return ChoiceCredit(declared)
    right = declared or frozenset(one for one in ids if worth.get(one) == best)
    if len(right) == 1 and all(one in right or not value for one, value in worth.items()):
        return ChoiceCredit(right)
    return ChoiceCredit(right, "weighted", {one: _share(worth[one], best) for one in worth})


def multiple_credit(ids: Sequence[str], key: Sequence[str], score: Score) -> ChoiceCredit:
    """Return the credit of a choice of several options. `key` is empty where the file has none."""
    base = score([])
    ids = ids[:MAX_TRIED]
    alone = {one: score([one]) - base for one in ids}
    right = [one for one in ids if one in key] or [one for one in ids if alone[one] > 0]
    total = score(right) - base if right else ZERO
    if total <= 0:
        return ChoiceCredit(frozenset(right))
    spoilt = {one: score([*right, one]) - base - total for one in ids if one not in right}
    is_strict = all(not alone[one] for one in right) if len(right) > 1 else _cancels(spoilt, total)
    if is_strict:
        return ChoiceCredit(frozenset(right), "all_or_nothing")
    if abs(sum((alone[one] for one in right), ZERO) - total) > _CLOSE * total:
        return ChoiceCredit(frozenset(right), "partial", is_changed=True)
    return _additive(right, total, alone, spoilt)


def _cancels(spoilt: dict[str, Decimal], total: Decimal) -> bool:
    return all(loss <= -total for loss in spoilt.values())


def _additive(
    right: list[str], total: Decimal, alone: dict[str, Decimal], spoilt: dict[str, Decimal]
) -> ChoiceCredit:
    """Return the credit where every option adds its own: `partial` where that says the same."""
    share = total / len(right)
    is_even = all(abs(alone[one] - share) <= _CLOSE * total for one in right)
    is_balanced = all(abs(loss + share) <= _CLOSE * total for loss in spoilt.values())
    if is_even and is_balanced:
        return ChoiceCredit(frozenset(right), "partial")
    worth = {one: spoilt.get(one, alone[one]) for one in alone}
    weights = {one: _share(value, total) for one, value in worth.items()}
    return ChoiceCredit(frozenset(right), "weighted", weights)


def accepted(candidates: Iterable[str], score: Score) -> tuple[tuple[Accepted, ...], Decimal]:
    """Return the texts that are worth something, the best first, and what the best is worth."""
    base = score([])
    tried = itertools.islice(dict.fromkeys(one for one in candidates if one.strip()), MAX_TRIED)
    worth = [(one.strip(), score([one]) - base) for one in tried]
    best = max((value for _, value in worth), default=ZERO)
    if best <= 0:
        return (), ZERO
    worth.sort(key=lambda pair: -pair[1])
    return tuple(Accepted(one, _share(value, best)) for one, value in worth if value > 0), best


def spans(thresholds: Iterable[Decimal], score: Score) -> tuple[tuple[Span, ...], Decimal]:
    """Return the spans of numbers that are worth something, and what the best is worth.

    Between two thresholds the rules cannot tell numbers apart, so each threshold and the middle
    between two of them is tried. A bound that is itself left out counts as within. Raises Open.
    """
    points = sorted(set(itertools.islice(thresholds, MAX_TRIED)))
    if not points:
        return (), ZERO
    base = score([])
    tries = [points[0] - 1]
    for low, high in itertools.pairwise(points):
        tries += (low, (low + high) / 2)
    tries += (points[-1], points[-1] + 1)
    worth = [max(score([decimal_text(one)]) - base, ZERO) for one in tries]
    if worth[0] or worth[-1]:
        raise Open
    best = max(worth)
    return tuple(_runs(tries, worth, best)), best


def _runs(tries: list[Decimal], worth: list[Decimal], best: Decimal) -> Iterable[Span]:
    """Join neighbours of equal worth; thresholds stand at the odd places."""
    place = 0
    for value, group in itertools.groupby(worth):
        length = len(list(group))
        if value > 0:
            first = place if place % 2 else place - 1
            last = place + length - 1
            last = last if last % 2 else last + 1
            low, high = decimal_text(tries[first]), decimal_text(tries[last])
            yield Span(low, high, _share(value, best))
        place += length


def _share(value: Decimal, whole: Decimal) -> float:
    return float(max(min(value / whole, Decimal(1)), Decimal(-1)))
