"""Items of QTI 2 and 3: interactions, rules, feedback, and what is refused by name."""

from __future__ import annotations

import pytest

from question_bank.formats.qti import qti2, qti3
from question_bank.formats.reading import Question
from question_bank.items.draft import Accepted, Span

V2 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
V3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


def item(body: str, declarations: str = "", rules: str = "", **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<assessmentItem xmlns="{V2}" identifier="i1" title="标题" adaptive="false" '
        f'timeDependent="false"{more}>{declarations}'
        f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
        f"<itemBody>{body}</itemBody>{rules}</assessmentItem>"
    )


def template(name: str) -> str:
    return f'<responseProcessing template="{TEMPLATES}{name}"/>'


def declared(
    *key: str, kind: str = "identifier", many: str = "single", mapping: str = "", name="RESPONSE"
) -> str:
    values = "".join(f"<value>{one}</value>" for one in key)
    correct = f"<correctResponse>{values}</correctResponse>" if key else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{many}" baseType="{kind}">'
        f"{correct}{mapping}</responseDeclaration>"
    )


def mapping(attributes: str = "", **worths: str) -> str:
    entries = "".join(
        f'<mapEntry mapKey="{key}" mappedValue="{worth}"/>' for key, worth in worths.items()
    )
    return f"<mapping {attributes}>{entries}</mapping>"


def choice(options: str = "ABC", attributes: str = 'maxChoices="1"', **fixed: str) -> str:
    listed = "".join(
        f'<simpleChoice identifier="{one}"{fixed.get(one, "")}>选项{one}</simpleChoice>'
        for one in options
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" {attributes}>'
        f"<prompt>问什么？</prompt>{listed}</choiceInteraction>"
    )


def question(source: str) -> Question:
    (found,) = qti2.read(source.encode(), "item.xml").questions
    return found


def codes(found: Question) -> set[str]:
    return {one.code for one in found.problems}


def right(found: Question) -> list[str]:
    return [one.text[-1] for one in found.draft.options if one.is_right]


def test_a_single_choice():
    found = question(item(choice(), declared("B"), template("match_correct")))
    assert (found.draft.kind, found.draft.stem, right(found)) == ("single", "问什么？", ["B"])
    assert (found.name, found.where.item, found.draft.scoring) == ("标题", "i1", "")
    assert found.problems == ()


def test_the_same_in_version_3():
    source = (
        f'<qti-assessment-item xmlns="{V3}" identifier="i1" title="t" time-dependent="false">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" '
        'base-type="identifier"><qti-correct-response><qti-value>B</qti-value>'
        "</qti-correct-response></qti-response-declaration><qti-item-body>"
        '<qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="1">'
        "<qti-prompt>问</qti-prompt>"
        '<qti-simple-choice identifier="A">甲</qti-simple-choice>'
        '<qti-simple-choice identifier="B">乙</qti-simple-choice>'
        "</qti-choice-interaction></qti-item-body></qti-assessment-item>"
    )
    (found,) = qti3.read(source.encode(), "item.xml").questions
    assert [one.is_right for one in found.draft.options] == [False, True]
    assert not found.draft.is_fixed


@pytest.mark.parametrize("attributes", ['maxChoices="0"', 'maxChoices="3"', ""])
def test_no_limit_on_choices_is_a_multiple_choice(attributes):
    source = item(
        choice(attributes=attributes), declared("A", "C", many="multiple"),
        template("match_correct"),
    )  # fmt: skip
    found = question(source)
    assert (found.draft.kind, right(found)) == ("multiple", ["A", "C"])
    assert found.draft.scoring == "all_or_nothing"


def test_a_mapping_that_balances_is_partial_credit():
    worths = mapping('lowerBound="0" upperBound="1" defaultValue="-0.5"', A="0.5", B="0.5")
    source = item(
        choice("ABCD", 'maxChoices="0"'), declared("A", "B", many="multiple", mapping=worths),
        template("map_response"),
    )  # fmt: skip
    found = question(source)
    assert found.draft.scoring == "partial"
    assert {one.weight for one in found.draft.options} == {None}


