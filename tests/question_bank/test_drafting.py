"""Drafts survive being kept as JSON, and what is kept badly still opens."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)
from question_bank.items.drafting import draft_from_dict, draft_to_dict
from question_bank.items.media import MEDIA_KINDS, Media

texts = st.text(max_size=12)
credits = st.floats(-1, 1, allow_nan=False)


def several(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


options = st.builds(
    DraftOption, texts, st.booleans(), st.none() | credits, feedback=texts, image=texts
)
spans = st.builds(Span, texts, texts, credits)
blanks = st.builds(
    DraftBlank,
    several(st.builds(Accepted, texts, credits)),
    several(spans),
    several(options),
    credits,
    st.booleans(),
)
media = st.builds(
    Media, st.text(min_size=1, max_size=5), st.sampled_from(MEDIA_KINDS), texts, texts
)
zones = st.builds(Zone, texts, several(st.integers(0, 1000)), texts, st.booleans())


def drafts(parts):
    return st.builds(
        Draft,
        kind=texts,
        stem=texts,
        explanation=texts,
        options=several(options),
        is_fixed=st.booleans(),
        scoring=texts,
        is_true=st.none() | st.booleans(),
        blanks=several(blanks),
        spans=several(spans),
        unit=texts,
        pairs=several(st.tuples(texts, texts)),
        extras=several(texts),
        parts=parts,
        rubric=several(st.builds(Criterion, texts, credits)),
        sample=texts,
        image=texts,
        zones=several(zones),
        media=several(media),
    )


@settings(max_examples=50)
@given(drafts(several(drafts(st.just(())))))
def test_a_draft_comes_back_as_it_was(draft):
    kept = json.loads(json.dumps(draft_to_dict(draft), ensure_ascii=False))
    assert draft_from_dict(kept) == draft


def test_only_what_differs_from_the_default_is_kept():
    assert draft_to_dict(Draft("single", stem="问")) == {"kind": "single", "stem": "问"}
    kept = draft_to_dict(Draft("single", options=(DraftOption("甲"), DraftOption("乙", True))))
    assert kept["options"] == [{"text": "甲"}, {"text": "乙", "is_right": True}]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": 3, "stem": None, "options": "no list", "parts": [1, None], "media": [{}]},
        {"kind": "single", "options": [None, {"text": 1, "is_right": "yes", "weight": "x"}]},
        {"pairs": [["a"], "ab", ["a", 1], None], "extras": [1], "zones": [{"coords": [True, "1"]}]},
        {"media": [{"ref": "x", "kind": "film"}, {"ref": "", "kind": "image"}], "is_true": 1},
        {"new_field": 1},
    ],
)
def test_what_is_missing_or_wrong_is_left_at_its_default(content):
    draft = draft_from_dict(content)
    assert draft.is_true is None
    assert (draft.pairs, draft.extras, draft.media, draft.parts) == ((), (), (), ())
    assert all(not option.is_right and option.weight is None for option in draft.options)


def test_parts_of_parts_are_dropped():
    nested = {"kind": "case", "parts": [{"kind": "case", "parts": [{"kind": "single"}]}]}
    assert draft_from_dict(nested).parts == (Draft("case"),)
