"""What the desk shows of several rooms: the tree of units with its people, choices of a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts import service as accounts
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit
from quizapp.core.db import atomic
from quizapp.core.forms import Refusal
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.service import UnitLine

INDENT = "\u3000"  # an ideographic space: a select has no other way to show depth


@dataclass(frozen=True)
class TreeUnit:
    """A unit in the tree beside a list; only the open branch shows what is below."""

    public_id: str
    name: str
    depth: int
    count: int
    is_on: bool
    is_open: bool
    has_children: bool


@dataclass(frozen=True)
class UnitPage:
    """The unit that a list is about, its ancestors' name, and the tree around it."""

    unit: UnitLine
    parent_name: str | None
    tree: list[TreeUnit]
    teams: int


def units_in_scope(viewer: Viewer, permission: Permission) -> list[UnitLine]:
    """Return the units below which the viewer has ``permission``, parents before children."""
    paths = viewer.scope_paths(permission)
    return [
        unit
        for unit in org.list_units(viewer.organisation_id)
        if any(unit.path.startswith(path) for path in paths)
    ]


def unit_choices(viewer: Viewer, permission: Permission) -> list[SelectChoice]:
    """Return the units of a scope as choices of a select, indented by depth."""
    units = units_in_scope(viewer, permission)
    top = min((unit.depth for unit in units), default=0)
    return [SelectChoice(unit.public_id, INDENT * (unit.depth - top) + unit.name) for unit in units]


def unit_choices_with_codes(viewer: Viewer, permission: Permission) -> list[SelectChoice]:
    """Return the units of a scope as choices whose values are codes, indented by depth."""
    units = units_in_scope(viewer, permission)
    top = min((unit.depth for unit in units), default=0)
    return [SelectChoice(unit.code, INDENT * (unit.depth - top) + unit.name) for unit in units]


def get_unit(viewer: Viewer, public_id: str) -> UnitLine:
    """Return a unit of the viewer's scope; raise LookupError for any other."""
    unit = org.find_unit(viewer.organisation_id, public_id)
    if unit is None or not viewer.covers(Permission.MANAGE_PEOPLE, unit.path):
        raise LookupError(f"unit {public_id}")
    return unit


def get_unit_page(viewer: Viewer, public_id: str | None) -> UnitPage:
    """Return what the list of a unit's people needs around it; the scope's top when none is named.

    Raises LookupError for a unit outside the scope.
    """
    units = units_in_scope(viewer, Permission.MANAGE_PEOPLE)
    if public_id is None:
        if not units:
            raise LookupError("the scope is empty")
        chosen = units[0]
    else:
        chosen = get_unit(viewer, public_id)
    names = {unit.id: unit.name for unit in units}
    return UnitPage(
        unit=chosen,
        parent_name=names.get(chosen.parent_id or 0),
        tree=_tree(viewer, units, chosen),
        teams=sum(
            unit.kind == org_rules.TEAM and unit.path.startswith(chosen.path) for unit in units
        ),
    )


def _tree(viewer: Viewer, units: list[UnitLine], chosen: UnitLine) -> list[TreeUnit]:
    counts = org.count_members(viewer.organisation_id, org.today(viewer.organisation_id))
    parents = {unit.parent_id for unit in units}
    top = min(unit.depth for unit in units)
    shown = [
        unit
        for unit in units
        if unit.depth == top
        or any(above.id == unit.parent_id and chosen.path.startswith(above.path) for above in units)
    ]
    return [
        TreeUnit(
            public_id=unit.public_id,
            name=unit.name,
            depth=unit.depth - top,
            count=counts.get(unit.id, 0),
            is_on=unit.id == chosen.id,
            is_open=chosen.path.startswith(unit.path),
            has_children=unit.id in parents,
        )
        for unit in shown
    ]


@atomic
def add_unit(viewer: Viewer, *, parent: str, kind: str, name: str, code: str) -> str:
    """Create a unit below one of the viewer's scope and return its public id."""
    above = _parent(viewer, parent)
    if kind not in org_rules.KINDS:
        raise Refusal(_("Choose a kind from the list."), field="kind", status=422)
    unit_id = org.add_unit(viewer.organisation_id, above.id, kind=kind, name=name, code=code)
    public_id = org.get_units([unit_id])[unit_id].public_id
    audit.record("org.unit_added", f"unit:{public_id}", actor_id=viewer.id, code=code)
    return public_id


@atomic
def change_unit(viewer: Viewer, public_id: str, *, name: str, parent: str | None) -> None:
    """Rename a unit of the viewer's scope and, when ``parent`` is another one, move it there."""
    unit = get_unit(viewer, public_id)
    org.change_unit(unit.id, name=name)
    audit.record("org.unit_changed", f"unit:{public_id}", actor_id=viewer.id)
    if parent:
        above = _parent(viewer, parent)
        if above.id != unit.parent_id:
            org.move_unit(unit.id, above.id)


@atomic
def close_unit(viewer: Viewer, public_id: str) -> None:
    """Close a unit that nobody is in any more; what was earned in it stays."""
    unit = get_unit(viewer, public_id)
    org.close_unit(viewer.id, unit.id)


def _parent(viewer: Viewer, public_id: str, field: str = "parent") -> UnitLine:
    try:
        return get_unit(viewer, public_id)
    except LookupError:
        raise Refusal(_("Choose a unit of your own scope."), field=field, status=422) from None


@atomic
def merge_unit(viewer: Viewer, public_id: str, *, into: str, since: date) -> None:
    """Merge a unit of the viewer's scope into another one of it."""
    unit = get_unit(viewer, public_id)
    org.merge_units(viewer.id, unit.id, into_id=_parent(viewer, into, "into").id, on=since)


@atomic
def split_unit(
    viewer: Viewer, public_id: str, *, name: str, code: str, people: list[str], since: date
) -> str:
    """Move chosen people of a unit into a new one beside it; return the new one's public id."""
    unit = get_unit(viewer, public_id)
    chosen = {
        line.id for line in accounts.list_members(viewer, public_id) if line.public_id in people
    }
    new_id = org.split_unit(viewer.id, unit.id, name=name, code=code, people=chosen, on=since)
    return org.get_units([new_id])[new_id].public_id


@atomic
def assign_shifts(
    viewer: Viewer, *, pattern: str, unit: str, since: date, offset_days: int
) -> None:
    """Let a unit of the viewer's scope work by a pattern, named by its code, from a day on."""
    known = org.find_pattern(viewer.organisation_id, pattern)
    if known is None:
        raise Refusal(_("Choose a shift pattern from the list."), field="pattern", status=422)
    org.assign_shifts(
        viewer.id,
        known.id,
        unit_id=_parent(viewer, unit, "unit").id,
        since=since,
        offset_days=offset_days,
    )
