"""What people of the demo give in its exam."""

from __future__ import annotations

import pytest

from question_bank.grading import grade
from question_bank.responses import read_response
from quizapp.demo import exams
from tests.factories.kinds import secret


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("essay_at", range(5))
def test_everybody_gives_something_wrong_wherever_the_essay_stands(essay_at, place):
    asked = [secret("single", "x") for _choice in range(4)]
    asked.insert(essay_at, secret("essay", "x"))
    given = list(exams.give(asked, "写下来的", place))
    assert given[essay_at] == ("写下来的",)
    scores = [
        grade(item, read_response(item, values)).points
        for item, values in zip(asked, given, strict=True)
        if item.kind == "single"
    ]
    assert 1 <= scores.count(0) < len(scores)
