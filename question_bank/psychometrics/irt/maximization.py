"""The M-step: the parameters that fit the expected counts best, by Newton's method."""

from __future__ import annotations

from typing import Literal

import numpy as np

from .data import Floats
from .expectation import Expected, probability

Slopes = Literal["each", "shared", "unit"]

# Beyond these an item says nothing more about people, but its likelihood may still be rising.
MOST_SLOPE, MOST_INTERCEPT = 6.0, 15.0
_LONGEST_STEP = 1.0
_RIDGE = 1e-9  # keeps a division defined where an item has no information left
_ROUNDS = 4


def maximize(expected: Expected, a: Floats, d: Floats, points: Floats, slopes: Slopes) -> Floats:
    """Return better parameters than ``a`` and ``d``, stacked as 2 x items.

    The expected log-likelihood of an item is that of a logistic regression on theta, and concave;
    a few Newton steps from the last estimate come close enough for the EM algorithm.
    """
    for _round in range(_ROUNDS):
        chance = probability(a, d, points)
        surplus = expected.correct - expected.answered * chance
        weight = expected.answered * chance * (1.0 - chance)
        gradient = np.stack([surplus @ points, surplus.sum(axis=1)])
        step = _step(
            gradient, weight @ points**2, weight @ points, weight.sum(axis=1) + _RIDGE, slopes
        )
        step = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        a, d = within_limits(np.stack([a, d]) + step)
    return np.stack([a, d])


def _step(gradient: Floats, aa: Floats, ad: Floats, dd: Floats, slopes: Slopes) -> Floats:
    """Solve the Newton equations, whose matrix has a 2 x 2 block (aa, ad; ad, dd) for each item."""
    by_slope, by_intercept = gradient
    # Each intercept is eliminated first, which leaves one equation in the slope.
    inner, right = aa - ad**2 / dd, by_slope - ad * by_intercept / dd
    if slopes == "each":
        slope = right / (inner + _RIDGE)
    elif slopes == "shared":
        slope = np.full_like(aa, right.sum() / (inner.sum() + _RIDGE))
    else:
        slope = np.zeros_like(aa)
    return np.stack([slope, (by_intercept - ad * slope) / dd])


def within_limits(parameters: Floats) -> Floats:
    """Return parameters (2 x items) cut off at the limits."""
    limits = np.array([[MOST_SLOPE], [MOST_INTERCEPT]])
    return np.clip(parameters, -limits, limits)
