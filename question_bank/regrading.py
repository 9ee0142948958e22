"""Grading a response again after the key of its item was corrected, never to anybody's loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from question_bank.grading import NeedsMarking, grade, grade_marked
from question_bank.items import Choice, Item
from question_bank.items.changes import folded
from question_bank.responses import read_response


@dataclass(frozen=True, slots=True)
class Regraded:
    """What a response is worth after a correction: points 0.0 to 1.0, at least those it had."""

    points: float
    is_correct: bool


def regrade(
    old: Item,
    new: Item,
    given: Sequence[str],
    points: float,
    *,
    is_correct: bool,
    marks: Sequence[Sequence[float]] = (),
) -> Regraded:
    """Return what `given`, which earned `points` under `old`, is worth under `new`.

    What was right stays right, and a response that the new wording cannot take keeps its points.
    Where one of several right options could be chosen, having chosen one of them is right. `marks`
    are those of its texts, as `grade_marked` takes them; the texts of a response that is not
    marked yet keep it as it is.
    """
    kept = Regraded(points, is_correct)
    if is_correct:
        return kept
    values = _translated(old, new, given)
    if _is_one_of_several(old, new, values):
        return Regraded(1.0, True)
    try:
        response = read_response(new, values)
        score = grade_marked(new, response, marks) if marks else grade(new, response)
    except (ValueError, NeedsMarking):  # a ResponseError, or marks of another rubric
        return kept
    return Regraded(max(points, score.points), score.is_correct)


def _translated(old: Item, new: Item, given: Sequence[str]) -> list[str]:
    """Return chosen option ids as those of the same words in the new wording."""
    if not isinstance(old, Choice) or not isinstance(new, Choice):
        return list(given)
    known = {option.id for option in new.options}
    by_text = {folded(option.text): option.id for option in new.options}
    names: Mapping[str, str] = {
        option.id: by_text.get(folded(option.text), option.id)
        for option in old.options
        if option.id not in known
    }
    return [names.get(value, value) for value in given]


def _is_one_of_several(old: Item, new: Item, values: Sequence[str]) -> bool:
    """Tell whether one option was asked for, several turned out to be right, and this is one."""
    return (
        isinstance(old, Choice)
        and isinstance(new, Choice)
        and old.kind == "single"
        and len(new.key) > 1
        and len(values) == 1
        and values[0] in new.key
    )
