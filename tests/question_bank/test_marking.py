"""Texts that a person marks: which they are, and what a response with them is worth."""

from dataclasses import replace

import pytest

from question_bank.grading import NeedsMarking, Score, grade, grade_marked, mark, written
from question_bank.regrading import Regraded, regrade
from question_bank.responses import read_response
from tests.question_bank.samples import DRAFTS, ITEMS, item

ESSAY = ITEMS["essay"]  # two criteria, of 1 and of 2 points
MIXED = item("case", parts=(*DRAFTS["case"].parts, DRAFTS["essay"], DRAFTS["essay"]))


def mixed(*values):
    """Return a response to the mixed case: parts 1 and 2 need no person, 3 and 4 are essays."""
    first = MIXED.parts[0]
    stop = next(option.id for option in first.options if option.text == "停止动火")
    return read_response(MIXED, [value.replace("stop", stop) for value in values])


def test_an_essay_is_one_text_to_mark():
    [text] = written(ESSAY, read_response(ESSAY, ["通道堆了托盘。"]))
    assert (text.part, text.essay, text.text) == (0, ESSAY, "通道堆了托盘。")


def test_of_a_case_the_answered_essays_are_to_be_marked():
    found = written(MIXED, mixed("1/stop", "2/10", "4/清走并画线。"))
    assert [(text.part, text.text) for text in found] == [(4, "清走并画线。")]


@pytest.mark.parametrize("kind", [kind for kind in ITEMS if kind != "essay"])
def test_what_needs_no_person_has_no_text_to_mark(kind):
    from question_bank.examples import right_values

    response = read_response(ITEMS[kind], right_values(ITEMS[kind]))
    assert written(ITEMS[kind], response) == ()
    assert grade_marked(ITEMS[kind], response, ()) == grade(ITEMS[kind], response)


def test_a_response_of_another_kind_has_no_text():
    assert written(ESSAY, read_response(ITEMS["numeric"], ["8"])) == ()


@pytest.mark.parametrize(
    ("points", "score"),
    [((1, 2), Score(1.0, True)), ((0, 1), Score(1 / 3, False)), ((0, 0), Score(0.0, False))],
)
def test_an_essay_is_worth_the_share_of_its_points(points, score):
    response = read_response(ESSAY, ["通道。"])
    assert grade_marked(ESSAY, response, [points]) == mark(ESSAY, points) == score


@pytest.mark.parametrize(
    ("values", "marks", "score"),
    [
        (("1/stop", "2/10", "3/甲", "4/乙"), [(1, 2), (1, 2)], Score(1.0, True)),
        (("1/stop", "2/9", "3/甲", "4/乙"), [(1, 2), (0, 0)], Score(0.5, False)),
        (("1/stop", "4/乙"), [(1, 2)], Score(0.5, False)),
        (("3/甲",), [(0, 1.5)], Score(0.125, False)),
        (("1/stop", "2/10"), [], Score(0.5, False)),
    ],
)
def test_a_case_adds_what_was_marked_to_what_needs_no_person(values, marks, score):
    assert grade_marked(MIXED, mixed(*values), marks) == score


@pytest.mark.parametrize("marks", [[], [(1, 2), (1, 2)], [(1,)], [(1, 2.5)], [(-1, 0)]])
def test_marks_that_do_not_fit_are_refused(marks):
    with pytest.raises(ValueError, match="not"):
        grade_marked(ESSAY, read_response(ESSAY, ["通道。"]), marks)


def test_a_corrected_part_of_a_marked_case_gains_and_the_marks_stay():
    wrong_key = replace(
        MIXED.parts[0], key=frozenset(MIXED.parts[0].option_ids - MIXED.parts[0].key)
    )
    old = replace(MIXED, parts=(wrong_key, *MIXED.parts[1:]))
    given = mixed("1/stop", "2/10", "3/甲").values()
    before = grade_marked(old, read_response(old, given), [(1, 0)])
    with pytest.raises(NeedsMarking):
        grade(old, read_response(old, given))
    after = regrade(old, MIXED, given, before.points, is_correct=before.is_correct, marks=[(1, 0)])
    assert after == Regraded(pytest.approx(before.points + 0.25), False)
    assert regrade(old, MIXED, given, 0.0, is_correct=False) == Regraded(0.0, False)
    assert regrade(old, ESSAY, ["甲"], 0.5, is_correct=False, marks=[(1,)]) == Regraded(0.5, False)
