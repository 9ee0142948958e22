"""Absences, secondments, arrivals and shifts by table: read, rehearsed, applied, put away."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import python_calamine as calamine
import xlsxwriter
from sqlalchemy import func, select

from quizapp.accounts.models import DutyFile
from quizapp.accounts.permissions import Role
from quizapp.accounts.service import duty
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Absence, Membership, ShiftAssignment, ShiftPattern
from tests.factories import people
from tests.factories.teams import teams

TODAY = date(2026, 11, 18)


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast, with a second team in the workshop."""
    made = people.world()
    org.add_unit(made.organisation, made.workshop, kind="team", name="焊装二班", code="A112")
    db.session.commit()
    return made


@pytest.fixture
def dana(world):
    """The administrator of the whole organisation."""
    return people.viewer(world.people["dana"])


def table(*rows: str, head: str = "工号,姓名,类别,开始日期,结束日期,单位编码") -> bytes:
    """Return a CSV table with these rows."""
    return "\n".join([head, *rows]).encode()


def taken(dana, data: bytes, kind: str = duty.ABSENCES) -> duty.DutyView:
    """Upload a table and return its dry run."""
    return duty.view_duty(dana, duty.receive_duty(dana, kind, "表.csv", data))


def count(model) -> int:
    """Count the rows of a table."""
    return database.session.scalar(select(func.count()).select_from(model))


# -- the dry run


def test_a_dry_run_says_what_each_line_does_and_writes_nothing(dana, world):
    before = count(Absence), count(Membership)
    view = taken(
        dana,
        table(
            "1002,Bob,请假,2026-11-20,2026-11-24,",
            "2001,,借调,2026-11-20,2026-12-01,A112",
            "2002,,到岗,2026-11-23,,A112",
        ),
    )
    assert (view.problems, view.changes, view.state) == (0, 3, "ready")
    assert "11月20日" in view.outcomes[0].what
    assert "焊装二班" in view.outcomes[1].what
    assert (count(Absence), count(Membership)) == before


def test_a_table_is_applied_as_it_was_rehearsed(dana, world):
    view = taken(
        dana,
        table(
            "1002,,离岗,2026/11/20,2026.11.24,",
            "1001,,借调,20261120,2026年12月1日,A112",
        ),
    )
    duty.apply_duty(dana, view.public_id)
    counted = org.eligible_members([world.team], TODAY, TODAY + timedelta(days=14))
    assert counted[world.team, date(2026, 11, 19)] == 8
    assert counted[world.team, date(2026, 11, 20)] == 6
    assert counted[world.team, date(2026, 11, 25)] == 7
    assert counted[world.team, date(2026, 12, 2)] == 8
    assert duty.view_duty(dana, view.public_id).state == "applied"


