"""Public samples of QTI: every file imports as its own key says, or is refused by name.

What is expected of each file stands in `EXPECTED`, written by hand from the files. The keys are
read a second time by the small functions below, which share nothing with the product.
"""

from __future__ import annotations

import html
import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from question_bank import formats
from question_bank.formats.problems import RULES
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft

CORPUS = Path(__file__).parents[3] / "shared/data/question-formats/visible"
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the folder of public samples is not beside the project"
)

CANVAS, SDK, NL = "qti12/instructure", "qti2/qti-sdk", "qti3/kennisnet"
ITEM = f"{NL}/AssessmentItem/Service/resources"

# Kinds of the questions in order; `!code` is a question refused for that reason, and a text instead
# of a list is the reason for which the whole file is.
EXPECTED: dict[str, list[str] | str] = {
    f"{CANVAS}/all_canvas_simple_1.2.xml": [
        "single", "true_false", "cloze", "cloze", "multiple", "cloze", "matching", "numeric",
        "!qti.randomised", "essay",
    ],
    f"{CANVAS}/feedback_quiz_1.2.xml": ["essay", "true_false", "true_false"],
    f"{CANVAS}/items/bank_entry_item.xml": ["!qti.bank_absent"],
    f"{CANVAS}/items/canvas_multiple_dropdowns.xml": ["cloze"],
    f"{CANVAS}/items/canvas_multiple_fib.xml": ["cloze"],
    f"{CANVAS}/items/canvas_multiple_fib_extra_brackets.xml": ["cloze"],
    f"{CANVAS}/items/choice.xml": ["true_false", "single", "multiple", "single"],
    f"{CANVAS}/items/choice_vary_points_by_answer_zero_points.xml": ["single"],
    f"{CANVAS}/items/essay_custom_settings.xml": ["essay"],
    f"{CANVAS}/items/fib_feedback.xml": ["cloze"],
    f"{CANVAS}/items/formula.xml": ["!qti.randomised"],
    f"{CANVAS}/items/formula_mvar.xml": ["!qti.randomised"],
    f"{CANVAS}/items/hot_spot.xml": ["!qti.interaction"] * 4,
    f"{CANVAS}/items/matching.xml": ["matching"],
    f"{CANVAS}/items/mc_feedback.xml": ["single"],
    f"{CANVAS}/items/multiple_answer_canvas.xml": ["multiple"],
    f"{CANVAS}/items/nq_multiple_fib_answer_types.xml": ["cloze"],
    f"{CANVAS}/items/numeric_exact_match.xml": ["numeric", "numeric"],
    f"{CANVAS}/items/numeric_margin_error_percent.xml": ["numeric"],
    f"{CANVAS}/items/numeric_precision_decimals.xml": ["numeric"],
    f"{CANVAS}/items/ordering.row.xml": "file.xml_doctype",
    f"{CANVAS}/items/ordering_with_labels.xml": "file.xml_doctype",
    f"{CANVAS}/items/single_fib.xml": ["cloze"],
    f"{CANVAS}/items/stimulus_passage.xml": ["!qti.no_interaction"],
    f"{CANVAS}/items/text.no.question.xml": ["!qti.no_interaction"],
    f"{CANVAS}/items/true_false_with_calculator.xml": ["true_false"],
    f"{CANVAS}/items/upload_with_custom_settings.xml": ["!qti.interaction"],
    f"{CANVAS}/test_qti_1.2_canvas/i00f37ac2af026e5a607e4a5d9a70b1d5/"
    "i00f37ac2af026e5a607e4a5d9a70b1d5.xml": ["true_false", "single", "multiple", "essay"],
    f"{CANVAS}/test_qti_1.2_canvas/i00f37ac2af026e5a607e4a5d9a70b1d5/assessment_meta.xml":
        "qti.root",
    f"{CANVAS}/test_qti_1.2_canvas/imsmanifest.xml": "qti.root",
    f"{CANVAS}/test_with_comments/i6c88aaf29feba2ffa58a487a20665394/"
    "i6c88aaf29feba2ffa58a487a20665394.xml": ["single"],
    f"{CANVAS}/test_with_comments/i6c88aaf29feba2ffa58a487a20665394/assessment_meta.xml":
        "qti.root",
    f"{CANVAS}/test_with_comments/imsmanifest.xml": "qti.root",
    "qti12/vosslab/minimal_qti_1.2_sample.zip": ["single"],
    f"{SDK}/2_1/no_schema_location.xml": ["single"],
    f"{SDK}/2_2/figure_html5.xml": ["multiple"],
    f"{SDK}/2_2/ruby_html5.xml": ["single"],
    f"{SDK}/contains_endattemptinteraction1.xml": ["!qti.interaction"],
    f"{SDK}/custom_operator_item.xml": ["!qti.no_interaction"],
    f"{SDK}/extended_text_empty_mapentry.xml": ["essay"],
    f"{SDK}/is_responded/is_responded_multiple_interactions_multiplechoice_textentry.xml":
        ["case"],
    f"{SDK}/item_body_dir_attr.xml": ["multiple"],
    f"{SDK}/media_image.xml": ["!qti.interaction"],
    f"{SDK}/multiple_interactions.xml": ["case"],
    f"{SDK}/response_constraints/extended_text_min.xml": ["essay"],
    f"{SDK}/response_constraints/extended_text_patternmask.xml": ["essay"],
    f"{SDK}/responseruleforQtiPL2.xml": ["multiple"],
    f"{SDK}/rich_gap_text.xml": ["cloze"],
    f"{SDK}/set_outcome_values_with_sum_juggling.xml": ["multiple"],
    f"{SDK}/table.xml": ["!qti.no_interaction"],
    f"{SDK}/template_location/template_location_item.xml": ["single"],
    f"{SDK}/template_location/template_location_item_wrong_target.xml": ["single"],
    f"{SDK}/template_location/template_location_rp_invalid.xml": "qti.root",
    f"{SDK}/templateruleforQtiPL1.xml": ["!qti.randomised"],
    "qti2/qti-sdk-invalid/empty.xml": "file.empty",
    "qti2/tao/QTI/package_with_ampersand.zip": ["hotspot"],
    "qti2/tao/wrong/MalformedItemXml.zip": ["!file.xml_syntax"],
    f"{ITEM}/complex-response-processing.xml": ["!qti.adaptive"],
    f"{ITEM}/default-value-without-value.xml": ["single"],
    f"{ITEM}/else-if-after-else.xml": ["single"],
    f"{ITEM}/extended-text-outcome-declaration-without-default.xml": ["essay"],
    f"{ITEM}/map-response-point-template.xml": ["!qti.interaction"],
    f"{ITEM}/match-correct-template.xml": ["cloze"],
    f"{ITEM}/missing-outcome-declaration-maxscore.xml": ["single"],
    f"{ITEM}/number-comparison-expressions.xml": ["numeric"],
    f"{ITEM}/select-point-processing.xml": ["!qti.interaction"],
    f"{ITEM}/simple-match-processing.xml": ["!qti.picture_in_pair"],
    f"{ITEM}/simple-multiple-choice-processing2.xml": ["multiple"],
    f"{ITEM}/with-else-if.xml": ["!qti.picture_in_pair"],
    f"{ITEM}/wrong-expression-element.xml": ["!qti.picture_in_pair"],
    f"{NL}/Package/Filesystem/Zip/fixtures/imsmanifest_v3p1.xml": "qti.root",
    f"{NL}/Package/Model/resources/metadata.xml": "qti.root",
    f"{NL}/no-response-processing.zip": ["matching"],
}  # fmt: skip
VERSIONS = ("qti12", "qti2", "qti3")
# Files whose blanks or choices carry no key at all: the authors of the samples left it out.
WITHOUT_KEY = frozenset(
    {
        f"{SDK}/2_2/figure_html5.xml",
        f"{SDK}/2_2/ruby_html5.xml",
        f"{SDK}/item_body_dir_attr.xml",
        f"{SDK}/rich_gap_text.xml",
        "qti2/tao/QTI/package_with_ampersand.zip",
    }
)


