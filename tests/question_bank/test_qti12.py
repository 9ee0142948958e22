"""QTI 1.2: how Canvas, New Quizzes, Blackboard and others write it."""

from __future__ import annotations

from io import BytesIO

import pytest

from question_bank import formats
from question_bank.formats.qti import qti12
from question_bank.formats.reading import Question
from question_bank.items.draft import Span


def fields(**values: str) -> str:
    inside = "".join(
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry>"
        "</qtimetadatafield>"
        for name, value in values.items()
    )
    return f"<itemmetadata><qtimetadata>{inside}</qtimetadata></itemmetadata>"


def material(text: str, kind: str = "text/plain") -> str:
    return f'<material><mattext texttype="{kind}">{text}</mattext></material>'


def lid(labels: str, cardinality: str = "Single", ident: str = "response1", said: str = "") -> str:
    inside = "".join(
        f'<response_label ident="{one}">{material(f"项{one}")}</response_label>' for one in labels
    )
    return (
        f'<response_lid ident="{ident}" rcardinality="{cardinality}">{said}'
        f"<render_choice>{inside}</render_choice></response_lid>"
    )


def earns(*tests: str, worth: str = "100", action: str = "Set", more: str = "") -> str:
    return (
        f"<respcondition {more}><conditionvar>{''.join(tests)}</conditionvar>"
        f'<setvar varname="SCORE" action="{action}">{worth}</setvar></respcondition>'
    )


def equal(value: str, ident: str = "response1") -> str:
    return f'<varequal respident="{ident}">{value}</varequal>'


def item(presentation: str, rules: str = "", before: str = "", after: str = "", **more: str) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in {"ident": "q1", **more}.items())
    return (
        f"<item{attributes}>{before}<presentation>{presentation}</presentation><resprocessing>"
        '<outcomes><decvar varname="SCORE" maxvalue="100"/></outcomes>'
        f"{rules}</resprocessing>{after}</item>"
    )


def document(*items: str) -> bytes:
    inside = "".join(items)
    return (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        f'<assessment ident="a" title="测验"><section ident="root">{inside}</section></assessment>'
        "</questestinterop>"
    ).encode()


def question(source: str) -> Question:
    (found,) = qti12.read(document(source), "quiz.xml").questions
    return found


def codes(found: Question) -> set[str]:
    return {one.code for one in found.problems}


def test_without_a_type_the_shape_decides():
    asked = material("问？")
    single = question(item(asked + lid("AB"), earns(equal("B"))))
    assert (single.draft.kind, single.draft.stem) == ("single", "问？")
    assert [one.is_right for one in single.draft.options] == [False, True]
    multiple = question(item(asked + lid("ABC", "Multiple"), earns("<and>", equal("A"),
        equal("C"), "<not>", equal("B"), "</not></and>")))  # fmt: skip
    assert multiple.draft.kind == "multiple"
    assert multiple.draft.scoring == "all_or_nothing"
    order = question(item(asked + lid("ABC", "Ordered"), earns(*map(equal, "CAB"))))
    assert [one.text for one in order.draft.options] == ["项C", "项A", "项B"]


def test_the_field_decides_before_the_shape():
    source = item(
        material("对吗？") + '<response_lid ident="r" rcardinality="Single"><render_choice>'
        f'<response_label ident="t">{material("True")}</response_label>'
        f'<response_label ident="f">{material("False")}</response_label>'
        "</render_choice></response_lid>",
        earns(equal("f", "r")),
        fields(question_type="true_false_question", points_possible="2.5"),
        title="名",
    )
    found = question(source)
    assert (found.draft.kind, found.draft.is_true) == ("true_false", False)
    assert (found.points, found.name, found.where.item) == (2.5, "名", "q1")


