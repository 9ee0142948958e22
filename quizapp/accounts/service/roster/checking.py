"""Checking a roster against what is known: messages line by line, and what would change."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from .findings import WHOLE_FILE, Findings, Message
from .known import known_people, known_units, root_administrators
from .people import Entries, belong_together, change_of, read_entry
from .places import Places
from .plan import PersonChange, Plan
from .reading import Row, Table
from .tree import Tree, kind_name
from .units import lay_units

_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def plan_import(organisation_id: int, table: Table, today: date) -> Plan:
    """Return what importing ``table`` would change on ``today``; writes nothing.

    The messages are in the language in use, in the order of the lines.
    """
    findings = Findings([*table.notes])
    tree = Tree(known_units(organisation_id))
    lay_units(tree, table.units, findings)
    places = Places(tree, findings, may_grow=not table.has_units)
    places.learn(table.people)
    tree.check(findings)
    tree.name_codes()
    _tell_units(tree, findings)
    people, unchanged = _plan_people(organisation_id, table.people, places, today, findings)
    _keep_an_administrator(organisation_id, people, findings)
    return Plan(
        organisation_id=organisation_id,
        table=table,
        today=today,
        messages=_in_order(findings, table),
        units=tree.changes(),
        people=tuple(people),
        unchanged=unchanged,
    )


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


def _plan_people(
    organisation_id: int,
    rows: tuple[Row, ...],
    places: Places,
    today: date,
    findings: Findings,
) -> tuple[list[PersonChange], int]:
    """Return the changes of people, and how many stay as they are."""
    entries = Entries()
    for row in rows:
        entry = read_entry(row, places.unit_of(row), today, findings)
        if entry is not None and not places.is_lost(row):
            entries.add(entry)
    known = known_people(organisation_id, entries.by_key, today)
    changes: list[PersonChange] = []
    unchanged = 0
    for key, together in entries.by_key.items():
        ordered = belong_together(together, findings)
        if ordered is None:
            continue
        change = change_of(ordered, known.get(key), today, findings)
        if change:
            changes.append(change)
            _tell_move(change, places, findings)
        elif change is not None:
            unchanged += 1
    return changes, unchanged


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
    organisation_id: int, changes: list[PersonChange], findings: Findings
) -> None:
    """Refuse a file that closes the account of everybody who administers the organisation."""
    closing = {c.person_id: c.line for c in changes if c.is_active is False}
    administrators = root_administrators(organisation_id)
    if administrators and administrators <= closing.keys():
        findings.error(
            max(closing[person_id] for person_id in administrators),
            _("Somebody has to administer the organisation: this is the last account that can."),
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