def files() -> list[str]:
    found = (path for version in VERSIONS for path in (CORPUS / version).rglob("*"))
    return sorted(path.relative_to(CORPUS).as_posix() for path in found if path.is_file())


def read(name: str):
    version = name.partition("/")[0]
    return formats.read((CORPUS / name).read_bytes(), Path(name).name, version)


def test_every_file_is_expected():
    assert files() == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_file_imports_or_is_refused_by_name(name):
    reading = read(name)
    expected = EXPECTED[name]
    errors = [one.code for one in reading.problems if one.severity == "error"]
    if isinstance(expected, str):
        assert (errors, reading.questions) == ([expected], ())
        return
    assert errors == []
    found = [outcome(question) for question in reading.questions]
    assert found == expected
    for question in reading.questions:
        assert {one.code for one in question.problems} <= set(RULES)


def outcome(question: Question) -> str:
    errors = [one.code for one in question.problems if one.severity == "error"]
    return f"!{errors[0]}" if errors else question.draft.kind


@pytest.mark.parametrize(
    "name", [name for name, kinds in sorted(EXPECTED.items()) if isinstance(kinds, list)]
)
def test_sniffing_names_the_version(name):
    data = (CORPUS / name).read_bytes()
    assert formats.sniff(data, "upload.bin")[0] == name.partition("/")[0]


