"""What the desk says of a row: each reason in words, and what one click would do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask_babel import force_locale

from quizapp.quizzes.service.authoring import RowFigures
from quizapp.quizzes.views.desk_rows import RowInput, TopicChoices
from quizapp.quizzes.views.desk_words import row_words

ENOUGH = RowFigures(
    row=1,
    wanted=4,
    available=9,
    missing=0,
    lacking=(),
    rivals=(),
    other_kinds=(),
    repeats_of_last=0,
    expired=0,
    unfinished=0,
)
SHORT = replace(ENOUGH, available=2, missing=2)


@pytest.fixture
def words(app):
    with app.test_request_context(), force_locale("zh_CN"):
        choices = TopicChoices([])

        def say(figures, *, may_read_bank=False, **typed):
            row = RowInput(topic="=消防", **typed)
            return row_words(figures, row, choices, may_read_bank=may_read_bank)

        yield say


def acts(found):
    return [(one.label, one.act) for one in found.alternatives]


def test_enough_is_one_word(words):
    assert (words(ENOUGH).shape, words(ENOUGH).state) == ("ok", "够")
    again = words(replace(ENOUGH, repeats_of_last=2))
    assert (again.shape, again.state, again.why) == ("note", "够，但至少 2 题上次出过", "")


def test_too_few(words):
    found = words(replace(SHORT, expired=2, unfinished=1))
    assert (found.shape, found.state) == ("no", "缺 2 题")
    assert found.why == "“消防”只有 2 道可用的题。"
    assert found.more == "题库里有 2 题已到期；1 题还没审完。"
    assert acts(found) == [("改为 2 题", "count:1:2")]


def test_none_of_a_kind(words):
    nothing = replace(ENOUGH, available=0, missing=4, other_kinds=(("multiple", 6), ("case", 1)))
    found = words(nothing, kind="single")
    assert found.why == "“消防”没有可用的单选题。"
    assert found.more.startswith("另有 6 道多选可替代；另有 1 道")
    assert acts(found) == [("改为多选", "kind:1:multiple")], "one case would not be enough"
    assert words(nothing).why == "“消防”没有可用的题。"


def test_too_few_of_a_difficulty(words):
    found = words(replace(ENOUGH, missing=1, lacking=(("hard", 2, 1),)))
    assert found.why == "“消防”的“较难”题有 1 道，要 2 道。"
    assert acts(found) == [("不限难度", "free:1"), ("改为 3 题", "count:1:3")]


def test_rows_that_want_the_same(words):
    found = words(replace(ENOUGH, missing=1, rivals=(0, 2)))
    assert found.why == "“消防”与第 1、3 行要的是同样的题，合起来不够。"


def test_who_reads_the_bank_is_led_to_it(words):
    found = words(SHORT, may_read_bank=True, kind="single")
    assert found.alternatives[-1].label == "请人出题"
    assert found.alternatives[-1].url == "/items?kind=single"
