"""Proposed rules tried on the ledger of the last quarter, for whoever writes rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org import rules as days
from quizapp.org import service as org
from quizapp.org.models import Unit

from .. import rules
from ..models import Entry
from ..rules import RuleSet
from .replaying import Line
from .rule_sets import rules_on
from .simulating import Outcome, Sums, places_moved, share_of, shown, simulate

WEEKS = 13
# A request answers in seconds or not at all; larger organisations look at a part of their teams.
MOST_PEOPLE = 2000
BATCH = 1000  # entries fetched at once: while the next ones come, a worker serves others


@dataclass(frozen=True)
class Cut:
    """The groups of a cut that may be shown; ``rest``: the others together, None when none."""

    key: str
    groups: dict[str, Sums]
    rest: Sums | None


@dataclass(frozen=True)
class Rehearsal:
    """What proposed rules would have made of ``first`` to ``last``.

    ``all`` None: fewer than five people earned anything. ``one_in`` says that every so many-th
    team was looked at, 1 for all of them. ``unlearned``: the percentage of points that could be
    had without learning, now and new. ``names``: of the workshops in the cut.
    """

    first: date
    last: date
    one_in: int
    all: Sums | None
    cuts: list[Cut]
    unlearned: tuple[int | None, int | None]
    moved: dict[str, Counter[str]]
    names: dict[str, str]


def rehearse_rules(viewer: Viewer, draft: RuleSet) -> Rehearsal:
    """Return what ``draft`` would have made of the last thirteen whole weeks.

    It is held against the rules in force today, both over all the weeks, so that nothing but the
    rules differs. Reads only. Raises Refusal for whoever may not change rules.
    """
    if not viewer.may(Permission.MANAGE_RECOGNITION):
        raise Refusal(_("Only administrators change the rules of points."), status=403)
    today = org.today(viewer.organisation_id)
    last = days.week_of(today)[0] - timedelta(days=1)
    first = last - timedelta(days=7 * WEEKS - 1)
    teams = org.count_eligible(viewer.organisation_id, last, with_resting=True)
    one_in = -(-sum(teams.values()) // MOST_PEOPLE) or 1
    if one_in > 1:
        by_size = sorted(teams, key=lambda unit_id: (teams[unit_id], unit_id))
        teams = {unit_id: teams[unit_id] for unit_id in by_size[one_in // 2 :: one_in]}
    places = _workshops(viewer.organisation_id)
    window = rules.window(first, last)[0]
    outcome = simulate(
        _stream(viewer.organisation_id, first, last, teams if one_in > 1 else None),
        rules_on(viewer.organisation_id, today),
        draft,
        groups=_groups(teams, places, org.unit_shifts(viewer.organisation_id, first, last)),
        members=teams,
        counts_in_score=lambda line: line.day >= window,
    )
    in_score = org.member_days(viewer.organisation_id, window, last)
    moved = places_moved(outcome.teams, teams, in_score)
    return _rehearsal(outcome, moved, dict(places.values()), first=first, last=last, one_in=one_in)


def _rehearsal(
    outcome: Outcome,
    moved: dict[str, Counter[str]],
    names: dict[str, str],
    *,
    first: date,
    last: date,
    one_in: int,
) -> Rehearsal:
    total, _rest = shown({"": outcome.all})
    now, new = (
        share_of(part, whole) for part, whole in zip(outcome.guessed, outcome.ruled, strict=True)
    )
    cuts = []
    for key, groups in outcome.cuts.items():
        kept, rest = shown(groups)
        if total and len(kept) + (rest is not None) > 1:
            cuts.append(Cut(key, kept, rest))
    return Rehearsal(
        first=first,
        last=last,
        one_in=one_in,
        all=total.get(""),
        cuts=cuts,
        unlearned=(now, new) if total else (None, None),
        moved=moved if total else {},
        names=names,
    )


def _stream(
    organisation_id: int, first: date, last: date, units: Mapping[int, int] | None
) -> Iterator[Line]:
    """Yield the entries of an organisation's teams, or of ``units``, by beneficiary and day.

    What was earned in no team is left out.
    """
    statement = (
        select(
            Entry.id,
            Entry.beneficiary,
            Entry.unit_id,
            Entry.day,
            Entry.activity,
            Entry.quantity,
            Entry.amount,
            Entry.reason,
            Entry.author_id,
        )
        .join(Unit, Unit.id == Entry.unit_id)
        .where(Unit.organisation_id == organisation_id, Entry.day.between(first, last))
        .order_by(Entry.beneficiary, Entry.day)
    )
    if units is not None:
        statement = statement.where(Entry.unit_id.in_(sorted(units)))
    for row in db.session.execute(statement, execution_options={"yield_per": BATCH}):
        yield Line(*row[:8], by_hand=row.author_id is not None)  # type: ignore[arg-type]


def _workshops(organisation_id: int) -> dict[int, tuple[str, str]]:
    """Return key and name of the workshop above each unit; units without one are left out."""
    rows = db.session.execute(
        select(Unit.id, Unit.kind, Unit.name, Unit.path).where(
            Unit.organisation_id == organisation_id
        )
    ).all()
    names = {row.id: row.name for row in rows if row.kind == "workshop"}
    found = {}
    for row in rows:
        above = [int(part) for part in row.path.strip("/").split("/") if int(part) in names]
        if above:
            found[row.id] = (str(above[-1]), names[above[-1]])
    return found


def _groups(
    members: Mapping[int, int],
    places: Mapping[int, tuple[str, str]],
    shift: Callable[[int, date], str | None],
) -> Callable[[Line], dict[str, str]]:
    """Return a function that tells in which group of each cut an entry counts."""
    brackets = {unit_id: rules.bracket_of(number) or "" for unit_id, number in members.items()}
    nowhere: tuple[Any, Any] = ("", "")

    def groups(line: Line) -> dict[str, str]:
        return {
            "activity": line.activity,
            "bracket": brackets.get(line.unit_id, ""),
            "workshop": places.get(line.unit_id, nowhere)[0],
            "shift": shift(line.unit_id, line.day) or "",
        }

    return groups
