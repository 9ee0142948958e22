"""Seasons, shifts and rules of the demo: a closed pilot, what is planned, crews that take turns."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import insert

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.leaderboards import service as leaderboards
from quizapp.org import service as org
from quizapp.org.models import ShiftAssignment
from quizapp.org.rules import TEAM
from quizapp.points import service as points
from quizapp.points.service import SeasonDraft

from . import names
from .bank import as_role

# code, name, shifts. Most of the plants work two shifts; the furnaces and the power run all night.
PATTERNS = (
    ("LB", "两班制", "DDDDDRR" + "MMMMMRR"),
    ("SB", "四班三运转", "DDMMNNRR"),
    ("YC", "驻外检修 14/14", "D" * 14 + "R" * 14),
)
ROUND_THE_CLOCK = ("电气运行班", "制氧运行班", "熔炼班", "热处理一班", "热处理二班")
AWAY_CREW = "管网维护班"
DAYS_BACK = 90


@atomic
def write_shifts(organisation_id: int, today: date) -> None:
    """Let all teams work by a calendar; one crew is away for two weeks and rests for two."""
    monday = today - timedelta(days=today.weekday() + 7 * (DAYS_BACK // 7))
    ids = {
        code: org.set_pattern(
            None, organisation_id, code=code, name=name, cycle=cycle, anchor_on=monday
        )
        for code, name, cycle in PATTERNS
    }
    rows = []
    for place, team in enumerate(org.list_units(organisation_id, kinds=(TEAM,))):
        code = "SB" if team.name in ROUND_THE_CLOCK else "YC" if team.name == AWAY_CREW else "LB"
        rows.append(
            {
                "pattern_id": ids[code],
                "unit_id": team.id,
                # Crews of one plant take turns; the crew that is away came home a week ago.
                "offset_days": {"SB": 2 * (place % 4), "LB": 7 * (place % 2)}.get(code, 14),
                "starts_on": monday,
            }
        )
    db.session.execute(insert(ShiftAssignment), rows)


def write_pilot(organisation_id: int, first: date, after: date) -> None:
    """Play and close the season before the first real one: the days of the history before it.

    Its points are written at this very moment, so everything on the ledger counts.
    """
    season_id = points.set_season(
        None, organisation_id, name="试运行", starts_on=first, ends_on=after - timedelta(days=1)
    )
    leaderboards.freeze(points.get_season(season_id), ledger_until=clock.now(), actor_id=None)


@atomic
def plan_next(organisation_id: int) -> None:
    """Plan the season after the running one: until the end of the month it reaches."""
    last = points.latest_season(organisation_id)
    if last is None:
        return
    starts_on = last.ends_on + timedelta(days=1)
    month = starts_on + timedelta(days=14)
    ends_on = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    points.plan_season(None, organisation_id, SeasonDraft(f"{month.month} 月", starts_on, ends_on))


def announce_rules(organisation_id: int, today: date) -> None:
    """Let the administrator announce that reports of errors will be worth more in a fortnight."""
    admin = as_role(organisation_id, names.ADMIN, Role.ADMIN)
    known = points.rules_on(organisation_id, today)
    listed = [
        replace(rule, points=3, day_limit=9, week_limit=12)
        if rule.activity == "report_accepted"
        else rule
        for rule in known.rules
    ]
    points.plan_rules(
        admin,
        since=today + timedelta(days=21 - today.weekday()),
        listed=listed,
        day_limit=known.day_limit,
        week_limit=known.week_limit,
    )
