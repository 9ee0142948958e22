"""How alike the forms of different people are."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, pstdev


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, standard deviation, and both ends of some facilities."""

    mean: float
    sd: float
    least: float
    most: float


def spread(facilities: Iterable[float]) -> Spread:
    """Return how far apart facilities are. Raises ValueError when there are none."""
    values = sorted(facilities)
    if not values:
        raise ValueError("nothing to compare")
    return Spread(fmean(values), pstdev(values), values[0], values[-1])