def test_a_mapping_that_does_not_gives_weights():
    """The default value counts for options without an entry, below the lower bound too."""
    worths = mapping('lowerBound="0" upperBound="2" defaultValue="-2"', H="1", O="1", C="-1")
    source = item(
        choice("HOCX", 'maxChoices="0"'), declared("H", "O", many="multiple", mapping=worths),
        template("map_response"),
    )  # fmt: skip
    found = question(source)
    assert (found.draft.scoring, right(found)) == ("weighted", ["H", "O"])
    assert [one.weight for one in found.draft.options] == [0.5, 0.5, -0.5, -1.0]


def test_a_mapping_alone_says_what_is_right():
    worths = mapping('defaultValue="0"', A="1", C="2")
    source = item(
        choice("ABC", 'maxChoices="0"'), declared(many="multiple", mapping=worths),
        template("map_response"),
    )  # fmt: skip
    assert right(question(source)) == ["A", "C"]


def test_shuffling_and_fixed_options():
    source = item(choice(attributes='maxChoices="1" shuffle="true"'), declared("A"))
    assert not question(source).draft.is_fixed
    source = item(choice(attributes='maxChoices="1" shuffle="false"'), declared("A"))
    assert question(source).draft.is_fixed
    stays = choice(attributes='maxChoices="1" shuffle="true"', C=' fixed="true"')
    found = question(item(stays, declared("A")))
    assert found.draft.is_fixed
    assert codes(found) == {"qti.partly_fixed"}


def test_true_and_false_are_a_statement():
    body = (
        '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1">'
        "<prompt>对吗？</prompt>"
        '<simpleChoice identifier="a.1">正确<feedbackInline outcomeIdentifier="F" '
        'identifier="a.1" showHide="show">是的</feedbackInline></simpleChoice>'
        '<simpleChoice identifier="a.2">错误</simpleChoice></choiceInteraction>'
    )
    draft = question(item(body, declared("a.2"))).draft
    assert (draft.kind, draft.is_true) == ("true_false", False)
    assert [one.feedback for one in draft.options] == ["是的", ""]


def test_rules_of_its_own_are_carried_out():
    """Half credit for one option, through a chain of conditions."""
    rules = """
      <responseProcessing><responseCondition>
        <responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
          <setOutcomeValue identifier="SCORE"><baseValue baseType="float">4</baseValue>
          </setOutcomeValue></responseIf>
        <responseElseIf><match><variable identifier="RESPONSE"/>
          <baseValue baseType="identifier">C</baseValue></match>
          <setOutcomeValue identifier="SCORE"><product>
            <baseValue baseType="float">1</baseValue><baseValue baseType="integer">2</baseValue>
          </product></setOutcomeValue></responseElseIf>
        <responseElse><setOutcomeValue identifier="SCORE">
          <baseValue baseType="float">0</baseValue></setOutcomeValue></responseElse>
      </responseCondition></responseProcessing>"""
    draft = question(item(choice(), declared("A"), rules)).draft
    assert draft.scoring == "weighted"
    assert [one.weight for one in draft.options] == [1.0, 0.0, 0.5]


@pytest.mark.parametrize("name", ["customOperator", "randomInteger", "patternMatch", "nonsense"])
def test_rules_that_are_not_known_leave_the_key(name):
    rules = (
        f'<responseProcessing><setOutcomeValue identifier="SCORE"><{name}/></setOutcomeValue>'
        "</responseProcessing>"
    )
    found = question(item(choice(), declared("B"), rules))
    assert right(found) == ["B"]
    assert codes(found) == {"qti.rules_unsupported"}


@pytest.mark.parametrize(
    "where", ["http://example.org/rules/strange", "rules/strange.xml", "..\\strange.xml"]
)
def test_an_unknown_template_leaves_the_key(where):
    rules = f'<responseProcessing template="{where}"/>'
    found = question(item(choice(), declared("B"), rules))
    assert right(found) == ["B"]
    assert codes(found) == {"qti.template_unknown"}


@pytest.mark.parametrize("name", ["CC2_match", "CC2_match_basic", "match_correct.xml"])
def test_templates_of_common_cartridge(name):
    assert question(item(choice(), declared("C"), template(name))).problems == ()