def test_each_blank_gets_its_own_answers():
    """An order of responses that is not that of the text must not mix them up."""
    blanks = lid("AB", ident="response_two") + lid("CD", ident="response_one")
    source = item(
        material("&lt;p&gt;先 [one] 再 [two]。&lt;/p&gt;", "text/html") + blanks,
        earns(equal("A", "response_two"), worth="50", action="Add")
        + earns(equal("C", "response_one"), worth="50", action="Add"),
        fields(question_type="fill_in_multiple_blanks_question"),
    )
    draft = question(source).draft
    assert draft.stem == "先 ____ 再 ____。"
    assert [[one.text for one in blank.accepted] for blank in draft.blanks] == [
        ["项C", "项D"],
        ["项A", "项B"],
    ]


def test_dropdowns_are_lists():
    source = item(
        material("选 [x]") + lid("AB", ident="response_x"),
        earns(equal("B", "response_x")),
        fields(question_type="multiple_dropdowns_question"),
    )
    (blank,) = question(source).draft.blanks
    assert [(one.text, one.is_right) for one in blank.options] == [("项A", False), ("项B", True)]


def typed(kind: str = "", ident: str = "response1") -> str:
    return (
        f'<response_str ident="{ident}"><render_fib {kind}>'
        '<response_label ident="a1"/></render_fib></response_str>'
    )


def test_a_short_answer_and_its_variants():
    source = item(
        material("首都是 _____ 吗？") + typed(), earns(equal("北京"), equal("北京市")),
        fields(question_type="short_answer_question"),
    )  # fmt: skip
    draft = question(source).draft
    assert (draft.kind, draft.stem) == ("cloze", "首都是 ____ 吗？")
    assert [one.text for one in draft.blanks[0].accepted] == ["北京", "北京市"]


def test_blanks_that_stand_in_the_flow_of_the_text():
    flow = (
        f"<flow>{material('先')}{typed(ident='r1')}{material('后')}{typed(ident='r2')}"
        f"{material('完。')}</flow>"
    )
    rules = earns(equal("停", "r1"), worth="50", action="Add") + earns(
        equal("走", "r2"), worth="50", action="Add"
    )
    draft = question(item(flow, rules)).draft
    assert (draft.kind, draft.stem) == ("cloze", "先 ____后 ____完。")
    assert [blank.accepted[0].text for blank in draft.blanks] == ["停", "走"]


def test_a_number_within_a_tolerance():
    source = item(
        material("多少？") + typed('fibtype="Decimal"'),
        earns(
            "<or>", equal("8"), '<and><vargte respident="response1">7.5</vargte>',
            '<varlte respident="response1">8.5</varlte></and></or>',
        ),
        fields(question_type="numerical_question"),
    )  # fmt: skip
    assert question(source).draft.spans == (Span("7.5", "8.5"),)


def test_penalties_become_weights():
    rules = "".join(
        earns(equal(name), worth=worth, action="Add")
        for name, worth in {"A": "50", "B": "50", "C": "-20"}.items()
    )
    draft = question(item(material("问") + lid("ABC", "Multiple"), rules)).draft
    assert draft.scoring == "weighted"
    assert [one.weight for one in draft.options] == [0.5, 0.5, -0.2]


def test_matching_by_several_lists():
    rows = lid("XY", ident="r1", said=material("甲")) + lid("XY", ident="r2", said=material("乙"))
    rules = earns(equal("Y", "r1"), worth="50", action="Add") + earns(
        equal("X", "r2"), worth="50", action="Add"
    )
    draft = question(item(material("配") + rows, rules)).draft
    assert draft.kind == "matching"
    assert draft.pairs == (("甲", "项Y"), ("乙", "项X"))


def test_categories_of_new_quizzes_change_places_with_their_entries():
    rows = "".join(
        lid("XYZW", "Multiple", ident=name, said=material(said))
        for name, said in (("c1", "水果"), ("c2", "蔬菜"))
    )
    rules = earns(equal("X", "c1"), equal("Z", "c1"), worth="50", action="Add") + earns(
        equal("Y", "c2"), worth="50", action="Add"
    )
    source = item(material("分类") + rows, rules, fields(question_type="categorization_question"))
    found = question(source)
    assert codes(found) == {"qti.unmatched"}  # one entry belongs nowhere, which no matching has
    source = source.replace(
        '<response_label ident="W">' + material("项W") + "</response_label>", ""
    )
    assert question(source).draft.pairs == (("项X", "水果"), ("项Y", "蔬菜"), ("项Z", "水果"))


