"""The tree of units as it would be after the import: what is stored, with the file laid over it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from flask_babel import gettext as _

from quizapp.org.rules import may_contain, normal_name, normal_number

from .findings import WHOLE_FILE, Findings, Line, shown
from .known import KnownUnit
from .plan import UnitChange, UnitRef

MAX_CODE, MAX_NAME = 40, 80  # as org_unit stores them


class Ambiguous(Exception):
    """Several units answer to a path; the message names them."""


@dataclass(slots=True)
class Node:
    """A unit, stored or new; ``line`` is where the file changes it or speaks of it first."""

    ref: UnitRef
    parent: UnitRef | None
    kind: str
    name: str
    code: str
    is_active: bool = True
    line: Line = WHOLE_FILE
    key: str = ""  # the name as it is compared


class Tree:
    """All units of an organisation by what a file may call them."""

    def __init__(
        self, units: Sequence[KnownUnit], within: Collection[UnitRef] | None = None
    ) -> None:
        """Begin with what is stored; ``units`` hold exactly one root.

        ``within`` are the units that may be changed and filled; None: all of them. Beyond them
        only what lies above can be found, so that nothing is learnt of the rest.
        """
        self._within = within
        self._stored = {unit.id: unit for unit in units}
        self.nodes = {u.id: Node(u.id, u.parent_id, u.kind, u.name, u.code) for u in units}
        for unit in units:
            self.nodes[unit.id].is_active = unit.is_active
        self.root = next(unit.id for unit in units if unit.parent_id is None)
        self._codes: dict[str, UnitRef] = {normal_number(unit.code): unit.id for unit in units}
        self._named: dict[str, list[Node]] = {}
        self._below: dict[tuple[UnitRef | None, str], list[Node]] = {}
        self._last_new = 0
        self._seen = self._visible()
        self.index_names()

    def index_names(self) -> None:
        """Let units be found by the names and places they have now; closed ones come last."""
        self._named, self._below = defaultdict(list), defaultdict(list)
        for node in sorted(self.nodes.values(), key=lambda node: not node.is_active):
            if self.is_hidden(node.ref):
                continue
            node.key = normal_number(node.name)
            self._named[node.key].append(node)
            self._below[node.parent, node.key].append(node)

    def _visible(self) -> set[UnitRef]:
        """Return the stored units that may be named: those within, and all above them."""
        if self._within is None:
            return set(self._stored)
        above = {node.ref for ref in self._within for node in self.above(ref)}
        return above.union(self._within)

    def is_hidden(self, ref: UnitRef) -> bool:
        """Tell whether a unit is none of the asking person's business; a new one never is."""
        return ref in self._stored and ref not in self._seen

    def covers(self, ref: UnitRef | None) -> bool:
        """Tell whether a unit may be changed and filled; a new one as the unit it hangs below."""
        if self._within is None:
            return True
        seen: set[UnitRef] = set()
        while ref is not None and ref not in self._stored and ref not in seen:
            seen.add(ref)
            ref = self.nodes[ref].parent
        return ref in self._within

    def by_code(self, code: str) -> Node | None:
        """Return the unit with this code, or with one that looks the same; a hidden one too."""
        ref = self._codes.get(normal_number(code))
        return None if ref is None else self.nodes[ref]

    def stand_for(self, code: str, ref: UnitRef) -> None:
        """Let ``code`` mean an existing unit for the length of this import."""
        self._codes[normal_number(code)] = ref

    def by_name(self, name: str) -> Node | None:
        """Return the one unit with this name; None when there is none or more than one."""
        nodes = self._named.get(normal_number(name), [])
        return nodes[0] if len(nodes) == 1 else None

    def add(self, parent: UnitRef | None, name: str, kind: str, code: str, line: Line) -> Node:
        """Add a new unit; ``kind`` and ``code`` may be empty until they are decided.

        It is found by its whole path at once, and by other ways after ``index_names``.
        """
        self._last_new -= 1
        node = Node(self._last_new, parent, kind, normal_name(name), normal_name(code), line=line)
        node.key = normal_number(name)
        self.nodes[node.ref] = node
        self._below.setdefault((parent, node.key), []).append(node)
        if code:
            self.set_code(node, code)
        return node

    def set_code(self, node: Node, code: str) -> None:
        """Give a new unit the code by which it is found and stored."""
        node.code = normal_name(code)
        self._codes[normal_number(code)] = node.ref

    def children(self) -> dict[UnitRef | None, list[Node]]:
        """Return the units directly below each unit."""
        below: dict[UnitRef | None, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            below[node.parent].append(node)
        return below

    def above(self, ref: UnitRef) -> Iterator[Node]:
        """Yield the ancestors of a unit upwards; a circle ends where it closes."""
        seen = {ref}
        parent = self.nodes[ref].parent
        while parent is not None and parent not in seen:
            seen.add(parent)
            yield self.nodes[parent]
            parent = self.nodes[parent].parent

    def path(self, ref: UnitRef) -> str:
        """Return the names from below the root down to a unit, for a message."""
        names = [self.nodes[ref].name, *(node.name for node in self.above(ref))]
        return " / ".join(reversed(names[:-1] or names))

    def find(self, names: Sequence[str]) -> Node | None:
        """Return the unit at a path of names: from the root, else by the end of its own path.

        A path may leave out levels when only one unit answers to it. Raises Ambiguous.
        """
        keys = [normal_number(name) for name in names]
        if keys and keys[0] == self.nodes[self.root].key:
            keys = keys[1:]
        if not keys:
            return self.nodes[self.root]
        return (
            self._only(self._walk(keys))
            or self._only(self._by_end(keys))
            or self._only(self._with_gaps(keys))
        )

    def _only(self, nodes: list[Node]) -> Node | None:
        active = [node for node in nodes if node.is_active]
        if len(active) > 1:
            raise Ambiguous(_(", ").join(self.path(node.ref) for node in active[:3]))
        return next(iter(active or nodes), None)

    def _walk(self, keys: list[str]) -> list[Node]:
        level = [self.nodes[self.root]]
        for key in keys:
            level = [child for node in level for child in self._below.get((node.ref, key), ())]
        return level

    def _by_end(self, keys: list[str]) -> list[Node]:
        """Return the units whose own path ends with ``keys``."""
        upwards = keys[-2::-1]
        return [
            node
            for node in self._named.get(keys[-1], ())
            if all(
                above is not None and above.key == key
                for key, above in zip_longest(upwards, islice(self.above(node.ref), len(upwards)))
            )
        ]

    def _with_gaps(self, keys: list[str]) -> list[Node]:
        """Return the units whose own path has ``keys`` in this order, with levels between."""
        found = []
        for node in self._named.get(keys[-1], ()):
            chain = (above.key for above in self.above(node.ref))
            if all(key in chain for key in keys[-2::-1]):
                found.append(node)
        return found

    def check(self, findings: Findings) -> None:
        """Report circles, and units whose level does not fit below their parent."""
        in_circle = self._report_circles(findings)
        for node in self.nodes.values():
            if node.parent is None or node.ref in in_circle or not self._is_changed(node):
                continue
            parent = self.nodes[node.parent]
            if not parent.is_active:
                text = _("The unit “%(name)s” is closed.", name=parent.name)
                findings.error(node.line, text, "parent")
            elif not may_contain(parent.kind, node.kind):
                findings.error(
                    node.line,
                    _(
                        "“%(name)s” (%(kind)s) does not fit below “%(parent)s” (%(parents)s).",
                        name=shown(node.name),
                        kind=kind_name(node.kind),
                        parent=shown(parent.name),
                        parents=kind_name(parent.kind),
                    ),
                    "kind",
                )

    def _report_circles(self, findings: Findings) -> set[UnitRef]:
        """Report each circle once, at its first line in the file, and return who is in one."""
        safe: set[UnitRef] = set()
        circles: set[UnitRef] = set()
        for start in self.nodes:
            trail: dict[UnitRef, None] = {}
            here: UnitRef | None = start
            while here is not None and here not in safe and here not in trail:
                trail[here] = None
                here = self.nodes[here].parent
            if here is not None and here in trail:
                steps = list(trail)
                circle = steps[steps.index(here) :]
                circles.update(circle)
                self._report_circle(circle, findings)
            safe.update(trail)
        return circles

    def _report_circle(self, circle: list[UnitRef], findings: Findings) -> None:
        lines = [self.nodes[ref].line for ref in circle if self.nodes[ref].line != WHOLE_FILE]
        names = [self.nodes[ref].name for ref in [*circle, circle[0]]]
        findings.error(
            min(lines, default=WHOLE_FILE),
            _("These units lie below each other in a circle: %(names)s", names=" → ".join(names)),
            "parent",
        )

    def _is_changed(self, node: Node) -> bool:
        stored = self._stored.get(node.ref)
        return stored is None or stored.parent_id != node.parent

    def name_codes(self) -> None:
        """Give new units without a code one that sorts below their parent: 03, 03-01, 03-01-02."""
        numbers: dict[UnitRef | None, int] = defaultdict(int)
        for node in self._downwards():
            while not node.code:
                numbers[node.parent] += 1
                code = self._code_below(node, numbers[node.parent])
                if normal_number(code) not in self._codes:
                    self.set_code(node, code)

    def _code_below(self, node: Node, number: int) -> str:
        is_top = node.parent in (None, self.root)
        above = "" if is_top else f"{self.nodes[node.parent].code}-"  # type: ignore[index]
        code = f"{above}{number:02}"
        if len(code) <= MAX_CODE:
            return code
        return hashlib.sha256(f"{code}/{node.name}".encode()).hexdigest()[:12]

    def _downwards(self) -> Iterator[Node]:
        """Yield every unit, parents before their children; units in a circle are left out."""
        below = self.children()
        level = below[None]
        while level:
            yield from level
            level = [child for node in level for child in below[node.ref]]

    def changes(self) -> tuple[UnitChange, ...]:
        """Return what is new, renamed or moved, parents before their children."""
        return tuple(change for node in self._downwards() if (change := self._change(node)))

    def _change(self, node: Node) -> UnitChange | None:
        stored = self._stored.get(node.ref)
        if stored is None:
            return UnitChange(node.ref, node.code, node.kind, node.name, node.parent, node.line)
        name = node.name if node.name != stored.name else None
        parent = node.parent if node.parent != stored.parent_id else None
        if name is None and parent is None:
            return None
        return UnitChange(node.ref, node.code, node.kind, name, parent, node.line)


def kind_name(kind: str) -> str:
    """Return the word for a level of the tree."""
    return {
        "group": _("Group"),
        "company": _("Company"),
        "plant": _("Plant"),
        "workshop": _("Workshop"),
        "team": _("Team"),
    }.get(kind, kind)
