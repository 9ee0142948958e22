"""Building what a person marks, and what holds several items: essays and cases."""

from collections.abc import Sequence
from typing import Any

from question_bank.items import Case, Essay, Item
from question_bank.items.building.report import LONG_TEXT, Report
from question_bank.items.case import MAX_PARTS
from question_bank.items.draft import Criterion, Draft


def essay(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a question that is answered in free words."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    sample = report.text(draft.sample, "sample", LONG_TEXT)
    if not draft.rubric:
        report.add("build.rubric_missing")
    criteria: list[Criterion] = []
    for number, one in enumerate(draft.rubric, start=1):
        text = report.text(one.text, f"rubric[{number}]")
        if not text:
            report.add("build.criterion_empty", number=number)
        if not 0 < one.points <= 100:
            name = f"rubric[{number}]"
            report.add("build.weight", found=one.points, field=name, least=0, most=100)
        criteria.append(Criterion(text, one.points))
    if not report.is_sound:
        return None
    return Essay(stem, tuple(criteria), explanation, sample, draft.media)


def case(draft: Draft, parts: Sequence[Item], report: Report) -> Item | None:
    """Build a situation with the items below it, which are built already."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    if not draft.parts:
        report.add("build.parts_missing")
    if len(draft.parts) > MAX_PARTS:
        report.add("build.parts_many", count=len(draft.parts), most=MAX_PARTS)
    if not report.is_sound:
        return None
    whole: Any = tuple(parts)
    return Case(stem, whole, explanation, draft.media)