def test_one_blank_in_a_sentence_is_a_cloze():
    body = '<p>高处作业指 <textEntryInteraction responseIdentifier="RESPONSE"/> 米以上。</p>'
    worths = mapping(**{"两": "1", "2": "2", "3": "-1"})
    source = item(body, declared("2", kind="string", mapping=worths), template("map_response"))
    draft = question(source).draft
    assert (draft.kind, draft.stem) == ("cloze", "高处作业指 ____ 米以上。")
    assert draft.blanks[0].accepted == (Accepted("2", 1.0), Accepted("两", 0.5))


def test_case_counts_only_where_it_is_said():
    body = '<p>首都 <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    worths = '<mapping><mapEntry mapKey="York" mappedValue="1"{}/></mapping>'

    def is_exact(attribute: str) -> bool:
        declaration = declared("York", kind="string", mapping=worths.format(attribute))
        return question(item(body, declaration, template("map_response"))).draft.blanks[0].is_exact

    assert is_exact(' caseSensitive="true"')
    assert not is_exact(' caseSensitive="false"')
    assert not is_exact("")
    worths = '<mapping><mapEntry mapKey="York" mappedValue="1"/>{}' \
        '<mapEntry mapKey="york" mappedValue="0.5"/></mapping>'  # fmt: skip
    assert is_exact("")


def test_a_number_with_tolerance():
    rules = """
      <responseProcessing><responseCondition><responseIf>
        <equal toleranceMode="absolute" tolerance="0.5 1"><correct identifier="RESPONSE"/>
          <variable identifier="RESPONSE"/></equal>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue>
        </setOutcomeValue></responseIf></responseCondition></responseProcessing>"""
    body = '<p>多少？</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    draft = question(item(body, declared("8", kind="float"), rules)).draft
    assert (draft.kind, draft.stem) == ("numeric", "多少？")
    assert draft.spans == (Span("7.5", "9"),)


def test_a_number_between_bounds_in_either_order_of_terms():
    rules = """
      <responseProcessing><responseCondition><responseIf><and>
        <not><isNull><variable identifier="RESPONSE"/></isNull></not>
        <gte><variable identifier="RESPONSE"/><baseValue baseType="float">-2.50</baseValue></gte>
        <gt><baseValue baseType="float">3</baseValue><variable identifier="RESPONSE"/></gt></and>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue>
        </setOutcomeValue></responseIf></responseCondition></responseProcessing>"""
    body = '<p>多少？<textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    draft = question(item(body, declared("1", kind="float"), rules)).draft
    assert draft.spans == (Span("-2.5", "3"),)


def test_a_range_without_an_end_leaves_the_key():
    rules = """
      <responseProcessing><responseCondition><responseIf>
        <gt><variable identifier="RESPONSE"/><baseValue baseType="float">5</baseValue></gt>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue>
        </setOutcomeValue></responseIf></responseCondition></responseProcessing>"""
    body = '<p>多少？<textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    found = question(item(body, declared("6", kind="integer"), rules))
    assert found.draft.spans == (Span("6", "6"),)
    assert codes(found) == {"qti.open_range"}


def test_blanks_and_lists_in_one_passage_are_one_cloze():
    declarations = declared("2", kind="string", name="R1") + declared("b", name="R2")
    body = (
        '<p>先 <textEntryInteraction responseIdentifier="R1"/>，'
        '再 <inlineChoiceInteraction responseIdentifier="R2">'
        '<inlineChoice identifier="a">停</inlineChoice>'
        '<inlineChoice identifier="b">走</inlineChoice></inlineChoiceInteraction>。</p>'
        "<p>完。</p>"
    )
    draft = question(item(body, declarations)).draft
    assert (draft.kind, draft.stem) == ("cloze", "先 ____，再 ____。\n完。")
    assert draft.blanks[0].accepted == (Accepted("2"),)
    assert [(one.text, one.is_right) for one in draft.blanks[1].options] == [
        ("停", False),
        ("走", True),
    ]


def test_lines_drawn_in_the_text_are_no_blanks():
    body = '<p>______ 与 <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    draft = question(item(body, declared("x", kind="string"))).draft
    assert draft.stem == "___ 与 ____"


