"""A team in one line, for Today, and what a set did for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.rules import learning_day
from quizapp.points import rules as points_rules
from quizapp.points import service as points

from .. import rules
from ..models import Board, Dirty, Seat, Standing
from . import tables
from .scoring import score_without
from .shown import Shown, shown_boards, shown_of


@dataclass(frozen=True)
class TeamLine:
    """A person's team in one line; ``rank`` None: too few people, or nothing ranked yet."""

    name: str
    is_ranked: bool
    rank: int | None
    is_tied: bool
    score: int | None
    next_rank: int | None
    gap: int | None
    stars: int | None = None  # 0..3 in the light profile, in which ``rank`` is None


@dataclass(frozen=True)
class TeamEffect:
    """What a set added to its team's score; ``is_pending`` while the board has not seen it."""

    line: TeamLine
    before: int | None
    after: int | None
    is_pending: bool


def _seat_of(season_id: int, unit_id: int | None) -> int | None:
    if unit_id is None:
        return None
    return db.session.scalar(
        select(Seat.ranked_unit_id).where(Seat.season_id == season_id, Seat.unit_id == unit_id)
    )


def team_line(viewer: Viewer) -> TeamLine | None:
    """Return the viewer's team in one line; None without a team or a board."""
    shown = shown_boards(viewer.organisation_id, learning_day(clock.now(), viewer.time_zone))
    if shown is None or viewer.unit_id is None:
        return None
    return _line(shown, viewer.unit_id, viewer.unit_name or "")


def _line(shown: Shown, unit_id: int, name: str) -> TeamLine:
    seat = _seat_of(shown.season.id, unit_id)
    own = tables.find_own(shown, seat)
    if own is None or not own.rank:
        return _no_line(name)
    named = name if seat == unit_id else own.name
    if shown.profile.is_light:
        stars = rules.stars(own.score, shown.profile.thresholds)
        return TeamLine(named, True, None, False, own.score, None, None, stars)
    above = tables.next_place(shown, own.bracket, own.rank, is_better=True)
    return TeamLine(
        name=named,
        is_ranked=True,
        rank=own.rank,
        is_tied=bool(tables.tied(shown, own.bracket, {own.rank})),
        score=own.score,
        next_rank=above[0] if above else None,
        gap=rules.gap_to_next(own.score, above[1] if above else None),
    )


def _no_line(name: str) -> TeamLine:
    return TeamLine(name, False, None, False, None, None, None)


def get_effect(viewer: Viewer, unit_id: int | None, day: date, amount: int) -> TeamEffect | None:
    """Return what ``amount`` points of a set of ``day`` did for the team it was earned for.

    The score without them is computed from the same sums and the same mean, so the difference is
    what the set itself brought, whatever the others did meanwhile. A set that has left the window
    does nothing any more, so it has no before and after; nor has any while the boards stand still.
    """
    season = points.season_on(viewer.organisation_id, day)
    if season is None or unit_id is None:
        return None
    name = org.get_units([unit_id])[unit_id].name
    shown = shown_of(season, learning_day(clock.now(), viewer.time_zone))
    line = _line(shown, unit_id, name) if shown else _no_line(name)
    board = db.session.get(Board, season.id)
    if board is None or line.score is None:
        return TeamEffect(line, None, None, is_pending=board is None and amount > 0)
    if shown and shown.freeze_id:
        return TeamEffect(line, None, None, is_pending=False)
    # The note goes in the same transaction in which the sum comes: no clock could tell as well.
    waits = select(Dirty.id).where(Dirty.unit_id == unit_id, Dirty.day == day).limit(1)
    if amount and db.session.scalar(waits):
        return TeamEffect(line, None, None, is_pending=True)
    if day < points_rules.window(season.starts_on, board.day, season.method)[0]:
        return TeamEffect(line, None, None, is_pending=False)
    standing = db.session.get_one(Standing, (season.id, _seat_of(season.id, unit_id)))
    before = score_without(season, standing, amount)
    if before is None:
        return TeamEffect(line, None, None, is_pending=False)
    return TeamEffect(line, before, line.score, is_pending=False)