def test_ordering_of_new_quizzes():
    labels = "".join(
        f'<response_label ident="{one}">{material(f"步{one}")}</response_label>' for one in "312"
    )
    asked = (
        '<response_lid ident="response1" rcardinality="Ordered"><render_extension>'
        f'<ims_render_object shuffle="No"><flow_label>{labels}</flow_label></ims_render_object>'
        "</render_extension></response_lid>"
    )
    source = item(
        material("排") + asked, earns(*map(equal, "123")), fields(question_type="ordering_question")
    )
    draft = question(source).draft
    assert [one.text for one in draft.options] == ["步1", "步2", "步3"]


def test_a_passage_stands_before_the_questions_that_refer_to_it():
    passage = item(
        material("材料。"), ident="s1", before=fields(question_type="text_only_question")
    )
    asked = item(
        material("问？") + lid("AB"), earns(equal("A")),
        fields(question_type="multiple_choice_question", parent_stimulus_item_ident="s1"),
    )  # fmt: skip
    (found,) = qti12.read(document(passage, asked), "quiz.xml").questions
    assert found.draft.stem == "材料。\n问？"


def test_a_question_bank_that_is_absent_is_named():
    asks = (
        '<section ident="s2"><selection_ordering><selection><sourcebank_ref>bank7</sourcebank_ref>'
        "<selection_number>3</selection_number></selection></selection_ordering></section>"
    )
    here = item(material("问？") + lid("AB"), earns(equal("A")))
    first, second = qti12.read(document(here, asks), "quiz.xml").questions
    assert codes(first) == set()
    assert [(one.code, one.params) for one in second.problems] == [
        ("qti.bank_absent", {"bank": "bank7"})
    ]


def test_a_bank_gives_its_title_as_the_topic():
    source = (
        '<questestinterop><objectbank ident="b1"><qtimetadata><qtimetadatafield>'
        "<fieldlabel>bank_title</fieldlabel><fieldentry>电气安全</fieldentry></qtimetadatafield>"
        f"</qtimetadata>{item(material('问？') + lid('AB'), earns(equal('A')))}"
        "</objectbank></questestinterop>"
    )
    (found,) = qti12.read(source.encode(), "bank.xml").questions
    assert found.category == ("电气安全",)


def test_feedback_by_identifier():
    rules = (
        '<respcondition continue="Yes"><conditionvar><other/></conditionvar>'
        '<displayfeedback linkrefid="general_fb"/></respcondition>'
        '<respcondition continue="Yes"><conditionvar>' + equal("A") + "</conditionvar>"
        '<displayfeedback linkrefid="A_fb"/></respcondition>'
        + earns(equal("B"), more='continue="No"')
    )
    said = "".join(
        f'<itemfeedback ident="{name}"><flow_mat>{material(text)}</flow_mat></itemfeedback>'
        for name, text in (("general_fb", "总"), ("A_fb", "非"), ("correct_fb", "好"))
    )
    draft = question(item(material("问") + lid("AB"), rules, after=said)).draft
    assert [one.feedback for one in draft.options] == ["非", ""]
    assert draft.explanation == "总\n好"


def test_matching_of_blackboard_lists_the_right_side_apart():
    def block(text: str) -> str:
        return (
            f'<flow class="Block"><flow class="FORMATTED_TEXT_BLOCK"><material><mat_extension>'
            f'<mat_formattedtext type="HTML">&lt;p&gt;{text}&lt;/p&gt;</mat_formattedtext>'
            "</mat_extension></material></flow>{}</flow>"
        )

    def row(text: str, name: str, labels: str) -> str:
        inside = "".join(f'<response_label ident="{one}"/>' for one in labels)
        return block(text).format(
            f'<response_lid ident="{name}" rcardinality="Single"><render_choice><flow_label>'
            f"{inside}</flow_label></render_choice></response_lid>"
        )

    presentation = (
        f'<flow class="Block"><flow class="QUESTION_BLOCK">{block("配对").format("")}</flow>'
        f'<flow class="RESPONSE_BLOCK">{row("甲", "r1", "ab")}{row("乙", "r2", "cd")}</flow>'
        f'<flow class="RIGHT_MATCH_BLOCK">{block("壹").format("")}{block("贰").format("")}</flow>'
        "</flow>"
    )
    rules = earns(equal("b", "r1"), worth="50", action="Add") + earns(
        equal("c", "r2"), worth="50", action="Add"
    )
    meta = "<itemmetadata><bbmd_questiontype>Matching</bbmd_questiontype></itemmetadata>"
    draft = question(item(presentation, rules, meta)).draft
    assert (draft.kind, draft.stem) == ("matching", "配对")
    assert draft.pairs == (("甲", "贰"), ("乙", "壹"))


