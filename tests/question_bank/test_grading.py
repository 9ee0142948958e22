"""Responses and grading: a table of cases, and what holds for every item and response."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.grading import Score, grade
from question_bank.items import Choice, Option, TrueFalse
from question_bank.responses import (
    ChoiceResponse,
    EmptyResponse,
    ResponseError,
    TooManyOptions,
    UnknownOption,
    read_response,
)


def choice(key, count=4, scoring="all_or_nothing", kind=None):
    """Build a choice whose option ids are the letters, as short as a table wants them."""
    return Choice(
        kind=kind or ("single" if len(key) == 1 else "multiple"),
        stem="?",
        options=tuple(Option(letter, f"text {letter}") for letter in "ABCDEFGHIJ"[:count]),
        key=frozenset(key),
        explanation="",
        scoring=scoring,
    )


def given_response(letters):
    return ChoiceResponse(frozenset(letters))


@st.composite
def graded_cases(draw):
    count = draw(st.integers(2, 10))
    letters = "ABCDEFGHIJ"[:count]
    key = draw(st.sets(st.sampled_from(letters), min_size=1))
    kind = draw(st.sampled_from(["single", "multiple"])) if len(key) == 1 else "multiple"
    scoring = (
        draw(st.sampled_from(["all_or_nothing", "partial", "corrected"]))
        if kind == "multiple"
        else "all_or_nothing"
    )
    return choice(key, count, scoring, kind), draw(st.sets(st.sampled_from(letters)))


@pytest.mark.parametrize(
    ("item", "chosen", "score"),
    [
        (choice("B"), "B", Score(1.0, True)),
        (choice("B"), "A", Score(0.0, False)),
        (choice("ABD"), "ABD", Score(1.0, True)),
        (choice("ABD"), "AB", Score(0.0, False)),
        (choice("ABD"), "ABCD", Score(0.0, False)),
        (choice("ABD"), "C", Score(0.0, False)),
        (choice("ABD", scoring="partial"), "ABD", Score(1.0, True)),
        (choice("ABD", scoring="partial"), "AB", Score(2 / 3, False)),
        (choice("ABD", scoring="partial"), "A", Score(1 / 3, False)),
        (choice("ABD", scoring="partial"), "AC", Score(0.0, False)),
        (choice("ABD", scoring="partial"), "ABC", Score(1 / 3, False)),
        (choice("ABD", scoring="partial"), "ABCD", Score(2 / 3, False)),
        (choice("AB", 10, scoring="partial"), "ABCDEFGHIJ", Score(0.0, False)),
        (choice("AB", scoring="partial"), "CD", Score(0.0, False)),
        (choice("A", scoring="partial", kind="multiple"), "A", Score(1.0, True)),
        (choice("ABD", scoring="corrected"), "ABD", Score(1.0, True)),
        (choice("ABD", scoring="corrected"), "ABCD", Score(0.0, False)),
        (choice("ABD", scoring="corrected"), "AB", Score(2 / 3, False)),
        (choice("AB", 6, scoring="corrected"), "ABC", Score(0.75, False)),
        (choice("AB", 2, scoring="corrected"), "A", Score(0.5, False)),
        (TrueFalse("?", True, ""), ["true"], Score(1.0, True)),
        (TrueFalse("?", True, ""), ["false"], Score(0.0, False)),
        (TrueFalse("?", False, ""), ["false"], Score(1.0, True)),
        (TrueFalse("?", False, ""), ["true"], Score(0.0, False)),
    ],
)
def test_grading(item, chosen, score):
    assert grade(item, given_response(chosen)) == score


@given(graded_cases())
def test_a_score_lies_between_nothing_and_everything(case):
    item, chosen = case
    score = grade(item, given_response(chosen))
    assert 0.0 <= score.points <= 1.0
    assert score.is_correct == (score.points == 1.0)


@given(graded_cases())
def test_exactly_the_key_earns_everything(case):
    item, _ = case
    assert grade(item, given_response(item.key)) == Score(1.0, True)


@given(graded_cases(), st.data())
def test_the_order_of_options_and_of_choosing_does_not_matter(case, data):
    item, chosen = case
    moved = Choice(
        item.kind,
        item.stem,
        tuple(data.draw(st.permutations(item.options))),
        item.key,
        item.explanation,
        item.is_fixed,
        item.scoring,
    )
    again = data.draw(st.permutations(sorted(chosen)))
    assert grade(moved, given_response(again)) == grade(item, given_response(chosen))


@given(graded_cases(), st.data())
def test_one_more_wrong_option_never_raises_the_score(case, data):
    item, chosen = case
    wrong = sorted(item.option_ids - item.key)
    if wrong:
        more = chosen | {data.draw(st.sampled_from(wrong))}
        assert (
            grade(item, given_response(more)).points <= grade(item, given_response(chosen)).points
        )


def test_a_score_cannot_be_changed():
    with pytest.raises(AttributeError):
        Score(0.0, False).points = 1.0


@pytest.mark.parametrize(
    ("item", "values", "chosen"),
    [
        (choice("B"), ["C"], {"C"}),
        (choice("B"), ["C", "C"], {"C"}),
        (choice("AB"), ["D", "A"], {"A", "D"}),
        (choice("AB"), ["A", "B", "C", "D"], {"A", "B", "C", "D"}),
        (TrueFalse("?", True, ""), ["false"], {"false"}),
    ],
)
def test_a_well_formed_response_is_read(item, values, chosen):
    assert read_response(item, values) == ChoiceResponse(frozenset(chosen))


@pytest.mark.parametrize(
    ("item", "values", "error", "code"),
    [
        (choice("B"), [], EmptyResponse, "response.empty"),
        (choice("B"), ["E"], UnknownOption, "response.unknown_option"),
        (choice("B"), ["B", "E"], UnknownOption, "response.unknown_option"),
        (choice("B"), [""], UnknownOption, "response.unknown_option"),
        (choice("B"), [["B"]], UnknownOption, "response.unknown_option"),
        (choice("B"), [None], UnknownOption, "response.unknown_option"),
        (choice("B"), ["A", "B"], TooManyOptions, "response.too_many_options"),
        (TrueFalse("?", True, ""), ["A"], UnknownOption, "response.unknown_option"),
        (TrueFalse("?", True, ""), ["true", "false"], TooManyOptions, "response.too_many_options"),
    ],
)
def test_a_malformed_response_is_refused(item, values, error, code):
    with pytest.raises(error) as refused:
        read_response(item, values)
    assert refused.value.code == code
    assert isinstance(refused.value, ResponseError)
