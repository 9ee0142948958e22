"""Choice items: what a learner's device may see, in which order, and what must never change it."""

import subprocess
import sys
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.items import (
    Choice,
    InvalidPayload,
    Option,
    Prompt,
    PromptBlank,
    PromptOption,
    PromptZone,
    building,
    from_payload,
)
from question_bank.items.hashing import content_hash, seeded_number
from question_bank.items.options import AS_AUTHORED, identify
from tests.question_bank.samples import DRAFTS, UID

PINNED_ORDER = ["等候通知", "继续作业", "停手撤离", "拍照发群"]
PINNED_IDS = ["5f564106", "59e809f3", "e037c807", "9b6774af"]
COLLIDING = ["选项34743", "选项45249"]

SEEDS = st.integers(min_value=0, max_value=2**31 - 1)
TEXTS = st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=10, unique=True)


def choice(letters="A", texts=("停手撤离", "继续作业", "拍照发群", "等候通知"), **changes):
    options = identify("safety-001", texts)
    values = {
        "kind": "single" if len(letters) == 1 else "multiple",
        "stem": "吊索断股时先做什么？",
        "options": options,
        "key": frozenset(options["ABCDEFGHIJ".index(letter)].id for letter in letters),
        "explanation": "人身安全受到直接威胁时可以先撤离。",
    }
    return Choice(**values | changes)


@st.composite
def choices(draw):
    texts = draw(TEXTS)
    options = identify(draw(st.text(min_size=1, max_size=10)), texts)
    key = draw(st.sets(st.sampled_from(options), min_size=1))
    kind = "single" if len(key) == 1 and draw(st.booleans()) else "multiple"
    scorings = ["all_or_nothing"] if kind == "single" else ["all_or_nothing", "partial"]
    return Choice(
        kind=kind,
        stem=draw(st.text(max_size=20)),
        options=options,
        key=frozenset(option.id for option in key),
        explanation=draw(st.text(max_size=20)),
        is_fixed=draw(st.booleans()),
        scoring=draw(st.sampled_from(scorings)),
    )


def test_the_prompt_has_no_room_for_the_key():
    assert [field.name for field in fields(Prompt)] == [
        "kind", "stem", "options", "targets", "segments", "blanks", "unit", "image", "zones",
        "media", "parts",
    ]  # fmt: skip
    assert [field.name for field in fields(PromptOption)] == ["id", "letter", "text", "image"]
    assert [field.name for field in fields(PromptBlank)] == ["number", "kind", "options"]
    assert [field.name for field in fields(PromptZone)] == [
        "id", "number", "shape", "coords", "label",
    ]  # fmt: skip


@given(choices(), SEEDS, st.data())
def test_the_prompt_does_not_change_with_key_explanation_or_scoring(item, seed, data):
    size = 1 if item.kind == "single" else None
    other_key = data.draw(
        st.sets(st.sampled_from(sorted(item.option_ids)), min_size=1, max_size=size)
    )
    scoring = "partial" if item.kind == "multiple" else "all_or_nothing"
    other = replace(item, key=frozenset(other_key), explanation="另一段解析", scoring=scoring)
    assert other.prompt(seed) == item.prompt(seed)


@given(choices(), SEEDS)
def test_the_prompt_shows_every_option_once_lettered_in_order(item, seed):
    shown = item.prompt(seed).options
    assert tuple(option.id for option in shown) == item.option_order(seed)
    assert sorted((o.id, o.text) for o in shown) == sorted((o.id, o.text) for o in item.options)
    assert "".join(option.letter for option in shown) == "ABCDEFGHIJ"[: len(shown)]


@given(choices(), SEEDS.filter(lambda seed: seed != AS_AUTHORED))
def test_the_order_does_not_depend_on_where_the_author_put_an_option(item, seed):
    shuffled = replace(item, is_fixed=False)
    moved = replace(shuffled, options=tuple(reversed(item.options)))
    assert moved.option_order(seed) == shuffled.option_order(seed)


def test_fixed_options_keep_their_order():
    item = choice(is_fixed=True)
    assert {item.option_order(seed) for seed in range(20)} == {tuple(o.id for o in item.options)}


def test_one_seed_leaves_a_choice_as_it_was_written_and_nothing_else():
    single, ordering = choice(), DRAFTS["ordering"]
    assert single.option_order(AS_AUTHORED) == tuple(o.id for o in single.options)
    steps = building.build(ordering, UID).item
    assert {steps.prompt(seed).options for seed in range(20)} > {steps.prompt(AS_AUTHORED).options}
    case = building.build(DRAFTS["case"], UID).item
    first = case.parts[0]
    assert case.prompt(AS_AUTHORED).parts[0] == first.prompt(AS_AUTHORED)


def test_every_place_is_about_equally_likely_for_the_key():
    item = choice()
    (key,) = item.key
    places = [item.option_order(seed).index(key) for seed in range(4000)]
    assert all(900 < places.count(place) < 1100 for place in range(4))


