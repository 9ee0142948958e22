"""The roster: what becomes of people and units, all of it or nothing, and once only."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from quizapp.accounts import service
from quizapp.accounts.models import Person, RoleGrant
from quizapp.accounts.service.roster import applying
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.leaderboards.models import Dirty
from quizapp.org import service as org
from quizapp.org.models import Absence, Membership, Unit
from tests.factories import people as cast
from tests.factories.rosters import (
    COLUMNS,
    TEAM,
    TODAY,
    apply,
    count,
    person,
    plan_of,
    plan_of_units,
    said,
    text_table,
    unit,
)


def memberships(person_id: int) -> list[tuple[str, date, date | None]]:
    rows = database.session.execute(
        select(Unit.name, Membership.starts_on, Membership.ends_on)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.starts_on)
    )
    return [tuple(row) for row in rows]


def test_new_people_join_units_that_exist_and_units_that_grow(world):
    plan = plan_of(
        world,
        [
            ["3001", "张三", "焊工", TEAM, "2026-10-01", "", "在岗", ""],
            ["3002", "李四", "", "甲集团/二厂/总装车间/总装一班", "", "", "", "班组长"],
            ["3003", "王五", "", "焊装一班", "2026/11/01", "", "", ""],
        ],
    )
    assert apply(world, plan) == 3 + 3
    assert memberships(person(world, "3001").id) == [("焊装一班", date(2026, 10, 1), None)]
    assert memberships(person(world, "3002").id) == [("总装一班", TODAY, None)]
    assert memberships(person(world, "3003").id) == [("焊装一班", date(2026, 11, 1), None)]
    kinds = {name: unit(world, name).kind for name in ("二厂", "总装车间", "总装一班")}
    assert kinds == {"二厂": "plant", "总装车间": "workshop", "总装一班": "team"}
    assert unit(world, "总装一班").code == "01-01-01"
    grants = select(RoleGrant.role, RoleGrant.unit_id).where(
        RoleGrant.person_id == person(world, "3002").id
    )
    assert database.session.execute(grants).all() == [("leader", unit(world, "总装一班").id)]


def test_a_second_import_changes_nothing(world):
    rows = [
        ["1002", "Bob", "电工", TEAM, "", "", "在岗", ""],
        ["3001", "张三", "焊工", TEAM, "2026-10-01", "", "离岗", ""],
        ["3002", "李四", "", "二厂/总装车间/总装一班", "", "2026-12-31", "", "班组长"],
        ["3003", "王五", "", "办公室", "", "", "", "管理员"],
        ["3004", "赵六", "", "焊装一班", "2026-01-01", "2026-05-31", "", ""],
        ["3004", "赵六", "", "二厂/总装车间/总装一班", "2026-06-01", "", "", ""],
        ["3005", "钱七", "", "焊装一班", "", "", "离职", ""],
    ]
    assert apply(world, plan_of(world, rows)) > 0
    again = plan_of(world, rows)
    assert said(again) == []
    assert (again.changes, again.unchanged) == (0, 5)
    before = count(AuditRow)
    assert apply(world, again) == 0
    assert count(AuditRow) == before


def test_people_who_are_not_in_the_file_are_left_alone(world):
    apply(world, plan_of(world, [["3001", "张三", "", TEAM, "", "", "", ""]]))
    assert person(world, "1002").is_active
    assert memberships(world.people["bob"]) == [("焊装一班", cast.SINCE, None)]


def test_an_empty_cell_says_nothing(world):
    apply(world, plan_of(world, [["1002", "Bob", "电工", "", "", "", "", ""]]))
    assert plan_of(world, [["1002", "Bob", "", "", "", "", "", ""]]).changes == 0
    assert person(world, "1002").post == "电工"


def test_a_move_keeps_history(world):
    rows = [["1002", "Bob", "", "一厂/焊装车间/焊装二班", "2026-11-10", "", "", ""]]
    plan = plan_of(world, rows)
    assert any("焊装二班" in text and "2026-11-10" in text for _line, text in said(plan, "info"))
    apply(world, plan)
    assert memberships(world.people["bob"]) == [
        ("焊装一班", cast.SINCE, date(2026, 11, 10)),
        ("焊装二班", date(2026, 11, 10), None),
    ]
    assert org.unit_on(world.people["bob"], date(2026, 11, 9)) == world.team
    dirty = set(database.session.scalars(select(Dirty.unit_id)))
    assert dirty >= {world.team, unit(world, "焊装二班").id}


def test_a_day_of_hiring_does_not_rewrite_history(world):
    plan = plan_of(world, [["1002", "Bob", "", "焊装车间", "2015-07-01", "", "", ""]])
    assert [line for line, _text in said(plan, "warning")] == [2]
    apply(world, plan)
    assert memberships(world.people["bob"]) == [
        ("焊装一班", cast.SINCE, TODAY),
        ("焊装车间", TODAY, None),
    ]


def test_dated_memberships_of_one_person(world):
    rows = [
        ["3001", "张三", "", "焊装车间", "2026-06-01", "", "", ""],
        ["3001", "张三", "", TEAM, "2026-01-01", "2026-05-31", "", ""],
        ["3001", "张三", "", "一厂", "2026-12-01", "", "", ""],
    ]
    apply(world, plan_of(world, rows))
    assert memberships(person(world, "3001").id) == [
        ("焊装一班", date(2026, 1, 1), date(2026, 6, 1)),
        ("焊装车间", date(2026, 6, 1), date(2026, 12, 1)),
        ("一厂", date(2026, 12, 1), None),
    ]


def test_one_shared_day_belongs_to_the_next_unit(world):
    rows = [
        ["3001", "张三", "", TEAM, "2026-01-01", "2026-06-01", "", ""],
        ["3001", "张三", "", "焊装车间", "2026-06-01", "", "", ""],
    ]
    apply(world, plan_of(world, rows))
    assert memberships(person(world, "3001").id)[0][2] == date(2026, 6, 1)


def test_a_last_day_counts(world):
    apply(world, plan_of(world, [["1002", "Bob", "", TEAM, "", "2026-11-30", "", ""]]))
    assert memberships(world.people["bob"])[-1][2] == date(2026, 12, 1)
    assert plan_of(world, [["1002", "Bob", "", "", "", "9999-12-31", "", ""]]).changes == 0


def test_closing_and_opening_an_account(world):
    bob = world.people["bob"]
    epoch = person(world, "1002").epoch
    apply(world, plan_of(world, [["1002", "Bob", "", TEAM, "", "2026-11-15", "停用", ""]]))
    assert not person(world, "1002").is_active
    assert person(world, "1002").epoch == epoch + 1
    assert memberships(bob) == [("焊装一班", cast.SINCE, date(2026, 11, 16))]

    silent = plan_of(world, [["1002", "Bob", "", TEAM, "", "", "", ""]])
    assert silent.changes == 0
    assert "停用" in said(silent, "warning")[0][1]

    apply(world, plan_of(world, [["1002", "Bob", "", TEAM, "", "", "在岗", ""]]))
    assert person(world, "1002").is_active
    assert memberships(bob)[-1] == ("焊装一班", TODAY, None)


def test_somebody_away_is_no_member_until_back(world):
    def eligible() -> int:
        return org.count_eligible(world.organisation, TODAY).get(world.team, 0)

    before = eligible()
    apply(world, plan_of(world, [["1002", "Bob", "", "", "", "", "离岗", ""]]))
    assert eligible() == before - 1
    assert plan_of(world, [["1002", "Bob", "", "", "", "", "离岗", ""]]).changes == 0
    apply(world, plan_of(world, [["1002", "Bob", "", "", "", "", "在岗", ""]]))
    assert eligible() == before
    assert count(Absence) == 0  # it began and ended today: no day was missed


def test_an_absence_that_began_earlier_ends_today(world):
    org.record_absence(world.people["bob"], TODAY - timedelta(days=9), None)
    apply(world, plan_of(world, [["1002", "Bob", "", "", "", "", "在岗", ""]]))
    assert database.session.scalars(select(Absence.ends_on)).all() == [TODAY]


def test_units_from_a_sheet_are_made_renamed_and_moved(world):
    plan = plan_of_units(
        world,
        [
            ["A12", "涂装车间", "车间", "A1"],
            ["A111", "焊装甲班", "班组", "A12"],
            ["G", "甲集团", "集团", ""],
            ["A1", "第一厂", "厂", "G"],
            ["A121", "涂装一班", "", "涂装车间"],
        ],
        [["3001", "张三", "a121", "2026-11-01"]],
    )
    assert dict(plan.unit_effects()) == {"new": 2, "renamed": 2, "moved": 1}
    apply(world, plan)
    team = unit(world, "焊装甲班")
    assert team.id == world.team
    assert team.path == f"{unit(world, '涂装车间').path}{team.id}/"
    assert unit(world, "涂装一班").kind == "team"
    assert memberships(person(world, "3001").id) == [("涂装一班", date(2026, 11, 1), None)]


def test_units_may_change_places(world):
    """A moves below B while B moves out from below A: no order of the file may matter."""
    root = "G"
    plan = plan_of_units(
        world,
        [
            [root, "甲集团", "集团", ""],
            ["A11", "焊装车间", "", root],
            ["A111", "焊装一班", "", "A11"],
            ["A1", "一厂", "", root],
            ["C1", "机电公司", "公司", root],
            ["A1X", "三厂", "厂", "C1"],
        ],
    )
    apply(world, plan)
    assert unit(world, "焊装车间").depth == 1
    assert plan_of_units(world, [["A11", "焊装车间", "", "A1X"]]).changes == 1


def test_a_code_and_a_path_rename_and_move_a_unit(world):
    header = [["工号", "姓名", "单位编码", "厂", "车间", "班组"]]
    row = ["3001", "张三", "A111", "一厂", "涂装车间", "甲班"]
    plan = plan_of(world, [row], header)
    assert dict(plan.unit_effects()) == {"new": 1, "renamed": 1, "moved": 1}
    apply(world, plan)
    assert unit(world, "甲班").id == world.team
    assert plan_of(world, [row], header).changes == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_files_of_every_encoding(world, encoding):
    rows = [COLUMNS, ["3001", "镕铭", "", TEAM, "", "", "", ""]]
    table = service.read_table(text_table(rows, encoding=encoding), "花名册.csv")
    apply(world, service.plan_import(world.organisation, table, TODAY))
    assert person(world, "3001").name == "镕铭"


def test_names_are_kept_as_they_are(world):
    name = '<img src=x onerror="alert(1)">'
    apply(world, plan_of(world, [["3001", name, "{{ 7*7 }}", TEAM, "", "", "", ""]]))
    assert person(world, "3001").name == name


# All or nothing


def test_what_changed_meanwhile_stops_the_import(world):
    rows = [["1002", "Bob", "电工", TEAM, "", "", "", ""]]
    plan = plan_of(world, rows)

    @atomic
    def somebody_else() -> None:
        database.session.get_one(Person, world.people["bob"]).post = "电工"

    somebody_else()
    with pytest.raises(Refusal, match="变化"):
        service.apply_import(world.organisation, plan)


def test_a_failure_on_the_way_leaves_nothing_behind(world, monkeypatch):
    plan = plan_of(world, [["3001", "张三", "", "三厂/新车间/新班", "", "", "", ""]])
    before = count(Person), count(Unit), count(Membership), count(AuditRow)
    monkeypatch.setattr(applying, "_record", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        service.apply_import(world.organisation, plan)
    assert (count(Person), count(Unit), count(Membership), count(AuditRow)) == before


def test_nobody_closes_their_own_account(world):
    plan = plan_of(world, [["1002", "Bob", "", "", "", "", "停用", ""]])
    with pytest.raises(Refusal):
        service.apply_import(world.organisation, plan, actor_id=world.people["bob"])
    with pytest.raises(ValueError, match="organisation"):
        service.apply_import(world.other_organisation, plan)


def test_the_log_says_who_was_moved_and_which_file_it_was(world):
    plan = plan_of(world, [["1002", "Bob", "", "焊装车间", "", "", "", "班组长"]])
    service.apply_import(world.organisation, plan, actor_id=world.people["dana"])
    rows = database.session.execute(
        select(AuditRow.action, AuditRow.actor_id).where(AuditRow.action.startswith("people."))
    ).all()
    assert {row.action for row in rows} == {
        "people.changed",
        "people.moved",
        "people.role_granted",
        "people.imported",
    }
    assert {row.actor_id for row in rows} == {world.people["dana"]}


def test_the_number_of_statements_does_not_grow_with_the_rows(world, count_statements):
    def statements(number: int) -> int:
        rows = [[f"{number}-{n}", "张三", "", TEAM, "", "", "", ""] for n in range(number)]
        with count_statements() as seen:
            apply(world, plan_of(world, rows))
        return len(seen)

    assert statements(200) <= statements(20)


@pytest.mark.slow
def test_twenty_thousand_people_take_well_under_a_minute(world):
    rows = [
        [f"9{n:05}", f"张{n}", "焊工", f"{n // 5000}厂/{n // 500}车间/{n // 20}班", "", "", "", ""]
        for n in range(20_000)
    ]
    began = time.process_time()
    assert apply(world, plan_of(world, rows)) > 20_000
    assert plan_of(world, rows).unchanged == 20_000
    assert time.process_time() - began < 40
