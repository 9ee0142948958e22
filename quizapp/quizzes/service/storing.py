"""Storing graded responses: in groups, first come, first kept, judged by the database's clock.

The hottest path of all. A group of any size takes three statements: lock the attempts and read
their state together with the sessions, read what is stored already, insert what is new. The lock on
the attempt orders everything that concerns it, so that one decision in Python is enough; the unique
keys of the table stand behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, select

from quizapp.accounts.models import Person
from quizapp.accounts.models import Session as SignIn
from quizapp.core import clock
from quizapp.core.db import atomic, db, end_open_read, insert, is_sqlite
from quizapp.core.grouping import GroupWriter
from quizapp.items import service as items

from .. import rules
from ..models import OPEN, Attempt, Response, Revision
from .settings import get_fixed

STORED, REPEATED, KEPT = "stored", "repeated", "kept"
# An attempt that is gone or another person's, a session that has ended, a UUID used elsewhere.
MISSING, SIGNED_OUT, MISUSED = "missing", "signed_out", "misused"


@dataclass(frozen=True, slots=True)
class Given:
    """A graded response on its way to the table. ``session_id`` None: its session was checked.

    ``seconds`` None: nobody knows how long the item lay before its learner.
    """

    attempt_id: int
    person_id: int
    session_id: int | None
    position: int
    version_id: int
    uuid: str
    sequence: int
    given: str
    score: float
    is_correct: bool
    is_pending: bool
    is_rapid: bool
    is_confident: bool | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored at a position: as much of a response as a verdict needs."""

    position: int
    item_version_id: int
    submission_uuid: str
    sequence: int
    given: str
    score: float
    is_correct: bool
    is_pending: bool
    is_rapid: bool
    is_late: bool
    is_confident: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a response: ``state`` in a word, and the attempt as it stands after it.

    ``kept`` is what counts at its position, by position in ``all``. Only ``state`` is set when
    nothing was stored.
    """

    state: str
    attempt: Any = None
    kept: Kept | None = None
    all: Mapping[int, Kept] | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether every position of the attempt has a response."""
        return bool(self.all is not None and len(self.all) == self.attempt.length)


_A, _R, _S = Attempt.__table__.c, Response.__table__.c, SignIn.__table__.c
_P = Person.__table__.c
_KEPT = tuple(Kept.__slots__)


@cache
def _locking(is_time_given: bool) -> Select[Any]:
    """Build the statement that locks attempts, in the order of their ids, with their sessions.

    Two groups that share attempts meet in the same order and cannot wait for each other.
    """
    now = clock.present(given=is_time_given)
    is_live = and_(_S.expires_at > now, _S.epoch == _P.epoch, _P.is_active)
    return (
        select(
            _A.id,
            _A.public_id,
            _A.person_id,
            _A.blueprint_id,
            _A.unit_id,
            _A.mode,
            _A.day,
            _A.length,
            _A.state,
            _A.started_at,
            _A.deadline_at,
            _A.grace_seconds,
            _A.credited_seconds,
            _A.is_timed,
            _A.finished_at,
            _A.number,
            _A.flags,
            _A.score,
            _A.is_passed,
            _A.awaits_marking,
            now.label("now"),
            _S.id.label("session_id"),
            is_live.label("is_live"),
        )
        .join_from(Attempt.__table__, Person.__table__, _P.id == _A.person_id)
        .outerjoin(
            SignIn.__table__,
            and_(_S.person_id == _A.person_id, _S.id.in_(bindparam("sessions", expanding=True))),
        )
        .where(_A.id.in_(bindparam("attempts", expanding=True)))
        .order_by(_A.id)
        .with_for_update(of=Attempt.__table__)
    )


_STORED: Select[Any] = select(_R.attempt_id, *(_R[name] for name in _KEPT)).where(
    _R.attempt_id.in_(bindparam("attempts", expanding=True))
)

_REPLACED: Select[Any, Any] = select(Revision.attempt_id, Revision.submission_uuid).where(
    Revision.attempt_id.in_(bindparam("attempts", expanding=True))
)


@cache
def _inserting(_is_on_sqlite: bool) -> Any:
    return (
        insert(Response.__table__)
        .on_conflict_do_nothing()
        .returning(_R.attempt_id, _R.position, sort_by_parameter_order=True)
    )


@atomic
def store(group: Sequence[Given]) -> list[Outcome]:
    """Store the responses of a group and return what became of each, in order.

    Safe to repeat: a UUID that is known gives what is stored.
    """
    attempts = sorted({each.attempt_id for each in group})
    sessions = sorted({each.session_id for each in group if each.session_id is not None})
    rows = db.session.connection().execute(
        _locking(clock.is_given()),
        {"attempts": attempts, "sessions": sessions or [0], "clock_now": clock.now()},
    )
    found: dict[int, Row[Any]] = {}
    live: set[tuple[int, int]] = set()
    for row in rows:
        found[row.id] = row
        if row.is_live:
            live.add((row.id, row.session_id))
    stored: dict[int, dict[int, Kept]] = {attempt_id: {} for attempt_id in found}
    for row in db.session.connection().execute(_STORED, {"attempts": attempts}):
        stored[row.attempt_id][row.position] = Kept(*row[1:])
    batch = _Batch(found, live, stored)
    outcomes = [batch.take(each) for each in group]
    batch.write()
    return [_with_all(outcome, stored) for outcome in outcomes]


def _with_all(outcome: Outcome, stored: dict[int, dict[int, Kept]]) -> Outcome:
    return replace(outcome, all=stored[outcome.attempt.id]) if outcome.attempt else outcome


