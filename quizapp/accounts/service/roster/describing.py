"""A plan told line by line: what becomes of each line, old and new beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from quizapp.org.rules import normal_number

from .findings import Line, Message, shown
from .known import KnownUnit
from .people import ACTIVE, AWAY, CLOSED
from .plan import PersonChange, Plan, UnitChange
from .reading import Row, Table

PROBLEM, NEW, MOVED, CHANGED = "problem", "new", "moved", "changed"
REACTIVATED, DEACTIVATED, UNCHANGED, SKIPPED = "reactivated", "deactivated", "unchanged", "skipped"
RESULTS = (NEW, MOVED, CHANGED, REACTIVATED, DEACTIVATED, UNCHANGED, SKIPPED, PROBLEM)

# What a line is called when several things happen to one person: the first that applies.
_WEIGHT = (NEW, DEACTIVATED, REACTIVATED, MOVED, CHANGED)
_EFFECTS = {"renamed": CHANGED}


class Change(NamedTuple):
    """One thing that changes. ``what`` is name, post, unit, parent, until, state or role.

    ``old`` and ``new`` are texts of the file and the database, days in ISO form, or the codes of
    states and roles; ``old`` is empty for something that is added. ``detail`` is the first day in
    a unit or the unit of a role, else empty.
    """

    what: str
    old: str
    new: str
    detail: str = ""


class Note(NamedTuple):
    """A sentence about a line; ``cell`` is the cell it is about, or empty."""

    severity: str
    cell: str
    text: str


class Cell(NamedTuple):
    """A cell of the line: where it is, what its column is called, what it says."""

    place: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the file and what would become of it.

    ``number`` is the employee number, of a unit its code. ``is_flagged``: worth a look. ``see`` is
    another line of the same person whose problem holds this one back, or 0.
    """

    line: Line
    result: str
    is_unit: bool
    is_flagged: bool
    number: str
    name: str
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    cells: tuple[Cell, ...] = ()
    see: int = 0


def lines_of(plan: Plan) -> list[PlanLine]:
    """Return every line of a plan's file, the sheets of units first."""
    said: dict[Line, list[Message]] = defaultdict(list)
    for message in plan.messages:
        said[message.line].append(message)
    return [*_unit_lines(plan, said), *_person_lines(plan, said)]


def notes_of_file(plan: Plan) -> list[tuple[int, Note]]:
    """Return what is said about no line of people or units, with its line (0: the whole file)."""
    told = {row.line for row in (*plan.table.units, *plan.table.people)}
    return [
        (message.line.number, Note(message.severity, "", message.text))
        for message in plan.messages
        if message.line not in told
    ]


def _unit_lines(plan: Plan, said: Mapping[Line, list[Message]]) -> Iterator[PlanLine]:
    changed = {change.line: change for change in plan.units}
    stored = {unit.id: unit for unit in plan.known.units}
    for row in plan.table.units:
        change = changed.get(row.line)
        effects = {_EFFECTS.get(effect, effect) for effect in change.effects} if change else set()
        told: list[Change] = []
        if change is not None and change.unit < 0:
            told = [Change("unit", "", plan.paths.get(change.unit, ""))]
        elif change is not None:
            told = list(_unit_changes(change, plan, stored[change.unit]))
        messages = said.get(row.line, [])
        yield _line(
            row, plan.table, _result(effects, messages, UNCHANGED), messages, told, is_unit=True
        )


def _unit_changes(change: UnitChange, plan: Plan, old: KnownUnit) -> Iterator[Change]:
    if change.name is not None:
        yield Change("name", old.name, change.name)
    if change.parent is not None:
        above = plan.paths.get(old.parent_id or 0, "")
        yield Change("parent", above, plan.paths.get(change.parent, ""))


def _person_lines(plan: Plan, said: Mapping[Line, list[Message]]) -> Iterator[PlanLine]:
    changes = {normal_number(change.number): change for change in plan.people}
    held: dict[str, Line] = {}
    for row in plan.table.people:
        key = normal_number(row.text("number"))
        if key and any(message.severity == "error" for message in said.get(row.line, ())):
            held.setdefault(key, row.line)
    for row in plan.table.people:
        key = normal_number(row.text("number"))
        change = changes.get(key) if key else None
        messages = said.get(row.line, [])
        otherwise = UNCHANGED if key in plan.known.people else SKIPPED
        result = _result(set(change.effects) if change else set(), messages, otherwise)
        see = held[key].number if key in held and held[key] != row.line else 0
        told = _person_changes(change, plan) if change and change.line == row.line else ()
        yield _line(row, plan.table, PROBLEM if see else result, messages, told, see=see)


def _result(effects: set[str], messages: list[Message], otherwise: str) -> str:
    if any(message.severity == "error" for message in messages):
        return PROBLEM
    return next((result for result in _WEIGHT if result in effects), otherwise)


def _person_changes(change: PersonChange, plan: Plan) -> Iterator[Change]:
    """Yield what changes of a person, the weightiest first."""
    known = plan.known.people.get(normal_number(change.number))
    if change.is_active is not None:
        yield Change("state", *((CLOSED, ACTIVE) if change.is_active else (ACTIVE, CLOSED)))
    if change.name is not None and known is not None:
        yield Change("name", known.name, change.name)
    before = known.unit_on(plan.today) if known else None
    for span in change.memberships.adds:
        old = plan.paths.get(before, "") if before is not None else ""
        yield Change("unit", old, plan.paths.get(span.unit, ""), span.starts.isoformat())
        before = span.unit
    if not change.memberships.adds:
        for span, ends in change.memberships.cuts:
            old = _last_day(span.ends) if span.ends else ""
            yield Change("until", old, _last_day(ends))
    if change.post:
        yield Change("post", known.post if known else "", change.post)
    if change.is_away is not None:
        yield Change("state", *((ACTIVE, AWAY) if change.is_away else (AWAY, ACTIVE)))
    for role, unit in change.roles:
        yield Change("role", "", role, plan.paths.get(unit, ""))


def _last_day(ends: date) -> str:
    """Return the last day that counts before ``ends``."""
    return (ends - timedelta(days=1)).isoformat()


def _line(
    row: Row,
    table: Table,
    result: str,
    messages: list[Message],
    changes: Iterable[Change],
    *,
    is_unit: bool = False,
    see: int = 0,
) -> PlanLine:
    names = table.headers[row.line.sheet].names
    return PlanLine(
        line=row.line,
        result=result,
        is_unit=is_unit,
        is_flagged=any(message.severity == "warning" for message in messages),
        number=row.text("code" if is_unit else "number"),
        name=row.text("name"),
        changes=tuple(changes),
        notes=tuple(Note(m.severity, table.cell(row.line, m.field), m.text) for m in messages),
        cells=tuple(
            Cell(table.cell(row.line, field), shown(names[field]), row.text(field))
            for field in table.headers[row.line.sheet].in_order()
            if row.text(field)
        ),
        see=see,
    )
