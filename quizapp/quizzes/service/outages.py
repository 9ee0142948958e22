"""Outages: found by missing beats or entered by hand, and the time they took given back.

Every web process beats some seconds apart: it writes down that it is there, by the database's
clock. When the beats of all of them were away for longer than a beat or two, nobody could answer:
that was an outage, and whoever beats first afterwards records it. Every attempt with a clock that
was open in it gets the time back, once, also those that the clock closed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal

from .. import rules
from ..models import CLOSED, FINISHED, Attempt, Beat, Credit, Outage, Response
from .finishing import reopen

WEB = "web"
BEAT_SECONDS = 10
MISSED = timedelta(seconds=45)  # so long without a beat is an outage
LONGEST = timedelta(days=3)
BATCH = 200


@dataclass(frozen=True)
class CreditNotice:
    """What an attempt got back, for its owner: seconds in all, and why."""

    seconds: int
    reason: str


@atomic
def beat() -> int | None:
    """Write down that this web process is there; record the outage that this ends, if any.

    Returns the id of the outage, None when the last beat is recent.
    """
    now = db.session.scalar(select(clock.database_now())) or clock.now()
    row = db.session.scalar(select(Beat).where(Beat.name == WEB).with_for_update())
    if row is None:
        db.session.execute(insert(Beat).values(name=WEB, at=now).on_conflict_do_nothing())
        return None
    last, row.at = row.at, max(row.at, now)
    if not MISSED < now - last <= LONGEST:
        return None
    return _record(last, now, reason="", recorded_by=None)


def is_steady() -> bool:
    """Tell whether the web servers were there all the time lately.

    While they are not, and until the time is given back, nobody's clock may run out. Without any
    beat at all, as in an installation that never served, there is nobody to wait for.
    """
    last = db.session.scalar(select(Beat.at).where(Beat.name == WEB))
    return last is None or clock.now() - last < MISSED


@atomic
def record_outage(
    began_at: datetime, ended_at: datetime, *, reason: str = "", actor_id: int | None = None
) -> int:
    """Enter an outage by hand and return its id; the same one again is the same row.

    Raises Refusal for an end before the beginning, in the future, or more than three days long.
    """
    if ended_at <= began_at:
        raise Refusal(_("The end lies before the beginning."), status=422)
    if ended_at > clock.now() + timedelta(minutes=1):
        raise Refusal(_("The end lies in the future. Enter an outage once it is over."), status=422)
    if ended_at - began_at > LONGEST:
        raise Refusal(_("An outage of more than three days is entered in parts."), status=422)
    audit.record("quizzes.outage_recorded", "outage", actor_id=actor_id, began=began_at)
    return _record(began_at, ended_at, reason=reason, recorded_by=actor_id)


def _record(began_at: datetime, ended_at: datetime, *, reason: str, recorded_by: int | None) -> int:
    db.session.execute(
        insert(Outage)
        .values(began_at=began_at, ended_at=ended_at, reason=reason, recorded_by=recorded_by)
        .on_conflict_do_nothing()
    )
    return db.session.scalars(
        select(Outage.id).where(Outage.began_at == began_at, Outage.ended_at == ended_at)
    ).one()


def give_back(outage_id: int) -> int:
    """Give an outage's time back to every attempt it took some from; return how many it was.

    In batches, each a command of its own; run again, it finds nothing to do.
    """
    credited, last_id = 0, 0
    while True:
        number, last_id = _give_back_batch(outage_id, last_id)
        credited += number
        if not last_id:
            return credited


@atomic
def _give_back_batch(outage_id: int, after_id: int) -> tuple[int, int]:
    """Credit some attempts; return how many, and the id of the last one looked at, 0 at the end."""
    outage = db.session.get_one(Outage, outage_id)
    attempts = db.session.scalars(
        select(Attempt)
        .where(
            Attempt.id > after_id,
            Attempt.is_timed,
            Attempt.started_at < outage.ended_at,
            Attempt.deadline_at > outage.began_at,
            # Who handed in before it began lost nothing by it.
            or_(Attempt.state != FINISHED, Attempt.finished_at > outage.began_at),
        )
        .order_by(Attempt.id)
        .limit(BATCH)
        .with_for_update()
    ).all()
    credited = sum(_credit(outage, attempt) for attempt in attempts)
    return credited, attempts[-1].id if len(attempts) == BATCH else 0


def _credit(outage: Outage, attempt: Attempt) -> bool:
    """Give an attempt its time back; False when it has it already, or lost none."""
    if attempt.state == FINISHED:
        return False
    credits = _credited(attempt.id, outage.id)
    before = [(row.began_at, row.ended_at) for row in credits]
    within = started_at, first = _running(attempt, credits)
    seconds = rules.lost_seconds(
        [*before, (outage.began_at, outage.ended_at)], *within
    ) - rules.lost_seconds(before, *within)
    if seconds <= 0:
        return False
    written = db.session.execute(
        insert(Credit)
        .values(outage_id=outage.id, attempt_id=attempt.id, seconds=seconds, at=clock.now())
        .on_conflict_do_nothing()
        .returning(Credit.attempt_id)
    ).first()
    if written is None:
        return False
    attempt.deadline_at += timedelta(seconds=seconds)
    attempt.credited_seconds += seconds
    if attempt.state == CLOSED:
        # The clock ran out although there was time left: that begins now.
        left = min(timedelta(seconds=seconds), first - started_at)
        moved = max(attempt.deadline_at, clock.now() + left) - attempt.deadline_at
        attempt.deadline_at += moved
        attempt.credited_seconds += -(-moved // timedelta(seconds=1))
        reopen(attempt)
    _count_again(attempt)
    return True


def _running(attempt: Attempt, credits: Sequence[Any]) -> tuple[datetime, datetime]:
    """Return from when an attempt's clock runs, and until when without what was given back since.

    That is from its start; in one that was opened again, whose deadline moved by more than outages
    took, from when it got time back first.
    """
    is_anew = attempt.credited_seconds > sum(row.seconds for row in credits)
    since = min((row.at for row in credits), default=attempt.started_at)
    since = since if is_anew else attempt.started_at
    given = sum(row.seconds for row in credits if row.at > since)
    return since, attempt.deadline_at - timedelta(seconds=given)


def _credited(attempt_id: int, without_id: int) -> Sequence[Any]:
    """Return the other outages that an attempt was given time back for."""
    return db.session.execute(
        select(Outage.began_at, Outage.ended_at, Credit.seconds, Credit.at)
        .join(Credit, Credit.outage_id == Outage.id)
        .where(Credit.attempt_id == attempt_id, Outage.id != without_id)
    ).all()


def _count_again(attempt: Attempt) -> None:
    """Let responses count that came after the old deadline and before the new one."""
    until = attempt.deadline_at + timedelta(seconds=attempt.grace_seconds)
    db.session.execute(
        update(Response)
        .where(
            Response.attempt_id == attempt.id,
            Response.is_late,
            Response.received_at <= until,
        )
        .values(is_late=False)
        .execution_options(synchronize_session=False)
    )


def give_back_all() -> int:
    """Give back the time of every recent outage that was not worked through; count attempts.

    Safe to repeat at any time: a credit is a row that can be written once.
    """
    recent = db.session.scalars(
        select(Outage.id).where(Outage.recorded_at > clock.now() - LONGEST).order_by(Outage.id)
    ).all()
    return sum(give_back(outage_id) for outage_id in recent)


def find_credit(attempt_id: int) -> CreditNotice | None:
    """Return what outages gave back to an attempt, or None."""
    rows = db.session.execute(
        select(Credit.seconds, Outage.reason)
        .join(Outage, Outage.id == Credit.outage_id)
        .where(Credit.attempt_id == attempt_id)
        .order_by(Credit.at)
    ).all()
    if not rows:
        return None
    return CreditNotice(
        sum(row.seconds for row in rows), next((r.reason for r in rows if r.reason), "")
    )
