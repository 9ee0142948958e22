"""JSON in the shapes that question banks have, and `stem|option -> answer` lines."""

import json

import pytest

from question_bank.formats.key_value import read


def reading_of(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return read(text.encode(), "x.json")


def key(draft):
    return "".join("ABCDEFGH"[n] for n, one in enumerate(draft.options) if one.is_right)


def codes(question):
    return [note.code for note in question.problems]


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "single", "question": "甲", "options": ["子", "丑"], "answer": "B"},
        {"题型": "单选题", "题干": "甲", "选项": {"A": "子", "B": "丑"}, "答案": "B"},
        {"question": "甲", "options": [{"key": "A", "text": "子"}, {"key": "B", "text": "丑"}],
         "answer": ["B"], "type": "单选"},
        {"stem": "甲", "A": "子", "B": "丑", "correct_answer": "丑", "kind": "single"},
        {"title": "甲", "type": "radio", "choices": ["A. 子", "B. 丑"], "label": "b"},
        {"question": "甲", "type": "single", "options": "A.子|B.丑", "answer": "B"},
        {"question": "甲", "type": "single", "optionA": "子", "optionB": "丑", "answer": "B"},
        {"question": "甲", "type": "single", "options": [
            {"text": "子", "isCorrect": False}, {"text": "丑", "isCorrect": True}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["list", "object", "named", "lines"])
def test_every_shape_of_a_choice(entry, shape):
    value = {
        "list": [entry],
        "object": {"name": "题库", "questions": [entry]},
        "named": {"消防": [entry]},
        "lines": json.dumps(entry, ensure_ascii=False) + "\n" + json.dumps(entry),
    }[shape]
    reading = reading_of(value)
    for question in reading.questions:
        assert (question.draft.kind, question.draft.stem, key(question.draft)) == (
            "single",
            "甲",
            "B",
        )
        assert [one.text for one in question.draft.options] == ["子", "丑"]
        assert not codes(question)
    assert len(reading.questions) == (2 if shape == "lines" else 1)
    assert not reading.problems


def test_statements_blanks_and_essays():
    found = reading_of(
        [
            {"type": "judge", "question": "甲。", "answer": True},
            {"type": "blank", "question": "乙____，____", "blankAnswers": [["8", "八"], ["3"]],
             "answer": ["8；3"]},
            {"type": "short", "question": "丙", "answer": ["先关电。"], "score": 3,
             "topic": "用电"},
        ]
    ).questions  # fmt: skip
    assert [one.draft.kind for one in found] == ["true_false", "cloze", "essay"]
    assert found[0].draft.is_true
    assert [[a.text for a in b.accepted] for b in found[1].draft.blanks] == [["8", "八"], ["3"]]
    assert (found[2].draft.sample, found[2].points, found[2].category) == ("先关电。", 3, ("用电",))


def test_an_index_counts_from_nought_or_from_one():
    entry = {"question": "甲", "options": ["子", "丑", "寅"], "answer": 1}
    assert [key(one.draft) for one in reading_of([entry, {**entry, "answer": 0}]).questions] == [
        "B", "A"
    ]  # fmt: skip
    assert [key(one.draft) for one in reading_of([entry, {**entry, "answer": 3}]).questions] == [
        "A", "C"
    ]  # fmt: skip
    (alone,) = reading_of([entry]).questions
    assert codes(alone)[0] == "table.key_ambiguous"
    assert alone.problems[0].params == {"found": "1", "first": "B", "second": "A"}


def test_entries_that_share_a_passage_are_one_case():
    entries = [
        {"passage": "材料", "question": f"题{n}", "options": ["子", "丑"], "label": "A"}
        for n in range(2)
    ]
    (case,) = reading_of(entries).questions
    assert (case.draft.kind, case.draft.stem, len(case.draft.parts)) == ("case", "材料", 2)


def test_pairs_and_arrows():
    assert key(reading_of({"首都是    。|青城|石城": "石城"}).questions[0].draft) == "B"
    found = reading_of("首都是____|青城|石城 -> 青城\n甲能停车 -> 对\n没有答案的行").questions
    assert [one.draft.kind for one in found] == ["single", "true_false"]
    assert [note.code for note in reading_of("没有答案的行").problems] == ["table.entry_unreadable"]


def test_one_broken_line_does_not_stop_the_rest():
    good = '{"question": "甲", "options": ["子", "丑"], "answer": "A"}'
    reading = reading_of(f"{good}\n{{broken\n{good}")
    assert len(reading.questions) == 2
    assert [(note.code, note.where.line) for note in reading.problems] == [
        ("table.entry_unreadable", 2)
    ]


@pytest.mark.parametrize("text", ['[{"question": ', "[" * 100_000, '{"a": [1, 2', "[1, 2]"])
def test_what_is_no_json_is_refused(text):
    reading = reading_of(text)
    assert not reading.questions
    assert reading.problems
