"""Earning: who is to be looked at, and giving what their facts have earned.

An act only adds a row that names the person; the background looks at them soon after. The rows
are taken and what they lead to is written in one command, so nothing is lost between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from sqlalchemy import delete, func, select

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.security import public_id
from quizapp.leaderboards.events import SeasonClosed
from quizapp.leaderboards.service import seating
from quizapp.mastery.service import knowing
from quizapp.points import service as points
from quizapp.points.service import participation

from .. import rules
from ..models import Award, Badge, SeasonPlace, Waiting, new_credential_id
from .facts import Found, gather, organisations_of, rule_of

TAKE = 500  # people looked at in one command


@atomic
def mark(person_ids: Collection[int]) -> None:
    """Note that something became a fact about people: one inserted row each, nothing is read."""
    if person_ids:
        db.session.execute(insert(Waiting), [{"person_id": one} for one in person_ids])


@atomic
def keep_places(fact: SeasonClosed) -> None:
    """Keep the places of honour of a closed season and look at everybody who earned for them.

    A team of fewer than five counts under the unit it was merged with, so each unit that is seated
    there has its place.
    """
    ranks = {one.unit_id: one.rank for one in fact.honours if one.rank <= rules.LAST_PLACE}
    seats = {unit: seat for unit, seat in seating.known_seats(fact.season_id).items() if seat}
    placed = ranks | {unit: ranks[seat] for unit, seat in seats.items() if seat in ranks}
    if not placed:
        return
    db.session.execute(
        insert(SeasonPlace).on_conflict_do_nothing(),
        [
            {"season_id": fact.season_id, "unit_id": unit, "rank": rank}
            for unit, rank in sorted(placed.items())
        ],
    )
    season = points.get_season(fact.season_id)
    mark(participation.people_of_units(list(placed), season.starts_on, season.ends_on))


def evaluate_waiting() -> int:
    """Look at everybody who waits; return how many badges were earned."""
    earned = 0
    while db.session.scalar(select(Waiting.id).limit(1)) is not None:
        taken, number = _evaluate_some()
        earned += number
        if not taken:  # another process has the rest of them
            break
    return earned


@atomic
def _evaluate_some() -> tuple[int, int]:
    """Take some of who waits and give what they earned; return how many waited and how many got."""
    wanted = select(Waiting.id).order_by(Waiting.id).limit(TAKE).with_for_update(skip_locked=True)
    taken = db.session.scalars(
        delete(Waiting)
        .where(Waiting.id.in_(wanted))
        .returning(Waiting.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    earned = 0
    for organisation_id, person_ids in organisations_of(set(taken)).items():
        earned += _give(organisation_id, person_ids)
    return len(taken), earned


def _give(organisation_id: int, person_ids: Sequence[int]) -> int:
    """Write what people of an organisation have earned and do not have; return how many."""
    rows = [
        {
            "public_id": public_id(),
            "credential_id": new_credential_id(),
            "salt": public_id(),
            "badge_id": badge_id,
            "person_id": person_id,
            "reached": found.value,
            "season_id": found.season_id,
            "issued_at": clock.now().replace(microsecond=0),
            "state": rules.VALID,
            "state_reason": "",
        }
        for badge_id, person_id, found in _due(organisation_id, person_ids)
    ]
    if not rows:
        return 0
    statement = (
        insert(Award)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["person_id", "badge_id"])
        .returning(Award.id)
    )
    return len(db.session.scalars(statement).all())


def _due(organisation_id: int, person_ids: Sequence[int]) -> Iterator[tuple[int, int, Found]]:
    """Yield who has earned which active badge and does not have it."""
    badges = list_active(organisation_id)
    if not badges:
        return
    rows = db.session.execute(
        select(Award.badge_id, Award.person_id).where(Award.person_id.in_(list(person_ids)))
    )
    known = {(badge_id, person_id) for badge_id, person_id in rows}
    findings = gather(organisation_id, badges, person_ids)
    for badge in badges:
        rule = rule_of(badge)
        for person_id in person_ids:
            found = findings.get((badge.id, person_id), Found())
            if (badge.id, person_id) not in known and rules.is_reached(rule, found.value):
                yield badge.id, person_id, found


def list_active(organisation_id: int) -> list[Badge]:
    """Return the badges of an organisation that can be earned now, the oldest first."""
    return list(
        db.session.scalars(
            select(Badge)
            .where(Badge.organisation_id == organisation_id, Badge.state == rules.ACTIVE)
            .order_by(Badge.id)
        )
    )


def award_missing(
    organisation_id: int | None = None, tell: Callable[[int, int], None] | None = None
) -> int:
    """Look at everybody, of one organisation or of all, and give what is missing; count it.

    ``tell`` hears how many people were looked at, and of how many.
    """
    earned = 0
    for place, batch in _batches(organisation_id, tell):
        earned += _give_in_a_command(place, batch)
    return earned


@atomic
def _give_in_a_command(organisation_id: int, person_ids: Sequence[int]) -> int:
    return _give(organisation_id, person_ids)


def _batches(
    organisation_id: int | None, tell: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, list[int]]]:
    """Yield people of organisations with an active badge, some at a time, in their order."""
    wanted = select(Badge.organisation_id).where(Badge.state == rules.ACTIVE).distinct()
    if organisation_id is not None:
        wanted = wanted.where(Badge.organisation_id == organisation_id)
    for place in db.session.scalars(wanted.order_by(Badge.organisation_id)).all():
        theirs = Person.organisation_id == place
        total = db.session.scalar(select(func.count()).select_from(Person).where(theirs)) or 0
        done = last_id = 0
        while True:
            batch = db.session.scalars(
                select(Person.id).where(theirs, Person.id > last_id).order_by(Person.id).limit(TAKE)
            ).all()
            if not batch:
                break
            yield place, list(batch)
            last_id, done = batch[-1], done + len(batch)
            if tell:
                tell(done, total)


def find_missing() -> Iterator[str]:
    """Yield a line for each badge that is earned, not given, and waits for nobody's look."""
    waiting = set(db.session.scalars(select(Waiting.person_id).distinct()))
    for organisation_id, batch in _batches(None):
        for badge_id, person_id, _found in _due(organisation_id, batch):
            if person_id not in waiting:
                yield f"badge {badge_id}: person {person_id} has earned it and does not have it"


