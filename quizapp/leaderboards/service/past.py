"""Reading closed seasons, for everybody: a list, and a board of each with one's own team in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.points import rules as points_rules
from quizapp.points import service as points

from .. import rules
from ..models import Final, FinalRow, Seat
from .closing import HONOURED
from .shown import profile_of

TOP, AROUND = 50, 2
STANDARD, LIGHT = "standard", "light"


@dataclass(frozen=True)
class PastRow:
    """A team on a closed board, under its name of that time."""

    unit_id: int
    name: str
    workshop: str
    members: int
    rank: int
    score: int
    is_tied: bool


@dataclass(frozen=True)
class OwnPlace:
    """Where one's own team ended; ``next_rank`` and ``gap`` None: nobody stood above it."""

    name: str
    bracket: str
    rank: int
    is_tied: bool
    score: int
    next_rank: int | None
    gap: int | None


@dataclass(frozen=True)
class PastSeason:
    """A closed season in the list; ``own`` None: one's own team was not ranked in it."""

    public_id: str
    name: str
    starts_on: date
    ends_on: date
    own: OwnPlace | None


@dataclass(frozen=True)
class PastBoard:
    """A bracket's board of a closed season; ``around`` is empty when ``own`` is among the top.

    ``profile`` ``light``: shown without ranks and scores, in the order of names.
    """

    season: PastSeason
    method: str
    hash: str
    profile: str
    bracket: str
    brackets: tuple[str, ...]
    rows: tuple[PastRow, ...]
    around: tuple[PastRow, ...]
    own_unit_id: int | None


def list_past(viewer: Viewer) -> list[PastSeason]:
    """Return the closed seasons of the viewer's organisation, the latest first."""
    finals = db.session.scalars(
        select(Final)
        .where(Final.organisation_id == viewer.organisation_id)
        .order_by(Final.ends_on.desc())
    ).all()
    known = points.list_seasons(viewer.organisation_id, date.min, date.max)
    public_ids = {season.id: season.public_id for season in known}
    own = _own_rows(viewer, [final.season_id for final in finals])
    return [
        PastSeason(
            public_id=public_ids[final.season_id],
            name=final.season_name,
            starts_on=final.starts_on,
            ends_on=final.ends_on,
            own=own.get(final.season_id),
        )
        for final in finals
    ]


def _own_rows(viewer: Viewer, season_ids: list[int]) -> dict[int, OwnPlace]:
    """Return the place of the viewer's team in each of these seasons, in two statements."""
    if viewer.unit_id is None or not season_ids:
        return {}
    rows = db.session.scalars(
        select(FinalRow)
        .join(
            Seat,
            (Seat.season_id == FinalRow.season_id) & (Seat.ranked_unit_id == FinalRow.unit_id),
        )
        .where(Seat.unit_id == viewer.unit_id, FinalRow.season_id.in_(season_ids))
    ).all()
    mine = select(FinalRow.season_id, FinalRow.bracket, FinalRow.rank).where(
        FinalRow.season_id.in_([row.season_id for row in rows]),
        FinalRow.unit_id.in_([row.unit_id for row in rows]),
    )
    own = mine.subquery()
    better = db.session.execute(
        select(
            FinalRow.season_id,
            func.max(FinalRow.rank).filter(FinalRow.rank < own.c.rank).label("next_rank"),
            func.min(FinalRow.score).filter(FinalRow.rank < own.c.rank).label("next_score"),
            func.count().filter(FinalRow.rank == own.c.rank).label("tied"),
        )
        .join(own, (own.c.season_id == FinalRow.season_id) & (own.c.bracket == FinalRow.bracket))
        .where(FinalRow.rank <= own.c.rank)
        .group_by(FinalRow.season_id)
    ).all()
    above = {row.season_id: row for row in better}
    return {row.season_id: _own(row, above[row.season_id]) for row in rows}


def _own(row: FinalRow, above: Any) -> OwnPlace:
    return OwnPlace(
        name=row.name,
        bracket=row.bracket,
        rank=row.rank,
        is_tied=above.tied > 1,
        score=row.score,
        next_rank=above.next_rank,
        gap=rules.gap_to_next(row.score, above.next_score),
    )


def get_past(viewer: Viewer, public_id: str, bracket: str | None = None) -> PastBoard:
    """Return a board of a closed season; that of the viewer's own team when none is named.

    Raises LookupError when the viewer's organisation has no such season, or it is not closed.
    """
    season = points.get_season_of(viewer.organisation_id, public_id)
    final = db.session.get(Final, season.id)
    if final is None:
        raise LookupError(f"season {public_id} is not closed")
    own = _own_rows(viewer, [season.id]).get(season.id)
    found = set(
        db.session.scalars(
            select(FinalRow.bracket).where(FinalRow.season_id == season.id).distinct()
        )
    )
    known = tuple(name for name in points_rules.SHRINKAGE if name in found)
    shown = bracket if bracket in known else own.bracket if own else known[0] if known else ""
    seat = db.session.scalar(
        select(Seat.ranked_unit_id).where(
            Seat.season_id == season.id, Seat.unit_id == viewer.unit_id
        )
    )
    profile = profile_of(viewer.organisation_id)
    rows = _rows(season.id, shown, FinalRow.rank <= TOP, limit=TOP)
    around: list[PastRow] = []
    if own and own.bracket == shown and all(row.unit_id != seat for row in rows):
        near = FinalRow.rank.between(own.rank - AROUND, own.rank + AROUND)
        around = _rows(season.id, shown, near, limit=2 * AROUND + 20)
    return PastBoard(
        season=PastSeason(public_id, final.season_name, final.starts_on, final.ends_on, own),
        method=final.method,
        hash=final.hash,
        profile=profile,
        bracket=shown,
        brackets=known,
        rows=tuple(_lightened(rows) if profile == LIGHT else rows),
        around=tuple(around if profile == STANDARD else ()),
        own_unit_id=seat,
    )


def _rows(season_id: int, bracket: str, condition: Any, *, limit: int) -> list[PastRow]:
    """Return rows of a closed board by rank, ties by name."""
    tied = (
        select(FinalRow.rank, func.count().label("teams"))
        .where(FinalRow.season_id == season_id, FinalRow.bracket == bracket)
        .group_by(FinalRow.rank)
        .subquery()
    )
    rows = db.session.execute(
        select(FinalRow, tied.c.teams)
        .join(tied, tied.c.rank == FinalRow.rank)
        .where(FinalRow.season_id == season_id, FinalRow.bracket == bracket, condition)
        .order_by(FinalRow.rank, FinalRow.name, FinalRow.unit_id)
        .limit(limit)
    )
    return [
        PastRow(
            unit_id=row.FinalRow.unit_id,
            name=row.FinalRow.name,
            workshop=row.FinalRow.workshop,
            members=row.FinalRow.members,
            rank=row.FinalRow.rank,
            score=row.FinalRow.score,
            is_tied=row.teams > 1,
        )
        for row in rows
    ]


def _lightened(rows: list[PastRow]) -> list[PastRow]:
    """Return the honoured teams, then the others, each by name: nothing tells their order."""
    return sorted(rows, key=lambda row: (row.rank > HONOURED, row.name))
