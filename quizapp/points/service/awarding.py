"""Writing the ledger: what a fact earns within the caps, and corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, select

from quizapp.accounts.models import Person
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.events import Rewardable, RewardCorrected, announce, rewards_since
from quizapp.org import rules as days

from .. import rules
from ..events import EntryWritten
from ..models import Entry

LEDGER = 7002  # class of the advisory locks, one per person
TEAM_LEDGER = 7012  # and one per team, for what a team earns as a whole


def person_key(person_id: int) -> str:
    """Return how the ledger names a person."""
    return f"u:{person_id}"


def team_key(unit_id: int) -> str:
    """Return how the ledger names a team that earns as a whole."""
    return f"t:{unit_id}"


def _owner(fact: Rewardable | RewardCorrected) -> str:
    """Return whose entry a fact becomes: its person's, or its team's when it names nobody."""
    if fact.user_id is not None:
        return person_key(fact.user_id)
    if isinstance(fact, RewardCorrected) or fact.unit_id is None:
        raise ValueError(f"{fact.source} is nobody's")
    return team_key(fact.unit_id)


def _lock(fact: Rewardable | RewardCorrected) -> None:
    if fact.user_id is not None:
        lock_for_command(LEDGER, fact.user_id)
    elif isinstance(fact, Rewardable) and fact.unit_id is not None:
        lock_for_command(TEAM_LEDGER, fact.unit_id)


@atomic
def award(fact: Rewardable) -> int | None:
    """Write the entry that ``fact`` earns and return its amount; None when it is written already.

    Caps hold under concurrency: the lock is a statement of its own before the sum, and the sum is
    over the whole day and week of the fact, because offline facts of earlier days come late.
    """
    _lock(fact)
    in_force = rules.rules_on(fact.occurred_on)
    consent, earned = _earned(fact, fact.activity, fact.occurred_on)
    note = fact.note or ("" if consent == "granted" else "quiet")
    amount, reason = rules.grant(in_force, fact.activity, fact.quantity, earned, note=note)
    if reason == "unknown":
        return None
    written = db.session.execute(
        insert(Entry)
        .values(_values(fact, amount, reason, in_force.version))
        .on_conflict_do_nothing(index_elements=["beneficiary", "source"])
        .returning(Entry.id)
    ).scalar()
    if written is None:
        return None
    if fact.unit_id is not None and amount:
        announce(EntryWritten(unit_id=fact.unit_id, day=fact.occurred_on))
    return amount


def _earned(
    fact: Rewardable | RewardCorrected, activity: str, day: date
) -> tuple[str, rules.Earned]:
    """Return the consent and what there is so far, in one statement; a team's needs no consent."""
    monday, next_monday = days.week_of(day)
    is_day, is_activity = Entry.day == day, Entry.activity == activity

    def total(*conditions: Any) -> Any:
        wanted: Any = Entry.amount
        for condition in conditions:
            wanted = case((condition, wanted), else_=0)
        return func.coalesce(func.sum(wanted), 0)

    sums = (total(is_day, is_activity), total(is_activity), total(is_day), total())
    of_week = (
        (Entry.beneficiary == _owner(fact)) & (Entry.day >= monday) & (Entry.day < next_monday)
    )
    if fact.user_id is None:
        row = db.session.execute(select(literal("granted"), *sums).where(of_week)).one()
    else:
        row = db.session.execute(
            select(Person.consent, *sums)
            .outerjoin(Entry, of_week)
            .where(Person.id == fact.user_id)
            .group_by(Person.consent)
        ).one()
    return row[0], rules.Earned(int(row[1]), int(row[2]), int(row[3]), int(row[4]))


