"""Building the kinds in which something is written: fill-in and numbers."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from question_bank.items import Blank, Cloze, Item, Numeric
from question_bank.items.building.report import Report
from question_bank.items.cloze import MAX_BLANKS, marks_in
from question_bank.items.draft import Draft, DraftBlank
from question_bank.items.options import Option


def cloze(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a text with blanks."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    count, marks = len(draft.blanks), marks_in(draft.stem)
    if not count:
        report.add("build.blanks_missing")
    elif count > MAX_BLANKS:
        report.add("build.blanks_many", count=count, most=MAX_BLANKS)
    elif marks != count and (marks, count) != (0, 1):
        report.add("build.blanks_mismatch", marks=marks, count=count)
    blanks = [
        _blank(blank, number, f"{uid}/{number}", report)
        for number, blank in enumerate(draft.blanks, start=1)
    ]
    if not report.is_sound:
        return None
    whole = tuple(blank for blank in blanks if blank is not None)
    return Cloze(stem, whole, explanation, draft.media)


def _blank(draft: DraftBlank, number: int, uid: str, report: Report) -> Blank | None:
    name = f"blanks[{number}]"
    if sum(map(bool, (draft.accepted, draft.spans, draft.options))) > 1:
        report.add("build.blank_mixed", number=number)
        return None
    if not draft.weight > 0:
        report.add("build.weight", found=draft.weight, field=name, least=0, most=100)
        return None
    if draft.options:
        return _choice_blank(draft, uid, name, report)
    accepted = report.accepted(draft.accepted, name)
    spans = report.spans(draft.spans, name)
    if not accepted and not spans:
        if report.is_sound:
            report.add("build.blank_empty", number=number)
        return None
    return Blank(accepted, spans, weight=draft.weight, is_exact=draft.is_exact)


def _choice_blank(draft: DraftBlank, uid: str, name: str, report: Report) -> Blank | None:
    options = report.options(draft.options, uid, f"{name}.options")
    if not options:
        return None
    pairs = list(zip(options, draft.options, strict=True))
    best = max(one.weight or 0 for one in draft.options)
    key = {o.id for o, one in pairs if one.is_right} or {
        o.id for o, one in pairs if best > 0 and one.weight == best
    }
    if not key:
        report.add("build.key_missing")
        return None
    for number, option in enumerate(options, start=1):
        if option.weight is not None and not -1 <= option.weight <= 1:
            where = f"{name}.options[{number}]"
            report.add("build.weight", found=option.weight, field=where, least=-1, most=1)
    return Blank(options=_credited(options, key), key=frozenset(key), weight=draft.weight)


def _credited(options: Sequence[Option], key: Collection[str]) -> tuple[Option, ...]:
    """Give every option a credit from 0 to 1 as soon as one of them has a weight."""
    if all(option.weight is None for option in options):
        return tuple(options)
    return tuple(
        replace(
            option,
            weight=float(option.id in key) if option.weight is None else max(0.0, option.weight),
        )
        for option in options
    )


def numeric(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a question for a number."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    unit = report.text(draft.unit, "unit")
    spans = report.spans(draft.spans, "spans")
    if not spans and report.is_sound:
        report.add("build.spans_missing")
    if not report.is_sound:
        return None
    return Numeric(stem, spans, explanation, unit, draft.media)