# The second reading of the keys. ------------------------------------------------------------


def documents(name: str) -> list[ElementTree.Element]:
    data = (CORPUS / name).read_bytes()
    if not name.endswith(".zip"):
        text = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)
        return [plain_tree(text)]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        inside = [one for one in archive.namelist() if one.endswith(".xml")]
        return [plain_tree(archive.read(one)) for one in inside]


def plain_tree(data: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(data)
    for one in root.iter():
        name = one.tag.rpartition("}")[2].removeprefix("qti-").replace("-", "").lower()
        one.tag = name
        for key in list(one.attrib):
            one.attrib[key.replace("-", "").lower()] = one.attrib[key]
    return root


def squeezed(text: str) -> str:
    return "".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def words_in(element: ElementTree.Element) -> str:
    return squeezed("".join(element.itertext()))


def keys2(item: ElementTree.Element) -> list[set[str]]:
    """The right texts of each response of QTI 2 and 3 that gives a key, pairs joined by `>`."""
    named = {one.get("identifier"): words_in(one) for one in item.iter() if one.get("identifier")}
    found = []
    for declaration in item.iter("responsedeclaration"):
        key = declaration.find("correctresponse")
        if key is None:
            continue
        values = [" ".join("".join(one.itertext()).split()) for one in key]
        pairs = [">".join(named.get(end, end) for end in value.split()) for value in values]
        found.append({squeezed(pair) for pair in pairs})
    return found


def keys12(item: ElementTree.Element) -> list[set[str]]:
    """The right texts of each response of QTI 1.2 whose conditions earn something."""
    named = {
        (response.get("ident"), label.get("ident")): words_in(label)
        for response in item.iter()
        for label in response.iter("response_label")
    }
    found: dict[str, set[str]] = {}
    for condition in item.iter("respcondition"):
        worth = [float(one.text) for one in condition.iter("setvar") if one.text]
        if not (any(one > 0 for one in worth) or condition.get("correctanswer") == "Yes"):
            continue
        refused = {id(inner) for no in condition.iter("not") for inner in no.iter()}
        for one in condition.iter("varequal"):
            if id(one) not in refused:
                ident = one.get("respident")
                text = (one.text or "").strip()
                found.setdefault(ident, set()).add(named.get((ident, text), squeezed(text)))
    return list(found.values())


def keys_of(draft: Draft) -> list[set[str]]:
    """The right texts of a draft, one set for each place where something is answered."""
    match draft.kind:
        case "single" | "multiple":
            return [{squeezed(one.text) for one in draft.options if one.is_right}]
        case "true_false":
            return [{str(draft.is_true)}]
        case "ordering":
            return [{squeezed(one.text) for one in draft.options}]
        case "matching":
            return [{f"{squeezed(left)}>{squeezed(right)}" for left, right in draft.pairs}]
        case "cloze":
            return [
                {squeezed(one.text) for one in blank.accepted}
                or {squeezed(one.text) for one in blank.options if one.is_right}
                for blank in draft.blanks
            ]
        case "case":
            return [key for part in draft.parts for key in keys_of(part)]
        case _:
            return []


def imported(name: str) -> list[Question]:
    return [question for question in read(name).questions if not outcome(question).startswith("!")]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, kinds in sorted(EXPECTED.items())
        if isinstance(kinds, list)
        and name not in WITHOUT_KEY
        and not name.startswith("qti12")
        and not any(kind.startswith("!") for kind in kinds)
    ],
)
def test_keys_of_version_2_and_3_are_those_of_the_file(name):
    items = [one for root in documents(name) for one in root.iter("assessmentitem")]
    assert len(items) == len(imported(name))
    for item, question in zip(items, imported(name), strict=True):
        if question.draft.kind == "numeric":
            numbers = {value for key in keys2(item) for value in key}
            spans = question.draft.spans
            assert all(
                any(float(span.low) <= float(value) <= float(span.high) for span in spans)
                for value in numbers
            )
        elif question.draft.kind != "essay":
            answered = [key for key in keys_of(question.draft) if key]
            assert answered == keys2(item)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, kinds in sorted(EXPECTED.items())
        if isinstance(kinds, list) and name.startswith("qti12")
    ],
)
def test_keys_of_version_12_are_those_of_the_file(name):
    items = [one for root in documents(name) for one in root.iter("item")]
    questions = [one for one in read(name).questions if "qti.bank_absent" not in codes(one)]
    assert len(items) == len(questions)
    for item, question in zip(items, questions, strict=True):
        draft = question.draft
        if outcome(question).startswith("!") or draft.kind in ("essay", "numeric"):
            continue
        said, read_again = keys_of(draft), keys12(item)
        if draft.kind == "matching":
            rights = {pair.partition(">")[2] for pair in said[0]}
            assert rights == {value for key in read_again for value in key} - {""}
        elif draft.kind == "cloze" and draft.blanks[0].accepted:
            # The rules of Canvas name the first of several answers that a blank accepts.
            assert all(one & other for one, other in zip(said, read_again, strict=True))
        else:
            assert said == read_again


