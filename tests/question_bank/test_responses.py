"""Reading what a device sent, kind by kind, and what each response is worth."""

from dataclasses import replace
from itertools import permutations

import pytest

from question_bank.grading import (
    NeedsMarking,
    Score,
    combine,
    corrected_for_guessing,
    grade,
    mark,
    order_credit,
)
from question_bank.items import Choice, Option
from question_bank.items.draft import Accepted, DraftBlank, Span
from question_bank.responses import (
    CaseResponse,
    ChoiceResponse,
    EmptyResponse,
    EssayResponse,
    IncompleteOrder,
    NotANumber,
    NumericResponse,
    OrderingResponse,
    RepeatedPlace,
    TooLong,
    TooManyOptions,
    TooManyValues,
    UnknownOption,
    read_response,
)
from tests.question_bank.samples import DRAFTS, ITEMS, item

CLOZE, NUMERIC, ORDER = ITEMS["cloze"], ITEMS["numeric"], ITEMS["ordering"]
MATCH, CASE, ESSAY, SPOT = ITEMS["matching"], ITEMS["case"], ITEMS["essay"], ITEMS["hotspot"]
HEAVY = item(
    "cloze", blanks=(replace(DRAFTS["cloze"].blanks[0], weight=2), *DRAFTS["cloze"].blanks[1:])
)
OFFICE, TEAM = (option.id for option in CLOZE.blanks[2].options)
A, B, C, D = ORDER.order
LEFTS, RIGHTS = [o.id for o in MATCH.lefts], [o.id for o in MATCH.rights]
STOP, WELD = (option.id for option in CASE.parts[0].options)
TOP, RIGHT, LOW = (zone.id for zone in SPOT.zones)


def order(*entries):
    return [f"{entry}={place}" for place, entry in enumerate(entries, start=1)]


def match(*rights):
    return [f"{left}={right}" for left, right in zip(LEFTS, rights, strict=False)]


@pytest.mark.parametrize(
    ("made", "values", "points"),
    [
        (CLOZE, ["操作资格证书", "三", OFFICE], 1.0),
        (CLOZE, [" （证书） ", "3.0", OFFICE], 2.5 / 3),
        (CLOZE, ["", "4", TEAM], 0.0),
        (CLOZE, ["", "3"], 1 / 3),
        (HEAVY, ["操作资格证书"], 0.5),
        (NUMERIC, ["8 kN"], 1.0),
        (NUMERIC, ["7.5"], 1.0),
        (NUMERIC, ["8.50"], 1.0),
        (NUMERIC, ["8.5000000000000000000000001"], 0.5),
        (NUMERIC, ["七"], 0.5),
        (NUMERIC, ["9.01"], 0.0),
        (ORDER, order(A, B, C, D), 1.0),
        (ORDER, order(B, A, C, D), 4 / 6),
        (ORDER, order(D, C, B, A), 0.0),
        (item("ordering", scoring=""), order(B, A, C, D), 0.0),
        (MATCH, match(*MATCH.key), 1.0),
        (MATCH, match(MATCH.key[0], "", MATCH.key[1]), 1 / 3),
        (MATCH, match(MATCH.key[0]), 1 / 3),
        (item("matching", scoring="all_or_nothing"), match(*MATCH.key[:2]), 0.0),
        (item("matching", scoring="all_or_nothing"), match(*MATCH.key), 1.0),
        (CASE, [f"1/{STOP}", "2/１０"], 1.0),
        (CASE, [f"1/{WELD}", "2/十"], 0.5),
        (CASE, ["2/10"], 0.5),
        (CASE, [f"1/{STOP}", "2/"], 0.5),
        (SPOT, [TOP], 1.0),
        (SPOT, [TOP, RIGHT], 0.0),
        (SPOT, [LOW], 0.0),
        (item("hotspot", scoring="corrected"), [TOP, LOW], 0.5),
        (item("hotspot", scoring="partial"), [TOP, LOW], 0.0),
    ],
)  # fmt: skip
def test_what_a_response_is_worth(made, values, points):
    response = read_response(made, values)
    score = grade(made, response)
    assert score.points == pytest.approx(points, abs=1e-12)
    assert score.is_correct == (points == 1.0)
    again = read_response(made, response.values())
    assert again == response


