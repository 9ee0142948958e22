"""Aiken, missing word and Cloze: each trap of these formats."""

from __future__ import annotations

import pytest

from question_bank.formats import aiken, cloze, missing_word
from question_bank.formats.reading import Question
from question_bank.items import building
from question_bank.items.draft import Accepted, Span


def codes(question: Question) -> list[str]:
    return [found.code for found in question.problems]


def asked(text: str) -> list[Question]:
    return list(aiken.read(text.encode(), "x").questions)


def missing(text: str) -> list[Question]:
    return list(missing_word.read(text.encode(), "x").questions)


def embedded(text: str) -> Question:
    (found,) = cloze.read(text.encode(), "x").questions
    return found


# Aiken

OPTIONS = "A) one\nB) two\nC) three\n"


def test_a_question_with_its_key():
    (question,) = asked(f"Which?\n{OPTIONS}ANSWER: B\n")
    assert question.draft.stem == "Which?"
    assert [(o.text, o.is_right) for o in question.draft.options] == [
        ("one", False),
        ("two", True),
        ("three", False),
    ]
    assert (question.problems, question.where.line) == ((), 1)


@pytest.mark.parametrize(
    ("key", "right", "said"),
    [
        ("ANSWER: B", "B", []),
        ("ANSWER:B", "B", []),
        ("ANSWER: b", "B", []),
        ("ANSWER: B.", "B", []),
        ("ANSWER: B) two", "B", []),
        ("answer: B", "B", ["plain.marks_accepted"]),
        ("ANSWER：Ｂ", "B", ["plain.marks_accepted"]),
        ("ANSWER: AC", "AC", ["plain.several_keys"]),
        ("ANSWER: A, C", "AC", ["plain.several_keys"]),
        ("ANSWER: A、C", "AC", ["plain.several_keys"]),
        ("ANSWER: D", "", ["plain.key_unreadable"]),
        ("ANSWER: AD", "", ["plain.key_unreadable"]),
        ("ANSWER: Always", "", ["plain.key_unreadable"]),
        ("ANSWER: BB", "", ["plain.key_unreadable"]),
        ("ANSWER:", "", ["plain.key_unreadable"]),
    ],
)
def test_keys(key, right, said):
    (question,) = asked(f"Which?\n{OPTIONS}{key}")
    found = ["ABC"[place] for place, option in enumerate(question.draft.options) if option.is_right]
    assert "".join(found) == right
    assert codes(question) == said
    assert question.draft.kind == {0: "", 1: "single"}.get(len(right), "multiple")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A) one\nB) two\nANSWER: A", ["plain.options_without_stem"]),
        ("Which?\nA) one\nANSWER: A", ["plain.answers_few"]),
        (f"Which?\n{OPTIONS}", ["plain.key_missing"]),
        ("Which?", ["plain.text_alone"]),
        ("ANSWER: A", ["plain.text_alone"]),
    ],
)
def test_what_is_no_question_is_refused_and_the_next_is_read(text, said):
    first, second = asked(f"{text}\n\nGood?\n{OPTIONS}ANSWER: C")
    assert [code for code in codes(first) if code != "plain.marks_accepted"] == said
    assert codes(second) == []


def test_chinese_marks_are_accepted_line_by_line():
    (question,) = asked("哪一个？\nA、甲\nＢ．乙\nC: 丙\nD）丁\nANSWER：D")
    assert [o.text for o in question.draft.options] == ["甲", "乙", "丙", "丁"]
    assert [found.params["line"] for found in question.problems] == [2, 3, 4, 5, 6]


def test_a_question_and_an_option_may_have_several_lines():
    (question,) = asked("First line\nsecond line\nA) one\nand more\nB) two\nANSWER: A")
    assert question.draft.stem == "First line\nsecond line"
    assert question.draft.options[0].text == "one\nand more"
    assert codes(question) == ["plain.lines_joined"]


def test_a_question_without_a_key_does_not_swallow_the_next():
    first, second = asked(f"First?\n{OPTIONS}Second?\n{OPTIONS}ANSWER: A")
    assert codes(first) == ["plain.key_missing"]
    assert (second.draft.stem, codes(second)) == ("Second?", [])


def test_lines_of_one_mark_are_passed_over():
    (question,) = asked(f".\nWhich?\n{OPTIONS}ANSWER: A")
    assert question.draft.stem == "Which?"


def test_markup_is_text_in_aiken():
    (question,) = asked("What is <b> & co?\nA) <i>\nB) x\nANSWER: A")
    assert (question.draft.stem, question.draft.options[0].text) == ("What is <b> & co?", "<i>")


def test_many_lines_are_read_once_each():
    assert asked("a line\n" * 30_000)
    assert asked("A) x\n" * 30_000)
    assert asked("A) x\na line\n" * 10_000)


# Missing word


def test_a_sentence_with_a_choice():
    (question,) = missing("We study {=anatomy ~reflexes\n~science}, and so on.")
    draft = question.draft
    assert (draft.kind, draft.stem) == ("single", "We study ____, and so on.")
    assert [(o.text, o.is_right) for o in draft.options] == [
        ("anatomy", True),
        ("reflexes", False),
        ("science", False),
    ]


