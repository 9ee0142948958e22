"""Real GIFT, Aiken, missing-word, Cloze and Moodle XML files, against what their authors say.

The files are no part of the project; where they are absent the tests say so and are skipped.
"""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from pathlib import Path

import pytest

from question_bank.formats import FORMATS, read
from question_bank.formats.problems import Problem
from question_bank.formats.reading import Question, Reading
from question_bank.items import building
from question_bank.items.draft import Draft

ROOT = Path(__file__).resolve().parents[2]
VISIBLE = ROOT.parent / "shared" / "data" / "question-formats" / "visible"
LAYOUTS = VISIBLE.parent / "layouts"

pytestmark = pytest.mark.skipif(
    not VISIBLE.is_dir(), reason="the collection of question files is not beside the project"
)

GIFT = sorted((VISIBLE / "gift").rglob("*.gift")) + sorted((VISIBLE / "moodle/gift").glob("*.txt"))
TREES = [path for path in GIFT if path.with_suffix(".json").exists()]
MOODLE = sorted(path for path in (VISIBLE / "moodle").rglob("*") if path.is_file())
ALL = [*GIFT, *(path for path in MOODLE if path not in GIFT)]
KINDS = {"TF": "true_false", "Essay": "essay", "Short": "cloze", "Numerical": "numeric"}

# Every question that is not imported, and why: file, place in the file, code.
REFUSED = {
    ("descriptionTitleEscapedColon.gift", 0): "plain.description",
    ("markdown.gift", 0): "plain.description",
    ("markdown.gift", 1): "plain.description",
    ("markdown.gift", 2): "plain.description",
    ("markdown.gift", 3): "plain.description",
    ("aiken_errors.txt", 0): "plain.answers_few",
    ("aiken_errors.txt", 1): "plain.options_without_stem",
    ("aiken_errors.txt", 3): "plain.key_missing",
    ("broken_multianswer_1.txt", 0): "plain.answers_few",
    ("calculated.xml", 0): "plain.type_unsupported",
    ("calculatedsimple.xml", 0): "plain.type_unsupported",
    ("ddimageortext/testquestion.moodle.xml", 0): "plain.type_unsupported",
    ("description/testquestion.moodle.xml", 0): "plain.description",
    ("stack/sample.xml", 0): "plain.type_unsupported",
    ("broken_cloze_questions.xml", 0): "plain.no_blanks",
    ("broken_cloze_questions.xml", 1): "plain.blank_unreadable",
    ("broken_cloze_questions.xml", 2): "plain.answers_few",
    ("broken_cloze_questions.xml", 3): "plain.blank_full_missing",
    ("broken_cloze_questions.xml", 4): "plain.not_a_number",
}
# Files without any question.
EMPTY = {
    "categorySpecialCharacter.gift": "file.no_questions",
    "broken_multianswer_4.txt": None,  # one sentence: as plain text it may be read as anything
}
# How many questions each of Moodle's own files holds.
COUNTS = {
    "examples.txt": 43,
    "questions.gift.txt": 9,
    "questions.aiken.txt": 2,
    "aiken_errors.txt": 5,
    "question.missingword1.txt": 1,
    "question.missingword2.txt": 1,
    "questions.multianswer.txt": 1,
    "multianswer.xml": 1,
    "truefalse.xml": 2,
    "old_format_file.xml": 2,
    "nested_categories.xml": 1,
    "category_with_description.xml": 1,
    "broken_cloze_questions.xml": 5,
}


def name_of(path: Path) -> str:
    """Return a name that tells the fixtures of different types apart."""
    folders = [name for name in path.parts[:-1] if name not in ("tests", "fixtures")]
    is_common = path.name in ("testquestion.moodle.xml", "sample.xml")
    return f"{folders[-1]}/{path.name}" if is_common else path.name


def opened(path: Path, format_name: str | None = None) -> Reading:
    return read(path.read_bytes(), path.name, format_name)


def errors(question: Question) -> list[Problem]:
    return [found for found in question.problems if found.severity == "error"]


def words(text: str) -> str:
    """Return only letters and digits, because the trees keep markup and the drafts do not."""
    return re.sub(r"[\W_]+", "", re.sub(r"<!--.*?-->|<[^>]*>|&\w+;", "", text))


