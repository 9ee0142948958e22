"""Questions as others show them: on paper, and as a preview without a form around them."""

from __future__ import annotations

import re

import pytest
from flask import get_template_attribute

from tests.question_bank.samples import DRAFTS, ITEMS, item


@pytest.fixture
def macro(app, world):
    """Return a macro of a template of this room, called in Chinese."""
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        yield lambda template, name: get_template_attribute(f"quizzes/{template}.html", name)


def text_of(markup):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(markup)))


@pytest.mark.parametrize("kind", ITEMS)
def test_a_question_of_any_kind_fits_on_paper_and_shows_no_key(macro, kind):
    prompt = ITEMS[kind].prompt(3)
    printed = str(macro("_paper", "paper")(prompt, 7))
    assert "7." in printed
    assert not re.search(r"<(input|select|textarea|button|form)", printed)
    assert ITEMS[kind].explanation not in printed
    labels = {zone.label for zone in prompt.zones}  # on paper the numbers stand on the picture
    for text in set(prompt.texts()) - labels:
        assert text.split("____")[0] in printed
    assert {"cloze": 3, "numeric": 1, "essay": 8, "case": 1}.get(kind, 0) <= printed.count(
        "paper__line"
    )


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("single", "7. 停下撤离"),
        ("true_false", "7. 错误"),
        ("cloze", "7. 操作资格证书; 3; 应急管理部门"),
        ("numeric", "7. 7.5 – 8.5 kN"),
        ("ordering", "7. 判断环境 → 判断意识 → 呼救 → 按压"),
        ("matching", "7. 红 → 禁止; 黄 → 警告; 蓝 → 指令"),
        ("case", "7. 1. 停止动火; 2. 10"),
        ("hotspot", "7. 1. 左上"),
    ],
)
def test_the_key_is_a_line(macro, kind, line):
    printed = macro("_paper", "key")(7, kind, ITEMS[kind].solution())
    assert text_of(printed).strip() == line


def test_the_key_takes_the_letters_of_the_sheet_and_words_a_statement_in_a_case(macro):
    key = macro("_paper", "key")
    assert text_of(key(1, "multiple", ("甲", "乙"), "AC")).strip() == "1. AC"
    made = item("case", parts=(DRAFTS["true_false"], DRAFTS["numeric"]))
    assert text_of(key(1, "case", made.solution())).strip() == "1. 1. 错误; 2. 7.5 – 8.5 kN"


@pytest.mark.parametrize("kind", ITEMS)
def test_two_previews_fit_on_one_page(macro, kind):
    question = macro("_question", "question")
    prompt = ITEMS[kind].prompt(3)
    both = str(question(prompt, scope="a-")) + str(question(prompt, scope="b-"))
    ids = re.findall(r' id="([^"]+)"', both)
    assert ids
    assert len(ids) == len(set(ids))
    assert "<form" not in both


def test_a_question_in_another_language_says_so(macro):
    assert 'lang="en"' in str(macro("_question", "question")(ITEMS["single"].prompt(1), "en"))
