"""The board of a bracket, as a page for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org.rules import learning_day

from ..models import Seat
from . import rankings, tables
from .effort import effort_for
from .rows import BoardView, Place, Row, Slice, row_of
from .shown import Shown, shown_boards
from .tables import TOP


@dataclass(frozen=True)
class OwnSeat:
    """Under which unit a unit's points count, and its member-days in what counts; or None, 0."""

    unit_id: int | None
    member_days: int


def own_seat(shown: Shown, unit_id: int | None) -> OwnSeat:
    """Return the seat of a unit on these boards."""
    if unit_id is None:
        return OwnSeat(None, 0)
    table = shown.table
    row = db.session.execute(
        select(Seat.ranked_unit_id, table.c.member_days)
        .outerjoin(table, (table.c.unit_id == Seat.ranked_unit_id) & shown.is_of(table))
        .where(Seat.season_id == shown.season.id, Seat.unit_id == unit_id)
    ).first()
    return OwnSeat(row[0], row[1] or 0) if row else OwnSeat(None, 0)


def read_slice(
    shown: Shown, *, bracket: str | None, own_id: int | None, today: date
) -> Slice | None:
    """Return the rows of a bracket that a page shows, from the store or else from the tables.

    The bracket is ``bracket`` when it has teams, else that of ``own_id``, else the first one. None
    when nobody is ranked.
    """
    kept = rankings.read_slice(shown, bracket=bracket, own_id=own_id, today=today)
    return kept or tables.read_slice(shown, bracket=bracket, own_id=own_id, today=today)


def get_board(
    viewer: Viewer, bracket: str | None = None, *, shown: Shown | None = None
) -> BoardView | None:
    """Return a board of the viewer's organisation; its own team's bracket when none is named.

    ``shown`` are the boards that are shown, for who looked already. None when there is no season,
    or nobody is ranked.
    """
    today = learning_day(clock.now(), viewer.time_zone)
    shown = shown or shown_boards(viewer.organisation_id, today)
    if shown is None:
        return None
    seat = own_seat(shown, viewer.unit_id)
    found = read_slice(shown, bracket=bracket, own_id=seat.unit_id, today=today)
    if found is None:
        return None
    return BoardView(
        season=shown.season,
        days_left=max(0, (shown.season.ends_on - today).days),
        bracket=found.bracket,
        brackets=tuple(found.teams),
        is_merged=bool(seat.unit_id and seat.unit_id != viewer.unit_id),
        as_of=shown.as_of,
        version=shown.version,
        profile=shown.profile.profile,
        frozen_at=shown.frozen_at,
        reveals_at=shown.reveals_at,
        **(_light(shown, found) if shown.profile.is_light else _standard(shown, found)),
        **({} if shown.profile.is_light else _distances(shown, found, seat, today)),
    )


def _standard(shown: Shown, found: Slice) -> dict[str, Any]:
    """Return what a board with ranks shows: the top, and the own team with its neighbours."""
    rows = [row_of(place) for place in found.rows]
    listed = {row.unit_id for row in rows}
    own = row_of(found.own) if found.own else None
    around: list[Row] = []
    if own is not None and own.unit_id not in listed:
        near = [*found.above, found.own, *found.below]
        around = [row_of(place) for place in near if place and place.unit_id not in listed]
    return {
        "rows": rows,
        "own": own,
        "around": around,
        "is_apart": bool(around) and not _follows(found, listed),
        "lowest": found.lowest,
        "highest": found.highest,
    }


def _follows(found: Slice, listed: set[int]) -> bool:
    """Tell whether the neighbours begin where the top ends."""
    if any(place.unit_id in listed for place in found.above):
        return True
    return len(found.rows) < TOP


def _distances(shown: Shown, found: Slice, seat: OwnSeat, today: date) -> dict[str, Any]:
    """Return how far it is from the own team to the places next to its own."""
    if found.own is None:
        return {"next_rank": None, "next_score": None}
    better = found.better or (None, None)
    worse = found.worse or (None, None)
    own: Place = found.own
    return {
        "next_rank": better[0],
        "next_score": better[1],
        "after_rank": worse[0],
        "after_score": worse[1],
        "effort": effort_for(
            shown.season,
            today,
            gap=(better[1] - own.score) if better[1] is not None else 0,
            member_days=seat.member_days,
            members=own.members,
            bracket=found.bracket,
        ),
    }


def _light(shown: Shown, found: Slice) -> dict[str, Any]:
    """Return what a board with stars shows: teams by name, and no distance to anybody."""
    stars = shown.profile.thresholds
    rows = [row_of(place, stars) for place in found.rows]
    own = row_of(found.own, stars) if found.own else None
    return {
        "rows": rows,
        "own": own,
        "around": [own] if own and own.unit_id not in {row.unit_id for row in rows} else [],
        "is_apart": True,
        "thresholds": stars,
        "next_rank": None,
        "next_score": None,
        "lowest": 0,
        "highest": 0,
        "leaders": [row_of(place, stars) for place in found.leaders]
        if shown.profile.has_leaders
        else [],
    }
