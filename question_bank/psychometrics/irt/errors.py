"""How sure the estimated parameters are, from the observed information.

Louis (1982, J. R. Statist. Soc. B 44, 226-233): the observed information is the expected one of
the complete data less the variance of the complete data's score given the responses.
"""

from __future__ import annotations

import numpy as np

from .data import Floats
from .expectation import Expectation, probability
from .maximization import Slopes

# Up to here the whole matrix is inverted; beyond it the terms between two items are left out, of
# which each is small when there are many: the standard errors then come out a little too small.
MOST_ITEMS_TOGETHER = 300


def covariance(expectation: Expectation, a: Floats, d: Floats, slopes: Slopes) -> Floats:
    """Return the sampling variances of a and d and their covariance, as 3 x items.

    What is not estimated (``slopes="unit"``) has variance 0; nan where the information is not
    positive, which happens at the limits.
    """
    if a.size <= MOST_ITEMS_TOGETHER:
        return _together(expectation, a, d, slopes)
    return _item_by_item(_information_by_item(expectation, a, d), slopes)


def _together(expectation: Expectation, a: Floats, d: Floats, slopes: Slopes) -> Floats:
    number = a.size
    free = _free_parameters(number, slopes)
    information = free.T @ _information(expectation, a, d) @ free
    try:
        inverse = free @ np.linalg.inv(information) @ free.T
    except np.linalg.LinAlgError:
        return np.full((3, number), np.nan)
    both = inverse.diagonal(number).copy()
    variances = np.stack([inverse.diagonal()[:number], inverse.diagonal()[number:], both])
    variances[:, (variances[0] < 0) | (variances[1] < 0)] = np.nan
    return variances


def _free_parameters(number: int, slopes: Slopes) -> Floats:
    """Return the matrix that turns the parameters that are estimated into a and d of all items."""
    every = np.eye(2 * number)
    if slopes == "each":
        return every
    if slopes == "shared":
        return np.column_stack([np.repeat([1.0, 0.0], number), every[:, number:]])
    return every[:, number:]


def _information(expectation: Expectation, a: Floats, d: Floats) -> Floats:
    """Return the observed information of the a of all items, then the d of all items."""
    data, theta = expectation.responses, expectation.quadrature.points
    posterior, _log_likelihood = expectation.posterior(a, d)
    chance = probability(a, d, theta)
    number = a.size
    information = np.zeros((2 * number, 2 * number))
    weight = expectation.expect(a, d).answered * chance * (1.0 - chance)
    each = np.arange(number)
    information[each, each] = weight @ theta**2
    information[each, each + number] = information[each + number, each] = weight @ theta
    information[each + number, each + number] = weight.sum(axis=1)
    for person in range(data.people_count):
        span = slice(data.starts[person], data.starts[person + 1])
        items, share = data.items[span], posterior[:, person]
        surplus = data.correct[span, None] - chance[items]
        scores = np.concatenate([surplus * theta, surplus])
        scores -= (scores @ share)[:, None]
        rows = np.concatenate([items, items + number])
        information[np.ix_(rows, rows)] -= (scores * share) @ scores.T
    return information


def _information_by_item(expectation: Expectation, a: Floats, d: Floats) -> Floats:
    """Return the blocks of the observed information as 3 x items: (a, a), (a, d), (d, d)."""
    data, theta = expectation.responses, expectation.quadrature.points
    posterior, _log_likelihood = expectation.posterior(a, d)
    expected = expectation.expect(a, d)
    chance = probability(a, d, theta)
    by_slope, by_intercept = np.zeros(data.size), np.zeros(data.size)
    for number, point in enumerate(theta):
        surplus = data.correct - chance[data.items, number]
        surplus *= posterior[number, data.people]
        by_intercept += surplus
        by_slope += point * surplus
    # P * Q less the expected square of (u - P), with the square written out for u = 1 and u = 0.
    wrong = expected.answered - expected.correct
    weight = expected.answered * chance * (1.0 - chance)
    weight -= expected.correct * (1.0 - chance) ** 2 + wrong * chance**2
    means = (by_slope**2, by_slope * by_intercept, by_intercept**2)
    return np.stack(
        [
            weight @ theta**power + np.bincount(data.items, mean, minlength=a.size)
            for power, mean in zip((2, 1, 0), means, strict=True)
        ]
    )


def _item_by_item(information: Floats, slopes: Slopes) -> Floats:
    aa, ad, dd = information
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = aa - ad**2 / dd
        if slopes == "each":
            slope = 1.0 / inner
        elif slopes == "shared":
            slope = np.full_like(aa, 1.0 / inner.sum())
        else:
            slope = np.zeros_like(aa)
        variances = np.stack([slope, 1.0 / dd + (ad / dd) ** 2 * slope, -ad / dd * slope])
    variances[:, ~((slope >= 0) & (dd > 0) & np.isfinite(slope))] = np.nan
    return variances
