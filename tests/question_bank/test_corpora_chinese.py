"""Real files that others wrote: Chinese question banks and a quiz for Kahoot.

The oracle is the data itself: JSON gives options and keys, and what the reader makes of it must say
the same. Nothing of these files is in the product.
"""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from question_bank import formats
from question_bank.items import building

VISIBLE = Path(__file__).resolve().parents[3] / "shared/data/question-formats/visible"
pytestmark = pytest.mark.skipif(not VISIBLE.is_dir(), reason="the corpora are not here")


def reading_of(name):
    path = VISIBLE / name
    return formats.read(path.read_bytes(), path.name)


def key(draft):
    return "".join("ABCDEFGH"[n] for n, one in enumerate(draft.options) if one.is_right)


def check_buildable(reading):
    """Every question builds, is refused by name, or waits for a person."""
    for number, question in enumerate(reading.questions):
        held = {note.severity for note in question.problems} & {"error", "decision"}
        built = building.build(question.draft, f"corpus-{number}")
        refused = {note.code for note in built.problems} == {"build.option_repeated"}
        assert built.item is not None or held or refused, (question, built.problems)


def test_shiroha_json():
    name = "cn/shiroha/c1-full.json"
    entries = json.loads((VISIBLE / name).read_text(encoding="utf-8"))["questions"]
    reading = reading_of(name)
    kinds = {"single": "single", "multiple": "multiple", "judge": "true_false"}
    assert [one.draft.kind for one in reading.questions] == [kinds[one["type"]] for one in entries]
    for question, entry in zip(reading.questions, entries, strict=True):
        assert question.draft.stem == entry["question"]
        assert question.draft.explanation == entry["analysis"]
        if entry["type"] == "judge":
            assert question.draft.is_true == (entry["answerText"] == ["正确"])
        else:
            assert key(question.draft) == "".join(entry["answerKeys"])
            texts = [option["text"] for option in entry["options"]]
            assert [one.text for one in question.draft.options] == texts
        assert not [one for one in question.problems if one.severity in ("error", "decision")]
    assert not reading.problems
    check_buildable(reading)


@pytest.mark.parametrize(("subject", "undecided"), [("biology", 1), ("geography", 0)])
def test_agieval(subject, undecided):
    name = f"cn/agieval/gaokao-{subject}.jsonl"
    lines = (VISIBLE / name).read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    reading = reading_of(name)
    assert len(reading.questions) == len(entries)
    for question, entry in zip(reading.questions, entries, strict=True):
        assert (question.draft.kind, key(question.draft)) == ("single", entry["label"])
        texts = [re.sub(r"^\(?[A-D][).]?", "", one).strip() for one in entry["options"]]
        assert [one.text for one in question.draft.options] == [
            " ".join(t.split("\r\n")) for t in texts
        ]
    held = [one for one in reading.questions if "decision" in {n.severity for n in one.problems}]
    assert len(held) == undecided, "a letter in brackets beside another key"
    assert not [n for one in reading.questions for n in one.problems if n.severity == "error"]
    check_buildable(reading)


def test_gaokao_bench_blobs():
    name = "cn/gaokao-bench/2010-2022_Geography_MCQs.json"
    entries = json.loads((VISIBLE / name).read_text(encoding="utf-8"))["example"]
    reading = reading_of(name)
    assert len(reading.questions) == len(entries)
    for question, entry in zip(reading.questions, entries, strict=True):
        assert question.draft.kind == "case"
        assert [key(part) for part in question.draft.parts] == entry["answer"]
        assert {len(part.options) for part in question.draft.parts} == {4}
        first = entry["question"].strip().split("\n")[0][:20]
        assert question.draft.stem.startswith(first), "the material is there from its first line"
    codes = Counter(note.code for one in reading.questions for note in one.problems)
    assert codes["table.option_relabelled"] == 1, "one file has A, B, C, B"
    check_buildable(reading)


@pytest.mark.parametrize("ending", ["md", "docx"])
def test_shiroha_examples(ending):
    reading = reading_of(f"cn/shiroha/标准题库格式示例.{ending}")
    drafts = [one.draft for one in reading.questions]
    stems = {(draft.kind, draft.stem): draft for draft in reversed(drafts)}
    assert key(stems["single", "安全帽的主要作用是？"]) == "A"
    assert key(stems["multiple", "雨天驾驶时应注意哪些事项？"]) == "AB"
    assert stems["true_false", "国家安全生产方针是“安全第一，预防为主”。"].is_true
    blanks = stems["cloze", "中国四大发明包括____、____、____、____。"].blanks
    assert [[one.text for one in blank.accepted] for blank in blanks] == [
        ["造纸术"], ["印刷术"], ["火药"], ["指南针"]
    ]  # fmt: skip
    assert stems["essay", "简述设备启动前需要检查的内容。"].sample.startswith(
        "检查设备状态、核对参数"
    )
    check_buildable(reading)


def test_kahoot_quiz():
    name = "kahoot/male-voices-quiz.csv"
    with (VISIBLE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reading = reading_of(name)
    assert len(reading.questions) == len(rows) == 16
    for question, row in zip(reading.questions, rows, strict=True):
        right = [one.text for one in question.draft.options if one.is_right]
        assert (question.draft.stem, right) == (row["Question"], [row["Correct Answer"]])
        assert question.draft.explanation == row["Explanation"]
        assert len(question.draft.options) == 4
    check_buildable(reading)