class _Batch:
    """The decisions about a group, one response after the other, and what has to be written."""

    def __init__(
        self,
        attempts: dict[int, Row[Any]],
        live: set[tuple[int, int]],
        stored: dict[int, dict[int, Kept]],
    ) -> None:
        self.attempts = attempts
        self.live = live
        self.stored = stored
        self.new: dict[tuple[int, int], dict[str, Any]] = {}
        self.changed: dict[tuple[int, int], dict[str, Any]] = {}
        self.replaced: list[dict[str, Any]] = []
        self.known: set[tuple[int, str]] | None = None

    def take(self, given: Given) -> Outcome:
        """Decide about one response."""
        attempt = self.attempts.get(given.attempt_id)
        if attempt is None or attempt.person_id != given.person_id:
            return Outcome(MISSING)
        if given.session_id is not None and (attempt.id, given.session_id) not in self.live:
            return Outcome(SIGNED_OUT)
        kept = self.stored[attempt.id].get(given.position)
        known = self._by_uuid(attempt.id, given.uuid)
        if known is not None:
            if known.position != given.position:
                return Outcome(MISUSED)
            return Outcome(REPEATED, attempt, known)
        is_late = attempt.state != OPEN or rules.is_late(
            attempt.now, attempt.deadline_at, attempt.grace_seconds
        )
        if kept is None:
            return Outcome(STORED, attempt, self._add(attempt, given, is_late))
        if is_late or not get_fixed(attempt.blueprint_id).is_revisable:
            if get_fixed(attempt.blueprint_id).is_revisable:
                self._remember(attempt, given, is_late=is_late)
            return Outcome(KEPT, attempt, kept)
        if given.sequence <= kept.sequence:  # an older tap that arrives after a newer one
            self._remember(attempt, given)
            return Outcome(KEPT, attempt, kept)
        if (attempt.id, given.uuid) in self._superseded():
            return Outcome(KEPT, attempt, kept)
        return Outcome(STORED, attempt, self._replace(attempt, given, kept))

    def _by_uuid(self, attempt_id: int, uuid: str) -> Kept | None:
        return next(
            (k for k in self.stored[attempt_id].values() if k.submission_uuid == uuid), None
        )

    def _superseded(self) -> set[tuple[int, str]]:
        """Return which submissions were here and do not count, read when an answer changes first.

        A form that is sent again has no sequence, and would look like the newest of all.
        """
        if self.known is None:
            rows = db.session.connection().execute(_REPLACED, {"attempts": sorted(self.attempts)})
            self.known = {(row.attempt_id, row.submission_uuid) for row in rows}
        return self.known | {(r["attempt_id"], r["submission_uuid"]) for r in self.replaced}

    def _add(self, attempt: Row[Any], given: Given, is_late: bool) -> Kept:
        values = _values(given, is_late, attempt.now)
        self.new[attempt.id, given.position] = values
        return self._keep(attempt.id, values)

    def _replace(self, attempt: Row[Any], given: Given, kept: Kept) -> Kept:
        key = (attempt.id, given.position)
        self.replaced.append(
            {
                "attempt_id": attempt.id,
                "submission_uuid": kept.submission_uuid,
                "position": kept.position,
                "sequence": kept.sequence,
                "given": kept.given,
                "is_late": kept.is_late,
                "received_at": attempt.now,
            }
        )
        values = _values(given, False, attempt.now)
        (self.new if key in self.new else self.changed)[key] = values
        return self._keep(attempt.id, values)

    def _remember(self, attempt: Row[Any], given: Given, *, is_late: bool = False) -> None:
        """Keep what does not count, so that its submission is known when it is sent again."""
        self.replaced.append(
            {
                "attempt_id": attempt.id,
                "submission_uuid": given.uuid,
                "position": given.position,
                "sequence": given.sequence,
                "given": given.given,
                "is_late": is_late,
                "received_at": attempt.now,
            }
        )

    def _keep(self, attempt_id: int, values: dict[str, Any]) -> Kept:
        kept = Kept(**{name: values[name] for name in _KEPT})
        self.stored[attempt_id][kept.position] = kept
        return kept

    def write(self) -> None:
        """Write everything that was decided."""
        if self.new:
            db.session.connection().execute(_inserting(is_sqlite()), list(self.new.values()))
        for (attempt_id, position), values in self.changed.items():
            db.session.execute(
                Response.__table__.update()
                .where(_R.attempt_id == attempt_id, _R.position == position)
                .values(values)
            )
        if self.replaced:
            db.session.execute(insert(Revision.__table__).on_conflict_do_nothing(), self.replaced)


def _values(given: Given, is_late: bool, now: datetime) -> dict[str, Any]:
    return {
        "attempt_id": given.attempt_id,
        "position": given.position,
        "item_version_id": given.version_id,
        "submission_uuid": given.uuid,
        "sequence": given.sequence,
        "given": given.given,
        "score": given.score,
        "is_correct": given.is_correct,
        "is_pending": given.is_pending,
        "is_rapid": given.is_rapid,
        "is_late": is_late,
        "is_confident": given.is_confident,
        "received_at": now,
    }


_writer: GroupWriter[Given, Outcome] = GroupWriter(store)


def submit(given: Given) -> Outcome:
    """Store a response together with whatever else arrives at this moment.

    Returns once it is committed. Raises Crowded when the server cannot keep up.
    """
    # Whoever waits for the turn holds no connection: with more waiting than the pool has, the one
    # whose turn it is would get none.
    end_open_read()
    outcome = _writer.submit(given)
    if outcome.state == STORED and given.seconds is not None:
        items.count_time(given.version_id, given.seconds)
    return outcome
