"""The demo's home team: a goal that goes on, one that is met, and thanks of colleagues."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core.db import db
from quizapp.org.models import Membership, Unit
from quizapp.teams import service as teams
from quizapp.teams.service import Draft

from . import names
from .bank import as_role, as_viewer

GOING = "达成后，周五工间一起吃西瓜"
MET = "先开个好头"
# Who writes and to whom, as places in the roster of the team; None: to everybody.
THANKS = (
    (5, 3, "吊索具报废标准讲得真清楚，现场照着看一遍就懂了。", True),
    (4, None, "夜班大家互相提醒挂牌上锁，一个都没漏，谢谢各位。", True),
    (6, 0, "动火分级那道题，谢谢你帮我捋明白。", False),
)


def write(organisation_id: int, today: date) -> None:
    """Set two goals of the home team, one of them met, and let colleagues thank each other."""
    leader = as_role(organisation_id, names.LEADER, Role.LEADER)
    unit = db.session.scalars(
        select(Unit).where(Unit.organisation_id == organisation_id, Unit.name == names.HOME_TEAM)
    ).one()
    team = teams.get_team(leader, unit.public_id)
    if team.place is None:
        return
    found = teams.get_overview(leader, team)
    season = team.place.season
    if found.active_weeks > 1:
        draft = Draft("weeks", found.active_weeks - 1, season.ends_on, MET)
        teams.record_met_goal(leader, team.place, draft, met_on=today - timedelta(days=2))
    target = max(100, found.season_points * 5 // 4 // 50 * 50)
    if target > found.season_points:
        teams.set_goal(leader, unit.public_id, Draft("points", target, season.ends_on, GOING))
    _write_thanks(unit)


def _write_thanks(unit: Unit) -> None:
    rows = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id == unit.id)
        .order_by(Person.id)
    ).all()
    members = [_member(person, unit) for person in rows]
    for author, receiver, text, is_shared in THANKS:
        to = None if receiver is None else members[receiver].public_id
        thanks_id = teams.give_thanks(members[author], text, to)
        if receiver is not None and is_shared:
            teams.handle(members[receiver], thanks_id, "share")


def _member(person: Person, unit: Unit) -> Viewer:
    viewer = as_viewer(person, unit.path, Role.EMPLOYEE)
    return replace(viewer, unit_id=unit.id, unit_path=unit.path, unit_name=unit.name)
