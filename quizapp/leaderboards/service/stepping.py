"""A new version of the boards although no score moved: another profile, a freeze, a reveal."""

from __future__ import annotations

from sqlalchemy import select

from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.events import announce

from ..events import BoardsMoved
from ..models import Board, Freeze
from .updating import BOARDS


@atomic
def step_boards(season_id: int) -> int:
    """Give the boards of a season their next version, frozen ones too, and return it.

    Raises LookupError when the season has no boards yet.
    """
    lock_for_command(BOARDS, 0)
    board = db.session.get(Board, season_id, populate_existing=True)
    if board is None:
        raise LookupError(f"season {season_id} has no boards")
    board.version += 1
    freeze = db.session.scalar(select(Freeze).where(Freeze.active_season_id == season_id))
    if freeze is not None:
        freeze.version = board.version
    db.session.flush()
    announce(BoardsMoved(season_id=season_id, version=board.version, changed=frozenset()))
    return board.version
