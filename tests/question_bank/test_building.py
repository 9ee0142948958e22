"""From drafts to items and back: nothing is lost, and whatever is missing has a code."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from question_bank.formats.problems import RULES
from question_bank.items import KINDS, Media, building, from_payload
from question_bank.items.building.report import SHORT_TEXT
from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)
from question_bank.items.hashing import content_hash
from tests.question_bank.samples import DRAFTS, ITEMS, UID, drafts


def codes(draft, uid=UID):
    """Return the codes of what building finds, with where it is in a case."""
    return [(found.code, found.where.item) for found in building.build(draft, uid).problems]


def test_there_is_a_sample_of_every_kind():
    assert ITEMS.keys() == KINDS.keys()


@settings(max_examples=50, deadline=None)
@given(drafts())
def test_an_item_comes_back_from_its_draft_and_from_its_payload(draft):
    built = building.build(draft, UID)
    assert built.item is not None, built.problems
    assert not [found for found in built.problems if found.severity == "fix"]
    assert building.build(building.draft_of(built.item), UID).item == built.item
    payload = built.item.to_payload()
    assert from_payload(payload) == built.item
    assert content_hash(from_payload(payload).to_payload()) == content_hash(payload)


def options(*texts, right=(0,), **more):
    return tuple(DraftOption(t, place in right, **more) for place, t in enumerate(texts))


SINGLE = Draft("single", "题？", options=options("甲", "乙"))
CLOZE = Draft("cloze", "空____。", blanks=(DraftBlank((Accepted("一"),)),))
HOTSPOT = DRAFTS["hotspot"]


def zones(*given):
    return replace(HOTSPOT, zones=tuple(Zone(*zone) for zone in given))


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft("rebus", "题"), "build.kind"),
        (replace(SINGLE, stem=" "), "build.stem_missing"),
        (replace(SINGLE, stem="长" * 10_001), "build.too_long"),
        (replace(SINGLE, options=options("甲" * (SHORT_TEXT + 1), "乙")), "build.too_long"),
        (replace(SINGLE, scoring="generous"), "build.scoring"),
        (replace(SINGLE, scoring="partial"), "build.scoring"),
        (replace(SINGLE, options=options("甲")), "build.options_few"),
        (replace(SINGLE, options=options(*map(str, range(27)))), "build.options_many"),
        (replace(SINGLE, options=options("甲", " ")), "build.option_empty"),
        (replace(SINGLE, options=options("甲", " 甲")), "build.option_repeated"),
        (replace(SINGLE, options=options("甲", "乙", right=())), "build.key_missing"),
        (replace(SINGLE, options=options("甲", "乙", right=(0, 1))), "build.several_keys"),
        (replace(SINGLE, options=options("甲", "乙", weight=2.0)), "build.weight"),
        (replace(SINGLE, options=options("甲", "乙", weight=float("nan"))), "build.weight"),
        (replace(SINGLE, options=options("甲", "乙", right=(), weight=0.0)), "build.key_missing"),
        (Draft("true_false", "题"), "build.truth_missing"),
        (replace(CLOZE, blanks=()), "build.blanks_missing"),
        (replace(CLOZE, stem="____" * 41, blanks=CLOZE.blanks * 41), "build.blanks_many"),
        (replace(CLOZE, blanks=CLOZE.blanks * 2), "build.blanks_mismatch"),
        (replace(CLOZE, stem="____和____"), "build.blanks_mismatch"),
        (replace(CLOZE, blanks=(DraftBlank(),)), "build.blank_empty"),
        (replace(CLOZE, blanks=(DraftBlank((Accepted(" "),)),)), "build.blank_empty"),
        (
            replace(CLOZE, blanks=(DraftBlank((Accepted("一"),), (Span("1", "1"),)),)),
            "build.blank_mixed",
        ),
        (replace(CLOZE, blanks=(DraftBlank((Accepted("一"),), weight=0),)), "build.weight"),
        (replace(CLOZE, blanks=(DraftBlank((Accepted("一", 1.5),)),)), "build.credit"),
        (
            replace(CLOZE, blanks=(DraftBlank(options=options("甲", "乙", right=())),)),
            "build.key_missing",
        ),
        (replace(CLOZE, blanks=(DraftBlank(options=options("甲")),)), "build.options_few"),
        (
            replace(CLOZE, blanks=(DraftBlank(options=options("甲", "乙", weight=3.0)),)),
            "build.weight",
        ),
        (Draft("numeric", "题"), "build.spans_missing"),
        (Draft("numeric", "题", spans=(Span("八", "xyz"),)), "build.number"),
        (Draft("ordering", "题", options=options("甲")), "build.options_few"),
        (Draft("matching", "题", pairs=(("甲", "1"),), extras=("2",)), "build.options_few"),
        (Draft("matching", "题", pairs=(("甲", "1"), ("乙", ""))), "build.pair_empty"),
        (Draft("matching", "题", pairs=(("甲", "1"), ("甲", "2"))), "build.option_repeated"),
        (Draft("case", "材料"), "build.parts_missing"),
        (Draft("case", "材料", parts=(SINGLE,) * 21), "build.parts_many"),
        (Draft("case", "材料", parts=(SINGLE, DRAFTS["case"])), "build.part_case"),
        (Draft("essay", "题"), "build.rubric_missing"),
        (Draft("essay", "题", rubric=(Criterion(" ", 1),)), "build.criterion_empty"),
        (Draft("essay", "题", rubric=(Criterion("点", 0),)), "build.weight"),
        (replace(HOTSPOT, image=""), "build.image_missing"),
        (zones(("rect", (0, 0, 1, 1), "", True)), "build.options_few"),
        (replace(HOTSPOT, zones=HOTSPOT.zones * 9), "build.options_many"),
        (replace(HOTSPOT, zones=HOTSPOT.zones * 2), "build.option_repeated"),
        (zones(("rect", (0, 0, 1, 1)), ("rect", (0, 0, 2, 2))), "build.key_missing"),
        (
            zones(("rect", (9, 9, 1, 1), "", True), ("circle", (1, 1, 1))),
            "build.zone_shape",
        ),
    ],
)
def test_what_is_missing_is_named_and_there_is_no_item(draft, expected):
    built = building.build(draft, UID)
    assert expected in [found.code for found in built.problems]
    assert built.item is None
    assert RULES[expected].severity in ("error", "decision")


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (replace(SINGLE, stem="题\x07？"), "build.characters"),
        (Draft("numeric", "题", spans=(Span("9", "1"),)), "build.span_turned"),
        (
            Draft("matching", "题", pairs=(("甲", "1"), ("乙", "2")), extras=("1", " ")),
            "build.extra_repeated",
        ),
        (
            replace(
                SINGLE,
                kind="multiple",
                scoring="corrected",
                options=options("甲", "乙", weight=0.5),
            ),
            "build.weights_unused",
        ),
        (
            replace(CLOZE, blanks=(DraftBlank((Accepted("一"), Accepted("二", 0))),)),
            "build.credit_none",
        ),
        (
            Draft("numeric", "题", spans=(Span("1", "1"), Span("2", "2", 0))),
            "build.credit_none",
        ),
        (replace(SINGLE, options=options("甲", "乙", weight=0.5)), "build.best_below_full"),
        (replace(SINGLE, kind="multiple"), "build.one_key"),
    ],
)
def test_what_was_mended_or_looks_odd_is_said_and_there_is_an_item(draft, expected):
    built = building.build(draft, UID)
    assert expected in [found.code for found in built.problems]
    assert built.item is not None


def test_every_code_of_building_is_tried_here():
    marks = [*test_what_is_missing_is_named_and_there_is_no_item.pytestmark]
    marks += test_what_was_mended_or_looks_odd_is_said_and_there_is_an_item.pytestmark
    tried = {expected for mark in marks for _draft, expected in mark.args[1]}
    assert tried == {code for code in RULES if code.startswith("build.")}


def test_a_problem_of_a_part_says_which():
    draft = Draft("case", "材料", parts=(SINGLE, replace(SINGLE, stem=""), Draft("cloze", "空")))
    assert codes(draft) == [
        ("build.stem_missing", f"{UID}/2"),
        ("build.blanks_missing", f"{UID}/3"),
    ]


def test_a_picture_may_ask_and_may_tell_options_apart():
    draft = Draft(
        "single",
        media=(Media("e" * 64, "image", "一台冲床"),),
        options=(DraftOption("", is_right=True, image="f" * 64), DraftOption("", image="0" * 64)),
    )
    item = building.build(draft, UID).item
    assert len(item.option_ids) == 2
    assert [option.image for option in item.prompt(1).options] != ["", ""]
    assert building.build(building.draft_of(item), UID).item == item


def test_weights_make_an_item_weighted_and_fill_up():
    given = (DraftOption("甲", is_right=True), DraftOption("乙", weight=0.5), DraftOption("丙"))
    single = building.build(replace(SINGLE, options=given), UID).item
    assert single.scoring == "weighted"
    assert [option.weight for option in single.options] == [1.0, 0.5, 0.0]
    several = (
        DraftOption("甲", weight=0.5),
        DraftOption("乙", weight=0.5),
        DraftOption("丙", weight=-1),
    )
    multiple = building.build(Draft("multiple", "题", options=several), UID).item
    assert multiple.solution() == ("甲", "乙")
    blank = DraftBlank(options=(DraftOption("甲", is_right=True), DraftOption("乙", weight=-0.5)))
    made = building.build(replace(CLOZE, blanks=(blank,)), UID).item
    assert [option.weight for option in made.blanks[0].options] == [1.0, 0.0]


def test_feedback_of_a_statement_is_kept():
    said = (DraftOption("", feedback="对"), DraftOption("", feedback="错"))
    item = building.build(Draft("true_false", "题", is_true=True, options=said), UID).item
    assert item.feedback == ("对", "错")
    assert (item.feedback_on("true"), item.feedback_on("x")) == ("对", "")
    assert building.build(building.draft_of(item), UID).item == item