def find_unfounded() -> Iterator[str]:
    """Yield a line for each badge whose cause does not hold.

    What only grows is counted again; what fades is held against what was noted then, and against
    how many questions its owner has answered at all. Those revoked are left out.
    """
    badges = {one.id: one for one in db.session.scalars(select(Badge))}
    rows = db.session.execute(
        select(Award.id, Award.badge_id, Award.person_id, Award.reached)
        .where(Award.state != rules.REVOKED)
        .order_by(Award.id)
    ).all()
    for start in range(0, len(rows), TAKE):
        batch = rows[start : start + TAKE]
        truth = _truth(badges, {row.person_id for row in batch})
        for row in batch:
            badge = badges[row.badge_id]
            rule = rule_of(badge)
            is_noted = rules.is_reached(rule, row.reached)
            now = truth.get((badge.id, row.person_id), 0)
            if not (is_noted and rules.is_reached(rule, now)):
                yield f"badges_award {row.id}: its facts do not earn badge {badge.id}"


def _truth(badges: dict[int, Badge], person_ids: set[int]) -> dict[tuple[int, int], int]:
    """Return what facts come to by (badge, person); for mastery, how many items were answered."""
    found: dict[tuple[int, int], int] = {}
    answered = _answered(person_ids)
    for organisation_id, people in organisations_of(person_ids).items():
        own = [one for one in badges.values() if one.organisation_id == organisation_id]
        growing = [one for one in own if one.kind != rules.MASTERY]
        for key, one in gather(organisation_id, growing, people).items():
            found[key] = one.value
        for badge in own:
            if badge.kind == rules.MASTERY:
                found |= {(badge.id, who): answered.get(who, 0) for who in people}
    return found


def _answered(person_ids: set[int]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for one in knowing.list_answered(person_ids):
        counted[one.person_id] = counted.get(one.person_id, 0) + 1
    return counted
