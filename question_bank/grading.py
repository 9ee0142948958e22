"""How good a response is."""

from dataclasses import dataclass

from question_bank.items import Choice, Item
from question_bank.responses import ChoiceResponse


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one response: `points` from 0.0 to 1.0, and whether it is the key exactly."""

    points: float
    is_correct: bool


def grade(item: Item, response: ChoiceResponse) -> Score:
    """Compare a response with the key.

    All or nothing, except for a multiple choice with partial scoring: there each right option is
    worth its share of the key, each wrong option takes one share away, and nobody falls below zero.
    So choosing everything never pays, and adding a wrong option never raises the score.
    """
    is_correct = response.chosen == item.key_ids
    if isinstance(item, Choice) and item.scoring == "partial":
        right = len(response.chosen & item.key)
        wrong = len(response.chosen - item.key)
        return Score(max(0, right - wrong) / len(item.key), is_correct)
    return Score(1.0 if is_correct else 0.0, is_correct)
