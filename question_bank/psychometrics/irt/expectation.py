"""The E-step: what each person's responses say about ability, and what that says about the items.

Both directions gather from a small table and sum runs of neighbours, point by point: the tables
stay in the processor's cache, and a million responses take some hundredths of a second per point
whatever share of the people x items table is filled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .data import Floats, Responses
from .quadrature import Quadrature


@dataclass(frozen=True, eq=False)
class Expected:
    """What the M-step needs, as items x points: expected responses, and expected correct ones."""

    answered: Floats
    correct: Floats
    log_likelihood: float


def probability(a: Floats, d: Floats, points: Floats) -> Floats:
    """Return P(correct) as items x points."""
    odds = np.exp(-np.abs(a[:, None] * points + d[:, None]))
    upper = 1.0 / (1.0 + odds)
    return np.where(a[:, None] * points + d[:, None] >= 0, upper, odds * upper)


class Expectation:
    """The E-step over one set of responses; holds their two orders."""

    def __init__(self, responses: Responses, quadrature: Quadrature) -> None:
        self.responses, self.quadrature = responses, quadrature
        # Wrong responses to an item first, then the correct ones: one run of neighbours for each.
        cell = responses.items * np.int32(2) + responses.correct
        order = np.argsort(cell, kind="stable")
        self._people_by_cell = responses.people[order]
        self._cells, self._cell_starts = np.unique(cell[order], return_index=True)

    def log_joint(self, a: Floats, d: Floats) -> Floats:
        """Return log P(responses, theta) as points x people."""
        data, theta = self.responses, self.quadrature.points
        right = data.correct.astype(np.float64)
        first = data.starts[:-1]
        # log P = u * z - log(1 + exp(z)) with z = a * theta + d: only the second part is not
        # linear in theta, so the first needs two sums per person, whatever the number of points.
        slope = np.add.reduceat(right * a[data.items], first)
        intercept = np.add.reduceat(right * d[data.items], first)
        joint = np.empty((theta.size, data.people_count))
        for number, point in enumerate(theta):
            softplus = np.logaddexp(0.0, a * point + d)
            joint[number] = slope * point + intercept
            joint[number] -= np.add.reduceat(softplus[data.items], first)
        joint += np.log(self.quadrature.weights)[:, None]
        return joint

    def posterior(self, a: Floats, d: Floats) -> tuple[Floats, Floats]:
        """Return P(theta | responses) as points x people, and each person's log-likelihood."""
        joint = self.log_joint(a, d)
        highest = joint.max(axis=0)
        joint -= highest
        np.exp(joint, out=joint)
        total = joint.sum(axis=0)
        joint /= total
        return joint, highest + np.log(total)

    def expect(self, a: Floats, d: Floats) -> Expected:
        """Return the expected counts at the parameters ``a`` and ``d``."""
        posterior, log_likelihood = self.posterior(a, d)
        counts = np.zeros((self.quadrature.points.size, 2 * self.responses.item_count))
        for number, share in enumerate(posterior):
            counts[number, self._cells] = np.add.reduceat(
                share[self._people_by_cell], self._cell_starts
            )
        wrong, correct = counts[:, 0::2].T, counts[:, 1::2].T
        return Expected(wrong + correct, correct.copy(), float(log_likelihood.sum()))
