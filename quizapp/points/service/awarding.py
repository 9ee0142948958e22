"""Writing the ledger: what a fact earns within the caps, and corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, or_, select

from quizapp.accounts.models import Person
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.events import Rewardable, RewardCorrected, announce, rewards_since
from quizapp.org import rules as days
from quizapp.org.models import Unit

from .. import rules
from ..events import EntryWritten
from ..models import Entry
from .rule_sets import rules_on

LEDGER = 7002  # class of the advisory locks, one per person
TEAM_LEDGER = 7012  # and one per team, for what a team earns as a whole


def person_key(person_id: int) -> str:
    """Return how the ledger names a person."""
    return f"u:{person_id}"


def team_key(unit_id: int) -> str:
    """Return how the ledger names a team that earns as a whole."""
    return f"t:{unit_id}"


def owner_of(fact: Rewardable | RewardCorrected) -> str:
    """Return whose entry a fact becomes: its person's, or its team's when it names nobody."""
    if fact.user_id is not None:
        return person_key(fact.user_id)
    if isinstance(fact, RewardCorrected) or fact.unit_id is None:
        raise ValueError(f"{fact.source} is nobody's")
    return team_key(fact.unit_id)


def lock_ledger(fact: Rewardable | RewardCorrected) -> None:
    """Let whatever is written for the beneficiary of ``fact`` happen one after the other."""
    if fact.user_id is not None:
        lock_for_command(LEDGER, fact.user_id)
    elif isinstance(fact, Rewardable) and fact.unit_id is not None:
        lock_for_command(TEAM_LEDGER, fact.unit_id)


@atomic
def award(fact: Rewardable) -> int | None:
    """Write the entry that ``fact`` earns and return its amount; None when it is written already.

    None as well for an activity that has no rule.
    """
    return award_all([fact])[0]


@atomic
def award_all(facts: Sequence[Rewardable]) -> list[int | None]:
    """Write the entries that facts of one act earn; return their amounts, as ``award`` does.

    What one person earns takes four statements, however many facts there are: the lock, the sums,
    the entries, and a note for the boards. Caps hold under concurrency: the lock is a statement of
    its own before the sums, and these are over the whole weeks of the facts, because offline facts
    of earlier days come late. Whoever earns is taken in a fixed order, so that no two commands
    wait for each other.
    """
    granted: dict[int, int | None] = dict.fromkeys(range(len(facts)))
    places: dict[str, list[int]] = defaultdict(list)
    for place, fact in enumerate(facts):
        places[owner_of(fact)].append(place)
    for owner in sorted(places):
        own = places[owner]
        amounts = _award_one([facts[place] for place in own])
        granted.update(zip(own, amounts, strict=True))
    return list(granted.values())


def _award_one(facts: Sequence[Rewardable]) -> list[int | None]:
    """Write what one beneficiary earns."""
    lock_ledger(facts[0])
    account = account_of(facts[0], [fact.occurred_on for fact in facts], {f.source for f in facts})
    rows: dict[str, dict[str, Any]] = {}
    for fact in facts:
        row = None if fact.source in account.sources else _priced(fact, account)
        if row is not None:
            account.add(fact.activity, fact.occurred_on, row["amount"])
            account.sources.add(fact.source)
            rows[fact.source] = row
    if not rows:
        return [None] * len(facts)
    written = set(
        db.session.scalars(
            insert(Entry)
            .values(list(rows.values()))
            .on_conflict_do_nothing(index_elements=["beneficiary", "source"])
            .returning(Entry.source)
        )
    )
    moved = {
        (row["unit_id"], row["day"])
        for source, row in rows.items()
        if source in written and row["unit_id"] is not None and row["amount"]
    }
    for unit_id, day in sorted(moved):
        announce(EntryWritten(unit_id=unit_id, day=day))
    return [rows[f.source]["amount"] if f.source in written else None for f in facts]


def _priced(fact: Rewardable, account: Account) -> dict[str, Any] | None:
    """Return the entry that a fact earns; None when no rule knows its activity."""
    in_force = rules_on(account.organisation_id, fact.occurred_on)
    note = fact.note or ("" if account.consent == "granted" else "quiet")
    earned = account.earned(fact.activity, fact.occurred_on)
    amount, reason = rules.grant(in_force, fact.activity, fact.quantity, earned, note=note)
    if reason == "unknown":
        return None
    return _values(fact, amount, reason, in_force.version)


@dataclass
class Account:
    """What a beneficiary has on the ledger in some weeks, by activity and day.

    ``sources`` are those asked about that have their entry already.
    """

    organisation_id: int
    consent: str
    sources: set[str]
    sums: dict[tuple[str, date], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, activity: str, day: date, amount: int) -> None:
        """Count another amount."""
        self.sums[activity, day] += amount

    def earned(self, activity: str, day: date) -> rules.Earned:
        """Return what counts for the limits of an activity on a day."""
        monday, next_monday = days.week_of(day)
        of_week = {
            (what, on): amount
            for (what, on), amount in self.sums.items()
            if monday <= on < next_monday
        }
        return rules.Earned(
            activity_day=of_week.get((activity, day), 0),
            activity_week=sum(n for (what, _on), n in of_week.items() if what == activity),
            day=sum(n for (_what, on), n in of_week.items() if on == day),
            week=sum(of_week.values()),
        )


def account_of(
    fact: Rewardable | RewardCorrected, on_days: Collection[date], sources: Collection[str]
) -> Account:
    """Return what the beneficiary of ``fact`` has in the weeks of ``on_days``, in one statement.

    With it come the entries of ``sources`` that there are, of whatever week: what is paid already
    must not take the room of what is not. A team needs no consent.
    """
    first, last = days.week_of(min(on_days))[0], days.week_of(max(on_days))[1]
    of_weeks = (Entry.beneficiary == owner_of(fact)) & or_(
        (Entry.day >= first) & (Entry.day < last), Entry.source.in_(sorted(sources))
    )
    asked = case((Entry.source.in_(sorted(sources)), Entry.source), else_=None)
    columns = (Entry.activity, Entry.day, asked, func.sum(Entry.amount))
    who: Any = Person
    wanted = Person.id == fact.user_id
    consent: Any = Person.consent
    if fact.user_id is None:
        who, consent = Unit, literal("granted")
        wanted = Unit.id == (fact.unit_id if isinstance(fact, Rewardable) else None)
    found = db.session.execute(
        select(who.organisation_id, consent, *columns)
        .select_from(who)
        .outerjoin(Entry, of_weeks)
        .where(wanted)
        .group_by(who.organisation_id, consent, *columns[:3])
    ).all()
    account = Account(found[0][0], found[0][1], set())
    for _organisation, _consent, activity, day, source, amount in found:
        if activity is not None:
            account.add(activity, day, int(amount))
        if source is not None:
            account.sources.add(source)
    return account


@atomic
def correct(fact: RewardCorrected) -> int:
    """Write a correction so that ``fact`` counts with its new quantity; return the difference.

    Regrading is in the learner's favour: a smaller quantity takes nothing away.
    """
    lock_ledger(fact)
    owner = owner_of(fact)
    first = db.session.scalar(
        select(Entry).where(Entry.beneficiary == owner, Entry.source == fact.source)
    )
    if first is None:
        return 0
    corrections = db.session.scalars(select(Entry).where(Entry.corrects_id == first.id)).all()
    known = first.quantity + sum(entry.quantity for entry in corrections)
    if fact.quantity <= known:
        return 0
    account = account_of(fact, [first.day], ())
    in_force = rules_on(account.organisation_id, first.day)
    note = "" if account.consent == "granted" else "quiet"
    earned = account.earned(fact.activity, first.day)
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
    known = select(Person.id, Person.consent, Person.organisation_id)
    people = {row.id: (row.consent, row.organisation_id) for row in db.session.execute(known)}
    units = {
        row.id: row.organisation_id
        for row in db.session.execute(select(Unit.id, Unit.organisation_id))
    }
    so_far: dict[tuple[object, ...], int] = defaultdict(int)
    rows = []
    for fact in sorted(rewards_since(since), key=lambda fact: fact.occurred_on):
        who, monday = owner_of(fact), days.week_of(fact.occurred_on)[0]
        keys = (
            (who, fact.activity, fact.occurred_on),
            (who, fact.activity, monday, "week"),
            (who, fact.occurred_on),
            (who, monday, "week"),
        )
        consent, organisation_id = (
            people[fact.user_id] if fact.user_id else ("granted", units[fact.unit_id or 0])
        )
        in_force = rules_on(organisation_id, fact.occurred_on)
        earned = rules.Earned(*(so_far[key] for key in keys))
        note = fact.note or ("" if consent == "granted" else "quiet")
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
        "beneficiary": owner_of(fact),
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
        yield f"no {what} for {fact.source} of {owner_of(fact)}"


def _unpaid(since: date) -> Iterator[tuple[Rewardable, bool]]:
    """Yield the facts that are not on the ledger, or with less than they came to since.

    The second value tells whether there is an entry.
    """
    for fact in rewards_since(since):
        known = db.session.execute(
            select(Entry.id, Entry.quantity).where(
                Entry.beneficiary == owner_of(fact), Entry.source == fact.source
            )
        ).first()
        if known is None:
            if is_written(fact):
                yield fact, False
        elif fact.quantity > known.quantity and fact.quantity > known.quantity + _corrected_by(
            known.id
        ):
            yield fact, True


def is_written(fact: Rewardable) -> bool:
    """Tell whether a fact has its line on the ledger: the rules of its day know its activity."""
    return rules_on(organisation_of(fact), fact.occurred_on).rule(fact.activity) is not None


def organisation_of(fact: Rewardable) -> int:
    """Return whose rules a fact falls under."""
    found = (
        select(Unit.organisation_id).where(Unit.id == fact.unit_id)
        if fact.user_id is None
        else select(Person.organisation_id).where(Person.id == fact.user_id)
    )
    return int(db.session.scalar(found) or 0)


def _corrected_by(entry_id: int) -> int:
    """Return by how much the quantity of an entry was corrected."""
    found = select(func.sum(Entry.quantity)).where(Entry.corrects_id == entry_id)
    return int(db.session.scalar(found) or 0)