def test_a_score_that_is_only_named_full():
    rules = (
        f'<respcondition title="correct"><conditionvar>{equal("A")}</conditionvar>'
        '<setvar variablename="SCORE" action="Set">SCORE.max</setvar></respcondition>'
        '<respcondition title="incorrect"><conditionvar><other/></conditionvar>'
        '<setvar variablename="SCORE" action="Set">0</setvar></respcondition>'
    )
    draft = question(item(material("问") + lid("AB"), rules)).draft
    assert [one.is_right for one in draft.options] == [True, False]
    assert draft.scoring == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("calculated_question", "qti.randomised"),
        ("file_upload_question", "qti.interaction"),
        ("text_only_question", "qti.no_interaction"),
        ("hot_spot_question", "qti.interaction"),
    ],
)
def test_types_that_are_refused_by_name(name, code):
    found = question(item(material("问") + typed(), before=fields(question_type=name)))
    assert codes(found) == {code}


def test_empty_options_go_and_are_counted():
    found = question(item(material("问") + lid("AB").replace("项B", ""), earns(equal("A"))))
    assert len(found.draft.options) == 1
    assert [one.params for one in found.problems] == [{"count": 1}]


QUIZ = """\
Quiz title: 检验

Title: 单
Points: 2
1.  现在先做什么？
... 一般反馈
+ 对了
- 错了
a)  继续
... 不可
*b) 停止
c)  拍照

2.  哪些是防护用品？
[*] 安全帽
[ ] 手机
[*] 手套

3.  几点？
=   1.5 +- 0.25

4.  写一个数
=   [2, 5]

5.  答案是什么
*   甲
*   乙

6.  谈谈体会。
____

7.  上传照片
^^^^

8. 对吗？
*a) True
b) False
"""


def test_a_package_of_an_independent_producer():
    """The package comes from text2qti, which shares no code with the reader."""
    config = pytest.importorskip("text2qti.config")
    quiz = pytest.importorskip("text2qti.quiz")
    qti = pytest.importorskip("text2qti.qti")
    package = BytesIO()
    qti.QTI(quiz.Quiz(QUIZ, config=config.Config())).write(package)
    reading = formats.read(package.getvalue(), "quiz.zip")
    assert (reading.format, reading.problems) == ("qti12", ())
    drafts = [one.draft for one in reading.questions]
    assert [one.kind for one in drafts] == [
        "single", "multiple", "numeric", "numeric", "cloze", "essay", "", "true_false",
    ]  # fmt: skip
    single, multiple, about, between, short, _, _, statement = drafts
    assert reading.questions[0].name == "单"
    assert reading.questions[0].points == 2.0
    assert single.stem == "现在先做什么？"
    assert [(one.text, one.is_right, one.feedback) for one in single.options] == [
        ("继续", False, "不可"),
        ("停止", True, ""),
        ("拍照", False, ""),
    ]
    assert single.explanation == "一般反馈\n对了\n错了"
    assert [one.is_right for one in multiple.options] == [True, False, True]
    assert about.spans == (Span("1.25", "1.75"),)
    assert between.spans == (Span("2", "5"),)
    assert [one.text for one in short.blanks[0].accepted] == ["甲", "乙"]
    assert codes(reading.questions[6]) == {"qti.interaction"}
    assert statement.is_true is True