def test_a_gap_match_is_a_cloze_with_one_list():
    body = (
        '<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="false"><prompt>填</prompt>'
        '<gapText identifier="W" matchMax="1">冬</gapText>'
        '<gapText identifier="S" matchMax="1">夏</gapText>'
        '<p>冷是 <gap identifier="G1"/>，热是 <gap identifier="G2"/>。</p></gapMatchInteraction>'
    )
    draft = question(
        item(body, declared("W G1", "S G2", kind="directedPair", many="multiple"))
    ).draft
    assert (draft.kind, draft.stem) == ("cloze", "填\n冷是 ____，热是 ____。")
    assert [[one.is_right for one in blank.options] for blank in draft.blanks] == [
        [True, False],
        [False, True],
    ]


def test_an_order():
    body = choice("ABC", "").replace("choiceInteraction", "orderInteraction")
    source = item(body, declared("C", "A", "B", many="ordered"), template("match_correct"))
    draft = question(source).draft
    assert draft.kind == "ordering"
    assert [one.text for one in draft.options] == ["选项C", "选项A", "选项B"]
    part = question(item(body, declared("C", "A", many="ordered")))
    assert codes(part) >= {"qti.order_partial"}


def test_an_order_that_is_half_right_may_earn_something():
    """Only one other order earns half, and it is not the first that comes to mind."""
    body = choice("ABC", "").replace("choiceInteraction", "orderInteraction")
    values = "".join(f'<baseValue baseType="identifier">{one}</baseValue>' for one in "CBA")
    earned = '<setOutcomeValue identifier="SCORE"><baseValue baseType="integer">{}</baseValue>' \
        "</setOutcomeValue>"  # fmt: skip
    rules = (
        "<responseProcessing><responseCondition><responseIf><match><variable "
        'identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
        + earned.format(2)
        + '</responseIf><responseElseIf><match><variable identifier="RESPONSE"/><ordered>'
        + values
        + "</ordered></match>"
        + earned.format(1)
        + "</responseElseIf></responseCondition></responseProcessing>"
    )
    declaration = declared("C", "A", "B", many="ordered")
    assert question(item(body, declaration, rules)).draft.scoring == "partial"
    strict = question(item(body, declaration, template("match_correct")))
    assert strict.draft.scoring == "all_or_nothing"


def matching_body(lefts: str, rights: str) -> str:
    def one_set(names: str) -> str:
        inside = "".join(
            f'<simpleAssociableChoice identifier="{one}">项{one}</simpleAssociableChoice>'
            for one in names
        )
        return f"<simpleMatchSet>{inside}</simpleMatchSet>"

    return (
        '<matchInteraction responseIdentifier="RESPONSE"><prompt>配</prompt>'
        f"{one_set(lefts)}{one_set(rights)}</matchInteraction>"
    )


@pytest.mark.parametrize(
    ("lefts", "rights", "key", "pairs", "extras"),
    [
        ("AB", "XYZ", "A X,B Z", [("A", "X"), ("B", "Z")], ["Y"]),
        ("AB", "XY", "B X,A X", [("A", "X"), ("B", "X")], ["Y"]),
        # One left side with two right ones: the columns change places.
        ("AB", "XYZ", "A X,A Y,B Z", [("X", "A"), ("Y", "A"), ("Z", "B")], []),
        ("ABC", "XY", "A X,B Y", [("X", "A"), ("Y", "B")], ["C"]),
    ],
)
def test_matching(lefts, rights, key, pairs, extras):
    declaration = declared(*key.split(","), kind="directedPair", many="multiple")
    draft = question(item(matching_body(lefts, rights), declaration)).draft
    assert [(left[-1], other[-1]) for left, other in draft.pairs] == pairs
    assert [one[-1] for one in draft.extras] == extras


def test_what_is_no_matching_of_ours():
    declaration = declared("A X", "A Y", "B X", kind="directedPair", many="multiple")
    assert codes(question(item(matching_body("AB", "XY"), declaration))) == {"qti.many_to_many"}
    declaration = declared("A X", "B X", kind="directedPair", many="multiple")
    found = question(item(matching_body("ABC", "XY"), declaration))
    assert found.draft.pairs == (("项A", "项X"), ("项B", "项X"))
    assert [one.params for one in found.problems] == [{"texts": "项C"}]


