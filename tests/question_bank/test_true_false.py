"""True-or-false items: two options without wording, never shuffled."""

import pytest

from question_bank.items import (
    InvalidPayload,
    PromptOption,
    TrueFalse,
    from_payload,
)
from question_bank.items.hashing import content_hash


def statement(key=True, explanation="法律这样规定。", **more):
    return TrueFalse(stem="工伤保险费由单位缴纳。", key=key, explanation=explanation, **more)


def test_the_prompt_is_the_same_for_every_seed_key_and_explanation():
    prompts = {
        statement(key, explanation).prompt(seed)
        for key in (True, False)
        for explanation in ("甲", "乙")
        for seed in range(20)
    }
    (prompt,) = prompts
    assert prompt.kind == "true_false"
    assert prompt.stem == "工伤保险费由单位缴纳。"
    assert prompt.options == (PromptOption("true", "A", ""), PromptOption("false", "B", ""))


def test_the_order_is_fixed():
    item = statement()
    assert item.is_fixed
    assert {item.option_order(seed) for seed in range(20)} == {("true", "false")}
    assert tuple(option.id for option in item.options) == ("true", "false")


@pytest.mark.parametrize(("key", "right"), [(True, "true"), (False, "false")])
def test_the_key_names_one_option(key, right):
    assert statement(key).key_ids == {right}


@pytest.mark.parametrize("key", [True, False])
def test_a_payload_rebuilds_the_item(key):
    item = statement(key)
    assert from_payload(item.to_payload()) == item
    assert content_hash(from_payload(item.to_payload()).to_payload()) == content_hash(
        item.to_payload()
    )


@pytest.mark.parametrize("key", [1, 0, "true", None])
def test_a_key_that_is_no_boolean_is_refused(key):
    with pytest.raises(ValueError, match="boolean"):
        statement(key)
    with pytest.raises(InvalidPayload):
        from_payload(statement().to_payload() | {"key": key})


def test_a_payload_without_a_stem_or_with_options_is_refused():
    payload = statement().to_payload()
    for wrong in ({k: v for k, v in payload.items() if k != "stem"}, payload | {"options": []}):
        with pytest.raises(InvalidPayload):
            from_payload(wrong)


def test_feedback_is_for_true_and_for_false():
    item = statement(feedback=("对的说明", ""))
    assert from_payload(item.to_payload()) == item
    assert statement().to_payload().keys() == {"kind", "stem", "key", "explanation"}
    with pytest.raises(ValueError, match="pair"):
        statement(feedback=("一句",))