def codes(question: Question) -> set[str]:
    return {one.code for one in question.problems}


# Checked by eye. ----------------------------------------------------------------------------


def the_draft(name: str, place: int = 0) -> Draft:
    return read(name).questions[place].draft


def test_blanks_of_canvas_accept_every_answer_they_list():
    draft = the_draft(f"{CANVAS}/items/canvas_multiple_fib.xml")
    assert draft.stem == "Roses are ____, violets are ____"
    accepted = [[one.text for one in blank.accepted] for blank in draft.blanks]
    assert accepted == [["red", "Red"], ["blue", "Blue"]]


def test_lists_and_word_banks_of_new_quizzes_keep_their_place():
    draft = the_draft(f"{CANVAS}/items/nq_multiple_fib_answer_types.xml")
    assert draft.stem == "Roses are ____, ____, and ____."
    assert [[one.text for one in blank.options] for blank in draft.blanks] == [
        ["black", "violet", "grey"],
        ["brown", "white"],
        ["brown", "white"],
    ]


def test_numbers_of_canvas_keep_their_tolerance():
    def spans(name: str, place: int = 0) -> list[tuple[str, str]]:
        return [(one.low, one.high) for one in the_draft(name, place).spans]

    assert spans(f"{CANVAS}/items/numeric_margin_error_percent.xml") == [("160", "240")]
    assert spans(f"{CANVAS}/items/numeric_precision_decimals.xml") == [
        ("100.1234", "100.1234"),
        ("999.995", "1000.005"),
    ]
    assert spans(f"{CANVAS}/items/numeric_exact_match.xml", 1) == [
        ("1111", "1111"),
        ("1234", "1234"),
        ("4321", "4321"),
    ]
    assert spans(f"{CANVAS}/all_canvas_simple_1.2.xml", 7) == [("0", "0"), ("41.5", "42.5")]


def test_credit_and_penalties_of_options_are_kept():
    draft = the_draft(f"{CANVAS}/items/choice.xml", 2)
    assert draft.scoring == "weighted"
    assert [one.weight for one in draft.options] == [0.25, -0.1, 0.25, 0.25, -0.1, -0.1, 0.25]


def test_feedback_goes_to_its_option():
    question = read(f"{CANVAS}/items/mc_feedback.xml").questions[0]
    assert [one.feedback for one in question.draft.options] == [
        "Answer A Feedback",
        "Answer B Feedback",
        "Answer C Feedback",
        "Answer D Feedback",
    ]
    assert question.draft.explanation.split("\n")[0] == "General Feedback"
    assert question.points == 1.0


def test_a_picture_with_an_ampersand_in_its_name_comes_along():
    reading = read("qti2/tao/QTI/package_with_ampersand.zip")
    ref = "items/i61cce12d2d787694ef2628972565b0e/image1&.jpg"
    draft = reading.questions[0].draft
    assert (draft.image, list(reading.media)) == (ref, [ref])
    assert draft.zones[0].coords == (371, 319, 266)


def test_several_interactions_make_a_case():
    draft = the_draft(f"{SDK}/multiple_interactions.xml")
    assert draft.stem == "Reproduce"
    first, second = draft.parts
    assert (first.kind, first.stem, first.scoring) == ("single", "A question", "weighted")
    assert [one.weight for one in first.options] == [1.0, 0.5, 0.0]
    assert (second.kind, second.stem) == ("cloze", "more")


def test_formulas_become_text():
    assert the_draft(f"{SDK}/2_1/no_schema_location.xml").stem.startswith("5 x² + 7 x + 1 = 0")
    blank = the_draft(f"{SDK}/rich_gap_text.xml").blanks[0]
    assert blank.options[0].text == r"\(\frac{1}{4x}\)"


def test_matching_of_a_package_without_rules():
    question = read(f"{NL}/no-response-processing.zip").questions[0]
    assert len(question.draft.pairs) == 7
    assert question.draft.pairs[1] == ("ribosomen", "aanmaak van eiwitten")
    assert question.points == 4.0