@pytest.mark.parametrize(
    ("made", "values", "error"),
    [
        (CLOZE, [], EmptyResponse),
        (CLOZE, ["", " ", ""], EmptyResponse),
        (CLOZE, ["a", "3", OFFICE, "b"], TooManyValues),
        (CLOZE, ["a", "abc"], NotANumber),
        (CLOZE, ["a", "3", "abc"], UnknownOption),
        (CLOZE, ["长" * 501], TooLong),
        (CLOZE, [3], UnknownOption),
        (NUMERIC, [], EmptyResponse),
        (NUMERIC, [" "], EmptyResponse),
        (NUMERIC, ["八吨"], NotANumber),
        (NUMERIC, ["8", "9"], TooManyValues),
        (NUMERIC, ["9" * 65], TooLong),
        (ORDER, [], EmptyResponse),
        (ORDER, [f"{entry}=" for entry in ORDER.order], EmptyResponse),
        (ORDER, order(A, B, C), IncompleteOrder),
        (ORDER, [*order(A, B, C), f"{D}="], IncompleteOrder),
        (ORDER, [f"{A}=1", f"{B}=1", f"{C}=2", f"{D}=3"], RepeatedPlace),
        (ORDER, [f"{A}=1", f"{A}=2", f"{C}=2", f"{D}=3"], RepeatedPlace),
        (ORDER, [f"{A}=1", f"{B}=2", f"{C}=3", f"{D}=5"], RepeatedPlace),
        (ORDER, ["x=1"], UnknownOption),
        (ORDER, ["x"], UnknownOption),
        (MATCH, [], EmptyResponse),
        (MATCH, match("", "", ""), EmptyResponse),
        (MATCH, ["x=" + RIGHTS[0]], UnknownOption),
        (MATCH, match("x"), UnknownOption),
        (MATCH, [*match(RIGHTS[0]), *match(RIGHTS[1])], TooManyValues),
        (ESSAY, ["\r\n"], EmptyResponse),
        (ESSAY, ["长" * 4001], TooLong),
        (CASE, [], EmptyResponse),
        (CASE, ["2/"], EmptyResponse),
        (CASE, ["10"], UnknownOption),
        (CASE, ["3/x"], UnknownOption),
        (CASE, ["01/x"], UnknownOption),
        (CASE, [f"1/{STOP}", f"1/{WELD}"], TooManyOptions),
        (SPOT, [], EmptyResponse),
        (SPOT, ["x"], UnknownOption),
    ],
)
def test_a_response_that_cannot_be_read_says_why_and_nothing_of_the_key(made, values, error):
    with pytest.raises(error) as refused:
        read_response(made, values)
    assert type(refused.value) is error
    said = f"{refused.value} {refused.value.code}"
    assert not [line for line in made.solution() if len(line) > 2 and line in said]


def test_what_is_stored():
    assert read_response(SPOT, [RIGHT, TOP]).values() == sorted([TOP, RIGHT])
    assert read_response(CLOZE, [" 证书 ", "3"]).values() == ["证书", "3", ""]
    assert read_response(ESSAY, [" 一\r\n二 "]) == EssayResponse("一\n二")
    assert read_response(ESSAY, ["一"]).values() == ["一"]
    case = read_response(CASE, ["2/10"])
    assert case == CaseResponse((None, case.parts[1]))
    assert case.values() == ["2/10"]


def test_an_exact_blank_wants_every_character():
    made = item(
        "cloze", stem="单位是____。", blanks=(DraftBlank((Accepted("mW"),), is_exact=True),)
    )
    assert grade(made, read_response(made, ["mW"])).points == 1
    assert grade(made, read_response(made, ["MW"])).points == 0


def test_credits_of_a_blank_with_options():
    options = DRAFTS["cloze"].blanks[2].options
    weighted = (options[0], replace(options[1], weight=0.25))
    made = item("cloze", stem="由____核发。", blanks=(DraftBlank(options=weighted),))
    for option, points in zip(made.blanks[0].options, (1, 0.25), strict=True):
        assert grade(made, read_response(made, [option.id])).points == points


