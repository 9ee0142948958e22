"""Estimate the parameters of all items at once by marginal maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import errors
from .data import Floats, Integers, Responses
from .expectation import Expectation
from .maximization import MOST_INTERCEPT, MOST_SLOPE, Slopes, maximize, within_limits
from .quadrature import Quadrature, normal_quadrature


@dataclass(frozen=True)
class Step:
    """One EM step as a progress line tells it; ``change`` is the largest of any parameter."""

    number: int
    log_likelihood: float
    change: float


@dataclass(frozen=True, eq=False)
class Fit:
    """Estimated parameters, one entry per item; nan for an item that says nothing.

    Such an item has no responses, or only correct or only wrong ones. ``a`` is discrimination,
    ``d`` the intercept, ``b`` difficulty on the scale of theta; ``se_*`` are standard errors, 0
    for a slope that was fixed and nan where an estimate ran into its limit.
    """

    a: Floats
    d: Floats
    b: Floats
    se_a: Floats
    se_d: Floats
    se_b: Floats
    counts: Integers
    people_count: int
    parameter_count: int
    log_likelihood: float
    steps: int
    has_converged: bool
    quadrature: Quadrature

    @property
    def aic(self) -> float:
        """Return Akaike's criterion: 2 k - 2 log L."""
        return 2 * self.parameter_count - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Return Schwarz's criterion: k log(people) - 2 log L."""
        return self.parameter_count * math.log(self.people_count) - 2 * self.log_likelihood

    @property
    def is_estimated(self) -> NDArray[np.bool_]:
        """Tell for each item whether it has parameters."""
        return np.isfinite(self.a)


def fit(
    responses: Responses,
    *,
    slopes: Slopes = "each",
    quadrature: Quadrature | None = None,
    tolerance: float = 1e-4,
    most_steps: int = 500,
    progress: Callable[[Step], None] | None = None,
) -> Fit:
    """Fit a logistic model to incomplete dichotomous responses; theta is standard normal.

    ``slopes`` is "each" (2PL), "shared" (Rasch with a free variance, told as one slope for all) or
    "unit" (Rasch with every slope 1). Stops when no parameter moves by ``tolerance`` in an EM step
    or after ``most_steps``. ``progress`` is called after each step. Raises ValueError when no item
    has both correct and wrong responses.
    """
    facility = responses.facility
    is_informative = (facility > 0) & (facility < 1)
    if not is_informative.any():
        raise ValueError("no item has both correct and wrong responses")
    kept = responses.keep(is_informative)
    expectation = Expectation(kept, quadrature or normal_quadrature())
    search = _Search(expectation, slopes, tolerance, most_steps, progress)
    parameters = search.run(_first_guess(kept.facility))
    final = expectation.expect(parameters[0], parameters[1])
    variances = errors.covariance(expectation, parameters[0], parameters[1], slopes)
    estimates = np.full((6, responses.item_count), np.nan)
    estimates[:, is_informative] = _estimates(parameters, variances)
    a, d, b, se_a, se_d, se_b = estimates
    return Fit(
        *(a, d, b, se_a, se_d, se_b),
        counts=responses.counts,
        people_count=kept.people_count,
        parameter_count=kept.item_count * (2 if slopes == "each" else 1) + (slopes == "shared"),
        log_likelihood=final.log_likelihood,
        steps=search.steps,
        has_converged=search.has_converged,
        quadrature=expectation.quadrature,
    )


def _first_guess(facility: Floats) -> Floats:
    # A normal ability behind a slope of 1 flattens the logit by about 1.17 (Camilli 1994).
    return within_limits(
        np.stack([np.ones_like(facility), 1.17 * np.log(facility / (1.0 - facility))])
    )


def _estimates(parameters: Floats, variances: Floats) -> Floats:
    """Return a, d, b and their standard errors as 6 x items; that of b by the delta method."""
    a, d = parameters
    var_a, var_d, both = variances
    is_at_limit = (np.abs(a) >= MOST_SLOPE) | (np.abs(d) >= MOST_INTERCEPT)
    with np.errstate(divide="ignore", invalid="ignore"):
        b = -d / a
        var_b = (var_d + b**2 * var_a + 2.0 * b * both) / a**2
        deviations = np.sqrt(np.stack([var_a, var_d, var_b]))
    deviations[:, is_at_limit] = np.nan
    return np.concatenate([np.stack([a, d, b]), deviations])


class _Search:
    """EM steps, sped up by extrapolation: SQUAREM, third scheme.

    Varadhan & Roland (2008, Scand. J. Statist. 35, 335-353). Two EM steps tell direction and
    curvature; the point they lead to is taken when it is at least as likely as the first of them.
    """

    def __init__(
        self,
        expectation: Expectation,
        slopes: Slopes,
        tolerance: float,
        most_steps: int,
        progress: Callable[[Step], None] | None,
    ) -> None:
        self._expectation, self._slopes = expectation, slopes
        self._tolerance, self._most_steps, self._progress = tolerance, most_steps, progress
        self.steps, self.has_converged = 0, False
        self._log_likelihood = -math.inf  # at the parameters the last step started from

    def run(self, start: Floats) -> Floats:
        """Return the parameters (2 x items) that EM leads to from ``start``."""
        while not self._is_over():
            first = self._step(start)
            reached = self._log_likelihood
            if self._is_over():
                return first
            second = self._step(first)
            if self._is_over():
                return second
            further = self._step(_extrapolate(start, first, second))
            start = further if self._log_likelihood >= reached else second
            if start is second:
                self.has_converged = False
        return start

    def _step(self, parameters: Floats) -> Floats:
        a, d = parameters
        expected = self._expectation.expect(a, d)
        better = maximize(expected, a, d, self._expectation.quadrature.points, self._slopes)
        change = float(np.abs(better - parameters).max())
        self.steps += 1
        self._log_likelihood = expected.log_likelihood
        self.has_converged = change < self._tolerance
        if self._progress:
            self._progress(Step(self.steps, expected.log_likelihood, change))
        return better

    def _is_over(self) -> bool:
        return self.has_converged or self.steps >= self._most_steps


def _extrapolate(start: Floats, first: Floats, second: Floats) -> Floats:
    move = first - start
    bend = second - first - move
    length = np.linalg.norm(bend)
    if length == 0:
        return second
    stride = max(1.0, float(np.linalg.norm(move) / length))
    return within_limits(start + 2.0 * stride * move + stride**2 * bend)
