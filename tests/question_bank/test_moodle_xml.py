"""Reading Moodle XML: each trap of the format; and what writing it cannot hold."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from question_bank.formats.moodle_xml import read, write
from question_bank.formats.problems import Where
from question_bank.formats.reading import Question, Reading
from question_bank.items import building
from question_bank.items.draft import Accepted, Criterion, Draft, DraftBlank, DraftOption, Span
from question_bank.items.media import Media

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
OTHER = b"\x89PNG\r\n\x1a\n" + bytes(9)


def file(name: str, content: bytes = PNG, path: str = "/") -> str:
    data = base64.b64encode(content).decode()
    return f'<file name="{name}" path="{path}" encoding="base64">{data}</file>'


def text(tag: str, content: str, kind: str = "html", files: str = "") -> str:
    return f'<{tag} format="{kind}"><text><![CDATA[{content}]]></text>{files}</{tag}>'


def answer(share: str, content: str, feedback: str = "", files: str = "") -> str:
    said = text("feedback", feedback) if feedback else ""
    return (
        f'<answer fraction="{share}" format="html"><text><![CDATA[{content}]]></text>'
        f"{files}{said}</answer>"
    )


def quiz(*questions: str) -> Reading:
    return read(f"<quiz>{''.join(questions)}</quiz>".encode(), "x.xml")


def question(kind: str, *parts: str, stem: str = "Q", name: str = "n") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f"{text('questiontext', stem)}{''.join(parts)}</question>"
    )


def one(kind: str, *parts: str, stem: str = "Q", name: str = "n") -> Question:
    (found,) = quiz(question(kind, *parts, stem=stem, name=name)).questions
    return found


def codes(found: Question) -> list[str]:
    return [problem.code for problem in found.problems]


TWO = answer("100", "a") + answer("0", "b")


# Choices


@pytest.mark.parametrize(
    ("single", "kind"),
    [
        ("true", "single"),
        ("1", "single"),
        ("false", "multiple"),
        ("0", "multiple"),
        ("", "multiple"),
    ],
)
def test_whether_one_or_several_may_be_chosen(single, kind):
    assert one("multichoice", f"<single>{single}</single>", TWO).draft.kind == kind
    assert one("multichoice", TWO).draft.kind == "single"


def test_options_may_keep_their_order():
    assert one("multichoice", "<shuffleanswers>false</shuffleanswers>", TWO).draft.is_fixed
    assert not one("multichoice", "<shuffleanswers>1</shuffleanswers>", TWO).draft.is_fixed


@pytest.mark.parametrize("third", ["33.33333", "33.3333333", "33.33"])
def test_rounded_shares(third):
    answers = [answer(third, letter) for letter in "abc"] + [answer("-100.00000", "d")]
    draft = one("multichoice", "<single>false</single>", *answers).draft
    assert draft.scoring == "corrected"
    assert sum(option.is_right for option in draft.options) == 3


def test_a_share_that_is_none_refuses_the_question():
    assert codes(one("multichoice", answer("200", "a"), answer("0", "b"))) == [
        "plain.grade_unreadable"
    ]
    assert codes(one("multichoice", answer("100", "a"))) == ["plain.answers_few"]


# Statements


@pytest.mark.parametrize(
    ("first", "second", "is_true"),
    [
        (("100", "true"), ("0", "false"), True),
        (("0", "false"), ("100", "true"), True),
        (("0", "true"), ("100", "false"), False),
        (("100", "对"), ("0", "错"), True),  # old files: true comes first
        (("0", "Wahr"), ("100", "Falsch"), False),
    ],
)
def test_statements(first, second, is_true):
    found = one("truefalse", answer(*first, "x"), answer(*second, "y")).draft
    assert found.is_true is is_true
    assert {o.feedback for o in found.options} == {"x", "y"}


def test_a_statement_without_an_answer_is_refused():
    assert codes(one("truefalse")) == ["plain.true_false_unclear"]
    both = answer("100", "true") + answer("100", "false")
    assert codes(one("truefalse", both)) == ["plain.true_false_unclear"]


# Typed answers


def test_words():
    found = one(
        "shortanswer",
        "<usecase>1</usecase>",
        answer("100", "R&D"),
        answer("50", "A*"),
        answer("0", "*", "no"),
        stem="It is <b>____</b>.",
    )
    (blank,) = found.draft.blanks
    assert blank == DraftBlank((Accepted("R&D"), Accepted("A", 0.5)), is_exact=True)
    assert codes(found) == ["plain.wildcard", "plain.feedback_lost"]


def test_numbers_in_old_and_new_files():
    new = '<answer fraction="100"><text>3.5</text><tolerance>0.5</tolerance></answer>'
    old = "<answer>7<fraction>0.5</fraction><tolerance>1</tolerance></answer>"
    found = one("numerical", new, old, '<answer fraction="0"><text>*</text></answer>')
    assert found.draft.spans == (Span("3", "4"), Span("6", "8", 0.5))
    assert codes(one("numerical", '<answer fraction="100"><text>x</text></answer>')) == [
        "plain.not_a_number"
    ]
    assert codes(one("numerical")) == ["plain.answers_few"]


def test_units():
    units = (
        "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
        "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>"
        "<unitgradingtype>1</unitgradingtype>"
    )
    found = one("numerical", '<answer fraction="100"><text>3</text></answer>', units)
    assert found.draft.unit == "m"
    assert codes(found) == ["plain.units_lost", "plain.unit_needed"]


# Other kinds


def test_pairs():
    pairs = "".join(
        f"<subquestion format='html'><text>{left}</text><answer><text>{right}</text></answer>"
        "</subquestion>"
        for left, right in (("&lt;p&gt;a&lt;/p&gt;", "1"), ("b", "2"), ("", "3"))
    )
    draft = one("matching", pairs).draft
    assert (draft.pairs, draft.extras) == ((("a", "1"), ("b", "2")), ("3",))
    assert one("ddmatch", pairs.replace("<answer>", "<answer format='html'>")).draft == draft


def test_entries_to_put_in_order_are_sorted_by_their_place():
    answers = answer("2.0000000", "b") + answer("1.0000000", "a")
    draft = one("ordering", answers, "<gradingtype>ALL_OR_NOTHING</gradingtype>").draft
    assert [o.text for o in draft.options] == ["a", "b"]
    assert draft.scoring == "all_or_nothing"


def test_notes_for_graders_are_the_rubric():
    found = one("essay", text("graderinfo", "Look for x."), "<defaultgrade>4</defaultgrade>")
    assert found.draft.rubric == (Criterion("Look for x.", 4.0),)
    table = "<table><tr><td>x</td><td>2</td></tr><tr><td>y</td><td>0.5</td></tr></table>Like so."
    draft = one("essay", text("graderinfo", table), text("responsetemplate", "Dear")).draft
    assert draft.rubric == (Criterion("x", 2.0), Criterion("y", 0.5))
    assert draft.sample == "Like so."
    assert one("essay").draft.rubric == ()


@pytest.mark.parametrize(("kind", "box"), [("ddwtos", "dragbox"), ("gapselect", "selectoption")])
def test_gaps_to_fill_from_lists(kind, box):
    boxes = "".join(
        f"<{box}><text>{word}</text><group>{group}</group></{box}>"
        for word, group in (("cat", 1), ("mat", 1), ("on", 2), ("cat", 1))
    )
    draft = one(kind, boxes, stem="The [[1]] sat [[3]] the [[2]].").draft
    assert draft.stem == "The ____ sat ____ the ____."
    right = [[o.text for o in blank.options if o.is_right] for blank in draft.blanks]
    assert right == [["cat"], ["on"], ["mat"]]
    assert [len(blank.options) for blank in draft.blanks] == [2, 1, 2]
    assert codes(one(kind, boxes, stem="[[9]]")) == ["plain.gap_unknown"]
    assert codes(one(kind, boxes, stem="none")) == ["plain.no_blanks"]


@pytest.mark.parametrize(
    "kind",
    ["calculated", "calculatedsimple", "calculatedmulti", "ddmarker", "ddimageortext", "stack",
     "coderunner", "randomsamatch", "random", "lti"],
)  # fmt: skip
def test_types_that_cannot_be_imported_are_named(kind):
    found = one(kind, text("generalfeedback", '<img src="x.png">'))
    assert codes(found) == ["plain.type_unsupported"]
    assert found.problems[0].params == {"type": kind}
    assert (found.draft.kind, found.draft.stem) == ("", "Q")


def test_texts_and_questions_without_a_type():
    assert codes(one("description")) == ["plain.description"]
    (found,) = quiz("<question><name><text>n</text></name></question>").questions
    assert codes(found) == ["plain.type_missing"]


def test_one_broken_question_never_stops_the_rest():
    reading = quiz(question("truefalse"), question("multichoice", TWO), "<question/>")
    assert [bool(found.problems) for found in reading.questions] == [True, False, True]
    assert [found.where.item for found in reading.questions] == ["n", "n", "3"]


# Texts, files


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("html", "<p>a</p><p>b&nbsp;c</p>", "a\nb c"),
        ("moodle_auto_format", "a\nb <b>c</b>", "a\nb c"),
        ("plain_text", "a <b>\n  c  d", "a <b>\n  c  d"),
        ("markdown", "**a**\n- b", "a\n• b"),
        ("unknown", "<p>a</p>", "a"),
    ],
)
def test_text_formats(kind, written, meant):
    stem = text("questiontext", written, kind)
    (found,) = quiz(f'<question type="essay">{stem}</question>').questions
    assert found.draft.stem == meant


def test_files_by_encoded_and_chinese_names():
    stem = '<img src="@@PLUGINFILE@@/a%20%E7%81%AD.png" alt="x"> <img src="@@PLUGINFILE@@/b/c.png">'
    files = file("a 灭.png") + file("c.png", OTHER, "/b/")
    part = text("questiontext", stem, "html", files)
    reading = quiz(f'<question type="essay">{part}</question>')
    media = reading.questions[0].draft.media
    assert [(one.ref, one.alt) for one in media] == [("a 灭.png", "x"), ("c.png", "")]
    assert reading.media == {"a 灭.png": PNG, "c.png": OTHER}


def test_files_of_the_same_name_are_kept_apart():
    shown = '<img src="@@PLUGINFILE@@/a.png">'
    stem = text("questiontext", shown, "html", file("a.png"))
    answers = answer("100", shown, files=file("a.png", OTHER)) + answer("0", "b")
    reading = quiz(f'<question type="multichoice">{stem}{answers}</question>')
    draft = reading.questions[0].draft
    first, second = draft.media[0].ref, draft.options[0].image
    assert (reading.media[first], reading.media[second]) == (PNG, OTHER)
    assert building.build(draft, "x").item is not None


def test_files_that_are_missing_or_broken_are_reported():
    shown = '<img src="@@PLUGINFILE@@/a.png">'
    assert codes(one("essay", stem=shown)) == ["markup.media_missing"]
    broken = text("questiontext", shown, "html", '<file name="a.png" encoding="base64">!</file>')
    (found,) = quiz(f'<question type="essay">{broken}</question>').questions
    assert codes(found) == ["markup.media_missing", "plain.media_unreadable"]


def test_the_old_picture_tag():
    data = base64.b64encode(PNG).decode()
    reading = quiz(question("essay", f"<image>a/b.png</image><image_base64>{data}</image_base64>"))
    assert reading.questions[0].draft.media == (Media("b.png", "image"),)
    assert reading.media == {"b.png": PNG}
    assert codes(one("essay", "<image>a.png</image>")) == ["markup.media_missing"]
    assert codes(one("essay", "<image></image>")) == []


def test_pictures_in_explanations_are_left_out_and_reported():
    said = text("generalfeedback", 'x<img src="@@PLUGINFILE@@/a.png">', "html", file("a.png"))
    reading = quiz(question("essay", said))
    assert codes(reading.questions[0]) == ["plain.media_elsewhere"]
    assert reading.media == {}


# Around the questions


def test_names_tags_points_and_categories():
    category = (
        '<question type="category"><category><text>$course$/top/a//b/c</text></category></question>'
    )
    tags = "<tags><tag><text>fire</text></tag><tag><text>source=GB 1</text></tag></tags>"
    extra = "<defaultgrade>2.5000000</defaultgrade><idnumber>i&lt;1</idnumber>"
    (found,) = quiz(category, question("essay", tags, extra)).questions
    assert found.category == ("a/b", "c")
    assert (found.tags, found.source, found.points) == (("fire",), "GB 1", 2.5)
    (unnamed,) = quiz(question("essay", extra, name="")).questions
    assert unnamed.name == "i<1"


def test_hints_and_overall_texts_are_reported_only_when_something_is_lost():
    usual = text("correctfeedback", "<p>Your answer is correct.</p>") + text("hint", "")
    assert codes(one("essay", usual)) == []
    unusual = text("incorrectfeedback", "Look at page 3.") + text("hint", "Think.")
    assert codes(one("essay", unusual, "<hidden>1</hidden>", "<penalty>1</penalty>")) == [
        "plain.overall_lost",
        "plain.hints_lost",
        "plain.hidden",
    ]


def test_html_entities_and_control_characters_are_mended():
    reading = read(b'<quiz><question type="essay"><questiontext><text>a&nbsp;b\x01</text>'
                   b"</questiontext></question></quiz>", "x")  # fmt: skip
    assert reading.questions[0].draft.stem == "a b"
    assert [found.code for found in reading.problems] == ["file.xml_entities", "file.xml_control"]


def test_other_xml_is_refused():
    assert [found.code for found in read(b"<other/>", "x").problems] == ["file.unknown"]


# Writing


def written(draft: Draft, media: dict[str, bytes] | None = None, **about):
    return write([Question(draft, Where(), **about)], media or {})


def test_media_go_out_and_come_back():
    media = {
        "a 灭.png": PNG,
        "b.png": OTHER,
        "c.mp4": b"\x00\x00\x00\x18ftypmp42",
        "c.vtt": b"WEBVTT",
    }
    draft = Draft(
        "single",
        "Q",
        options=(DraftOption("x", True, image="b.png"), DraftOption("y")),
        scoring="all_or_nothing",
        media=(Media("a 灭.png", "image", "x & y"), Media("c.mp4", "video", "t", "c.vtt")),
    )
    out = written(draft, media)
    reading = read(out.data, "x")
    assert out.left_out == ()
    assert reading.questions[0].draft == draft
    assert reading.media == media


def test_a_stored_file_gets_an_ending():
    draft = Draft("essay", "Q", rubric=(Criterion("c", 1.0),), media=(Media("f" * 64, "image"),))
    reading = read(written(draft, {"f" * 64: PNG}).data, "x")
    assert list(reading.media) == ["f" * 64 + ".png"]


def test_a_file_that_is_not_there_is_reported():
    draft = Draft("essay", "Q", rubric=(Criterion("c", 1.0),), media=(Media("a.png", "image"),))
    assert [found.code for found in written(draft).left_out] == ["written.media_missing"]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft("case", "Q"), "written.kind"),
        (Draft("hotspot", "Q"), "written.kind"),
        (Draft("single", "Q"), "written.empty"),
        (Draft("true_false", "Q"), "written.empty"),
        (Draft("cloze", "Q"), "written.empty"),
        (Draft("numeric", "Q"), "written.empty"),
        (Draft("numeric", "Q", spans=(Span("x", "y"),)), "written.empty"),
        (Draft("matching", "Q"), "written.empty"),
        (Draft("ordering", "Q"), "written.empty"),
    ],
)
def test_what_is_not_written_is_reported(draft, code):
    out = written(draft, name="n")
    assert [found.code for found in out.left_out] == [code]
    assert out.left_out[0].where.item == "n"
    assert read(out.data, "x").questions == ()


def test_scoring_that_weights_cannot_say_survives_as_a_tag():
    options = (DraftOption("a", True), DraftOption("b", True), DraftOption("c"))
    draft = Draft("multiple", "Q", options=options, scoring="all_or_nothing")
    out = written(draft)
    assert [found.code for found in out.left_out] == ["written.scoring"]
    assert read(out.data, "x").questions[0].draft == draft


def test_weights_of_blanks_are_rounded_and_reported():
    blanks = (DraftBlank((Accepted("a"),), weight=1.4), DraftBlank((Accepted("b"),)))
    out = written(Draft("cloze", "____ ____", blanks=blanks))
    assert [found.code for found in out.left_out] == ["written.weights"]
    assert read(out.data, "x").questions[0].draft.blanks == tuple(
        replace(blank, weight=1.0) for blank in blanks
    )


def test_characters_that_xml_cannot_hold_are_left_out():
    draft = Draft("true_false", "a\x00\x0bb\ud800c", is_true=True)
    reading = read(written(draft, name="x\x01y", tags=("t\x02",)).data, "x")
    assert reading.problems == ()
    assert (reading.questions[0].draft.stem, reading.questions[0].name) == ("abc", "xy")