@atomic
def correct(fact: RewardCorrected) -> int:
    """Write a correction so that ``fact`` counts with its new quantity; return the difference.

    Regrading is in the learner's favour: a smaller quantity takes nothing away.
    """
    _lock(fact)
    owner = _owner(fact)
    first = db.session.scalar(
        select(Entry).where(Entry.beneficiary == owner, Entry.source == fact.source)
    )
    if first is None:
        return 0
    corrections = db.session.scalars(select(Entry).where(Entry.corrects_id == first.id)).all()
    known = first.quantity + sum(entry.quantity for entry in corrections)
    if fact.quantity <= known:
        return 0
    in_force = rules.rules_on(first.day)
    consent, earned = _earned(fact, fact.activity, first.day)
    note = "" if consent == "granted" else "quiet"
    amount, reason = rules.grant(in_force, fact.activity, fact.quantity - known, earned, note=note)
    db.session.add(
        Entry(
            beneficiary=owner,
            unit_id=first.unit_id,
            day=first.day,
            activity=first.activity,
            quantity=fact.quantity - known,
            amount=amount,
            reason=reason,
            rule_version=in_force.version,
            source=f"correction:{first.id}:{len(corrections) + 1}",
            corrects_id=first.id,
        )
    )
    if first.unit_id is not None and amount:
        announce(EntryWritten(unit_id=first.unit_id, day=first.day))
    return amount


def reward_again(since: date) -> int:
    """Ask every room for its facts since a day, write what is missing of them, count the entries.

    Each entry is a command of its own: a single one would keep everybody's lock until its end.
    """
    unpaid = list(_unpaid(since))
    added = sum(award(fact) is not None for fact, is_known in unpaid if not is_known)
    for fact, is_known in unpaid:
        if is_known and fact.user_id is not None:
            correct(
                RewardCorrected(
                    user_id=fact.user_id,
                    activity=fact.activity,
                    source=fact.source,
                    quantity=fact.quantity,
                )
            )
            added += 1
    return added


@atomic
def reward_in_bulk(since: date) -> int:
    """Write the entries of all facts since a day at once, for a ledger that has none of them yet.

    The same rules and caps as ``award``, reckoned in memory: for a history that is written in one
    go while nobody else writes. Returns how many entries there are.
    """
    consent = dict(db.session.execute(select(Person.id, Person.consent)).all())
    so_far: dict[tuple[object, ...], int] = defaultdict(int)
    rows = []
    for fact in sorted(rewards_since(since), key=lambda fact: fact.occurred_on):
        who, monday = _owner(fact), days.week_of(fact.occurred_on)[0]
        keys = (
            (who, fact.activity, fact.occurred_on),
            (who, fact.activity, monday, "week"),
            (who, fact.occurred_on),
            (who, monday, "week"),
        )
        in_force = rules.rules_on(fact.occurred_on)
        earned = rules.Earned(*(so_far[key] for key in keys))
        is_quiet = fact.user_id is not None and consent.get(fact.user_id) != "granted"
        note = fact.note or ("quiet" if is_quiet else "")
        amount, reason = rules.grant(in_force, fact.activity, fact.quantity, earned, note=note)
        if reason == "unknown":
            continue
        for key in keys:
            so_far[key] += amount
        rows.append(_values(fact, amount, reason, in_force.version))
    for start in range(0, len(rows), 500):
        db.session.execute(insert(Entry), rows[start : start + 500])
    return len(rows)


def _values(fact: Rewardable, amount: int, reason: str | None, version: int) -> dict[str, Any]:
    return {
        "beneficiary": _owner(fact),
        "unit_id": fact.unit_id,
        "day": fact.occurred_on,
        "activity": fact.activity,
        "quantity": fact.quantity,
        "amount": amount,
        "reason": reason,
        "rule_version": version,
        "source": fact.source,
    }


def find_missing(since: date) -> Iterator[str]:
    """Yield a line for each fact since a day that has no entry, or no correction yet."""
    for fact, is_known in _unpaid(since):
        what = "correction" if is_known else "ledger entry"
        yield f"no {what} for {fact.source} of {_owner(fact)}"


def _unpaid(since: date) -> Iterator[tuple[Rewardable, bool]]:
    """Yield the facts that are not on the ledger, or with less than they came to since.

    The second value tells whether there is an entry.
    """
    for fact in rewards_since(since):
        known = db.session.execute(
            select(Entry.id, Entry.quantity).where(
                Entry.beneficiary == _owner(fact), Entry.source == fact.source
            )
        ).first()
        if known is None:
            if rules.rules_on(fact.occurred_on).rule(fact.activity):
                yield fact, False
        elif fact.quantity > known.quantity and fact.quantity > known.quantity + _corrected_by(
            known.id
        ):
            yield fact, True


def _corrected_by(entry_id: int) -> int:
    """Return by how much the quantity of an entry was corrected."""
    found = select(func.sum(Entry.quantity)).where(Entry.corrects_id == entry_id)
    return int(db.session.scalar(found) or 0)