def test_pairs_out_of_one_list():
    choices = "".join(
        f'<simpleAssociableChoice identifier="{one}">项{one}</simpleAssociableChoice>'
        for one in "ABCDE"
    )
    body = f'<associateInteraction responseIdentifier="RESPONSE">{choices}</associateInteraction>'
    declaration = declared("A D", "C B", kind="pair", many="multiple")
    draft = question(item(f"<p>配对</p>{body}", declaration)).draft
    assert draft.pairs == (("项A", "项D"), ("项C", "项B"))
    assert draft.extras == ("项E",)


def test_an_essay_with_its_rubric():
    body = (
        '<rubricBlock view="candidate"><p>不少于 50 字。</p></rubricBlock>'
        '<extendedTextInteraction responseIdentifier="RESPONSE"><prompt>谈谈。</prompt>'
        '</extendedTextInteraction><rubricBlock view="scorer"><p>有例子</p></rubricBlock>'
    )
    most = (
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>5</value></defaultValue></outcomeDeclaration>"
    )
    found = question(item(body, declared("范文", kind="string") + most))
    draft = found.draft
    assert (draft.kind, draft.stem, draft.sample) == ("essay", "不少于 50 字。\n谈谈。", "范文")
    assert [(one.text, one.points) for one in draft.rubric] == [("有例子", 5.0)]
    assert found.points == 5.0


def test_words_of_a_passage_to_choose_from():
    body = (
        '<hottextInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>哪个错？</prompt>'
        '<p>一 <hottext identifier="A">对</hottext> 二 <hottext identifier="B">错</hottext></p>'
        "</hottextInteraction>"
    )
    draft = question(item(body, declared("B"))).draft
    assert (draft.kind, draft.stem) == ("single", "哪个错？\n一 对 二 错")
    assert [one.is_right for one in draft.options] == [False, True]


def test_feedback_by_rules_goes_to_its_option_and_the_rest_to_everybody():
    rules = """
      <responseProcessing><setOutcomeValue identifier="F"><variable identifier="RESPONSE"/>
      </setOutcomeValue></responseProcessing>"""
    said = "".join(
        f'<modalFeedback outcomeIdentifier="F" identifier="{name}" showHide="show">说{name}'
        "</modalFeedback>"
        for name in ("A", "C", "general")
    )
    outcome = '<outcomeDeclaration identifier="F" cardinality="single" baseType="identifier"/>'
    draft = question(item(choice(), declared("A") + outcome, rules + said)).draft
    assert [one.feedback for one in draft.options] == ["说A", "", "说C"]
    assert draft.explanation == "说general"


def test_hotspots_in_pixels_become_thousandths():
    body = (
        '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1">'
        '<object type="image/png" data="http://example.org/a.png" width="200" height="100"/>'
        '<hotspotChoice identifier="A" shape="circle" coords="100,50,20"/>'
        '<hotspotChoice identifier="B" shape="rect" coords="0,0,50,100" hotspotLabel="左"/>'
        '<hotspotChoice identifier="C" shape="ellipse" coords="100,50,40,20"/>'
        '<hotspotChoice identifier="D" shape="poly" coords="0,0,50%,0,0,50%,0,0"/>'
        "</hotspotInteraction>"
    )
    found = question(item(body, declared("B")))
    circle, rect, ellipse, poly = found.draft.zones
    assert circle.coords == (500, 500, 100)
    assert (rect.coords, rect.label, rect.is_right) == ((0, 0, 250, 1000), "左", True)
    assert (ellipse.shape, ellipse.coords[:2]) == ("poly", (700, 500))
    assert poly.coords == (0, 0, 500, 0, 0, 500)
    assert codes(found) >= {"markup.remote_media"}
    broken = body.replace("100,50,20", "100,x")
    assert "qti.zone" in codes(question(item(broken, declared("B"))))


