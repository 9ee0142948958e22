"""How long items take: counted without people, first in the store, then in the table.

A count waits in the store for less than a minute. Should the store be lost in between, so are those
counts: they are nobody's, and a histogram of thousands does not miss them. Nothing is counted
twice, since what is taken out of the store is gone from it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from redis.exceptions import RedisError
from sqlalchemy import select

from question_bank.psychometrics import response_time
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert, on_commit
from quizapp.core.redis import store

from ..models import ItemVersion, TimeBucket

LONGEST_SECONDS = 1800  # longer is no answering: the page was left, or sent much later
_KEY = "item-times"
_CHUNK = 1000


def note_time(version_id: int, seconds: float) -> None:
    """Count that somebody took ``seconds`` over a version; part of a command, who is not kept.

    More than half an hour is not counted, nor less than nothing: clocks of servers differ.
    """
    if not 0 <= seconds <= LONGEST_SECONDS:
        return
    name = f"{version_id}:{_week(clock.now().date())}:{response_time.bucket_of(seconds)}"
    on_commit(lambda: _count(name))


def _count(name: str) -> None:
    opened = store()
    try:
        opened.client.hincrby(opened.key(_KEY), name, 1)
    except RedisError:
        return  # a count less; the answer is kept and that is what matters


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
