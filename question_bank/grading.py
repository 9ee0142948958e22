"""How good a response is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from question_bank.items import (
    Case,
    Choice,
    Choosable,
    Cloze,
    Essay,
    Item,
    Matching,
    Numeric,
    Ordering,
)
from question_bank.items.answers import number_credit, text_credit
from question_bank.items.cloze import Blank
from question_bank.responses import (
    CaseResponse,
    ChoiceResponse,
    ClozeResponse,
    EssayResponse,
    MatchingResponse,
    NumericResponse,
    OrderingResponse,
    Response,
)
from question_bank.text import read_number

# Weights are often rounded (33.3 % three times); so much may be missing from a full score.
_ROUNDING = 0.005


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one response: `points` from 0.0 to 1.0, and whether it is fully right."""

    points: float
    is_correct: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a person has to mark: `part` is its number in a case, from 1, or 0 outside of one."""

    part: int
    essay: Essay
    text: str


class NeedsMarking(Exception):
    """The response is in free words: a person marks it, see `mark` and `grade_marked`."""


NOTHING = Score(0.0, is_correct=False)


def grade(item: Item, response: Response) -> Score:
    """Compare a response with the key; what was left out counts as nothing.

    Choices and hotspots, for k right of n options, of which r right and w wrong ones were chosen:

    - `all_or_nothing`: 1 for the key exactly, else 0.
    - `partial`: (r - w) / k, not below 0. A wrong option costs as much as a right one gains, so
      choosing everything earns 0 where at most half of the options are right; where more are, it
      does pay: 3 right of 4 give 2/3.
    - `corrected`: r / k - w / (n - k), not below 0. Choosing everything comes to 0 whatever
      the key is, and so does blind choosing on average, before it is cut at 0.
    - `weighted`: the sum of the weights chosen, from 0 to 1.

    Cloze: the mean of the credits of the blanks by their weights. Numeric: the credit of the span
    that holds the number, bounds included. Matching: the share of right pairs, or all or nothing.
    Ordering: see `order_credit`. Case: the mean of its parts.

    Raises NeedsMarking for an essay, and for a case with an answered essay in it; ValueError for a
    response to another kind of item.
    """
    match item, response:
        case Cloze(), ClozeResponse():
            return _grade_cloze(item, response)
        case Numeric(), NumericResponse():
            number = read_number(response.text, item.unit)
            return _score(0.0 if number is None else number_credit(number, item.spans))
        case Ordering(), OrderingResponse():
            is_correct = response.order == item.order
            is_partial = item.scoring == "partial"
            credit = order_credit(item.order, response.order) if is_partial else float(is_correct)
            return Score(credit, is_correct)
        case Matching(), MatchingResponse():
            return _grade_pairs(item, response)
        case Case(), CaseResponse():
            pairs = zip(item.parts, response.parts, strict=True)
            return combine([grade(part, given) if given else NOTHING for part, given in pairs])
        case Essay(), _:
            raise NeedsMarking("an essay is marked by a person")
        case ((Cloze() | Numeric() | Ordering() | Matching() | Case()), _):
            raise ValueError(f"this is no response to an item of kind {item.kind}")
        case _, ChoiceResponse():
            return _grade_choice(item, response.chosen)
        case _:
            raise ValueError(f"this is no response to an item of kind {item.kind}")


def mark(essay: Essay, points: Sequence[float]) -> Score:
    """Return the score of an essay from the points that a person gave for each criterion.

    Raises ValueError unless there are points from 0 to its most for every criterion.
    """
    if len(points) != len(essay.rubric):
        raise ValueError(f"{len(essay.rubric)} criteria need as many marks, not {len(points)}")
    for given, criterion in zip(points, essay.rubric, strict=True):
        if not 0 <= given <= criterion.points:
            raise ValueError(f"{given} is not between 0 and {criterion.points}")
    return _score(float(sum(map(Fraction, points)) / sum(Fraction(c.points) for c in essay.rubric)))


def written(item: Item, response: Response) -> tuple[Written, ...]:
    """Return the texts of a response that a person has to mark, in order, or nothing.

    Of a case, those parts that are essays and were answered.
    """
    if isinstance(item, Essay) and isinstance(response, EssayResponse):
        return (Written(0, item, response.text),)
    if not isinstance(item, Case) or not isinstance(response, CaseResponse):
        return ()
    parts = enumerate(zip(item.parts, response.parts, strict=True), start=1)
    return tuple(
        Written(number, part, given.text)
        for number, (part, given) in parts
        if isinstance(part, Essay) and isinstance(given, EssayResponse)
    )


def grade_marked(item: Item, response: Response, marks: Sequence[Sequence[float]]) -> Score:
    """Return the score of a response whose texts were marked; a case adds what needs no person.

    `marks` holds for each of `written(item, response)` the points of its criteria. The parts of a
    case have the same weight, and what was left out counts as nothing. Raises ValueError for marks
    that do not fit, and what `grade` raises.
    """
    texts = written(item, response)
    if len(marks) != len(texts):
        raise ValueError(f"{len(texts)} texts need as many marks, not {len(marks)}")
    marked = {
        text.part: mark(text.essay, points) for text, points in zip(texts, marks, strict=True)
    }
    if 0 in marked:
        return marked[0]
    if not isinstance(item, Case) or not isinstance(response, CaseResponse):
        return grade(item, response)
    parts = enumerate(zip(item.parts, response.parts, strict=True), start=1)
    return combine(
        [
            marked[number] if number in marked else grade(part, given) if given else NOTHING
            for number, (part, given) in parts
        ]
    )


def combine(scores: Sequence[Score]) -> Score:
    """Return the score of a case from those of its parts, each of the same weight."""
    points = float(sum(Fraction(score.points) for score in scores) / len(scores))
    return Score(points, all(score.is_correct for score in scores))


def order_credit(right: Sequence[str], given: Sequence[str]) -> float:
    """Return how far an order agrees with the right one, from 0.0 to 1.0.

    The share of pairs that stand in the right order less the share that do not: the rank
    correlation tau of Kendall (A new measure of rank correlation, Biometrika 30, 1938), not below
    0. Tau of a random order is 0 on average, so guessing is worth about nothing: cut at 0, it
    gives a mean of 0.19 for four entries and 0.14 for six. One exchange of neighbours costs
    2 / (number of pairs), wherever it is.
    """
    places = {entry: place for place, entry in enumerate(given)}
    pairs = list(combinations(right, 2))
    agreeing = sum(places[first] < places[second] for first, second in pairs)
    return max(0.0, (2 * agreeing - len(pairs)) / len(pairs))


def corrected_for_guessing(right: int, wrong: int, options: int) -> float:
    """Return the formula score of a form: right - wrong / (options - 1); omitted items count 0.

    `options` is how many every item has, one of them right. Blind guessing comes to 0 on average.
    It may be negative. Source: Lord, Formula scoring and number-right scoring, Journal of
    Educational Measurement 12 (1975); Frary, Formula scoring of multiple-choice tests, Educational
    Measurement: Issues and Practice 7 (1988). Raises ValueError for fewer than two options or a
    negative count.
    """
    if options < 2 or right < 0 or wrong < 0:
        raise ValueError("counts are not negative, and an item has two options at least")
    return right - wrong / (options - 1)


def _score(points: float) -> Score:
    return Score(points, points == 1)


def _grade_choice(item: Choosable, chosen: frozenset[str]) -> Score:
    key = item.key_ids
    is_correct = chosen == key
    right, wrong = len(chosen & key), len(chosen - key)
    scoring = getattr(item, "scoring", "all_or_nothing")
    if scoring == "partial":
        return Score(max(0, right - wrong) / len(key), is_correct)
    if scoring == "corrected":
        others = max(1, len(item.option_ids) - len(key))
        return Score(
            max(0.0, float(Fraction(right, len(key)) - Fraction(wrong, others))), is_correct
        )
    if isinstance(item, Choice) and scoring == "weighted":
        return _weigh(item, chosen)
    return Score(float(is_correct), is_correct)


def _weigh(item: Choice, chosen: frozenset[str]) -> Score:
    """Add up weights. Of several right options of a single choice each is right."""
    is_correct = chosen == item.key or (item.kind == "single" and chosen <= item.key)
    total = sum(Fraction(option.weight or 0) for option in item.options if option.id in chosen)
    points = min(1.0, max(0.0, float(total)))
    return Score(1.0 if is_correct and points > 1 - _ROUNDING else points, is_correct)


def _grade_cloze(item: Cloze, response: ClozeResponse) -> Score:
    credits = [
        Fraction(blank_credit(blank, text))
        for blank, text in zip(item.blanks, response.texts, strict=True)
    ]
    weights = [Fraction(blank.weight) for blank in item.blanks]
    gained = sum(weight * credit for weight, credit in zip(weights, credits, strict=True))
    return Score(float(gained / sum(weights)), all(credit == 1 for credit in credits))


def blank_credit(blank: Blank, text: str) -> float:
    """Return what a text, or an option id, is worth in a blank: 0.0 to 1.0, 0.0 when left out."""
    if not text:
        return 0.0
    if blank.options:
        return blank.credit_of(text)
    if blank.spans:
        number = read_number(text)
        return 0.0 if number is None else number_credit(number, blank.spans)
    return text_credit(text, blank.accepted, is_exact=blank.is_exact)


def _grade_pairs(item: Matching, response: MatchingResponse) -> Score:
    pairs = zip(response.pairs, item.key, strict=True)
    right = sum(given == fitting for (_left, given), fitting in pairs)
    is_correct = right == len(item.key)
    if item.scoring == "all_or_nothing":
        return Score(float(is_correct), is_correct)
    return Score(right / len(item.key), is_correct)
