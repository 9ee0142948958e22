"""What can be done with the ledger and the season, and what can be asked of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, func, select, tuple_

from quizapp.accounts.models import Person
from quizapp.core import audit
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.events import Rewardable, RewardCorrected, announce, rewards_since
from quizapp.core.forms import Refusal
from quizapp.org import rules as days

from . import rules
from .events import EntryWritten, SeasonChanged
from .models import Entry, Season

LEDGER = 7002  # class of the advisory locks, one per person


@dataclass(frozen=True)
class SeasonView:
    """A season as other rooms need it; ``ends_on`` is its last day."""

    id: int
    public_id: str
    organisation_id: int
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class LedgerLine:
    """An entry as its owner reads it; ``reason`` says why it is less than usual."""

    id: int
    activity: str
    quantity: int
    amount: int
    reason: str | None
    day: date
    at: datetime
    is_correction: bool


def person_key(person_id: int) -> str:
    """Return how the ledger names a person."""
    return f"u:{person_id}"


@atomic
def award(fact: Rewardable) -> int | None:
    """Write the entry that ``fact`` earns and return its amount; None when it is written already.

    Caps hold under concurrency: the lock is a statement of its own before the sum, and the sum is
    over the whole day and week of the fact, because offline facts of earlier days come late.
    """
    lock_for_command(LEDGER, fact.user_id)
    in_force = rules.rules_on(fact.occurred_on)
    consent, earned = _earned(fact.user_id, fact.activity, fact.occurred_on)
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


def _earned(person_id: int, activity: str, day: date) -> tuple[str, rules.Earned]:
    """Return a person's consent and what they have so far, in one statement."""
    monday, next_monday = days.week_of(day)
    is_day, is_activity = Entry.day == day, Entry.activity == activity

    def total(*conditions: object) -> object:
        wanted = Entry.amount
        for condition in conditions:
            wanted = case((condition, wanted), else_=0)  # type: ignore[arg-type,assignment]
        return func.coalesce(func.sum(wanted), 0)

    row = db.session.execute(
        select(
            Person.consent,
            total(is_day, is_activity),
            total(is_activity),
            total(is_day),
            total(),
        )
        .outerjoin(
            Entry,
            (Entry.beneficiary == person_key(person_id))
            & (Entry.day >= monday)
            & (Entry.day < next_monday),
        )
        .where(Person.id == person_id)
        .group_by(Person.consent)
    ).one()
    return row[0], rules.Earned(int(row[1]), int(row[2]), int(row[3]), int(row[4]))


@atomic
def correct(fact: RewardCorrected) -> int:
    """Write a correction so that ``fact`` counts with its new quantity; return the difference.

    Regrading is in the learner's favour: a smaller quantity takes nothing away.
    """
    lock_for_command(LEDGER, fact.user_id)
    owner = person_key(fact.user_id)
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
    consent, earned = _earned(fact.user_id, fact.activity, first.day)
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


@atomic
def reward_again(since: date) -> int:
    """Ask every room for its facts since a day, write the entries that are missing, count them."""
    return sum(award(fact) is not None for fact in rewards_since(since))


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
        who, monday = fact.user_id, days.week_of(fact.occurred_on)[0]
        keys = (
            (who, fact.activity, fact.occurred_on),
            (who, fact.activity, monday, "week"),
            (who, fact.occurred_on),
            (who, monday, "week"),
        )
        in_force = rules.rules_on(fact.occurred_on)
        earned = rules.Earned(*(so_far[key] for key in keys))
        note = fact.note or ("" if consent.get(who) == "granted" else "quiet")
        amount, reason = rules.grant(in_force, fact.activity, fact.quantity, earned, note=note)
        for key in keys:
            so_far[key] += amount
        rows.append(_values(fact, amount, reason, in_force.version))
    for start in range(0, len(rows), 500):
        db.session.execute(insert(Entry), rows[start : start + 500])
    return len(rows)


def _values(fact: Rewardable, amount: int, reason: str | None, version: int) -> dict[str, Any]:
    return {
        "beneficiary": person_key(fact.user_id),
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
    """Yield a line for each fact since a day that has no entry."""
    for fact in rewards_since(since):
        known = db.session.scalar(
            select(Entry.id).where(
                Entry.beneficiary == person_key(fact.user_id), Entry.source == fact.source
            )
        )
        if known is None and rules.rules_on(fact.occurred_on).rule(fact.activity):
            yield f"no ledger entry for {fact.source} of person {fact.user_id}"


def list_entries(
    person_id: int, *, limit: int = 4, before_id: int | None = None
) -> list[LedgerLine]:
    """Return a person's newest entries, those before ``before_id`` when it is given."""
    statement = select(Entry).where(Entry.beneficiary == person_key(person_id))
    if before_id is not None:
        statement = statement.where(Entry.id < before_id)
    rows = db.session.scalars(statement.order_by(Entry.id.desc()).limit(limit))
    return [_line(row) for row in rows]


def list_entries_of(person_id: int, sources: Collection[str]) -> list[LedgerLine]:
    """Return a person's entries that came from ``sources``, in the order they were written."""
    rows = db.session.scalars(
        select(Entry)
        .where(Entry.beneficiary == person_key(person_id), Entry.source.in_(list(sources)))
        .order_by(Entry.id)
    )
    return [_line(row) for row in rows]


def _line(entry: Entry) -> LedgerLine:
    return LedgerLine(
        id=entry.id,
        activity=entry.activity,
        quantity=entry.quantity,
        amount=entry.amount,
        reason=entry.reason,
        day=entry.day,
        at=entry.created_at,
        is_correction=entry.corrects_id is not None,
    )


def sum_of_person(person_id: int, first: date, last: date) -> int:
    """Return a person's points from ``first`` to ``last``, both included."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(Entry.amount), 0)).where(
                Entry.beneficiary == person_key(person_id), Entry.day.between(first, last)
            )
        )
        or 0
    )


def quantity_of_person(person_id: int, activity: str, first: date, last: date) -> int:
    """Return how often a person did an activity from ``first`` to ``last``, rewarded or not."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(Entry.quantity), 0)).where(
                Entry.beneficiary == person_key(person_id),
                Entry.activity == activity,
                Entry.day.between(first, last),
            )
        )
        or 0
    )


