"""How long items take: counted without people, in the process, the store, then the table.

A count waits for about a minute. Should the process or the store be lost in between, so are those
counts: they are nobody's, and a histogram of thousands does not miss them. Nothing is counted
twice, since what is taken out of the store is gone from it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import func, select

from question_bank.psychometrics import response_time
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.redis import store

from ..models import ItemVersion, TimeBucket

LONGEST_SECONDS = 1800  # longer is no answering: the page was left, or sent much later
HAND_OVER_SECONDS = 5
TYPICAL_FROM = 30  # responses
TYPICAL_KEPT_SECONDS = 600
_KEY = "item-times"
_CHUNK = 1000


_counted: Counter[str] = Counter()
_counting = threading.Lock()
_handed_over_at = 0.0


def count_time(version_id: int, seconds: float) -> None:
    """Count that somebody took ``seconds`` over a version; who is not kept.

    After the answer is stored, never inside a command. More than half an hour is not counted, nor
    less than nothing: clocks of servers differ. A process hands its counts to the store together.
    """
    global _handed_over_at
    if not 0 <= seconds <= LONGEST_SECONDS:
        return
    name = f"{version_id}:{_week(clock.now().date())}:{response_time.bucket_of(seconds)}"
    with _counting:
        _counted[name] += 1
        patience = 0 if current_app.config["TESTING"] else HAND_OVER_SECONDS
        if time.monotonic() - _handed_over_at < patience:
            return
        counts = dict(_counted)
        _counted.clear()
        _handed_over_at = time.monotonic()
    _hand_over(counts)


def _hand_over(counts: dict[str, int]) -> None:
    opened = store()
    try:
        with opened.client.pipeline(transaction=False) as pipe:
            for name, number in counts.items():
                pipe.hincrby(opened.key(_KEY), name, number)
            pipe.execute()
    except RedisError:
        return  # some counts less; the answers are kept and that is what matters


def _week(day: date) -> str:
    return str(day - timedelta(days=day.weekday()))


def drain_times() -> int:
    """Move the counts from the store into the table; return how many responses they were."""
    opened = store()
    with opened.client.pipeline() as pipe:
        pipe.hgetall(opened.key(_KEY))
        pipe.delete(opened.key(_KEY))
        waiting, _deleted = pipe.execute()
    counts: Counter[tuple[int, date, int]] = Counter()
    for name, number in waiting.items():
        version_id, week, bucket = name.split(":")
        counts[int(version_id), date.fromisoformat(week), int(bucket)] += int(number)
    if counts:
        _add(counts)
    return counts.total()


@atomic
def _add(counts: Counter[tuple[int, date, int]]) -> None:
    versions = {version_id for version_id, _week, _bucket in counts}
    known = set(db.session.scalars(select(ItemVersion.id).where(ItemVersion.id.in_(versions))))
    rows = [
        {"version_id": version_id, "week": week, "bucket": bucket, "responses": number}
        for (version_id, week, bucket), number in sorted(counts.items())
        if version_id in known
    ]
    statement = insert(TimeBucket)
    statement = statement.on_conflict_do_update(
        index_elements=["version_id", "week", "bucket"],
        set_={"responses": TimeBucket.responses + statement.excluded.responses},
    )
    for start in range(0, len(rows), _CHUNK):
        db.session.execute(statement, rows[start : start + _CHUNK])


@lru_cache(maxsize=8192)
def _typical(version_id: int, _period: int) -> float | None:
    counts = [0] * response_time.BUCKETS
    for bucket, number in db.session.execute(
        select(TimeBucket.bucket, func.sum(TimeBucket.responses))
        .where(TimeBucket.version_id == version_id)
        .group_by(TimeBucket.bucket)
    ):
        counts[bucket] = number
    return response_time.median(counts) if sum(counts) >= TYPICAL_FROM else None


def typical_seconds(version_id: int) -> float | None:
    """Return the median time that people take over a version; None before thirty have.

    A process reads it once in ten minutes.
    """
    return _typical(version_id, int(time.monotonic() // TYPICAL_KEPT_SECONDS))
