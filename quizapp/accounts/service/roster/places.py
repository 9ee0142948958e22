"""Where people are: the unit codes and paths of their rows, found in the tree or grown onto it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from quizapp.org.rules import KINDS, TEAM, normal_name, normal_number

from .findings import Findings, Line, shown
from .plan import UnitRef
from .reach import code_outside, unit_outside
from .reading import Row
from .tree import MAX_CODE, MAX_NAME, Ambiguous, Node, Tree
from .words import LEVELS, vocabulary


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as a row names it: names from the top down, each with its level where a column says
    it, and the code of the last one; both may be empty. ``field`` is the column that says it."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    code: str
    field: str = ""

    def __bool__(self) -> bool:
        """Tell whether the row names a unit at all."""
        return bool(self.names or self.code)


def place_of(row: Row) -> Place:
    """Return the unit that a row names; a path goes before columns for each level."""
    names = vocabulary().path_parts(row.text("unit_path"))
    kinds = [""] * len(names)
    field = "unit_path" if names else "unit_code"
    if not names:
        levels = [(row.text(level), level) for level in LEVELS if row.text(level)]
        names, kinds = [name for name, _kind in levels], [kind for _name, kind in levels]
        field = kinds[-1] if kinds else field
    return Place(tuple(names), tuple(kinds), row.text("unit_code"), field)


class _Lost(Exception):
    """A place cannot be found or grown; the message says why."""


class Places:
    """The units of all rows; what cannot be found is reported at every row that names it."""

    def __init__(self, tree: Tree, findings: Findings, *, may_grow: bool) -> None:
        """``may_grow``: new paths become new units, for a file without a sheet of units."""
        self._tree = tree
        self._findings = findings
        self._may_grow = may_grow
        self._found: dict[Place, UnitRef] = {}
        self._lost: dict[Place, str] = {}
        self._coded: dict[str, tuple[Place, Line]] = {}
        self._grown: list[Node] = []

    def learn(self, rows: Iterable[Row]) -> None:
        """Find or grow the unit of every row."""
        first: dict[Place, Line] = {}
        lines: dict[Place, list[Line]] = defaultdict(list)
        for row in rows:
            place = place_of(row)
            if place:
                lines[place].append(row.line)
                first.setdefault(place, row.line)
        for place, line in first.items():
            self._try(place, line, self._locate)
        self._name_kinds()
        self._tree.index_names()
        for place in list(self._found):
            # A path that means several units once all new ones are there would not be found
            # again by the next import of the same file.
            if not place.code:
                self._try(place, first[place], lambda place, _line: self._tree.find(place.names))
        for place, text in self._lost.items():
            for line in lines[place]:
                self._findings.error(line, text, place.field)

    def unit_of(self, row: Row) -> UnitRef | None:
        """Return the unit of a row; None when it names none, or none that was found."""
        return self._found.get(place_of(row))

    def is_lost(self, row: Row) -> bool:
        """Tell whether a row names a unit that cannot be found, which has been reported."""
        return place_of(row) in self._lost

    def covers(self, ref: UnitRef) -> bool:
        """Tell whether a unit lies within the reach of who asks."""
        return self._tree.covers(ref)

    def path(self, ref: UnitRef) -> str:
        """Return the path of a unit, for a message."""
        return self._tree.path(ref)

    def _try(self, place: Place, line: Line, locate: Callable[[Place, Line], Node | None]) -> None:
        """Note the unit that ``locate`` finds for a place, or why there is none."""
        path = shown(" / ".join(place.names))
        try:
            node = locate(place, line)
        except Ambiguous as units:
            self._lost[place] = _(
                "“%(path)s” may mean several units: %(units)s. Write the whole path.",
                path=path,
                units=units,
            )
        except _Lost as reason:
            self._lost[place] = str(reason)
        else:
            if node is None:
                self._lost[place] = _("The unit “%(path)s” is not known.", path=path)
            elif not self._tree.covers(node.ref):
                self._lost[place] = unit_outside(path or place.code)
            elif not node.is_active:
                self._lost[place] = _("The unit “%(name)s” is closed.", name=shown(node.name))
            else:
                self._found[place] = node.ref

    def _locate(self, place: Place, line: Line) -> Node | None:
        """Return the unit of a place, growing it where that is allowed."""
        if any(len(name) > MAX_NAME for name in place.names):
            raise _Lost(_("A unit name has at most %(length)s characters.", length=MAX_NAME))
        if len(place.code) > MAX_CODE:
            raise _Lost(_("A unit code has at most %(length)s characters.", length=MAX_CODE))
        return self._by_code(place, line) if place.code else self._by_path(place, line)

    def _by_path(self, place: Place, line: Line, code: str = "") -> Node | None:
        node = self._tree.find(place.names)
        if node is None and self._may_grow:
            return self._grow(place, code, line)
        return node

    def _by_code(self, place: Place, line: Line) -> Node | None:
        """Return the unit with the place's code; its path may give it a new name or parent."""
        self._refuse_contradiction(place, line)
        node = self._tree.by_code(place.code)
        if node is None and (not place.names or not self._may_grow):
            raise _Lost(_("The unit code %(code)s is not known.", code=shown(place.code)))
        if node is None:
            return self._with_new_code(place, line)
        if not self._tree.covers(node.ref):
            raise _Lost(code_outside(place.code))
        return self._follow_path(node, place, line) if place.names else node

    def _refuse_contradiction(self, place: Place, line: Line) -> None:
        """Refuse a code that another line gives to another path."""
        if not place.names:
            return
        before, first = self._coded.setdefault(normal_number(place.code), (place, line))
        if [*map(normal_number, before.names)] != [*map(normal_number, place.names)]:
            raise _Lost(
                _(
                    "The unit code %(code)s stands for another unit in line %(line)s.",
                    code=shown(place.code),
                    line=first.number,
                )
            )

    def _with_new_code(self, place: Place, line: Line) -> Node | None:
        """Return the unit at a path whose code is new; a stored unit keeps the code it has."""
        node = self._by_path(place, line, place.code)
        if node is not None and not node.code:
            self._tree.set_code(node, place.code)
        elif node is not None and normal_number(node.code) != normal_number(place.code):
            self._findings.warning(
                line,
                _("“%(name)s” keeps the code %(code)s.", name=shown(node.name), code=node.code),
            )
        return node

    def _follow_path(self, node: Node, place: Place, line: Line) -> Node | None:
        """Rename or move a unit that is known by its code, when its path says so."""
        at_path = self._tree.find(place.names)
        if at_path is not None and at_path.ref != node.ref and at_path.is_active:
            raise _Lost(
                _(
                    "The code %(code)s belongs to “%(name)s”, the path to “%(other)s”.",
                    code=shown(place.code),
                    name=shown(node.name),
                    other=shown(at_path.name),
                )
            )
        if at_path is not None or not self._may_grow or node.ref == self._tree.root:
            return node
        above = Place(place.names[:-1], place.kinds[:-1], "")
        parent = self._by_path(above, line) if above.names else None
        if parent is not None and parent.ref != node.parent:
            if not self._tree.covers(parent.ref):
                raise _Lost(unit_outside(shown(" / ".join(above.names))))
            node.parent = parent.ref
        node.name, node.line = normal_name(place.names[-1]), line
        return node

    def _grow(self, place: Place, code: str, line: Line) -> Node:
        """Add the missing end of a path below the part of it that is known."""
        node, depth = self._tree.nodes[self._tree.root], 0
        for length in range(len(place.names) - 1, 0, -1):
            known = self._tree.find(place.names[:length])
            if known is not None:
                node, depth = known, length
                break
        if not self._tree.covers(node.ref):
            raise _Lost(unit_outside(shown(" / ".join(place.names))))
        deepest = len(KINDS) - 1  # below the group
        if self._depth(node) + len(place.names) - depth > deepest:
            raise _Lost(_("A path has at most %(levels)s levels.", levels=deepest))
        for step in range(depth, len(place.names)):
            is_last = step == len(place.names) - 1
            node = self._tree.add(
                node.ref, place.names[step], place.kinds[step], code if is_last else "", line
            )
            self._grown.append(node)
        return node

    def _name_kinds(self) -> None:
        """Decide the level of new units from what their names say and how much lies below them."""
        grown = {node.ref for node in self._grown}
        heights = dict.fromkeys(grown, 0)
        for node in reversed(self._grown):  # children were added after their parents
            if node.parent in grown:
                heights[node.parent] = max(heights[node.parent], heights[node.ref] + 1)
        tallest = max((self._depth(node) + heights[node.ref] for node in self._grown), default=0)
        for node in self._grown:
            if not node.kind:
                node.kind = self._kind_of(node, heights[node.ref], tallest)

    def _depth(self, node: Node) -> int:
        """Return how many levels below the root a unit lies."""
        return sum(1 for _above in self._tree.above(node.ref))

    def _kind_of(self, node: Node, height: int, tallest: int) -> str:
        """Return the level of a new unit: by its name, else by its distance from the lowest level.

        Levels are counted from the bottom: the longest path of a file ends with teams.
        """
        above = KINDS.index(self._tree.nodes[node.parent].kind)  # type: ignore[index]
        fitting = KINDS[above + 1 : len(KINDS) - height]
        named = vocabulary().kind_by_ending(node.name)
        if named in fitting:
            return named or TEAM
        if not fitting:
            return TEAM  # one level too many: the check of the tree says so
        by_depth = len(KINDS) - 1 - (tallest - self._depth(node))
        return min(fitting, key=lambda kind: abs(KINDS.index(kind) - by_depth))
