"""The roster: what is wrong in a file is said line by line, and nothing is written."""

from __future__ import annotations

from datetime import date

import pytest
from flask_babel import force_locale

from quizapp.accounts import service
from quizapp.accounts.models import Person
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from tests.factories.rosters import (
    TEAM,
    Rows,
    apply,
    count,
    person,
    plan_of,
    plan_of_units,
    said,
)

WRONG: dict[str, tuple[Rows, list[int], str]] = {
    "no number": ([["", "张三", "", TEAM, "", "", "", ""]], [2], "没有工号"),
    "no name": ([["3001", "", "", TEAM, "", "", "", ""]], [2], "没有姓名"),
    "number twice": (
        [["3001", "张三", "", TEAM, "", "", "", ""]] * 2,
        [3],
        "已经出现",
    ),
    "number of two people": (
        [
            ["3001", "张三", "", TEAM, "2026-01-01", "", "", ""],
            ["3001", "李四", "", TEAM, "2026-02-01", "", "", ""],
        ],
        [3],
        "是张三的",
    ),
    "look-alike number": (
        [
            ["A3001", "张三", "", TEAM, "", "", "", ""],
            ["ａ ３００１", "李四", "", TEAM, "", "", "", ""],
        ],
        [3],
        "看起来相同",
    ),
    "rounded number": ([["1.2E+17", "张三", "", TEAM, "", "", "", ""]], [2], "数位"),
    "long number": ([["3" * 41, "张三", "", TEAM, "", "", "", ""]], [2], "40"),
    "long name": ([["3001", "张" * 81, "", TEAM, "", "", "", ""]], [2], "80"),
    "long post": ([["3001", "张三", "岗" * 61, TEAM, "", "", "", ""]], [2], "60"),
    "endless cell": ([["3001", "张" * 501, "", TEAM, "", "", "", ""]], [2], "500"),
    "formula": ([["3001", "=1+1", "", TEAM, "", "", "", ""]], [2], "等号"),
    "no unit": ([["3001", "张三", "", "", "", "", "", ""]], [2], "没有写单位"),
    "wrong way round": (
        [["3001", "张三", "", TEAM, "2026-05-01", "2026-04-30", "", ""]],
        [2],
        "早于",
    ),
    "unreadable day": ([["3001", "张三", "", TEAM, "五月", "", "", ""]], [2], "读不出日期"),
    "unreadable last day": ([["3001", "张三", "", TEAM, "", "31/5/26", "", ""]], [2], "截止日期"),
    "unlikely day": ([["3001", "张三", "", TEAM, "2206-05-01", "", "", ""]], [2], "不太可能"),
    "a last day behind us": (
        [["3001", "张三", "", TEAM, "", "2026-05-01", "", ""]],
        [2],
        "一天也没有",
    ),
    "overlap": (
        [
            ["3001", "张三", "", TEAM, "2026-01-01", "2026-06-30", "", ""],
            ["3001", "张三", "", "焊装车间", "2026-06-01", "", "", ""],
        ],
        [3],
        "重叠",
    ),
    "the same first day twice": (
        [
            ["3001", "张三", "", TEAM, "2026-01-01", "", "", ""],
            ["3001", "张三", "", "焊装车间", "2026-01-01", "", "", ""],
        ],
        [3],
        "重叠",
    ),
    "unknown state": ([["3001", "张三", "", TEAM, "", "", "躺平", ""]], [2], "躺平"),
    "unknown role": ([["3001", "张三", "", TEAM, "", "", "", "皇帝"]], [2], "皇帝"),
    "unit below a team": ([["3001", "张三", "", f"{TEAM}/小组", "", "", "", ""]], [2], "不能放在"),
    "too many levels": (
        [["3001", "张三", "", "甲/乙/丙/丁/戊", "", "", "", ""]],
        [2],
        "最多 4 级",
    ),
    "long unit name": ([["3001", "张三", "", "班" * 81, "", "", "", ""]], [2], "单位名称最多"),
    "every line of it": (
        [["", "甲", "", TEAM, "", "", "", ""], ["", "乙", "", TEAM, "", "", "", ""]],
        [2, 3],
        "没有工号",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_by_line_and_nothing_is_written(world, name):
    rows, lines, says = WRONG[name]
    fine = ["3999", "好人", "", TEAM, "", "", "", ""]
    plan = plan_of(world, [*rows, fine])
    assert [line for line, _text in said(plan)] == lines
    assert all(says in text for _line, text in said(plan))
    before = count(Person), count(Unit), count(Membership)
    with pytest.raises(Refusal):
        service.apply_import(world.organisation, plan)
    assert (count(Person), count(Unit), count(Membership)) == before


WRONG_UNITS: dict[str, tuple[Rows, list[int], str]] = {
    "no code": ([["", "二厂", "厂", ""]], [2], "缺编码"),
    "no name": ([["A2", "", "厂", ""]], [2], "缺编码"),
    "code twice": ([["A2", "二厂", "厂", ""], ["ａ2", "三厂", "厂", ""]], [3], "第 2 行"),
    "unknown level": ([["A2", "二厂", "宇宙", ""]], [2], "宇宙"),
    "no level": ([["A2", "综合办", "", ""]], [2], "级别"),
    "another level": ([["A1", "一厂", "班组", ""]], [2], "不能更改"),
    "unknown parent": ([["A2", "二厂", "厂", "ZZ"]], [2], "ZZ"),
    "below itself": ([["A2", "二厂", "厂", "A2"]], [2], "它自己"),
    "circle of new ones": (
        [
            ["X1", "一公司", "公司", "X3"],
            ["X2", "二厂", "厂", "X1"],
            ["X3", "三车间", "车间", "X2"],
        ],
        [2],
        "一圈",
    ),
    "circle with what is stored": ([["A1", "一厂", "厂", "A111"]], [2], "一圈"),
    "does not fit": ([["A2", "二厂", "厂", "A11"]], [2], "不能放在"),
    "below a team": ([["A2", "小班", "班组", "A111"]], [2], "不能放在"),
    "group below something": ([["G", "集团", "集团", "A1"]], [2], "没有上级"),
    "two groups": ([["G", "甲集团", "集团", ""], ["H", "甲集团", "集团", ""]], [3], "只有一个"),
    "long code": ([["A" * 41, "二厂", "厂", ""]], [2], "40"),
    "long name": ([["A2", "厂" * 81, "厂", ""]], [2], "80"),
    "formula": ([["A2", "=1", "厂", ""]], [2], "等号"),
}


@pytest.mark.parametrize("name", WRONG_UNITS)
def test_what_is_wrong_with_units(world, name):
    rows, lines, says = WRONG_UNITS[name]
    plan = plan_of_units(world, rows)
    assert [line for line, _text in said(plan)] == lines
    assert all(says in text for _line, text in said(plan))
    with pytest.raises(Refusal):
        service.apply_import(world.organisation, plan)


def test_with_a_sheet_of_units_a_unit_must_be_known(world):
    plan = plan_of_units(
        world,
        [["A12", "涂装车间", "车间", "A1"]],
        [["3001", "张三", "A99", ""], ["3002", "李四", "A12", ""], ["3003", "王五", "A99", ""]],
    )
    assert [(m.line.sheet, m.line.number) for m in plan.messages if m.severity == "error"] == [
        ("人员", 2),
        ("人员", 4),
    ]


def test_codes_without_a_path_must_be_known(world):
    plan = plan_of(world, [["3001", "张三", "A99"]], [["工号", "姓名", "单位编码"]])
    assert said(plan) == [(2, "没有找到单位编码 A99。")]


def test_a_code_stands_for_one_unit(world):
    header = [["工号", "姓名", "单位编码", "单位路径"]]
    plan = plan_of(
        world,
        [["3001", "张三", "A9", "二厂/甲班"], ["3002", "李四", "A9", "二厂/乙班"]],
        header,
    )
    assert [line for line, _text in said(plan)] == [3]
    plan = plan_of(world, [["3001", "张三", "A11", TEAM]], header)
    assert "却指向" in said(plan)[0][1]
    plan = plan_of(world, [["3001", "张三", "NEW", TEAM]], header)
    assert (said(plan), len(said(plan, "warning")), plan.units) == ([], 1, ())


def test_a_path_that_may_mean_two_units(world):
    rows = [["3001", "张三", "", "一厂/涂装车间/甲班", "", "", "", ""]]
    rows.append(["3002", "李四", "", "一厂/焊装车间/甲班", "", "", "", ""])
    apply(world, plan_of(world, rows))
    plan = plan_of(world, [["3003", "王五", "", "甲班", "", "", "", ""]])
    assert "全路径" in said(plan)[0][1]


def test_a_closed_unit_takes_nobody(world):
    org.change_unit(world.team, name="焊装一班", is_active=False)
    plan = plan_of(world, [["3001", "张三", "", TEAM, "", "", "", ""]])
    assert "已停用" in said(plan)[0][1]
    plan = plan_of_units(world, [["A111", "焊装一班", "班组", "A11"]])
    assert (said(plan), plan.changes, len(said(plan, "warning"))) == ([], 0, 1)
    plan = plan_of_units(world, [["A9", "小组", "班组", "A11"], ["A11", "焊装车间", "", "A1"]])
    assert said(plan) == []


def test_a_new_name_for_a_known_number_is_pointed_out(world):
    plan = plan_of(world, [["1002", "鲍勃", "", TEAM, "", "", "", ""]])
    assert "同一个人" in said(plan, "warning")[0][1]
    apply(world, plan)
    assert person(world, "1002").name == "鲍勃"


def test_rows_with_neither_number_nor_name_are_skipped(world):
    plan = plan_of(world, [["", "", "", TEAM, "", "", "", ""]])
    assert (said(plan), plan.changes) == ([], 0)
    assert "略过" in said(plan, "warning")[0][1]


def test_demo_accounts_keep_their_numbers(world):
    person(world, "1002").is_demo = True
    database.session.flush()
    plan = plan_of(world, [["1002", "Bob", "", TEAM, "", "", "", ""]])
    assert said(plan) == [(2, "工号 1002 已被演示账号占用。")]


def test_the_last_administrator_stays(world):
    plan = plan_of(world, [["1003", "Dana", "", "", "", "", "停用", ""]])
    assert [line for line, _text in said(plan)] == [2]


def test_a_later_move_is_not_overwritten(world):
    org.join_unit(world.people["bob"], world.workshop, date(2026, 12, 1))
    plan = plan_of(world, [["1002", "Bob", "", "一厂", "", "", "", ""]])
    assert "2026-12-01" in said(plan)[0][1]


def test_numbers_of_another_organisation_are_of_no_concern(world):
    apply(world, plan_of(world, [["1002", "Bob", "新岗位", TEAM, "", "", "", ""]]))
    assert database.session.get_one(Person, world.people["charlie"]).post == ""


def test_messages_are_in_the_language_of_the_person(world):
    rows = [["", "张三", "", TEAM, "", "", "", ""]]
    assert "没有工号" in said(plan_of(world, rows))[0][1]
    with force_locale("en"):
        assert said(plan_of(world, rows))[0][1] == "“张三” has no employee number."
