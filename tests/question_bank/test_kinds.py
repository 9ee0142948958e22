"""What holds for every kind: nothing of the key leaves early, and the stored form comes back."""

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.examples import right_values, wrong_values
from question_bank.grading import grade
from question_bank.items import (
    KINDS,
    Blank,
    Case,
    Cloze,
    HotspotZone,
    InvalidPayload,
    Matching,
    Numeric,
    Option,
    Ordering,
    building,
    from_payload,
)
from question_bank.items.draft import Accepted, Criterion, Span, Zone
from question_bank.items.essay import Essay
from question_bank.responses import ResponseError, read_response
from tests.question_bank.samples import DRAFTS, ITEMS, UID, drafts, item

EVERY = pytest.mark.parametrize("kind", ITEMS)


@EVERY
def test_the_registry_rebuilds_each_kind(kind):
    made = ITEMS[kind]
    assert isinstance(made, KINDS[kind])
    payload = json.loads(json.dumps(made.to_payload()))
    assert from_payload(payload) == made
    for wrong in (
        {name: value for name, value in payload.items() if name != "stem"},
        payload | {"hint": "A"},
        payload | {"explanation": "x", "media": [{"ref": ""}]},
        payload | {"media": "x"},
    ):
        with pytest.raises(InvalidPayload):
            from_payload(wrong)


# What a learner must not see before the answer, kind by kind: the same look, another truth.
TWINS = {
    "cloze": lambda d: replace(
        d,
        blanks=(
            replace(d.blanks[0], accepted=(Accepted("别的"),), is_exact=True, weight=3),
            replace(d.blanks[1], spans=(Span("9", "12"),)),
            replace(
                d.blanks[2],
                options=tuple(replace(o, is_right=not o.is_right) for o in d.blanks[2].options),
            ),
        ),
    ),
    "numeric": lambda d: replace(d, spans=(Span("1", "1"),)),
    "ordering": lambda d: replace(d, options=d.options[::-1], scoring=""),
    "matching": lambda d: replace(
        d,
        pairs=(("红", "提示"), ("黄", "指令"), ("蓝", "警告")),
        extras=("禁止",),
        scoring="all_or_nothing",
    ),
    "essay": lambda d: replace(d, rubric=(Criterion("别的", 9),), sample=""),
    "hotspot": lambda d: replace(
        d,
        zones=tuple(replace(z, is_right=not z.is_right) for z in d.zones),
        scoring="corrected",
    ),
    "true_false": lambda d: replace(d, is_true=not d.is_true),
    "single": lambda d: replace(
        d, options=tuple(replace(o, is_right=n == 2, feedback="x") for n, o in enumerate(d.options))
    ),
    "multiple": lambda d: replace(
        d,
        options=tuple(replace(o, is_right=n > 1, weight=0.5) for n, o in enumerate(d.options)),
        scoring="",
    ),
}
TWINS["case"] = lambda d: replace(d, parts=tuple(TWINS[part.kind](part) for part in d.parts))


def twin(kind):
    """Return an item that looks the same and has another key, explanation and scoring."""
    if kind == "case":
        parts = (DRAFTS["single"], DRAFTS["matching"], DRAFTS["numeric"])
        draft = replace(DRAFTS["case"], parts=parts)
    else:
        draft = DRAFTS[kind]
    other = replace(TWINS[kind](draft), explanation="另一种说法。")
    return building.build(draft, UID).item, building.build(other, UID).item


@EVERY
@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_the_prompt_is_the_same_whatever_is_right(kind, seed):
    one, other = twin(kind)
    assert one != other
    assert one.solution() != other.solution()
    assert one.prompt(seed) == other.prompt(seed)


@EVERY
def test_a_prompt_yields_every_text_there_is_to_read(kind):
    texts = list(ITEMS[kind].prompt(1).texts())
    assert texts[0] == ITEMS[kind].stem
    wanted = {
        "cloze": {"应急管理部门", "班组"},
        "matching": {"红", "禁止", "提示"},
        "case": {"他先做什么？", "停止动火"},
        "hotspot": {"左上", "右上"},
    }
    assert wanted.get(kind, set()) <= set(texts)


@settings(max_examples=50, deadline=None)
@given(drafts(), st.integers(0, 2**31 - 1))
def test_right_and_wrong_examples_are_what_they_say(draft, seed):
    made = building.build(draft, UID).item
    made.prompt(seed)
    if not made.is_automatic:
        assert draft.kind in ("essay", "case")
        return
    right = read_response(made, right_values(made))
    assert read_response(made, right.values()) == right
    best = grade(made, right)
    assert 0 <= best.points <= 1
    if (values := wrong_values(made)) is not None:
        wrong = read_response(made, values)
        assert read_response(made, wrong.values()) == wrong
        # With weights of the author's own a wrong option may give more than the right one.
        if getattr(made, "scoring", "") != "weighted":
            assert grade(made, wrong).points <= max(best.points, 0)


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("single", ("停下撤离",)),
        ("true_false", ("false",)),
        ("cloze", ("操作资格证书", "3", "应急管理部门")),
        ("numeric", ("7.5 – 8.5 kN",)),
        ("ordering", ("判断环境", "判断意识", "呼救", "按压")),
        ("matching", ("红 → 禁止", "黄 → 警告", "蓝 → 指令")),
        ("case", ("1. 停止动火", "2. 10")),
        ("essay", ("通道堆了托盘，清走并画线。", "说清地点", "说清做法")),
        ("hotspot", ("1. 左上",)),
    ],
)
def test_the_solution_in_lines(kind, lines):
    assert ITEMS[kind].solution() == lines


