"""Percentages beside answers, and the way of scoring that they amount to."""

from collections.abc import Sequence
from dataclasses import replace

from question_bank.items.draft import Draft, DraftOption

# The grades that Moodle offers, as exact numbers: files hold them rounded (33.33333 for a third).
_GRADES = (
    *(n / 10 for n in range(11)),
    *(1 / n for n in (3, 4, 6, 7, 8, 9, 20)),
    *(2 / 3, 3 / 4, 5 / 6),
)
_NEAR = 5e-5
_EVEN = 0.005  # how far shares that files rounded differently may lie apart


def grade(percent: str) -> float | None:
    """Return the share that a percentage says, from -1.0 to 1.0; None when it says none.

    A rounded third, sixth, seventh or ninth becomes the exact one. A comma may be the decimal mark.
    """
    try:
        share = float(percent.replace(",", ".")) / 100
    except ValueError:
        return None
    if not -1 - _NEAR <= share <= 1 + _NEAR:
        return None
    sign = -1.0 if share < 0 else 1.0
    for known in _GRADES:
        if abs(abs(share) - known) < _NEAR:
            return sign * known if known else 0.0
    return round(share, 7)


def percent_text(share: float) -> str:
    """Return a share as a percentage with up to five decimals: 33.33333."""
    text = f"{100 * share:.5f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def single_choice(options: Sequence[DraftOption]) -> tuple[str, tuple[DraftOption, ...]]:
    """Return the scoring of a single choice and its options; `weight` says what each earns.

    One option that earns everything and others that earn nothing need no weights.
    """
    weights = [option.weight or 0.0 for option in options]
    most = max(weights, default=0.0)
    keyed = tuple(
        replace(option, is_right=0 < most <= weight + _NEAR)
        for option, weight in zip(options, weights, strict=True)
    )
    if sorted(weights)[:-1] == [0.0] * (len(weights) - 1) and most == 1:
        return "all_or_nothing", tuple(replace(option, weight=None) for option in keyed)
    return "weighted", _weighed(keyed, weights)


def multiple_choice(options: Sequence[DraftOption]) -> tuple[str, tuple[DraftOption, ...]]:
    """Return the scoring of a multiple choice and its options; `weight` says what each earns.

    Even gains that add up to everything are `partial` when each wrong option costs as much as a
    right one gains, `corrected` when the wrong ones together cost everything, else `weighted`.
    """
    weights = [option.weight or 0.0 for option in options]
    keyed = tuple(
        replace(option, is_right=weight > 0)
        for option, weight in zip(options, weights, strict=True)
    )
    gains = [weight for weight in weights if weight > 0]
    losses = [-weight for weight in weights if weight <= 0]
    if gains and _are(gains, 1 / len(gains)):
        for scoring, loss in (("partial", 1 / len(gains)), ("corrected", 1 / max(1, len(losses)))):
            if _are(losses, loss):
                return scoring, tuple(replace(option, weight=None) for option in keyed)
    return "weighted", _weighed(keyed, weights)


def scoring_of(draft: Draft) -> str:
    """Return the scoring of a draft, and what its kind has by default when it names none."""
    if draft.scoring:
        return draft.scoring
    if any(option.weight is not None for option in draft.options):
        return "weighted"
    return "partial" if draft.kind == "matching" else "all_or_nothing"


def weights_of(kind: str, scoring: str, options: Sequence[DraftOption]) -> list[float]:
    """Return what each option earns in a file that knows weights only.

    All or nothing is not among what weights can say; there a wrong option costs everything.
    """
    right = sum(1 for option in options if option.is_right)
    share = 1.0 if kind == "single" else 1 / max(1, right)
    if scoring == "weighted" or (not scoring and any(o.weight is not None for o in options)):
        return [
            (share if option.is_right else 0.0) if option.weight is None else option.weight
            for option in options
        ]
    wrong = len(options) - right
    losses = {"partial": share, "corrected": 1 / max(1, wrong)}
    loss = 0.0 if kind == "single" else losses.get(scoring, 1.0)
    return [share if option.is_right else -loss for option in options]


def _are(shares: Sequence[float], expected: float) -> bool:
    return all(abs(share - expected) <= _EVEN for share in shares)


def _weighed(options: Sequence[DraftOption], weights: Sequence[float]) -> tuple[DraftOption, ...]:
    return tuple(
        replace(option, weight=weight) for option, weight in zip(options, weights, strict=True)
    )