def same(draft_text: str, tree: dict | None) -> bool:
    if tree is None:
        return draft_text == ""
    if tree["format"] in ("html", "markdown"):
        said = words(re.sub(r"\(https?://[^)]*\)", "", draft_text))
        return said == words(re.sub(r"<a [^>]*>", "", tree["text"]))
    return "".join(draft_text.split()) == "".join(tree["text"].replace("_____", "____").split())


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.stem)
def test_gift_means_what_its_tree_says(path):
    reading = opened(path)
    trees = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    trees = [tree for tree in trees if tree["type"] != "Category"]
    assert len(reading.questions) == len(trees)
    for question, tree in zip(reading.questions, trees, strict=True):
        assert same(question.draft.stem, tree["stem"])
        # A question without a title may take its id for a name.
        assert question.name == (tree["title"] or tree.get("id") or "")
        assert list(question.tags) == (tree.get("tags") or [])
        if tree["type"] == "Description":
            assert [one.code for one in errors(question)] == ["plain.description"]
            continue
        assert not errors(question)
        assert same(question.draft.explanation, tree.get("globalFeedback"))
        CHECKS[tree["type"]](question.draft, tree, question)


def check_choice(draft: Draft, tree: dict, _question: Question) -> None:
    has_key = any(choice["isCorrect"] for choice in tree["choices"])
    assert draft.kind == ("single" if has_key else "multiple")
    assert len(draft.options) == len(tree["choices"])
    for option, choice in zip(draft.options, tree["choices"], strict=True):
        assert same(option.text, choice["text"])
        assert same(option.feedback, choice["feedback"])
        weight = 100 if choice["isCorrect"] else choice["weight"] or 0
        assert option.is_right == (weight > 0)
        if draft.scoring == "weighted":
            assert option.weight == pytest.approx(weight / 100, abs=1e-6)


def check_true_false(draft: Draft, tree: dict, _question: Question) -> None:
    assert (draft.kind, draft.is_true) == ("true_false", tree["isTrue"])
    on_true, on_false = (one.feedback for one in draft.options) if draft.options else ("", "")
    # In Moodle the first feedback is for whoever is wrong; the tree takes it for that of `true`.
    first, second = (on_false, on_true) if draft.is_true else (on_true, on_false)
    assert same(first, tree["trueFeedback"])
    assert same(second, tree["falseFeedback"])


def check_short(draft: Draft, tree: dict, question: Question) -> None:
    assert draft.kind == "cloze"
    accepted = draft.blanks[0].accepted
    expected = [choice for choice in tree["choices"] if choice["weight"] != 0]
    assert len(accepted) == len(expected)
    for one, choice in zip(accepted, expected, strict=True):
        assert same(one.text, choice["text"])
        assert one.credit == pytest.approx((choice["weight"] or 100) / 100)
    said = [choice["feedback"] for choice in tree["choices"] if choice["feedback"]]
    lost = [one for one in question.problems if one.code == "plain.feedback_lost"]
    assert len(lost) == len([one for one in said if one["text"]])


def check_numeric(draft: Draft, tree: dict, _question: Question) -> None:
    assert draft.kind == "numeric"
    choices = tree["choices"]
    choices = [{"weight": None, "text": choices}] if isinstance(choices, dict) else choices
    expected = [
        (*bounds(choice["text"]), Fraction(choice["weight"] or 100) / 100)
        for choice in choices
        if choice["weight"] != 0
    ]
    found = [(Fraction(s.low), Fraction(s.high), Fraction(s.credit)) for s in draft.spans]
    assert found == expected


def bounds(tree: dict) -> tuple[Fraction, Fraction]:
    if tree["type"] == "high-low":
        return Fraction(str(tree["numberLow"])), Fraction(str(tree["numberHigh"]))
    middle, half = Fraction(str(tree["number"])), Fraction(str(tree.get("range", 0)))
    return middle - half, middle + half


def check_matching(draft: Draft, tree: dict, _question: Question) -> None:
    assert draft.kind == "matching"
    pairs = [(one["subquestion"], one["subanswer"]) for one in tree["matchPairs"]]
    assert list(draft.extras) == [right for left, right in pairs if not left["text"]]
    named = [(left, right) for left, right in pairs if left["text"]]
    assert [right for _left, right in draft.pairs] == [right for _left, right in named]
    assert all(same(a[0], b[0]) for a, b in zip(draft.pairs, named, strict=True))


def check_essay(draft: Draft, _tree: dict, _question: Question) -> None:
    assert draft.kind == "essay"


CHECKS = {
    "MC": check_choice,
    "TF": check_true_false,
    "Short": check_short,
    "Numerical": check_numeric,
    "Matching": check_matching,
    "Essay": check_essay,
}


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_every_question_is_imported_or_refused_by_a_known_reason(path):
    reading = opened(path)
    name = name_of(path)
    if name in EMPTY:
        code = EMPTY[name]
        assert code is None or [found.code for found in reading.problems] == [code]
        return
    assert reading.questions
    assert not [found for found in reading.problems if found.severity == "error"]
    for place, question in enumerate(reading.questions):
        refused = [found.code for found in errors(question)]
        reason = REFUSED.get((name, place))
        assert refused == ([reason] if reason else [])
        if not reason:
            check_built(question.draft)