def test_shares_with_and_without_their_first_sign_and_feedback():
    (question,) = missing("It is {=best#good ~75%nearly#so so ~%25%far ~_5% more} here.")
    assert [(o.text, o.weight, o.feedback) for o in question.draft.options] == [
        ("best", 1.0, "good"),
        ("nearly", 0.75, "so so"),
        ("far", 0.25, ""),
        ("5% more", 0.0, ""),
    ]


def test_one_answer_is_to_be_typed():
    (question,) = missing("The {=Lesson} activity and _____.")
    assert question.draft.blanks[0].accepted == (Accepted("Lesson"),)
    assert question.draft.stem == "The ____ activity and ___."
    assert codes(question) == ["plain.underscores"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No answers.", "plain.no_answers"),
        ("An {} here.", "plain.no_answers"),
        ("An {=a here.", "plain.brace_missing"),
        ("An {=a} and {=b}.", "plain.second_answers"),
    ],
)
def test_paragraphs_that_are_no_question(text, code):
    first, second = missing(f"{text}\n\nThe {{=a ~b}} one.")
    assert codes(first) == [code]
    assert (codes(second), second.where.line) == ([], 3)


# Embedded answers


@pytest.mark.parametrize(
    ("kind", "is_exact"),
    [("SHORTANSWER", False), ("SA", False), ("MW", False), ("SHORTANSWER_C", True), ("MWC", True)],
)
def test_words(kind, is_exact):
    question = embedded(f"Paris is in {{2:{kind}:=France~%50%Europe#nearly~*#no}}.")
    (blank,) = question.draft.blanks
    assert blank.accepted == (Accepted("France"), Accepted("Europe", 0.5))
    assert (blank.weight, blank.is_exact) == (2.0, is_exact)
    assert codes(question) == ["plain.feedback_lost", "plain.feedback_lost"]


def test_numbers():
    (blank,) = embedded("Pi is {1:NM:=3.1415:0.0005~%50%3:1}.").draft.blanks
    assert blank.spans == (Span("3.141", "3.142"), Span("2", "4", 0.5))


@pytest.mark.parametrize("kind", ["MULTICHOICE", "MC", "MCV", "MULTICHOICE_H", "MCS", "mchs"])
def test_lists(kind):
    (blank,) = embedded(f"It is {{:{kind}:wrong~=right#yes~%50%half}}.").draft.blanks
    assert [(o.text, o.is_right, o.weight, o.feedback) for o in blank.options] == [
        ("wrong", False, 0.0, ""),
        ("right", True, 1.0, "yes"),
        ("half", False, 0.5, ""),
    ]


def test_several_options_make_a_multiple_choice_when_nothing_else_is_asked():
    draft = embedded("Which? {1:MULTIRESPONSE:%50%a~%50%b~%-50%c~%-50%d}").draft
    assert (draft.kind, draft.scoring, draft.stem) == ("multiple", "partial", "Which? ____")
    refused = embedded("Which? {1:MR:%50%a~%50%b} {1:SA:=x}")
    assert codes(refused) == ["plain.blank_several"]


def test_escapes_and_entities_end_no_answer():
    question = embedded(r"a {1:SA:=x\}y\~z\#1\/2&#125;} b {1:MC:=A&#126;B~C \# D#f \} g} {T}")
    first, second = question.draft.blanks
    assert first.accepted == (Accepted("x}y~z#1/2}"),)
    assert [o.text for o in second.options] == ["A~B", "C # D"]
    assert second.options[1].feedback == "f } g"
    assert question.draft.stem == "a ____ b ____ {T}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No answers at all.", "plain.no_blanks"),
        ("x {1:MULTICHOICE}", "plain.blank_unreadable"),
        ("x {1:SA:=never closed", "plain.blank_unreadable"),
        ("x {1:DRAWING:=a}", "plain.blank_type"),
        ("x {1:MC:=a}", "plain.answers_few"),
        ("x {1:MC:a~%50%b}", "plain.blank_full_missing"),
        ("x {1:SA:%50%b}", "plain.blank_full_missing"),
        ("x {1:NM:=zero}", "plain.not_a_number"),
        ("x {1:SA:%900%a}", "plain.grade_unreadable"),
    ],
)
def test_answers_that_cannot_be_read(text, code):
    assert codes(embedded(text)) == [code]


def test_paragraphs_with_answers_of_their_own_are_questions_of_their_own():
    text = "One {1:SA:=a}\n\nTwo {1:SA:=b}\n"
    assert [one.where.line for one in cloze.read(text.encode(), "x").questions] == [1, 3]
    assert len(cloze.read(b"Intro\n\nTwo {1:SA:=b}\n", "x").questions) == 1
    assert cloze.read(b"\n", "x").questions == ()


def test_typed_underscores_are_no_blanks_beside_answers():
    question = embedded("Fill _____ in: {1:SA:=a} and {1:SA:=b}")
    assert building.build(question.draft, "x").item is not None


@pytest.mark.parametrize("reader", [aiken, cloze, missing_word])
def test_a_file_that_cannot_be_decoded_says_so(reader):
    assert [found.code for found in reader.read(b"\xff\xff\x81", "x").problems] == ["file.encoding"]
