"""Folding every card anew from what was answered, and the sums of re-tests from the cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select, tuple_, update

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.events import responses_since

from .. import rules
from ..models import MasteryCard, Retest, read_history
from . import counting
from .recording import CARDS, Row, card, meetings_of, store

BEGINNING = date(2000, 1, 1)
# A set may become final while the old ones are read; what is younger than this is left as it is.
OPEN_DAYS = 4
PEOPLE_A_PASS = 20_000  # whose meetings are held in memory at once
PEOPLE_A_COMMAND = 100


def rebuild() -> int:
    """Make every card what the responses come to, and the sums of re-tests; count differences."""
    recent = _recent()
    differed = 0
    for people, told in _batches():
        differed += _store(people, told, recent)
    return differed + _store_sums()


def _batches() -> Iterator[tuple[list[int], _Pass]]:
    """Yield some people at a time, with what was told of them and others."""
    for told in _passes():
        people = sorted(told.keys() | set(_people(told)))
        for start in range(0, len(people), PEOPLE_A_COMMAND):
            yield people[start : start + PEOPLE_A_COMMAND], told


def _recent() -> date:
    return clock.now().date() - timedelta(days=OPEN_DAYS)


class _Pass(dict[int, dict[int, list[rules.Meeting]]]):
    """What was told of some people, by person and item.

    It holds those whose id leaves ``remainder`` when divided by ``passes``.
    """

    def __init__(self, remainder: int, passes: int) -> None:
        super().__init__()
        self.remainder, self.passes = remainder, passes


def _passes() -> Iterator[_Pass]:
    """Yield what was told of a part of the people at a time, day by day from the beginning."""
    number = db.session.scalar(select(func.count()).select_from(Person)) or 0
    passes = 1 + number // PEOPLE_A_PASS
    for remainder in range(passes):
        told = _Pass(remainder, passes)
        for final in responses_since(BEGINNING):
            if final.person_id % passes != remainder or not rules.counts(final.mode):
                continue
            cards = told.setdefault(final.person_id, {})
            for item_id, meeting in meetings_of(final, final.day).items():
                cards.setdefault(item_id, []).append(meeting)
        yield told


def _people(told: _Pass) -> Iterator[int]:
    """Yield the people of a pass who have cards."""
    yield from db.session.scalars(
        select(MasteryCard.person_id)
        .where(MasteryCard.person_id % told.passes == told.remainder)
        .distinct()
    )


@atomic
def _store(people: Sequence[int], told: _Pass, recent: date) -> int:
    """Make the cards of some people what was told; return how many had to change."""
    for person_id in people:
        lock_for_command(CARDS, person_id)
    changed, gone = _differences(people, told, recent)
    if changed:
        store(changed)
    if gone:
        db.session.execute(
            delete(MasteryCard)
            .where(tuple_(MasteryCard.person_id, MasteryCard.item_id).in_(gone))
            .execution_options(synchronize_session=False)
        )
    return len(changed) + len(gone)


def _differences(
    people: Sequence[int], told: _Pass, recent: date
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Return the rows that have to be written, and the keys of those that have to go."""
    stored = {
        (known["person_id"], known["item_id"]): dict(known)
        for known in db.session.execute(
            select(MasteryCard.__table__).where(MasteryCard.person_id.in_(people))
        ).mappings()
    }
    wanted = {}
    for person_id in people:
        for item_id, meetings in told.get(person_id, {}).items():
            wanted[person_id, item_id] = list(meetings)
    for key, known in stored.items():
        sources = {meeting.source for meeting in wanted.get(key, ())}
        young = [
            meeting
            for meeting in read_history(known["history"])
            if meeting.day >= recent and meeting.source not in sources
        ]
        if young:
            wanted.setdefault(key, []).extend(young)
    rows = {key: card(*key, rules.merged((), meetings)) for key, meetings in wanted.items()}
    changed = [row for key, row in sorted(rows.items()) if stored.get(key) != row]
    return changed, sorted(stored.keys() - rows.keys())


@atomic
def _store_sums() -> int:
    """Make the sums of re-tests what the cards come to; return how many had to change.

    The rows are locked before the cards are read: who counts meanwhile waits, and adds to what is
    written here.
    """
    db.session.execute(select(Retest.unit_id).with_for_update())
    differing = _wrong_sums()
    for (unit_id, month), sums in differing.items():
        _write(unit_id, month, sums)
    return len(differing)


def _wrong_sums() -> dict[tuple[int, date], rules.Sums]:
    """Return what the sums should be, of those that are not."""
    stored = {
        (row.unit_id, row.month): rules.Sums(row.people, row.answered, row.correct)
        for row in db.session.execute(select(Retest.__table__))
    }
    wanted = _sums()
    return {
        key: wanted.get(key, rules.NOTHING)
        for key in sorted(stored.keys() | wanted.keys())
        if stored.get(key, rules.NOTHING) != wanted.get(key, rules.NOTHING)
    }


def _write(unit_id: int, month: date, sums: rules.Sums) -> None:
    counting.have(unit_id, month)
    db.session.execute(
        update(Retest)
        .where(Retest.unit_id == unit_id, Retest.month == month)
        .values(people=sums.people, answered=sums.answered, correct=sums.correct)
        .execution_options(synchronize_session=False)
    )


def _sums() -> dict[tuple[int, date], rules.Sums]:
    """Return the sums of re-tests by team and month, from everybody's cards."""
    people: dict[int, list[rules.Meeting]] = defaultdict(list)
    rows = db.session.execute(
        select(MasteryCard.person_id, MasteryCard.history)
        .where(MasteryCard.retested_on.is_not(None))
        .execution_options(yield_per=1000)
    )
    for person_id, history in rows:
        people[person_id] += read_history(history)
    found: dict[tuple[int, date], rules.Sums] = {}
    for meetings in people.values():
        for key, more in rules.retest_sums(meetings).items():
            known = found.get(key, rules.NOTHING)
            found[key] = known.plus(more)
    return found


def find_wrong_cards() -> Iterator[str]:
    """Yield a line for each card that is not what the responses come to; nothing is changed."""
    recent = _recent()
    for people, told in _batches():
        changed, gone = _differences(people, told, recent)
        keys = [(row["person_id"], row["item_id"]) for row in changed] + gone
        for person_id, item_id in sorted(keys):
            yield f"mastery_card {person_id} {item_id}: not what the responses come to"


def find_wrong_sums() -> Iterator[str]:
    """Yield a line for each sum of re-tests that is not what the cards come to."""
    for unit_id, month in _wrong_sums():
        yield f"mastery_retest {unit_id} {month}: not what the cards come to"
