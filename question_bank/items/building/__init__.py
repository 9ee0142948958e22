"""From a draft to an item, and back.

Import it as a module, `from question_bank.items import building`: readers of formats need it while
the tables of problems, which it reports with, are themselves still being loaded.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from question_bank.formats.problems import Where
from question_bank.items import Item
from question_bank.items.building import arranging, choosing, filling, wholes
from question_bank.items.building.drafting import draft_of
from question_bank.items.building.report import Built, Report
from question_bank.items.draft import Draft

__all__ = ["Built", "build", "draft_of"]

_Builder = Callable[[Draft, str, Report], Item | None]

_BUILDERS: Mapping[str, _Builder] = MappingProxyType(
    {
        "single": choosing.choice,
        "multiple": choosing.choice,
        "true_false": choosing.true_false,
        "hotspot": choosing.hotspot,
        "cloze": filling.cloze,
        "numeric": filling.numeric,
        "ordering": arranging.ordering,
        "matching": arranging.matching,
        "essay": wholes.essay,
    }
)


def build(draft: Draft, uid: str) -> Built:
    """Build the item that a draft describes; `uid` is the item's id, from which options get theirs.

    The item is None when a problem is an error or a decision; all of them are found in one go.
    A problem of a part of a case is placed at `<uid>/<number of the part>`. Raises nothing.
    """
    report = Report(Where(item=uid))
    item = _case(draft, uid, report) if draft.kind == "case" else _built(draft, uid, report)
    return Built(item if report.is_sound else None, tuple(report.problems))


def _built(draft: Draft, uid: str, report: Report) -> Item | None:
    builder = _BUILDERS.get(draft.kind)
    if builder is None:
        report.add("build.kind", found=draft.kind[:60])
        return None
    return builder(draft, uid, report)


def _case(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a case; each part is built as if it stood alone."""
    parts: list[Item] = []
    for number, part in enumerate(draft.parts, start=1):
        if part.kind == "case":
            report.add("build.part_case", number=number)
            continue
        inner = Report(Where(item=f"{uid}/{number}"))
        item = _built(part, f"{uid}/{number}", inner)
        report.problems += inner.problems
        if item is not None and inner.is_sound:
            parts.append(item)
    return wholes.case(draft, parts, report)