def check_built(draft: Draft) -> None:
    """Build the draft; only an essay has something to add, its rubric."""
    built = building.build(draft, "corpus-1")
    if draft.kind == "essay" and not draft.rubric:
        assert [found.code for found in built.problems] == ["build.rubric_missing"]
    else:
        assert built.item is not None, built.problems
        assert building.build(building.draft_of(built.item), "corpus-1").item == built.item


@pytest.mark.parametrize("path", MOODLE, ids=name_of)
def test_the_files_of_moodle_hold_as_many_questions_as_moodle_finds(path):
    if path.name in COUNTS:
        assert len(opened(path).questions) == COUNTS[path.name]


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_the_name_of_a_file_does_not_matter(path):
    assert read(path.read_bytes(), "x") == read(path.read_bytes(), path.name)
    assert read(path.read_bytes(), "x.docx").questions == opened(path).questions


def test_pictures_come_with_the_question_they_belong_to():
    reading = opened(VISIBLE / "moodle/xml/multianswer.xml")
    (question,) = reading.questions
    assert [one.ref for one in question.draft.media] == [
        "california-state-flag.png",
        "arizona_2.png",
    ]
    assert set(reading.media) == {one.ref for one in question.draft.media}
    assert all(content.startswith(b"\x89PNG") for content in reading.media.values())
    assert question.draft.media[0].alt == "California flag"


def test_categories_are_paths_from_the_top():
    questions = opened(VISIBLE / "moodle/xml/old_format_file.xml").questions
    assert [one.category for one in questions] == [("Pi",), ("Pi", "Rho")]
    (question,) = opened(VISIBLE / "moodle/xml/nested_categories.xml").questions
    assert question.category == ("Delta", "Epsilon", "Zeta")


def test_embedded_answers_of_the_moodle_manual():
    (question,) = opened(VISIBLE / "moodle/multianswer/questions.multianswer.txt").questions
    draft = question.draft
    assert draft.stem.count("____") == len(draft.blanks) == 5
    right = [[o.text for o in blank.options if o.is_right] for blank in draft.blanks[:4]]
    assert right == [["California"], ["Arizona"], ["California"], ["Arizona"]]
    assert [(one.text, one.credit) for one in draft.blanks[4].accepted] == [
        ("Paris", 1.0),
        ("Marseille", 0.5),
    ]


def test_full_width_gift_is_asked_about_line_by_line():
    reading = opened(LAYOUTS / "10_全角gift.txt")
    expected = json.loads((LAYOUTS / "expected.json").read_text(encoding="utf-8"))
    assert len(reading.questions) == expected["10_全角gift.txt"]["questions_if_normalised"]
    asked = {
        question.name: question.where.line
        for question in reading.questions
        if [found.code for found in question.problems] == ["plain.full_width"]
    }
    assert asked == {"题一": 2, "题二": 4, "题三": 6, "题五": 12}
    fourth = reading.questions[3]
    assert fourth.problems == ()
    assert [one.feedback for one in fourth.draft.options] == ["对了", "错了：见手册"]


def test_chinese_aiken_is_accepted_and_says_where():
    reading = opened(LAYOUTS / "11_aiken_中文.txt")
    expected = json.loads((LAYOUTS / "expected.json").read_text(encoding="utf-8"))
    assert len(reading.questions) == expected["11_aiken_中文.txt"]["questions"]
    lines = [found.where.line for question in reading.questions for found in question.problems]
    assert lines == [4, 5, 11]


# Files that were cut, mixed up or mistyped


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a file after one accident."""
    place = chance.randrange(len(data))
    length = chance.randrange(1, 40)
    accident = chance.randrange(5)
    if accident == 0:
        return data[:place]
    if accident == 1:
        return data[:place] + data[place + length :]
    if accident == 2:
        return data[:place] + data[place : place + length] * 2 + data[place + length :]
    if accident == 3:
        noise = bytes(chance.choice(b"{}~=#:\\%->\n<&/\"'\x00\xe4\xff") for _ in range(length))
        return data[:place] + noise + data[place:]
    other = chance.randrange(len(data))
    return data[:place] + data[other:]


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_a_damaged_file_never_stops_the_reader(path):
    """The readers themselves are called, because the registry would hide what they raise."""
    data = path.read_bytes()
    name = opened(path).format or "gift"
    chance = random.Random(path.name)
    for _ in range(40):
        damaged = mutated(data, chance)
        reading = FORMATS[name].read(damaged, "x")
        for question in reading.questions:
            if not errors(question):
                building.build(question.draft, "corpus-1")
        read(damaged, "x")
