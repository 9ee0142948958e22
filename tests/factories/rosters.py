"""Rosters as people send them, made from plain rows, and what is said about them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy import func, select

from quizapp.accounts import service
from quizapp.accounts.models import Person
from quizapp.accounts.service.roster import Plan
from quizapp.core.db import db
from quizapp.org import service as org
from tests.factories.people import World

Rows = Sequence[Sequence[Any]]

TODAY = date(2026, 11, 18)  # the learning day of the frozen clock
COLUMNS = ["工号", "姓名", "岗位", "单位路径", "起始日期", "截止日期", "状态", "角色"]
UNIT_COLUMNS = ["编码", "名称", "级别", "上级编码"]
TEAM = "一厂/焊装车间/焊装一班"  # where Alice and Bob are


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """Return an .xlsx with these sheets; dates are real dates, None leaves a cell out."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    as_day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    day = datetime(value.year, value.month, value.day)  # noqa: DTZ001
                    sheet.write_datetime(number, place, day, as_day)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif value is not None:
                    sheet.write(number, place, value)
    book.close()
    return out.getvalue()


def text_table(rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return the rows as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def plan_of(world: World, rows: Rows, header: Rows | None = None) -> Plan:
    """Return the plan of a CSV with these rows below the usual header."""
    data = text_table([*(header or [COLUMNS]), *rows])
    table = service.read_table(data, "花名册.csv")
    return service.plan_import(world.organisation, table, TODAY)


def plan_of_units(world: World, units: Rows, people: Rows = ()) -> Plan:
    """Return the plan of a workbook with a sheet of units and one of people."""
    sheets = {"单位": [UNIT_COLUMNS, *units]}
    if people:
        sheets["人员"] = [["工号", "姓名", "单位编码", "起始日期"], *people]
    table = service.read_table(workbook(sheets), "花名册.xlsx")
    return service.plan_import(world.organisation, table, TODAY)


def apply(world: World, plan: Plan) -> int:
    """Write a plan without errors and return the number of changes."""
    assert said(plan, "error") == []
    return service.apply_import(world.organisation, plan)


def said(plan: Plan, severity: str = "error") -> list[tuple[int, str]]:
    """Return line and text of the messages of one severity."""
    return [(m.line.number, m.text) for m in plan.messages if m.severity == severity]


def person(world: World, number: str) -> Person:
    """Return somebody of the first company."""
    found = db.session.scalar(
        select(Person).where(
            Person.organisation_id == world.organisation, Person.employee_number == number
        )
    )
    assert found is not None
    return found


def count(model: type) -> int:
    """Return the number of rows of a table."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def unit(world: World, name: str) -> org.UnitLine:
    """Return the one unit of the first company with this name."""
    (found,) = [line for line in org.list_units(world.organisation) if line.name == name]
    return found
