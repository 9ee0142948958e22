"""Classical item analysis: facility, discrimination, reliability.

Everything comes from sums, so days and versions are added before anything is divided. Variances are
those of a sample (n - 1). Source: Lord & Novick (1968), Statistical Theories of Mental Test Scores,
chapters 4 and 15; Allen & Yen (1979), Introduction to Measurement Theory, chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairSums:
    """Sums over pairs (x, y), such as the score of an item and the score of the rest."""

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> PairSums:
        """Add up pairs."""
        known = list(pairs)
        return cls(
            n=len(known),
            x=math.fsum(x for x, _y in known),
            y=math.fsum(y for _x, y in known),
            xx=math.fsum(x * x for x, _y in known),
            yy=math.fsum(y * y for _x, y in known),
            xy=math.fsum(x * y for x, y in known),
        )

    def __add__(self, other: PairSums) -> PairSums:
        """Return the sums over both."""
        return PairSums(
            n=self.n + other.n,
            x=self.x + other.x,
            y=self.y + other.y,
            xx=self.xx + other.xx,
            yy=self.yy + other.yy,
            xy=self.xy + other.xy,
        )

    @property
    def variance_x(self) -> float | None:
        """Return the sample variance of x; None below two pairs."""
        return _variance(self.n, self.x, self.xx)

    @property
    def variance_y(self) -> float | None:
        """Return the sample variance of y; None below two pairs."""
        return _variance(self.n, self.y, self.yy)


def _variance(n: int, total: float, squares: float) -> float | None:
    return max(0.0, squares - total * total / n) / (n - 1) if n > 1 else None


def facility(sums: PairSums) -> float | None:
    """Return the mean item score, 0..1 with 1 for an easy item; None without responses."""
    return sums.x / sums.n if sums.n else None


def correlation(sums: PairSums) -> float | None:
    """Return Pearson's r of x and y; None where one of them does not vary.

    For an item score and the score of the other items this is the corrected discrimination
    (Henrysson 1963, Psychometrika 28, 211-218): against a total that contains the item, every item
    would look better than it is, the more so in a short set.
    """
    if sums.n < 2:
        return None
    spread_x = sums.xx - sums.x * sums.x / sums.n
    spread_y = sums.yy - sums.y * sums.y / sums.n
    # Sums of equal numbers leave a little dust instead of zero.
    if spread_x <= 1e-9 * max(1.0, sums.xx) or spread_y <= 1e-9 * max(1.0, sums.yy):
        return None
    common = sums.xy - sums.x * sums.y / sums.n
    return max(-1.0, min(1.0, common / math.sqrt(spread_x * spread_y)))


def standard_error(r: float, n: int) -> float:
    """Return the standard error of a correlation: (1 - r**2) / sqrt(n - 1), for n > 1."""
    return (1.0 - r * r) / math.sqrt(n - 1)


def item_total(table: Sequence[Sequence[float]]) -> list[float | None]:
    """Return the correlation of each item with the total, for a complete people x items table."""
    return [
        correlation(PairSums.of((row[item], math.fsum(row)) for row in table))
        for item in range(len(table[0]))
    ]


def item_rest(table: Sequence[Sequence[float]]) -> list[float | None]:
    """Return the corrected discrimination of each item, for a complete people x items table."""
    return [
        correlation(PairSums.of((row[item], math.fsum(row) - row[item]) for row in table))
        for item in range(len(table[0]))
    ]


def alpha(table: Sequence[Sequence[float]]) -> float | None:
    """Return Cronbach's alpha of a complete people x items table.

    alpha = k / (k - 1) * (1 - sum of item variances / variance of totals), Cronbach (1951,
    Psychometrika 16, 297-334). None for fewer than two items or people, or equal totals.
    """
    number = len(table[0]) if table else 0
    total = PairSums.of((math.fsum(row), 0.0) for row in table).variance_x
    if number < 2 or not total:
        return None
    parts = math.fsum(
        PairSums.of((row[item], 0.0) for row in table).variance_x or 0.0 for item in range(number)
    )
    return number / (number - 1) * (1.0 - parts / total)


def sem(deviation: float, reliability: float) -> float:
    """Return the standard error of measurement: deviation * sqrt(1 - reliability).

    In the unit of the scores whose standard deviation is given. A reliability below 0, which alpha
    can be, counts as 0.
    """
    return deviation * math.sqrt(1.0 - min(1.0, max(0.0, reliability)))
