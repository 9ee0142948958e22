"""The demo's walls: televisions that hang in it, and what is written on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.boards import rules
from quizapp.boards import service as boards
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org import service as org

from . import names
from .bank import as_role, as_viewer

WEEKS = timedelta(days=20)
# Place, code of its unit, metres, pages in turn, heard of so many minutes ago.
WALLS = (
    ("行政楼大厅", "JC1", 6, (rules.HONOURS, rules.EVENT, rules.NOTICES), 32),
    ("总装车间，立柱 C7", "JC102", 10, (rules.BOARD, rules.HONOURS), 95),
    ("涂装车间，更衣室外", "JC103", 4, (rules.BOARD, rules.NOTICES), 60 * 24 * 5),
)


def write(organisation_id: int, today: date) -> None:
    """Hang displays that were heard of at various times, and write on the walls of the group."""
    admin = as_role(organisation_id, names.ADMIN, Role.ADMIN)
    for name, code, distance_m, pages, minutes in WALLS:
        _hang(admin, code, name=name, distance_m=distance_m, pages=pages, minutes=minutes)
    root = org.find_unit_by_code(organisation_id, "JC")
    assert root is not None

    def put(kind: str, title: str, text: str = "", **more: Any) -> str:
        draft = boards.Draft(
            kind=kind,
            title=title,
            text=text,
            units=(root.public_id,),
            starts_on=today,
            ends_on=today + WEEKS,
            **more,
        )
        return boards.write_bulletin(admin, draft)

    _write(put, today)
    _honour(organisation_id, put)


def _hang(
    admin: Viewer, code: str, *, name: str, distance_m: int, pages: tuple[str, ...], minutes: int
) -> None:
    unit = org.find_unit_by_code(admin.organisation_id, code)
    if unit is None:
        return
    boards.hang_for_demo(
        admin,
        boards.Look(
            name=name,
            unit_public_id=unit.public_id,
            distance_m=distance_m,
            theme="dark",
            pages=tuple((page, rules.PAGE_SECONDS) for page in pages),
        ),
        seen_at=clock.now() - timedelta(minutes=minutes),
    )


def _write(put: Callable[..., str], today: date) -> None:
    """Write a notice, the next event and a day to look forward to."""
    put(rules.NOTICE, "冬季防滑提醒", "厂区北门至二号门道路结冰，请走东侧步道，推车慢行。")
    put(
        rules.EVENT,
        "班组安全经验分享会",
        "自愿参加，夜班同事可看纪要",
        begins_at=datetime.combine(today + timedelta(days=6), time(19, 0)),
        join_until=today + timedelta(days=4),
        place="职工书屋二楼",
        host="吴秀兰，工会",
        seats="30 位，还有 11 位",
        link="/tasks",
    )
    put(rules.COUNTDOWN, "职工技能比武开赛", day=today + timedelta(days=12))


def _honour(organisation_id: int, put: Callable[..., str]) -> None:
    """Honour a team, a person who agreed, and one who has not answered yet."""
    team = org.find_unit_by_code(organisation_id, "JC1011")
    if team:
        put(
            rules.CITATION,
            "合理化建议，已采纳",
            "工装定位销改进已推广到 2 个车间",
            team=team.public_id,
            under="全班同事",
        )
    leader = _person(organisation_id, names.LEADER[1])
    citation = put(
        rules.CITATION,
        "师带徒，期满",
        "带出 3 名持证焊工，整理焊接缺陷图册 46 页",
        person=leader.employee_number,
        under=f"{names.HOME_TEAM}，焊工",
    )
    boards.decide_citation(as_viewer(leader, "/", Role.EMPLOYEE), citation, "agree")
    put(
        rules.CITATION,
        "题库共建",
        "认真核对题目出处，提出 4 处更正",
        person=_person(organisation_id, names.EMPLOYEE[1]).employee_number,
    )


def _person(organisation_id: int, number: str) -> Person:
    return db.session.scalars(
        select(Person).where(
            Person.organisation_id == organisation_id, Person.employee_number == number
        )
    ).one()
