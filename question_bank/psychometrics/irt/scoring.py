"""Where people stand, given the parameters of the items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .data import Floats, Responses
from .expectation import Expectation
from .fitting import Fit

_ROUNDS, _ENOUGH = 50, 1e-10


@dataclass(frozen=True, eq=False)
class Abilities:
    """Ability of each person, in the order of their numbers, with its standard error."""

    theta: Floats
    se: Floats


def score_eap(fit: Fit, responses: Responses) -> Abilities:
    """Return the mean and the standard deviation of each posterior (Bock & Mislevy 1982)."""
    theta = fit.quadrature.points
    posterior, _log_likelihood = Expectation(responses, fit.quadrature).posterior(*_items_of(fit))
    mean = theta @ posterior
    return Abilities(mean, np.sqrt(np.maximum(theta**2 @ posterior - mean**2, 0.0)))


def score_map(fit: Fit, responses: Responses) -> Abilities:
    """Return the mode of each posterior, and the standard error from its curvature there.

    The posterior under a standard normal prior is log-concave, so Newton's method from 0 arrives;
    its second derivative is -(1 + sum of a**2 P Q) (Baker & Kim 2004, section 7.4).
    """
    a, d = _items_of(fit)
    slope, intercept = a[responses.items], d[responses.items]
    first = responses.starts[:-1]
    theta = np.zeros(responses.people_count)
    for _round in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-(slope * theta[responses.people] + intercept)))
        pull = np.add.reduceat(slope * (responses.correct - chance), first) - theta
        curvature = 1.0 + np.add.reduceat(slope**2 * chance * (1.0 - chance), first)
        step = np.clip(pull / curvature, -1.0, 1.0)
        theta += step
        if np.abs(step).max(initial=0.0) < _ENOUGH:
            break
    return Abilities(theta, 1.0 / np.sqrt(curvature))


def _items_of(fit: Fit) -> tuple[Floats, Floats]:
    """Return a and d with 0 for items without parameters: they say nothing about anybody."""
    return np.nan_to_num(fit.a), np.nan_to_num(fit.d)
