"""What automatic numbers count: questions, options, or statements inside a stem.

The text of a paragraph with an automatic number does not hold the number. Letters count options.
Other numbers count questions, unless they only ever come right behind the numbers of an outer list,
a few at a time: then those are the options, whatever their format.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from question_bank.formats.authored.options import markers
from question_bank.formats.plain.tokens import is_numbered
from question_bank.formats.word.blocks import Text
from question_bank.formats.word.numbering import Label
from question_bank.formats.word.numerals import HEADING_LIKE, LETTERED
from question_bank.items.options import LETTERS

_MOST_OPTIONS = 10
Key = tuple[str, int]


@dataclass(slots=True)
class _Run:
    """Paragraphs of one list that follow each other: what came before, and what comes after."""

    key: Key
    before: Key | None
    count: int = 1
    has_options_after: bool = False


def prefixes(texts: Sequence[Text]) -> dict[int, str]:
    """Return what to write before each paragraph with an automatic number, by its place."""
    options = _option_lists(texts)
    found: dict[int, str] = {}
    place = 0
    for text in texts:
        label = text.label
        if label is None:
            continue
        if label.format_name in ("bullet", "none"):
            continue
        if (label.list_id, label.level) in options:
            place = _next_place(label, place)
            found[text.number] = f"{LETTERS[place % 26]}. "
            place += 1
        else:
            found[text.number] = _counted(label)
            if label.format_name not in HEADING_LIKE or is_numbered(found[text.number]):
                place = 0
    return found


def _next_place(label: Label, place: int) -> int:
    """Return the place of an option: where its own letter begins again, it is the first."""
    if label.format_name in LETTERED and label.number == 1:
        return 0
    return place


def _counted(label: Label) -> str:
    shown = f"{label.shown.strip()} "
    if is_numbered(shown) or label.format_name in HEADING_LIKE:
        return shown
    if label.format_name.startswith("decimalEnclosedCircle"):
        return label.shown.strip()
    return f"{label.number}. "


def _option_lists(texts: Sequence[Text]) -> set[Key]:
    """Return the lists that count options."""
    lettered = {
        (text.label.list_id, text.label.level)
        for text in texts
        if text.label is not None and text.label.format_name in LETTERED
    }
    runs = _runs(texts)
    keys = list(dict.fromkeys(run.key for run in runs))
    found = set(lettered)
    for key in keys[1:]:
        own = [run for run in runs if run.key == key]
        is_inner = all(run.before is not None and run.before not in lettered for run in own)
        is_few = all(2 <= run.count <= _MOST_OPTIONS for run in own)
        if (
            key not in lettered
            and is_inner
            and is_few
            and not any(r.has_options_after for r in own)
        ):
            found.add(key)
    return found


def _runs(texts: Sequence[Text]) -> list[_Run]:
    runs: list[_Run] = []
    last: Key | None = None
    for text in texts:
        if not text.paragraph.text.strip():
            continue
        label = text.label
        if label is None or label.format_name in ("bullet", "none"):
            has_options = bool(markers(text.paragraph.text))
            if runs and has_options and last is not None:
                runs[-1].has_options_after = True
            last = None if not has_options else last
            continue
        key = (label.list_id, label.level)
        if runs and last == key:
            runs[-1].count += 1
        elif label.format_name not in HEADING_LIKE:
            if runs and label.format_name in LETTERED and last is not None:
                runs[-1].has_options_after = True
            runs.append(_Run(key, last))
        last = key
    return runs
