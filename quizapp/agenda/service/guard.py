"""The burden guard: which tasks are there already, and where one more would be one too many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, and_, false, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.core.i18n import format_day, format_short_day
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import week_of

from .. import rules
from ..models import Assignment, Target
from .audience import below_any, membership_on
from .tasks import ids_on, today_of

NAMED = 5  # places that a refusal names; more are counted


class TooMuch(Refusal):
    """A task would be one too many for somebody; ``better_on`` is a day of a week with room."""

    def __init__(self, message: str, better_on: date | None) -> None:
        super().__init__(message, status=422, field="due_on")
        self.better_on = better_on


@dataclass
class _Known:
    """A task that is there already, as far as it touches a new audience."""

    title: str
    due_on: date
    names: list[str] = field(default_factory=list)
    units: set[str] = field(default_factory=set)
    people: dict[int, str] = field(default_factory=dict)

    @property
    def audience(self) -> rules.Audience:
        return rules.Audience(frozenset(self.units), self.people)


def _touching(viewer: Viewer, audience: rules.Audience, *conditions: Any) -> dict[int, _Known]:
    """Return tasks that may meet somebody of an audience, by id: two statements.

    Only targets at, above and below the units of the audience are read, and its people.
    """
    paths = {*audience.units, *audience.people.values()}
    above = sorted({number for path in paths for number in ids_on(path)})
    is_below = below_any(sorted(audience.units)) if audience.units else false()
    is_wanted = and_(
        Assignment.organisation_id == viewer.organisation_id,
        Assignment.withdrawn_at.is_(None),
        *conditions,
    )
    known: dict[int, _Known] = {}
    for row in db.session.execute(_by_unit(is_wanted, or_(Unit.id.in_(above), is_below))):
        task = known.setdefault(row.id, _Known(row.title, row.due_on))
        task.units.add(row.path)
        task.names.append(row.name)
    is_named = or_(Target.person_id.in_(sorted(audience.people)), is_below)
    for row in db.session.execute(_by_name(is_wanted, is_named, today_of(viewer))):
        task = known.setdefault(row.id, _Known(row.title, row.due_on))
        task.people[row.person_id] = row.path
        task.names.append(row.name)
    return known


def _by_unit(is_wanted: Any, is_near: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Assignment.id, Assignment.title, Assignment.due_on, Unit.name, Unit.path)
        .join(Target, Target.assignment_id == Assignment.id)
        .join(Unit, Unit.id == Target.unit_id)
        .where(is_wanted, is_near)
        .order_by(Assignment.id)
    )


def _by_name(is_wanted: Any, is_named: Any, today: date) -> Select[*tuple[Any, ...]]:
    """Select people who are meant by name, with the unit they are in today."""
    person = (Person.name, Person.id.label("person_id"), Unit.path)
    return (
        select(Assignment.id, Assignment.title, Assignment.due_on, *person)
        .join(Target, Target.assignment_id == Assignment.id)
        .join(Person, Person.id == Target.person_id)
        .join(Membership, membership_on(today))
        .join(Unit, Unit.id == Membership.unit_id)
        .where(is_wanted, is_named)
        .order_by(Assignment.id)
    )


def refuse_repetition(
    viewer: Viewer, audience: rules.Audience, *, kind: str, subject_id: str
) -> None:
    """Raise Refusal when some of these people have been given the same thing already."""
    same = _touching(
        viewer,
        audience,
        Assignment.subject_kind == kind,
        Assignment.subject_id == subject_id,
        Assignment.due_on >= today_of(viewer),
    )
    for task in same.values():
        if rules.meets(audience, task.audience):
            raise Refusal(
                _(
                    "“%(title)s” is already assigned to %(names)s by %(day)s. "
                    "Nothing was assigned. "
                    "Choose others, or have the earlier task taken back first.",
                    title=task.title,
                    names=_listed(task.names),
                    day=format_short_day(task.due_on),
                ),
                field="units",
                status=422,
            )


def refuse_overburden(
    viewer: Viewer, audience: rules.Audience, due_on: date, last_day: date | None
) -> None:
    """Raise TooMuch when the week of ``due_on`` has two tasks for somebody of the audience.

    Statutory training is not counted: the law sets its pace.
    """
    monday, _next = week_of(due_on)
    until = monday + timedelta(weeks=rules.WEEKS_LOOKED_AT + 1)
    weeks: dict[date, list[rules.Audience]] = defaultdict(list)
    for task in _touching(
        viewer,
        audience,
        Assignment.wish != rules.STATUTORY,
        Assignment.due_on >= monday,
        Assignment.due_on < until,
    ).values():
        weeks[week_of(task.due_on)[0]].append(task.audience)
    heavy = rules.overburdened(audience, weeks[monday])
    if heavy:
        raise _too_much(heavy, due_on, _first_with_room(audience, weeks, due_on, last_day))


def _first_with_room(
    audience: rules.Audience,
    weeks: Mapping[date, list[rules.Audience]],
    due_on: date,
    last_day: date | None,
) -> date | None:
    for day in rules.later_weeks(due_on, last_day):
        if not rules.overburdened(audience, weeks.get(week_of(day)[0], [])):
            return day
    return None


def _too_much(heavy: Collection[rules.Place], due_on: date, better_on: date | None) -> TooMuch:
    monday, next_monday = week_of(due_on)
    where = _listed(_names(heavy))
    week = _(
        "%(first)s to %(last)s",
        first=format_short_day(monday),
        last=format_short_day(next_monday - timedelta(days=1)),
    )
    said = ngettext(
        "In the week of %(week)s %(where)s would have more than %(num)d task. "
        "Nothing was assigned.",
        "In the week of %(week)s %(where)s would have more than %(num)d tasks. "
        "Nothing was assigned.",
        rules.WEEK_LIMIT,
        week=week,
        where=where,
    )
    advice = (
        _("There is room by %(day)s.", day=format_day(better_on))
        if better_on
        else _("No later week has room while this is open. Choose fewer people, or something else.")
    )
    return TooMuch(_("%(problem)s %(advice)s", problem=said, advice=advice), better_on)


def _names(places: Collection[rules.Place]) -> list[str]:
    """Return the names of places: the person where one is meant by name, else the unit."""
    person_ids = [place.person_id for place in places if place.person_id]
    unit_ids = [ids_on(place.path)[-1] for place in places if not place.person_id]
    people = select(Person.id, Person.name).where(Person.id.in_(person_ids))
    units = select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids))
    of_person = {row.id: row.name for row in db.session.execute(people)} if person_ids else {}
    of_unit = {row.id: row.name for row in db.session.execute(units)} if unit_ids else {}
    return [
        of_person[place.person_id] if place.person_id else of_unit[ids_on(place.path)[-1]]
        for place in sorted(places)
    ]


def _listed(names: list[str]) -> str:
    """Return names as a sentence lists them; beyond a few only how many there are."""
    distinct = list(dict.fromkeys(names))
    shown = _(", ").join(distinct[:NAMED])
    if len(distinct) <= NAMED:
        return shown
    return _("%(names)s and %(n)s more", names=shown, n=len(distinct) - NAMED)