def test_an_essay_is_for_a_person():
    response = read_response(ESSAY, ["通道上堆着托盘。"])
    with pytest.raises(NeedsMarking):
        grade(ESSAY, response)
    assert mark(ESSAY, [1, 2]) == Score(1.0, True)
    assert mark(ESSAY, [0.5, 1]) == Score(0.5, False)
    assert ESSAY.total == 3
    for wrong in ([1], [1, 2.5], [-1, 2], [float("nan"), 1]):
        with pytest.raises(ValueError, match=r"criteria|between"):
            mark(ESSAY, wrong)


def test_a_case_with_an_essay_waits_for_its_mark():
    made = item("case", parts=(DRAFTS["true_false"], DRAFTS["essay"]))
    assert not made.is_automatic
    with pytest.raises(NeedsMarking):
        grade(made, read_response(made, ["1/false", "2/一句话"]))
    assert grade(made, read_response(made, ["1/false"])) == Score(0.5, False)
    assert combine([Score(1.0, True), mark(made.parts[1], [1, 2])]) == Score(1.0, True)


@pytest.mark.parametrize("kind", [k for k in ITEMS if k != "essay"])
def test_a_response_to_another_kind_is_not_graded(kind):
    other = NumericResponse("1") if kind != "numeric" else OrderingResponse(("a",))
    with pytest.raises(ValueError, match="no response"):
        grade(ITEMS[kind], other)


def weighted(kind, *weights, key):
    options = tuple(Option(name, name, weight=w) for name, w in zip("ABCD", weights, strict=False))
    return Choice(kind, "?", options, frozenset(key), "", scoring="weighted")


@pytest.mark.parametrize(
    ("made", "chosen", "score"),
    [
        (weighted("single", 1.0, 0.5, -0.5, key="A"), "A", Score(1.0, True)),
        (weighted("single", 1.0, 0.5, -0.5, key="A"), "B", Score(0.5, False)),
        (weighted("single", 1.0, 0.5, -0.5, key="A"), "C", Score(0.0, False)),
        (weighted("single", 1.0, 1.0, 0.0, key="AB"), "B", Score(1.0, True)),
        (weighted("multiple", 0.333, 0.333, 0.333, -1.0, key="ABC"), "ABC", Score(1.0, True)),
        (weighted("multiple", 0.5, 0.5, 0.25, -1.0, key="AB"), "ABC", Score(1.0, False)),
        (weighted("multiple", 0.5, 0.5, 0.25, -1.0, key="AB"), "AD", Score(0.0, False)),
        (weighted("multiple", 0.25, 0.25, 0.0, key="AB"), "AB", Score(0.5, True)),
    ],
)
def test_weights_are_added_up(made, chosen, score):
    assert grade(made, ChoiceResponse(frozenset(chosen))) == score


@pytest.mark.parametrize(("count", "mean"), [(4, 0.19), (6, 0.14)])
def test_a_random_order_is_worth_about_as_little_as_the_documentation_says(count, mean):
    right = "abcdef"[:count]
    credits = [order_credit(right, given) for given in permutations(right)]
    assert sum(credits) / len(credits) == pytest.approx(mean, abs=0.005)
    assert sorted(credits)[-1] == 1
    assert order_credit("ab", "ba") == 0


@pytest.mark.parametrize(
    ("right", "wrong", "options", "score"),
    [(30, 20, 5, 25), (10, 40, 5, 0), (0, 50, 5, -12.5), (7, 0, 4, 7)],
)
def test_the_formula_score(right, wrong, options, score):
    assert corrected_for_guessing(right, wrong, options) == score


@pytest.mark.parametrize("wrong", [(1, 1, 1), (-1, 1, 4), (1, -1, 4)])
def test_the_formula_score_wants_counts(wrong):
    with pytest.raises(ValueError, match="options"):
        corrected_for_guessing(*wrong)


def test_spans_may_overlap_and_the_best_counts():
    made = item("numeric", spans=(Span("1", "10", 0.25), Span("4", "6")))
    assert grade(made, read_response(made, ["5"])).points == 1
    assert grade(made, read_response(made, ["10"])).points == 0.25
