"""The desk of the rules: the next version, tried on the past before it is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from .. import rules, service
from ..forms import NUMBERS, RulesForm, values_of
from ..rules import ACTIVITIES, RuleSet
from ..service import Cut, Rehearsal, Sums
from .blueprint import bp
from .page import VersionLine, version_lines
from .wording import activity_label, bracket_label

MANAGE = Permission.MANAGE_RECOGNITION


@dataclass(frozen=True)
class DeskPage:
    """What stands around the form; ``planned``: the version that has not begun."""

    versions: list[VersionLine]
    planned: RuleSet | None
    changes: list[service.RuleChange]
    rows: list[tuple[str, list[str]]]
    first_day: date


@dataclass(frozen=True)
class GroupLine:
    """A group of people in the simulation; ``change`` in percent, None without points now."""

    label: str
    now: int
    new: int
    change: int | None


@dataclass(frozen=True)
class SimulationPart:
    """What proposed rules would have made of the last quarter."""

    first: str
    last: str
    one_in: int
    total: GroupLine | None
    tables: list[tuple[str, list[GroupLine]]]
    unlearned: tuple[int | None, int | None]
    moves: list[tuple[str, list[int]]]


@bp.get("/desk", endpoint="desk")
@allow(MANAGE)
def show() -> Any:
    """Show the versions and the form, filled with the version that is planned, or in force."""
    known = service.rule_sets(viewer().organisation_id)
    today = org.today(viewer().organisation_id)
    planned = next((one for one in known if one.since > today), None)
    base = planned or rules.in_force(known, today)
    since = planned.since if planned else next_monday(today)
    return _page(_form(formdata=None, data={**values_of(base), "since": since}))


@bp.post("/desk")
@allow(MANAGE)
def write() -> Any:
    """Try the rules of the form on the last quarter and store nothing, or plan them."""
    form = _form()
    if not _is_sound(form):
        return _page(form, status=422)
    if request.form.get("deed") == "simulate":
        return _page(form, simulation=_simulation(service.rehearse_rules(viewer(), form.draft())))
    try:
        version = service.plan_rules(
            viewer(),
            since=form.draft().since,
            listed=form.listed(),
            day_limit=form.day_limit.data or 0,
            week_limit=form.week_limit.data or 0,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form, status=refusal.status)
    flash(_("Version %(n)s is planned; everybody can read it now.", n=version))
    return redirect(url_for("points.desk"))


@bp.post("/desk/<int:rules_version>/drop")
@allow(MANAGE)
def drop(rules_version: int) -> Any:
    """Take back a version that has not begun."""
    try:
        service.drop_rules(viewer(), rules_version)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Version %(n)s is taken back.", n=rules_version))
    return redirect(url_for("points.desk"))


def next_monday(today: date) -> date:
    """Return the Monday after ``today``: weeks, and with them their limits, begin on Mondays."""
    return today + timedelta(days=7 - today.weekday())


def _form(**options: Any) -> RulesForm:
    return RulesForm({name: activity_label(name) for name in ACTIVITIES}, **options)


def _is_sound(form: RulesForm) -> bool:
    """Tell whether every number makes sense; put at its field what does not."""
    if not form.validate_on_submit():
        return False
    problems = service.problems_in_words(form.draft())
    for field, message in problems.items():
        form.refuse(Refusal(message, field=field))
    return not problems


def _page(
    form: RulesForm, *, status: int = 200, simulation: SimulationPart | None = None
) -> tuple[str, int]:
    known = service.rule_sets(viewer().organisation_id)
    today = org.today(viewer().organisation_id)
    page = DeskPage(
        versions=version_lines(known, today),
        planned=next((one for one in known if one.since > today), None),
        changes=service.list_rule_changes(viewer()),
        rows=[
            (activity_label(name), [f"{name}.{number}" for number in NUMBERS])
            for name in ACTIVITIES
        ],
        first_day=today + timedelta(days=1),
    )
    shown = render_template("points/desk.html", page=page, form=form, simulation=simulation)
    return shown, status


def _simulation(found: Rehearsal) -> SimulationPart:
    return SimulationPart(
        first=format_date(found.first, "long"),
        last=format_date(found.last, "long"),
        one_in=found.one_in,
        total=_line(_("All together"), found.all) if found.all else None,
        tables=[(_cut_title(cut.key), _lines(cut, found.names)) for cut in found.cuts],
        unlearned=found.unlearned,
        moves=[
            (bracket_label(bracket), [found.moved[bracket][move] for move in service.MOVES])
            for bracket in rules.SHRINKAGE
            if bracket in found.moved
        ],
    )


def _cut_title(key: str) -> str:
    return {
        "activity": _("By activity"),
        "bracket": _("By size of team"),
        "workshop": _("By workshop"),
        "shift": _("By shift"),
    }[key]


def _lines(cut: Cut, names: dict[str, str]) -> list[GroupLine]:
    order = {"activity": ACTIVITIES, "bracket": tuple(rules.SHRINKAGE), "shift": tuple("DMNR")}
    places = {key: place for place, key in enumerate(order.get(cut.key, ()))}
    keys = sorted(cut.groups, key=lambda key: (places.get(key, 99), names.get(key, ""), key))
    lines = [_line(_group_label(cut.key, key, names), cut.groups[key]) for key in keys]
    if cut.rest:
        lines.append(_line(_("The others, together"), cut.rest))
    return lines


def _group_label(cut: str, key: str, names: dict[str, str]) -> str:
    if cut == "activity":
        return activity_label(key)
    if cut == "workshop":
        return names.get(key, _("Outside workshops"))
    if cut == "shift":
        return {
            "D": _("Day shift"),
            "M": _("Middle shift"),
            "N": _("Night shift"),
            "R": _("Days off"),
        }.get(key, _("Without a shift calendar"))
    return bracket_label(key) if key else _("Fewer than five people")


def _line(label: str, sums: Sums) -> GroupLine:
    change = round(100 * (sums.new - sums.now) / sums.now) if sums.now else None
    return GroupLine(label, sums.now, sums.new, change)
