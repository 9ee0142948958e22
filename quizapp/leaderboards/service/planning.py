"""What the desk of seasons shows: which are over, running and planned, and the next one to plan."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date

from quizapp.accounts.access import Viewer
from quizapp.org import service as org
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonDraft, SeasonView

from .closing import closes_from

PLANNED, RUNNING, WAITING, READY, CLOSED = "planned", "running", "waiting", "ready", "closed"
FEW_DAYS = 14  # fewer are left of a month: the next season takes the month after as well


@dataclass(frozen=True)
class SeasonLine:
    """A season on the desk.

    ``waiting``: over, but late answers may still come, until before ``closes_from``; ``ready``: it
    can be closed.
    """

    season: SeasonView
    state: str
    closes_from: date


def list_for_desk(viewer: Viewer) -> list[SeasonLine]:
    """Return all seasons of the viewer's organisation, the latest first."""
    today = org.today(viewer.organisation_id)
    seasons = points.list_seasons(viewer.organisation_id, date.min, date.max)
    return [_line(season, today) for season in reversed(seasons)]


def get_for_desk(viewer: Viewer, public_id: str) -> SeasonLine:
    """Return a season of the viewer's organisation; raise LookupError when it has no such."""
    season = points.get_season_of(viewer.organisation_id, public_id)
    return _line(season, org.today(viewer.organisation_id))


def _line(season: SeasonView, today: date) -> SeasonLine:
    opens_on = closes_from(season)
    if season.closed_at is not None:
        state = CLOSED
    elif today < season.starts_on:
        state = PLANNED
    elif today <= season.ends_on:
        state = RUNNING
    else:
        state = READY if today >= opens_on else WAITING
    return SeasonLine(season, state, opens_on)


def next_season(viewer: Viewer) -> SeasonDraft:
    """Return the season to plan next: one calendar month, after the last one that is known."""
    today = org.today(viewer.organisation_id)
    last = points.latest_season(viewer.organisation_id)
    if last is None or last.ends_on < today:
        starts_on = today
    else:
        starts_on = last.ends_on + timedelta(days=1)
    ends_on = _end_of_month(starts_on)
    if (ends_on - starts_on).days + 1 < FEW_DAYS:
        ends_on = _end_of_month(ends_on + timedelta(days=1))
    method = last.method if last else points_rules.SHRUNKEN_MEAN
    return SeasonDraft(format_date(ends_on, "LLLL"), starts_on, ends_on, method)


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