def active_weeks(person_id: int, first: date, last: date) -> int:
    """Return in how many weeks from ``first`` to ``last`` a person did something that is recorded.

    It only grows: a rest week costs nothing.
    """
    days_active = db.session.scalars(
        select(Entry.day)
        .where(Entry.beneficiary == person_key(person_id), Entry.day.between(first, last))
        .distinct()
    )
    return len({days.week_of(day)[0] for day in days_active})


def sums_of_unit_days(pairs: Collection[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """Return the points earned for each (unit id, day) of ``pairs``; 0 where there are none."""
    wanted = list(pairs)
    found: dict[tuple[int, date], int] = dict.fromkeys(wanted, 0)
    for start in range(0, len(wanted), 500):  # below every database's limit of parameters
        rows = db.session.execute(
            select(Entry.unit_id, Entry.day, func.sum(Entry.amount))
            .where(tuple_(Entry.unit_id, Entry.day).in_(wanted[start : start + 500]))
            .group_by(Entry.unit_id, Entry.day)
        )
        for unit_id, day, amount in rows:
            if unit_id is not None:
                found[unit_id, day] = int(amount)
    return found


def sums_since(organisation_unit_ids: Collection[int], first: date) -> dict[tuple[int, date], int]:
    """Return the points of every unit and day from ``first`` on, straight from the ledger."""
    wanted = sorted(organisation_unit_ids)
    found: dict[tuple[int, date], int] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            select(Entry.unit_id, Entry.day, func.sum(Entry.amount))
            .where(Entry.unit_id.in_(wanted[start : start + 500]), Entry.day >= first)
            .group_by(Entry.unit_id, Entry.day)
        )
        found.update({(unit_id, day): int(amount) for unit_id, day, amount in rows if unit_id})
    return found


def season_on(organisation_id: int, day: date) -> SeasonView | None:
    """Return the season that ``day`` falls in, or None between two."""
    season = db.session.scalar(
        select(Season).where(
            Season.organisation_id == organisation_id,
            Season.starts_on <= day,
            Season.ends_on >= day,
        )
    )
    return _season(season) if season else None


def latest_season(organisation_id: int) -> SeasonView | None:
    """Return the season that began or begins last, or None when there was never one."""
    season = db.session.scalar(
        select(Season)
        .where(Season.organisation_id == organisation_id)
        .order_by(Season.starts_on.desc())
        .limit(1)
    )
    return _season(season) if season else None


def get_season(season_id: int) -> SeasonView:
    """Return a season; raise LookupError when there is none."""
    season = db.session.get(Season, season_id)
    if season is None:
        raise LookupError(f"season {season_id}")
    return _season(season)


def _season(season: Season) -> SeasonView:
    return SeasonView(
        season.id,
        season.public_id,
        season.organisation_id,
        season.name,
        season.starts_on,
        season.ends_on,
    )


@atomic
def set_season(
    actor_id: int | None, organisation_id: int, *, name: str, starts_on: date, ends_on: date
) -> int:
    """Open a season, or change the one that begins on the same day or is running; return its id.

    Raises Refusal when the days are the wrong way round, too many, or meet another season.
    """
    if ends_on < starts_on:
        raise Refusal(_("The last day lies before the first."), field="ends_on", status=422)
    if ends_on - starts_on >= timedelta(days=rules.SEASON_MAX_DAYS):
        raise Refusal(_("A season has at most 13 weeks."), field="ends_on", status=422)
    overlapping = db.session.scalars(
        select(Season).where(
            Season.organisation_id == organisation_id,
            Season.starts_on <= ends_on,
            Season.ends_on >= starts_on,
        )
    ).all()
    if len(overlapping) > 1 or (overlapping and overlapping[0].starts_on < starts_on):
        raise Refusal(
            _("These days meet the season “%(name)s”.", name=overlapping[0].name),
            field="starts_on",
            status=422,
        )
    season = overlapping[0] if overlapping else Season(organisation_id=organisation_id)
    season.name, season.starts_on, season.ends_on = name, starts_on, ends_on
    db.session.add(season)
    db.session.flush()
    audit.record("points.season_set", f"season:{season.public_id}", actor_id=actor_id, name=name)
    announce(SeasonChanged(season_id=season.id))
    return season.id
