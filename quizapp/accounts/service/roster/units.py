"""The sheet of units: code, name, level and parent, laid over the stored tree."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from quizapp.org.rules import GROUP, normal_name, normal_number

from .findings import Findings, shown
from .flaws import report_flaws
from .reach import code_outside
from .reading import Row
from .tree import MAX_CODE, MAX_NAME, Node, Tree, kind_name
from .words import vocabulary, word_key


@dataclass(frozen=True, slots=True)
class _Listed:
    row: Row
    node: Node


def lay_units(tree: Tree, rows: tuple[Row, ...], findings: Findings) -> None:
    """Lay the rows of a sheet of units over ``tree``; what is wrong with them is reported."""
    lines: dict[str, int] = {}
    listed: list[_Listed] = []
    for row in rows:
        if not _is_complete(row, findings):
            continue
        key = normal_number(row.text("code"))
        if key in lines:
            findings.error(
                row.line,
                _(
                    "The unit code %(code)s stands in line %(line)s already.",
                    code=shown(row.text("code")),
                    line=lines[key],
                ),
                "code",
            )
            continue
        lines[key] = row.line.number
        node = _node(tree, row, findings)
        if node is not None:
            listed.append(_Listed(row, node))
    tree.index_names()
    for one in listed:
        _hang(tree, one, findings)


def _is_complete(row: Row, findings: Findings) -> bool:
    """Tell whether a row has a code and a name that can be stored."""
    if report_flaws(row, findings):
        return False
    code, name = row.text("code"), normal_name(row.text("name"))
    if not code or not name:
        findings.error(row.line, _("This unit has no code or no name."))
    elif len(code) > MAX_CODE:
        findings.error(
            row.line, _("A unit code has at most %(length)s characters.", length=MAX_CODE), "code"
        )
    elif len(name) > MAX_NAME:
        findings.error(
            row.line, _("A unit name has at most %(length)s characters.", length=MAX_NAME), "name"
        )
    else:
        return True
    return False


def _node(tree: Tree, row: Row, findings: Findings) -> Node | None:
    """Return the unit that a row speaks of, with its name and level; None when it is not laid."""
    code, name, word = row.text("code"), row.text("name"), row.text("kind")
    kind = vocabulary().kinds.get(word_key(word), "")
    if word and not kind:
        findings.error(row.line, _("The level “%(word)s” is not known.", word=shown(word)), "kind")
        return None
    node = tree.by_code(code)
    if node is not None and tree.is_hidden(node.ref):
        findings.error(row.line, code_outside(code), "code")
        return None
    if _is_root(tree, node, kind):
        _stand_for_root(tree, row, findings)
        return None
    if node is None:
        kind = kind or vocabulary().kind_by_ending(name) or ""
        if not kind:
            findings.error(row.line, _("Say the level of “%(name)s”.", name=shown(name)), "kind")
            return None
        return tree.add(tree.root, name, kind, code, row.line)
    if not node.is_active:
        findings.warning(
            row.line, _("The unit “%(name)s” is closed and stays so.", name=shown(node.name))
        )
        return None
    if kind and kind != node.kind:
        findings.error(
            row.line,
            _(
                "“%(name)s” is recorded as %(kind)s; its level cannot change.",
                name=shown(node.name),
                kind=kind_name(node.kind),
            ),
            "kind",
        )
        return None
    node.name, node.line = normal_name(name), row.line
    return node


def _is_root(tree: Tree, node: Node | None, kind: str) -> bool:
    """Tell whether a row speaks of the organisation itself: by its level, or by its code."""
    return kind == GROUP if node is None else node.ref == tree.root and kind in ("", GROUP)


def _stand_for_root(tree: Tree, row: Row, findings: Findings) -> None:
    """Take a row of the level group as the organisation itself, which keeps its own name."""
    root = tree.nodes[tree.root]
    if row.text("parent"):
        findings.error(row.line, _("A group has no unit above it."), "parent")
        return
    if root.line.number and root.line != row.line:
        findings.error(
            row.line,
            _("There is one group; it stands in line %(line)s already.", line=root.line.number),
            "kind",
        )
        return
    root.line = row.line
    tree.stand_for(row.text("code"), root.ref)
    if normal_number(row.text("name")) != normal_number(root.name):
        findings.warning(
            row.line,
            _(
                "“%(name)s” is read as “%(root)s”, which keeps its name.",
                name=shown(row.text("name")),
                root=root.name,
            ),
            "name",
        )


def _hang(tree: Tree, one: _Listed, findings: Findings) -> None:
    """Hang a listed unit under its parent: by code, else by name, else under the root.

    A stored unit whose parent cell is blank stays where it is.
    """
    above = one.row.text("parent")
    if not above or one.node.ref == tree.root:
        return
    parent = tree.by_code(above) or tree.by_name(above)
    if parent is None or tree.is_hidden(parent.ref):
        text = _("The parent unit %(code)s is not known.", code=shown(above))
        findings.error(one.row.line, text, "parent")
    elif parent.ref == one.node.ref:
        text = _("“%(name)s” lies below itself.", name=shown(one.node.name))
        findings.error(one.row.line, text, "parent")
    else:
        one.node.parent = parent.ref