@pytest.mark.parametrize(
    "name",
    [
        "sliderInteraction",
        "mediaInteraction",
        "drawingInteraction",
        "uploadInteraction",
        "selectPointInteraction",
        "graphicOrderInteraction",
        "graphicAssociateInteraction",
        "graphicGapMatchInteraction",
        "positionObjectInteraction",
        "endAttemptInteraction",
    ],
)
def test_interactions_that_are_refused_by_name(name):
    found = question(item(f'<{name} responseIdentifier="RESPONSE"/>', declared()))
    assert [one.params for one in found.problems if one.code == "qti.interaction"] == [
        {"name": name}
    ]


@pytest.mark.parametrize("name", ["customInteraction", "portableCustomInteraction"])
def test_programs_are_refused(name):
    body = f'<{name} responseIdentifier="RESPONSE"><script>alert(1)</script></{name}>'
    assert "qti.program" in codes(question(item(body, declared())))


def test_a_program_beside_a_choice_refuses_the_whole_question():
    body = choice() + '<customInteraction responseIdentifier="R2"/>'
    assert "qti.program" in codes(question(item(body, declared("A"))))


def test_other_refusals():
    adaptive = item(choice(), declared("A")).replace('adaptive="false"', 'adaptive="true"')
    assert codes(question(adaptive)) == {"qti.adaptive"}
    drawn = item(choice(), declared("A") + "<templateProcessing/>")
    assert codes(question(drawn)) == {"qti.randomised"}
    assert codes(question(item("<p>读</p>"))) == {"qti.no_interaction"}
    assert codes(question(item(choice()))) == {"qti.response_undeclared"}
    gapless = '<gapMatchInteraction responseIdentifier="RESPONSE"><p>无</p></gapMatchInteraction>'
    assert codes(question(item(gapless, declared()))) == {"qti.out_of_sight"}
    hidden = '<svg><textEntryInteraction responseIdentifier="RESPONSE"/></svg>'
    assert "qti.out_of_sight" in codes(question(item(hidden, declared("a", kind="string"))))
    many = '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>' * 201
    assert codes(question(item(many, declared("a", kind="string")))) >= {"qti.too_many"}


def test_a_case_shares_out_its_text():
    declarations = "".join(
        (declared("A", name="R1"), declared("x", kind="string", name="R2"),
         declared("B", name="R3"))
    )  # fmt: skip
    body = (
        "<p>材料一。</p><p>材料二。</p>"
        + choice().replace("RESPONSE", "R1")
        + '<p>填 <textEntryInteraction responseIdentifier="R2"/>。</p><p>再选：</p>'
        + choice().replace("RESPONSE", "R3").replace("<prompt>问什么？</prompt>", "")
    )
    draft = question(item(body, declarations)).draft
    assert (draft.kind, draft.stem) == ("case", "材料一。\n材料二。")
    assert [(part.kind, part.stem) for part in draft.parts] == [
        ("single", "问什么？"),
        ("cloze", "填 ____。"),
        ("single", "再选："),
    ]
    assert [one.is_right for one in draft.parts[2].options] == [False, True, False]


def test_inclusions_and_addresses_elsewhere_are_reported_and_not_fetched():
    body = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        '<p><img src="http://example.org/a.png" alt="x"/><img src="//example.org/b.png" alt=""/>'
        '<img src="file:///c.png" alt=""/></p>' + choice()
    )
    style = '<stylesheet href="https://example.org/a.css" type="text/css"/>'
    found = question(item(body, declared("A"), style))
    urls = {one.params["url"] for one in found.problems if one.code == "markup.remote_media"}
    assert urls == {
        "http://example.org/a.png",
        "//example.org/b.png",
        "file:///c.png",
        "https://example.org/a.css",
    }
    assert [one.params for one in found.problems if one.code == "qti.include"] == [
        {"href": "file:///etc/passwd"}
    ]
    assert found.draft.media == ()
    assert right(found) == ["A"]


def test_formulas_are_written_out():
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mi>x</mi></mfrac></math>'
    found = question(item(f"<p>求 {math}</p>{choice()}", declared("A")))
    assert found.draft.stem == "求 1/x\n问什么？"
    assert codes(found) == {"markup.formula"}


def test_the_title_stands_in_for_a_missing_text():
    bare = choice().replace("<prompt>问什么？</prompt>", "")
    found = question(item(bare, declared("A")))
    assert (found.draft.stem, codes(found)) == ("标题", {"qti.stem_from_title"})
