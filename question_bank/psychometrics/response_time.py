"""How long people take over an item, as a histogram without people.

Only counts per bucket are kept: they say what an author needs and nothing about anybody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

# Upper ends in seconds, growing by about two fifths; the last bucket is open.
EDGES = (3, 6, 9, 13, 18, 25, 35, 48, 65, 90, 125, 180)
BUCKETS = len(EDGES) + 1


def bucket_of(seconds: float) -> int:
    """Return the bucket, 0..12, of a time in seconds; a negative one counts as 0 seconds."""
    return bisect_right(EDGES, seconds)


def bounds(bucket: int) -> tuple[int, int | None]:
    """Return where a bucket begins and ends, in seconds; the last one has no end (None)."""
    lower = EDGES[bucket - 1] if bucket else 0
    return lower, EDGES[bucket] if bucket < len(EDGES) else None


def median(counts: Sequence[int]) -> float | None:
    """Return the median in seconds from counts per bucket, linear within its bucket.

    The usual median of grouped data: L + (n / 2 - cf) / f * w. In the open bucket its beginning is
    returned, so the true median is that or more. None without counts.
    """
    half, below = sum(counts) / 2, 0
    if not half:
        return None
    for bucket, count in enumerate(counts):
        if below + count >= half and count:
            lower, upper = bounds(bucket)
            return lower + (half - below) / count * (upper - lower) if upper else float(lower)
        below += count
    raise AssertionError("half of the counts lie somewhere")


def share_below(counts: Sequence[int], seconds: float) -> float | None:
    """Return the share of times below ``seconds``, linear within a bucket; None without counts.

    With the time that reading takes this is the share of rapid guesses (Wise & Kong 2005, Applied
    Measurement in Education 18, 163-183). Nothing within the open bucket counts as below.
    """
    total = sum(counts)
    if not total:
        return None
    below = 0.0
    for count, (lower, upper) in zip(counts, pairwise((0, *EDGES)), strict=False):
        below += count * min(1.0, max(0.0, (seconds - lower) / (upper - lower)))
    return below / total
