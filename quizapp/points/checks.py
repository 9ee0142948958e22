"""What must hold for the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import String, cast, exists, func, literal, or_, select, text
from sqlalchemy.orm import aliased

from quizapp.accounts.models import Person
from quizapp.core.audit import AuditRow
from quizapp.core.checks import invariant
from quizapp.core.db import db, is_sqlite
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import week_of

from . import rules, service
from .models import Entry


@invariant("I2", "The ledger only grows: a correction names an entry of the same person.")
def ledger_only_grows() -> Iterator[str]:
    """Yield what is wrong with the database's guard, and with corrections."""
    yield from _missing_guards()
    yield from _corrections_that_do_not_fit()
    yield from _corrected_below_zero()


def _corrections_that_do_not_fit() -> Iterator[str]:
    """Yield corrections that point to nothing, to another person, or to another correction."""
    first = aliased(Entry)
    rows = db.session.execute(
        select(Entry.id, first.beneficiary, first.corrects_id, Entry.beneficiary.label("own"))
        .join(first, first.id == Entry.corrects_id, isouter=True)
        .where(Entry.corrects_id.is_not(None))
    )
    for row in rows:
        if row.beneficiary != row.own or row.corrects_id is not None:
            yield f"points_entry {row.id}: its correction does not fit"


def _corrected_below_zero() -> Iterator[str]:
    """Yield entries from which corrections took more than they were."""
    change = aliased(Entry)
    rows = db.session.execute(
        select(Entry.id, Entry.amount + func.sum(change.amount))
        .join(change, change.corrects_id == Entry.id)
        .group_by(Entry.id, Entry.amount)
        .having(Entry.amount + func.sum(change.amount) < 0)
    )
    for entry_id, amount in rows:
        yield f"points_entry {entry_id}: corrected to {amount}"


@invariant("I14", "Who corrects points by hand says why, is logged, and gains nothing by it.")
def corrections_by_hand_are_clean() -> Iterator[str]:
    """Yield corrections with an author and no reason, no row in the log, or an own interest."""
    logged = aliased(AuditRow)
    rows = db.session.execute(
        select(Entry.id, Entry.note, Entry.corrects_id, logged.id.label("logged"), _gains())
        .outerjoin(
            logged,
            (logged.action == service.CORRECTED)
            & (logged.object == literal("points_entry:").concat(cast(Entry.id, String)))
            & (logged.actor_id == Entry.author_id),
        )
        .where(Entry.author_id.is_not(None))
    )
    for row in rows:
        if row.corrects_id is None:
            yield f"points_entry {row.id}: has an author and corrects nothing"
        if len((row.note or "").strip()) < rules.NOTE_MIN:
            yield f"points_entry {row.id}: corrected without a reason"
        if row.logged is None:
            yield f"points_entry {row.id}: the log knows nothing of it"
        if row.gains:
            yield f"points_entry {row.id}: its author gains by it"


def _gains() -> Any:
    """Return whether the author of an entry is its beneficiary, or was in the team that is."""
    own_team = exists().where(
        Membership.person_id == Entry.author_id,
        Entry.beneficiary == literal("t:").concat(cast(Membership.unit_id, String)),
        Membership.starts_on <= Entry.day,
        or_(Membership.ends_on.is_(None), Membership.ends_on > Entry.day),
    )
    own = Entry.beneficiary == literal("u:").concat(cast(Entry.author_id, String))
    return or_(own, own_team).label("gains")


@invariant("I4", "Every fact that earns has exactly one entry.")
def facts_are_rewarded() -> Iterator[str]:
    """Yield facts without an entry, and sources with several."""
    yield from service.find_missing(date.min)
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.source)
        .group_by(Entry.beneficiary, Entry.source)
        .having(func.count() > 1)
    )
    for row in rows:
        yield f"{row.beneficiary} has several entries for {row.source}"


def _missing_guards() -> Iterator[str]:
    """Yield a line when a trigger that keeps entries as they are is gone."""
    if is_sqlite():
        wanted = {"points_entry_keeps_update", "points_entry_keeps_delete"}
        found = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        wanted = {"points_entry_keeps"}
        found = text("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
    for name in sorted(wanted - set(db.session.scalars(found))):
        yield f"the trigger {name} is missing"


@invariant("I6", "Nobody earned more than a day, a week or an activity allows.")
def caps_hold() -> Iterator[str]:
    """Yield whoever has more than a limit, one beneficiary after the other in constant memory.

    A day has the limits that its entries name by their rule version; a week the widest of them.
    """
    versions = _versions()
    rows = db.session.execute(
        select(
            Entry.beneficiary,
            Entry.day,
            Entry.activity,
            func.max(Entry.rule_version).label("version"),
            func.sum(Entry.amount).label("sum"),
            _organisation().label("organisation"),
        )
        .outerjoin(Person, Entry.beneficiary == literal("u:").concat(cast(Person.id, String)))
        .outerjoin(Unit, Unit.id == Entry.unit_id)
        .group_by(Entry.beneficiary, Entry.day, Entry.activity, _organisation())
        .order_by(Entry.beneficiary)
        .execution_options(yield_per=1000)
    )
    for who, own in groupby(rows, key=lambda row: row.beneficiary):
        yield from _over_a_limit(who, list(own), versions)


def _organisation() -> Any:
    """Return whose rules an entry falls under: its person's, or its team's organisation."""
    return func.coalesce(Person.organisation_id, Unit.organisation_id)


def _versions() -> dict[tuple[int | None, int], rules.RuleSet]:
    """Return every known version of every organisation."""
    found: dict[tuple[int | None, int], rules.RuleSet] = {}
    for public_id, _name in org.list_organisations():
        organisation = org.find_organisation(public_id)
        if organisation:
            for known in service.rule_sets(organisation.id):
                found[organisation.id, known.version] = known
    return found


def _over_a_limit(
    who: str, rows: Sequence[Any], versions: dict[tuple[int | None, int], rules.RuleSet]
) -> Iterator[str]:
    days: dict[date, int] = defaultdict(int)
    weeks: dict[date, int] = defaultdict(int)
    of_day: dict[date, int] = defaultdict(int)
    of_week: dict[date, int] = defaultdict(int)
    for row in rows:
        in_force = versions.get((row.organisation, row.version))
        if in_force is None:
            yield f"{who} has entries under rules {row.version}, which nobody knows"
            continue
        rule = in_force.rule(row.activity)
        if rule and row.sum > rule.day_limit:
            yield f"{who} has {row.sum} for {row.activity} on {row.day}"
        monday = week_of(row.day)[0]
        days[row.day] += row.sum
        weeks[monday] += row.sum
        of_day[row.day] = max(of_day[row.day], in_force.day_limit)
        of_week[monday] = max(of_week[monday], in_force.week_limit)
    for day, amount in days.items():
        if amount > of_day[day]:
            yield f"{who} has {amount} points on {day}"
    for monday, amount in weeks.items():
        if amount > of_week[monday]:
            yield f"{who} has {amount} points in the week of {monday}"