def test_a_second_tap_and_the_same_table_again_change_nothing(dana, world):
    data = table("1002,,请假,2026-11-20,2026-11-24,", "2001,,借调,2026-11-20,2026-12-01,A112")
    view = taken(dana, data)
    duty.apply_duty(dana, view.public_id)
    duty.apply_duty(dana, view.public_id)
    before = count(Absence), count(Membership)
    again = taken(dana, data)
    assert (again.problems, again.changes) == (0, 0)
    assert (count(Absence), count(Membership)) == before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("9999,,请假,2026-11-20,,", "9999"),
        (",,请假,2026-11-20,,", "缺少工号"),
        ("1002,李四,请假,2026-11-20,,", "Bob"),
        ("1002,,外星,2026-11-20,,", "外星"),
        ("1002,,请假,去年,,", "去年"),
        ("1002,,请假,,,", "缺少开始日期"),
        ("1002,,请假,2026-11-20,2026-11-19,", "早于"),
        ("1002,,借调,2026-11-20,,A112", "结束日期"),
        ("1002,,借调,2026-11-20,2026-11-25,", "缺少单位编码"),
        ("1002,,到岗,2026-11-20,,B1", "B1"),
        ("=1+1,,请假,2026-11-20,,", "=”开头"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_keeps_the_whole_file_out(dana, world, row, words):
    view = taken(dana, table("2001,,请假,2026-11-20,,", row))
    assert view.problems == 1
    assert words in view.outcomes[1].problem
    assert not view.outcomes[0].problem
    duty.apply_duty(dana, view.public_id)
    assert duty.view_duty(dana, view.public_id).state == "ready"
    assert count(Absence) == 0


def test_what_became_wrong_meanwhile_is_said_and_nothing_is_written(dana, world):
    view = taken(dana, table("1002,,请假,2026-11-20,,", "2001,,借调,2026-11-20,2026-11-25,A112"))
    org.leave_unit(world.people["bob"], TODAY)
    duty.apply_duty(dana, view.public_id)
    again = duty.view_duty(dana, view.public_id)
    assert (again.state, again.problems) == ("ready", 1)
    assert count(Absence) == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空"),
        ("工号,姓名\n1,2".encode(), "类别"),
        (table(), "没有"),
        (table(*["1002,,请假,2026-11-20,,"] * (duty.MAX_ROWS + 1)), "5000"),
    ],
)
def test_what_is_no_table_is_refused_and_not_kept(dana, data, words):
    with pytest.raises(Refusal) as refused:
        duty.receive_duty(dana, duty.ABSENCES, "表.csv", data)
    assert words in refused.value.message.replace(",", "")
    assert count(DutyFile) == 0


def test_a_table_is_shown_to_its_owner_only_and_put_away_without_its_lines(dana, world):
    view = taken(dana, table("1002,,请假,2026-11-20,,"))
    carol = people.viewer(world.people["carol"])
    for act in (duty.view_duty, duty.apply_duty, duty.cancel_duty, duty.write_duty_problems):
        with pytest.raises(LookupError):
            act(carol, view.public_id)
    duty.cancel_duty(dana, view.public_id)
    assert duty.view_duty(dana, view.public_id).outcomes == []
    duty.apply_duty(dana, view.public_id)
    assert count(Absence) == 0


def test_nobody_records_for_people_or_units_beyond_their_scope(world, db):
    other = teams(world.organisation, world.plant, [5], name="外班")[0]
    people.person(world.organisation, other, "外人", "7001")
    people.person(world.organisation, world.team, "班管", "7002", role=Role.ADMIN)
    db.session.commit()
    narrow = people.viewer(
        db.session.scalar(select(Membership.person_id).order_by(Membership.id.desc()))
    )
    view = taken(narrow, table("7001,,请假,2026-11-20,,", "1002,,到岗,2026-11-20,,A112"))
    assert view.problems == 2
    shifts = taken(narrow, table("X,14D14R,2026-11-02", head="班制编码,周期,周期起点"), duty.SHIFTS)
    assert shifts.problems == 1


# -- shifts


SHIFT_HEAD = "班制编码,单位编码,工号,起始日期,错开天数,班制名称,周期,周期起点"


def test_a_table_writes_patterns_and_assigns_them(dana, world):
    view = taken(
        dana,
        table(
            "ZW,A111,,2026-11-02,0,驻外,14白14休,2026-11-02",
            "ZW,,1002,2026-11-02,14,,,",
            head=SHIFT_HEAD,
        ),
        duty.SHIFTS,
    )
    assert view.problems == 0
    assert count(ShiftPattern) == count(ShiftAssignment) == 0
    duty.apply_duty(dana, view.public_id)
    assert org.shift_of_unit(world.team, TODAY) == "R"
    assert org.shift_on(world.people["bob"], TODAY) == "D"
    assert org.count_eligible(world.organisation, TODAY)[world.team] == 1
    again = taken(
        dana, table("ZW,A111,,2026-11-02,0,驻外,14白14休,2026-11-02", head=SHIFT_HEAD), duty.SHIFTS
    )
    assert (again.problems, again.changes) == (0, 0)


