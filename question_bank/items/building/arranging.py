"""Building the kinds in which something is arranged: ordering and matching."""

from collections.abc import Sequence
from typing import Any

from question_bank.items import Item, Matching, Ordering
from question_bank.items.building.report import Report
from question_bank.items.draft import Draft, DraftOption
from question_bank.items.options import Option


def ordering(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build entries to put in order; the draft has them in the right one."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    scoring: Any = report.scoring(draft, ("all_or_nothing", "partial"))
    entries = [DraftOption(one.text, image=one.image) for one in draft.options]
    options = report.options(entries, uid, "options")
    if not report.is_sound:
        return None
    return Ordering(stem, options, explanation, scoring, draft.media)


def matching(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build two columns that belong together."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    scoring: Any = report.scoring(draft, ("partial", "all_or_nothing"))
    pairs = _pairs(draft, report)
    rights = _rights(draft, pairs, report)
    lefts = report.options([DraftOption(left) for left, _right in pairs], uid, "pairs")
    targets = report.options([DraftOption(text) for text in rights], f"{uid}/right", "right")
    if not report.is_sound:
        return None
    by_text: dict[str, Option] = {option.text: option for option in targets}
    key = tuple(by_text[right].id for _left, right in pairs)
    return Matching(stem, lefts, targets, key, explanation, scoring, draft.media)


def _pairs(draft: Draft, report: Report) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for number, (left, right) in enumerate(draft.pairs, start=1):
        pair = report.text(left, f"pairs[{number}]"), report.text(right, f"pairs[{number}]")
        if not all(pair):
            report.add("build.pair_empty", number=number)
        else:
            pairs.append(pair)
    return pairs


def _rights(draft: Draft, pairs: Sequence[tuple[str, str]], report: Report) -> list[str]:
    """Return the right sides, each once: those of the pairs, then those that fit nothing."""
    rights = list(dict.fromkeys(right for _left, right in pairs))
    for number, extra in enumerate(draft.extras, start=1):
        text = report.text(extra, f"extras[{number}]")
        if text in rights:
            report.add("build.extra_repeated", text=text[:60])
        elif text:
            rights.append(text)
    return rights
