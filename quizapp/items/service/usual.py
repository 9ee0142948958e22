"""How long questions usually take, by theme and kind: for estimating how long a quiz will be."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from functools import lru_cache

from sqlalchemy import func, select

from question_bank.psychometrics import response_time
from quizapp.core import clock
from quizapp.core.db import db

from ..models import Item, TimeBucket, Topic

LEAST_TIMES = 30
WEEKS = 26
# Before anybody has answered: seconds that readers of Chinese typically need for a kind.
USUAL_SECONDS = {
    "single": 25.0,
    "multiple": 35.0,
    "true_false": 15.0,
    "cloze": 35.0,
    "numeric": 45.0,
    "ordering": 50.0,
    "matching": 50.0,
    "hotspot": 25.0,
    "case": 120.0,
    "essay": 480.0,
}


def list_usual_seconds(organisation_id: int) -> dict[tuple[str, str], float]:
    """Return the median seconds by (theme, kind), and by ("", kind) for themes without enough.

    Counted once an hour in each process: it is an estimate, and histograms are long.
    """
    return _usual(organisation_id, int(clock.now().timestamp() // 3600))


@lru_cache(maxsize=64)
def _usual(organisation_id: int, _hour: int) -> dict[tuple[str, str], float]:
    since = clock.now().date() - timedelta(weeks=WEEKS)
    counts: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for theme, kind, bucket, number in db.session.execute(
        select(Topic.name, Item.kind, TimeBucket.bucket, func.sum(TimeBucket.responses))
        .join(Item, Item.current_version_id == TimeBucket.version_id)
        .join(Topic, Topic.id == Item.theme_id)
        .where(Item.organisation_id == organisation_id, TimeBucket.week >= since)
        .group_by(Topic.name, Item.kind, TimeBucket.bucket)
    ):
        counts[theme, kind][bucket] += number
        counts["", kind][bucket] += number
    found = {("", kind): seconds for kind, seconds in USUAL_SECONDS.items()}
    for key, histogram in counts.items():
        if histogram.total() >= LEAST_TIMES:
            row = [histogram[bucket] for bucket in range(response_time.BUCKETS)]
            found[key] = response_time.median(row) or found["", key[1]]
    return found
