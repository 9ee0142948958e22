"""What a unit still knows after a month: means of cold re-tests, never below twenty people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import learning_day

from .. import rules
from ..models import Retest

MONTHS = 6


@dataclass(frozen=True)
class Mean:
    """How much a unit still knew in a month: percent of right answers, and of how many people.

    Both are None when that cannot be said of so few; ``why`` then says so.
    """

    month: date
    percent: int | None
    people: int | None
    why: str = ""


@dataclass(frozen=True)
class UnitMeans:
    """A unit with its means, one for each month."""

    public_id: str
    name: str
    depth: int
    means: tuple[Mean, ...]


@dataclass(frozen=True)
class Retention:
    """What the viewer's units still know: the months, oldest first, and a row for each unit.

    Units of which nothing can be said in any month have no row; ``hidden`` counts them. Months
    before the first that is shown anywhere are left out. ``is_small``: there are means, of others.
    """

    months: tuple[date, ...]
    rows: tuple[UnitMeans, ...]
    hidden: int
    is_small: bool


def get_retention(viewer: Viewer) -> Retention:
    """Return the means of the viewer's units in the last six months that are over.

    A running month is not shown: from one day to the next its mean would tell who was asked.
    """
    months = _months(viewer)
    shown = _shown(viewer.organisation_id, months)
    while len(months) > 1 and not shown[months[0]]:
        months = months[1:]
    mine = [
        unit
        for unit in org.list_units(viewer.organisation_id)
        if viewer.covers(Permission.READ_AGGREGATES, unit.path)
    ]
    first = min((unit.depth for unit in mine), default=0)
    rows = [
        UnitMeans(
            unit.public_id,
            unit.name,
            unit.depth - first,
            tuple(_mean(month, shown[month].get(unit.id)) for month in months),
        )
        for unit in mine
    ]
    told = [row for row in rows if any(mean.percent is not None for mean in row.means)]
    return Retention(
        tuple(months), tuple(told), len(rows) - len(told), is_small=any(shown.values())
    )


def retention(viewer: Viewer, unit_id: str) -> tuple[Mean, ...]:
    """Return the means of the viewer's own team or a unit of their scope, the oldest month first.

    ``unit_id`` is its public id. Raises LookupError for any other.
    """
    unit = org.find_unit(viewer.organisation_id, unit_id)
    if unit is None or not (
        unit.id == viewer.unit_id or viewer.covers(Permission.READ_AGGREGATES, unit.path)
    ):
        raise LookupError(f"unit {unit_id}")
    months = _months(viewer)
    shown = _shown(viewer.organisation_id, months)
    return tuple(_mean(month, shown[month].get(unit.id)) for month in months)


def _months(viewer: Viewer) -> list[date]:
    """Return the first days of the months that are shown, the oldest first."""
    today = learning_day(clock.now(), viewer.time_zone)
    return rules.closed_months(today, MONTHS)


def _shown(organisation_id: int, months: Sequence[date]) -> dict[date, dict[int, rules.Sums]]:
    """Return by month the sums of those units that may be shown, each with all below it.

    Decided over the whole organisation, so that nobody's scope makes a difference; closed teams
    count for the units above them.
    """
    parents = {
        unit_id: parent_id
        for unit_id, parent_id in db.session.execute(
            select(Unit.id, Unit.parent_id).where(Unit.organisation_id == organisation_id)
        )
    }
    sums = _sums(organisation_id, months[0])
    found = {}
    for month in months:
        whole = rules.whole_sums(parents, sums.get(month, {}))
        people = {unit_id: total.people for unit_id, total in whole.items()}
        found[month] = {unit_id: whole[unit_id] for unit_id in rules.may_be_shown(parents, people)}
    return found


def _sums(organisation_id: int, since: date) -> dict[date, dict[int, rules.Sums]]:
    """Return the sums of an organisation's teams, by month."""
    found: dict[date, dict[int, rules.Sums]] = defaultdict(dict)
    rows = db.session.execute(
        select(Retest.unit_id, Retest.month, Retest.people, Retest.answered, Retest.correct)
        .join(Unit, Unit.id == Retest.unit_id)
        .where(Unit.organisation_id == organisation_id, Retest.month >= since)
    )
    for row in rows:
        found[row.month][row.unit_id] = rules.Sums(row.people, row.answered, row.correct)
    return found


def _mean(month: date, sums: rules.Sums | None) -> Mean:
    if sums is None:
        why = _(
            "Fewer than %(least)s people, or a subtraction would tell of so few.",
            least=rules.LEAST_PEOPLE,
        )
        return Mean(month, None, None, why)
    return Mean(month, round(100 * sums.correct / sums.answered), sums.people)