def test_solutions_without_words_have_numbers_and_every_equal_answer():
    bare = item("hotspot", zones=tuple(replace(z, label="") for z in DRAFTS["hotspot"].zones))
    assert bare.solution() == ("1",)
    assert item("essay", sample="").solution() == ("说清地点", "说清做法")
    assert item("numeric", spans=(Span("8", "8"), Span("9", "9"))).solution() == ("8 kN", "9 kN")


def test_where_nothing_can_be_wrong_there_is_no_wrong_example():
    everything = replace(DRAFTS["matching"], pairs=(("红", "1"), ("黄", "1")), extras=("2",))
    assert wrong_values(building.build(everything, UID).item) is not None
    all_right = item(
        "multiple", options=tuple(replace(o, is_right=True) for o in DRAFTS["multiple"].options)
    )
    essay = item("case", parts=(DRAFTS["essay"],))
    blank = replace(
        DRAFTS["cloze"].blanks[2],
        options=tuple(replace(o, is_right=True) for o in DRAFTS["cloze"].blanks[2].options),
    )
    listed = item("cloze", stem="由____核发。", blanks=(blank,))
    assert wrong_values(all_right) is None
    assert wrong_values(ITEMS["essay"]) is None
    assert wrong_values(essay) is None
    assert wrong_values(listed) == right_values(listed)
    assert right_values(item("essay", sample="")) == ["—"]
    assert wrong_values(ITEMS["case"])[0].startswith("1/")


def options(*ids):
    return tuple(Option(one, one) for one in ids)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Blank(), "texts, or numbers"),
        (lambda: Blank((Accepted("a"),), weight=0), "more than nothing"),
        (lambda: Blank((Accepted(" "),)), "empty"),
        (lambda: Blank((Accepted("a", 0),)), "credit"),
        (lambda: Blank((Accepted("a"),), key=frozenset("a")), "only a blank with options"),
        (lambda: Blank(options=options("a", "b"), key=frozenset("c")), "names no option"),
        (lambda: Cloze("____", (), ""), "blanks are needed"),
        (lambda: Cloze("____ ____", (Blank((Accepted("a"),)),), ""), "the stem has 2 blanks"),
        (lambda: Numeric("?", (), ""), "no number"),
        (lambda: Numeric("?", (Span("2", "1"),), ""), "is empty"),
        (lambda: Numeric("?", (Span("１", "1"),), ""), "plain numbers"),
        (lambda: Numeric("?", (Span("a", "1"),), ""), "plain numbers"),
        (lambda: Ordering("?", options("a", "b"), "", scoring="best"), "scoring"),
        (lambda: Matching("?", options("a", "b"), options("c", "d"), ("c",), ""), "right side"),
        (
            lambda: Matching(
                "?", options("a", "b"), options("c", "d"), ("c", "d"), "", scoring="x"
            ),
            "scoring",
        ),
        (lambda: Essay("?", (), ""), "rubric"),
        (lambda: Essay("?", (Criterion("a", 0),), ""), "worth nothing"),
        (lambda: Case("?", (), ""), "parts are needed"),
        (lambda: Case("?", (ITEMS["case"],), ""), "no case"),
        (lambda: HotspotZone("a", "rect", (0, 0, 1, 1001)), "beyond"),
        (lambda: HotspotZone("a", "star", (0, 0)), "shape"),
        (lambda: HotspotZone("a", "poly", (0, 0, 1, 1)), "shape"),
        (lambda: HotspotZone("a", "rect", (5, 0, 1, 1)), "top left"),
        (lambda: HotspotZone("a", "circle", (5, 0, 0)), "radius"),
        (lambda: replace(ITEMS["hotspot"], image=""), "picture"),
        (lambda: replace(ITEMS["hotspot"], zones=ITEMS["hotspot"].zones[:1]), "zones are needed"),
        (lambda: replace(ITEMS["hotspot"], zones=ITEMS["hotspot"].zones * 2), "share an id"),
        (lambda: replace(ITEMS["hotspot"], key=frozenset("x")), "names no zone"),
        (lambda: replace(ITEMS["hotspot"], scoring="x"), "scoring"),
    ],
)
def test_an_item_that_cannot_be_shown_or_graded_cannot_be_made(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_one_blank_without_a_mark_follows_the_stem_and_long_marks_are_one():
    assert item("cloze", stem="首都是", blanks=DRAFTS["cloze"].blanks[:1]).prompt(0).segments == (
        "首都是",
        "",
    )
    long = item("cloze", stem="首都是________。", blanks=DRAFTS["cloze"].blanks[:1])
    assert long.prompt(0).segments == ("首都是", "。")


def test_every_zone_that_fits_the_picture_can_be_drawn():
    zone = Zone("poly", (0, 0, 1000, 0, 1000, 1000))
    assert HotspotZone("a", zone.shape, zone.coords).coords == zone.coords


@EVERY
@settings(max_examples=10, deadline=None)
@given(values=st.lists(st.text(st.sampled_from("0123456789abcdef=/ 甲")), max_size=5))
def test_any_values_are_read_or_refused(kind, values):
    response = None
    with contextlib.suppress(ResponseError):
        response = read_response(ITEMS[kind], values)
    if response is not None and ITEMS[kind].is_automatic:
        assert 0 <= grade(ITEMS[kind], response).points <= 1