@pytest.mark.parametrize(
    "row",
    [
        "XX,A111,,2026-11-02,0,,,",
        "ZW,A111,,2026-11-02,0,驻外,休休休,2026-11-02",
        "ZW,A111,,2026-11-02,0,驻外,14白14休,",
        "ZW,A111,1002,2026-11-02,0,驻外,白休,2026-11-02",
        "ZW,A111,,2026-11-02,两天,驻外,白休,2026-11-02",
        ",A111,,2026-11-02,0,驻外,白休,2026-11-02",
    ],
)
def test_a_line_of_shifts_that_says_nothing_clear_is_a_problem(dana, world, row):
    assert taken(dana, table(row, head=SHIFT_HEAD), duty.SHIFTS).problems == 1


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("白白夜夜休休休休", "DDNNRRRR"),
        ("14D14R", "D" * 14 + "R" * 14),
        ("2白 2中 2夜 2休", "DDMMNNRR"),
        ("２白２休", "DDRR"),
        ("白,夜,休", "DNR"),
        ("休", None),
        ("14", None),
        ("白14", None),
        ("999白", None),
        ("甲", None),
        ("", None),
    ],
)
def test_patterns_are_read_as_people_write_them(text, cycle):
    assert duty.read_cycle(text) == cycle


# -- workbooks


@pytest.mark.parametrize("kind", [duty.ABSENCES, duty.SHIFTS])
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_template_can_be_filled_in_and_is_read(dana, world, kind, locale):
    book = calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(duty.write_duty_template(kind, locale))
    )
    head = book.get_sheet_by_index(0).to_python()[0]
    cells = {
        "employee number": "1002",
        "工号": "1002",
        "kind": "away",
        "类别": "请假",
        "first day": date(2026, 11, 20),
        "开始日期": date(2026, 11, 20),
        "班制编码": "ZW",
        "shift pattern": "ZW",
        "cycle": "14D14R",
        "周期": "14D14R",
        "cycle begins": date(2026, 11, 2),
        "周期起点": date(2026, 11, 2),
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as made:
        page = made.add_worksheet()
        for place, name in enumerate(head):
            page.write(0, place, name)
            page.write(1, place, cells.get(name, ""))
    view = duty.view_duty(dana, duty.receive_duty(dana, kind, "表.xlsx", out.getvalue()))
    assert (view.problems, view.changes) == (0, 1), view.outcomes


def test_problems_are_taken_away_as_text(dana, world):
    view = taken(dana, table("=cmd|1,,请假,2026-11-20,,"))
    book = calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(duty.write_duty_problems(dana, view.public_id))
    )
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][0] == "2"
    assert rows[1][1] == "=cmd|1"


# -- one at a time


def test_a_form_records_one_and_it_can_be_taken_back(dana, world):
    said = duty.record_duty(
        dana, duty.ABSENCES, {"number": "1002", "kind": "away", "since": "2026-11-18"}
    )
    assert "11月18日" in said
    row = duty.list_absences(dana)[0]
    assert (row.name, row.until) == ("Bob", None)
    with pytest.raises(LookupError):
        duty.remove_absence(people.viewer(world.people["carol"]), row.id)
    duty.remove_absence(dana, row.id)
    assert duty.list_absences(dana) == []
    with pytest.raises(LookupError):
        duty.remove_absence(dana, row.id)
    with pytest.raises(Refusal):
        duty.record_duty(dana, duty.ABSENCES, {"number": "1", "kind": "away"})


def test_the_list_of_absences_asks_for_people_once(dana, world, db, count_statements):
    def asked() -> int:
        db.session.expire_all()
        with count_statements() as seen:
            duty.list_absences(dana)
        return len(seen)

    org.record_absence(world.people["bob"], TODAY, None)
    one = asked()
    org.record_absence(world.people["alice"], TODAY, None)
    assert asked() == one
