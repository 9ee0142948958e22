"""Rows as they are typed: what is kept, what is wrong and where, and what buttons do."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from question_bank.assembly import Blueprint, Rule, Section
from quizapp.items.service.topics import TopicLine
from quizapp.quizzes.service import authoring
from quizapp.quizzes.views.desk_rows import (
    RowInput,
    RulesInput,
    TopicChoices,
    apply,
    read_input,
    to_blueprint,
    to_input,
)


def line(number, name, depth=0, parent=None):
    return TopicLine(number, name, name, depth, parent, 1, 0, 0, has_children=False)


@pytest.fixture
def choices(app):
    with app.test_request_context(), force_locale("zh_CN"):
        yield TopicChoices(
            [line(1, "安全"), line(2, "现场", 1, 1), line(3, "动火", 2, 2), line(4, "登高", 2, 2)]
        )


def test_a_topic_stands_for_all_below_it(choices):
    assert choices.names("1") == {"安全"}, "a theme is known by every item below it"
    assert choices.names("2") == {"现场", "动火", "登高"}
    assert choices.names("3") == {"动火"}
    assert choices.names("") == choices.names("99") == frozenset()
    assert [choices.value(choices.names(one)) for one in ("", "1", "2", "3")] == ["", "1", "2", "3"]
    assert choices.label("2") == "现场"
    assert [label for _value, label in choices.choices] == [
        "不限知识点",
        "安全",
        "\u2003现场",
        "\u2003\u2003动火",
        "\u2003\u2003登高",
    ]


def test_names_that_no_topic_stands_for_are_kept(choices):
    names = frozenset({"动火", "不在|了"})
    value = choices.value(names)
    assert value.startswith("=")
    assert choices.names(value) == names
    assert choices.label(value) == "不在|了、动火"


PLAN = Blueprint(
    (
        Section(
            "一", (Rule(4, frozenset({"安全"}), frozenset({"single"}), (("easy", 2),)), Rule(1))
        ),
        Section("", (Rule(2, kinds=frozenset({"single", "multiple"})),)),
    ),
    rest_days=30,
    most_repeats=3,
    facility=0.7,
    spread_topics=True,
    shuffle_items=False,
)


def as_form(typed):
    form = {"rest_days": typed.rest_days, "most_repeats": typed.most_repeats}
    form["facility"] = typed.facility
    for name in ("shuffle_items", "shuffle_options", "spread_topics"):
        if getattr(typed, name):
            form[name] = "on"
    for number, row in enumerate(typed.rows):
        for name in ("topic", "kind", "easy", "medium", "hard", "count"):
            form[f"row-{number}-{name}"] = getattr(row, name)
        if row.part is not None:
            form[f"row-{number}-part"] = row.part
    return form


def test_a_blueprint_comes_back_from_its_fields(choices):
    typed = to_input(PLAN, choices)
    assert [row.part for row in typed.rows] == ["一", None, ""]
    assert to_blueprint(read_input(as_form(typed)), choices) == PLAN


def test_an_empty_form_is_a_row_to_begin_with(choices):
    assert read_input({}).rows == [RowInput()]


def errors_of(choices, general=None, **fields):
    typed = RulesInput(rows=[RowInput(**fields)], **(general or {}))
    assert to_blueprint(typed, choices) is None
    assert typed.is_faulty
    return {**typed.rows[0].errors, **typed.errors}


def test_what_is_wrong_is_said_at_its_field(choices):
    assert errors_of(choices, count="0") == {"count": "请填 1 到 200 之间的整数。"}
    assert errors_of(choices, count="viele")["count"]
    assert errors_of(choices, count="٣")["count"], "only plain digits"
    assert errors_of(choices, count="3", easy="-1") == {"easy": "请填 0 到 200 之间的整数。"}
    message = errors_of(choices, count="3", easy="2", hard="2")["count"]
    assert message == "易、中、难合计 4 题，要的题数不能比这少。"
    assert errors_of(choices, topic="99")["topic"]
    assert errors_of(choices, kind="single,poem")["kind"]
    for field, value in (("rest_days", ""), ("most_repeats", "x"), ("facility", "101")):
        assert list(errors_of(choices, {field: value})) == [field]
    many = RulesInput(rows=[RowInput() for _n in range(authoring.MOST_ROWS + 1)])
    assert to_blueprint(many, choices) is None
    assert list(many.errors) == ["rows"]


def test_a_quota_of_nothing_is_none(choices):
    typed = RulesInput(rows=[RowInput(count="2", easy="0")])
    assert to_blueprint(typed, choices) == Blueprint((Section("", (Rule(2),)),))


def rows(*parts):
    return RulesInput(rows=[RowInput(count=str(n), part=part) for n, part in enumerate(parts, 1)])


def counts(typed):
    return [(row.count, row.part) for row in typed.rows]


def test_buttons_change_rows():
    typed = rows("甲", None, "乙")
    assert apply(typed, "add") == 3
    assert apply(typed, "copy:0") == 1
    assert counts(typed) == [("1", "甲"), ("1", None), ("2", None), ("3", "乙"), ("1", None)]
    assert apply(typed, "drop:0") == 0
    assert counts(typed)[0] == ("1", "甲"), "the part begins with its next row"
    assert apply(typed, "part:1") == 1
    assert apply(typed, "join:2") == 2
    assert counts(typed) == [("1", "甲"), ("2", ""), ("3", None), ("1", None)]
    assert apply(typed, "drop:3") == 2
    typed.rows[0].easy = "1"
    apply(typed, "kind:0:single")
    apply(typed, "free:0")
    assert (typed.rows[0].kind, typed.rows[0].easy) == ("single", "")
    typed.rows[0].hard = "1"
    apply(typed, "count:0:7")
    assert (typed.rows[0].count, typed.rows[0].hard) == ("7", "")


def test_the_last_row_stays():
    typed = rows(None)
    assert apply(typed, "drop:0") == 0
    assert len(typed.rows) == 1


@pytest.mark.parametrize("act", ["", "save", "drop:9", "drop:x", "fly:0", "drop:", "copy:-1"])
def test_anything_else_changes_nothing(act):
    typed = rows(None, None)
    assert apply(typed, act) is None
    assert counts(typed) == counts(rows(None, None))
