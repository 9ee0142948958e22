"""Corrections by hand in the demo: a line of the leader's, and one of a colleague's."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core.db import db
from quizapp.points import service as points

from . import names
from .bank import as_role, as_viewer

GIVEN = "第 2 题配图不清，经核实按答对计"
TAKEN = "同一组题在两台设备上各记了一次，保留一次"


def write(organisation_id: int, today: date) -> None:
    """Let the administrator give the leader a point, and take one from a colleague."""
    admin = as_role(organisation_id, names.ADMIN, Role.ADMIN)
    leader = as_role(organisation_id, names.LEADER, Role.LEADER)
    _correct(admin, leader, today, by=1, note=GIVEN)
    colleague = db.session.scalars(
        select(Person)
        .where(Person.organisation_id == organisation_id, Person.consent == "granted")
        .where(Person.id.not_in((admin.id, leader.id)))
        .order_by(Person.id)
    ).first()
    if colleague is not None:
        as_employee = as_viewer(colleague, "/", Role.EMPLOYEE)
        _correct(admin, as_employee, today, by=-1, note=TAKEN)


def _correct(admin: Viewer, owner: Viewer, today: date, *, by: int, note: str) -> None:
    """Change the newest line of the last three weeks, before yesterday, that can be changed so."""
    days = (today - timedelta(days=20), today - timedelta(days=2))
    for line in points.list_lines(owner, limit=20, activity="daily_correct", days=days):
        if 0 < line.amount < 5:
            points.correct_by_hand(admin, line.reference, amount=line.amount + by, note=note)
            return