def test_orders_are_the_same_in_another_process_and_another_year():
    item = choice()
    code = (
        "from question_bank.items.options import AS_AUTHORED, identify, shuffled;"
        f"ids = [o.id for o in identify('safety-001', {[o.text for o in item.options]!r})];"
        "print(' '.join(shuffled(ids, 8)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert tuple(run.stdout.split()) == item.option_order(8)
    # Written down once: an attempt of today must show the same order when it is looked at in years.
    assert [o.text for o in item.prompt(8).options] == PINNED_ORDER
    assert [o.id for o in item.options] == PINNED_IDS


def test_ids_come_from_the_item_and_the_text_not_from_the_position():
    forward = {o.text: o.id for o in identify("safety-001", ["甲", "乙", "丙"])}
    backward = {o.text: o.id for o in identify("safety-001", ["丙", "乙", "甲"])}
    elsewhere = {o.text: o.id for o in identify("safety-002", ["甲", "乙", "丙"])}
    assert forward == backward
    assert not set(forward.values()) & set(elsewhere.values())
    assert all(len(option_id) == 8 for option_id in forward.values())


def test_two_texts_that_meet_on_one_id_get_two_ids():
    # Found by search: without a second hash both texts have the same 8 digits.
    options = identify("x", COLLIDING)
    assert len({option.id for option in options}) == 2
    assert {o.text: o.id for o in identify("x", COLLIDING[::-1])} == {o.text: o.id for o in options}


@given(choices())
def test_a_payload_rebuilds_the_item_and_hashes_the_same(item):
    again = from_payload(item.to_payload())
    assert again == item
    assert content_hash(again.to_payload()) == content_hash(item.to_payload())


def test_every_part_of_an_item_counts_in_its_hash():
    item = choice()
    others = [
        replace(item, stem="别的题干？"),
        replace(item, explanation="别的解析。"),
        replace(item, key=frozenset({item.options[1].id})),
        replace(item, is_fixed=True),
        replace(item, options=tuple(reversed(item.options))),
        replace(item, kind="multiple"),
        replace(item, kind="multiple", scoring="partial"),
    ]
    assert len({content_hash(i.to_payload()) for i in [item, *others]}) == len(others) + 1


def test_seeded_numbers_stay_within_their_bits_and_keep_parts_apart():
    assert all(0 <= seeded_number("x", n, bits=31) < 2**31 for n in range(200))
    assert seeded_number("a", "bc") != seeded_number("ab", "c")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "essay"}, "kind"),
        ({"options": identify("x", ["甲"])}, "2 to 26 options"),
        ({"options": identify("x", [str(n) for n in range(27)])}, "2 to 26 options"),
        ({"options": identify("x", ["甲", "乙"]) * 2}, "share an id"),
        ({"key": frozenset()}, "key"),
        ({"key": frozenset({"elsewhere"})}, "key"),
        ({"key": frozenset(o.id for o in choice().options)}, "exactly one"),
        ({"scoring": "generous"}, "scoring"),
        ({"scoring": "partial"}, "partial"),
        ({"scoring": "weighted"}, "no weight"),
        ({"options": (Option("a", "甲", weight=1.0), Option("b", "乙")), "key": {"a"}}, "not use"),
        (
            {
                "options": (Option("a", "甲", weight=2.0), Option("b", "乙", weight=0.0)),
                "key": frozenset("a"),
                "scoring": "weighted",
            },
            "between",
        ),
    ],
)
def test_an_item_that_cannot_be_graded_cannot_be_made(changes, message):
    with pytest.raises(ValueError, match=message):
        choice(**changes)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p | {"kind": "rebus"},
        lambda p: p | {"kind": None},
        lambda p: p | {"kind": ["single"]},
        lambda p: {k: v for k, v in p.items() if k != "stem"},
        lambda p: p | {"options": None},
        lambda p: p | {"options": [{"id": "a"}]},
        lambda p: p | {"key": ["elsewhere"]},
        lambda p: p | {"hint": "A"},
    ],
)
def test_a_payload_that_is_no_item_is_refused(change):
    with pytest.raises(InvalidPayload):
        from_payload(change(choice().to_payload()))


def test_what_was_stored_before_there_were_more_fields_stays_as_it_is():
    payload = {
        "kind": "single",
        "stem": "先做什么？",
        "options": [{"id": "0a", "text": "停"}, {"id": "0b", "text": "走"}],
        "key": ["0a"],
        "explanation": "先停。",
        "is_fixed": False,
        "scoring": "all_or_nothing",
    }
    assert from_payload(payload).to_payload() == payload
    assert content_hash(payload).startswith("36f0f3d360225709")


def test_feedback_of_an_option_is_found_by_its_id():
    item = choice(options=(Option("a", "甲", feedback="想想看。"), Option("b", "乙")), key={"b"})
    assert (item.feedback_on("a"), item.feedback_on("b"), item.feedback_on("c")) == (
        "想想看。",
        "",
        "",
    )
    assert from_payload(item.to_payload()) == item
