"""Checking a roster against what is known: messages line by line, and what would change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from quizapp.org.rules import normal_number

from .beside import worded_aside
from .findings import WHOLE_FILE, Findings, Message
from .known import Known, KnownPerson, read_known
from .people import Entries, Entry, belong_together, change_of, read_entry
from .places import Places
from .plan import PersonChange, Plan
from .reach import EVERYTHING, Reach, person_outside, unit_outside
from .reading import Row, Table
from .tree import Tree, kind_name
from .units import lay_units

_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def plan_import(organisation_id: int, table: Table, today: date, reach: Reach = EVERYTHING) -> Plan:
    """Return what importing ``table`` would change on ``today``; writes nothing.

    Lines about units and people beyond ``reach`` are errors. The messages are in the language in
    use, in the order of the lines. The computing is done beside the other requests.
    """
    numbers = {normal_number(row.text("number")) for row in table.people}
    known = read_known(organisation_id, numbers - {""}, today)
    return worded_aside(_make_plan, organisation_id, table, today, reach, known)


def _make_plan(organisation_id: int, table: Table, today: date, reach: Reach, known: Known) -> Plan:
    """Return the plan of a table, as a function of what is known."""
    findings = Findings([*table.notes])
    tree = Tree(known.units, reach.units)
    lay_units(tree, table.units, findings)
    _keep_within(tree, findings)
    places = Places(tree, findings, may_grow=not table.has_units)
    places.learn(table.people)
    tree.check(findings)
    tree.name_codes()
    _tell_units(tree, findings)
    people, unchanged = _Planning(known.people, places, today, reach, findings).run(table.people)
    _keep_an_administrator(known.administrators, people, findings)
    return Plan(
        organisation_id=organisation_id,
        table=table,
        today=today,
        messages=_in_order(findings, table),
        units=tree.changes(),
        people=tuple(people),
        unchanged=unchanged,
        reach=reach,
        known=known,
        paths={ref: tree.path(ref) for ref in tree.nodes if not tree.is_hidden(ref)},
    )


def _keep_within(tree: Tree, findings: Findings) -> None:
    """Report what a sheet of units would change beyond the reach of who asks."""
    for change in tree.changes():
        node = tree.nodes[change.unit]
        if not tree.covers(change.unit):
            findings.error(node.line, unit_outside(node.name), "name")
        elif change.parent is not None and not tree.covers(change.parent):
            findings.error(node.line, unit_outside(tree.nodes[change.parent].name), "parent")


def _tell_units(tree: Tree, findings: Findings) -> None:
    """Say which units are made, renamed and moved."""
    for change in tree.changes():
        node = tree.nodes[change.unit]
        for effect in change.effects:
            texts = {
                "new": _(
                    "New unit: %(path)s (%(kind)s)",
                    path=tree.path(node.ref),
                    kind=kind_name(node.kind),
                ),
                "renamed": _("New name of a unit: %(path)s", path=tree.path(node.ref)),
                "moved": _("New place of a unit: %(path)s", path=tree.path(node.ref)),
            }
            findings.info(node.line, texts[effect])


@dataclass
class _Planning:
    """What the rows of people are judged by."""

    known: Mapping[str, KnownPerson]
    places: Places
    today: date
    reach: Reach
    findings: Findings

    def run(self, rows: tuple[Row, ...]) -> tuple[list[PersonChange], int]:
        """Return the changes of people, and how many stay as they are."""
        entries = Entries()
        for row in rows:
            entry = read_entry(row, self.places.unit_of(row), self.today, self.findings)
            if entry is not None and not self.places.is_lost(row):
                entries.add(entry)
        changes: list[PersonChange] = []
        unchanged = 0
        for key, together in entries.by_key.items():
            change = self._change(together, self.known.get(key))
            if change:
                changes.append(change)
                _tell_move(change, self.places, self.findings)
            elif change is not None:
                unchanged += 1
        return changes, unchanged

    def _change(self, entries: list[Entry], known: KnownPerson | None) -> PersonChange | None:
        """Return what the rows of one person change; None after an error or when skipped."""
        if known is not None and not self.reach.has(known.belongs_to(self.today)):
            for entry in entries:
                self.findings.error(entry.line, person_outside(entry.number), "number")
            return None
        ordered = belong_together(entries, self.findings)
        if ordered is None:
            return None
        change = change_of(ordered, known, self.today, self.findings)
        if change and known is not None:
            return self._within(change, known)
        return change

    def _within(self, change: PersonChange, known: KnownPerson) -> PersonChange | None:
        """Return a change of somebody known; None when it goes beyond the reach of who asks."""
        if change.is_active is False:
            if known.id == self.reach.actor_id:
                self.findings.error(change.line, _("You cannot close your own account."), "state")
                return None
            if self.reach.is_above(known):
                text = _(
                    "This person administers more than you do. A higher administrator can help."
                )
                self.findings.error(change.line, text, "number")
                return None
        elif not all(self.places.covers(unit) for unit in change.memberships.touched()):
            self.findings.error(change.line, person_outside(change.number), "number")
            return None
        return change


def _tell_move(change: PersonChange, places: Places, findings: Findings) -> None:
    """Say where somebody moves who is known here."""
    if change.person_id is None:
        return
    for span in change.memberships.adds:
        findings.info(
            change.line,
            _(
                "%(number)s moves to %(unit)s on %(day)s.",
                number=change.number,
                unit=places.path(span.unit),
                day=span.starts.isoformat(),
            ),
        )


def _keep_an_administrator(
    administrators: Collection[int], changes: list[PersonChange], findings: Findings
) -> None:
    """Refuse a file that closes the account of everybody who administers the organisation."""
    closing = {c.person_id: c.line for c in changes if c.is_active is False}
    if administrators and all(person_id in closing for person_id in administrators):
        findings.error(
            max(closing[person_id] for person_id in administrators),
            _("Somebody has to administer the organisation: this is the last account that can."),
            "state",
        )


def _in_order(findings: Findings, table: Table) -> tuple[Message, ...]:
    """Return the messages by sheet and line as the file has them; the file as a whole first."""
    sheets: dict[str, int] = {WHOLE_FILE.sheet: -1}
    for row in (*table.units, *table.people):
        sheets.setdefault(row.line.sheet, len(sheets))

    def place(message: Message) -> tuple[int, int, int]:
        line = message.line
        return sheets.get(line.sheet, -1), line.number, _GRAVITY[message.severity]

    return tuple(sorted(findings.messages, key=place))
