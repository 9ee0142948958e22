"""The front door of the boards: note what changed, bring them up to date, read them."""

from .notes import note_dirty, note_dirty_since, note_named
from .reading import (
    BoardView,
    Row,
    TeamEffect,
    TeamLine,
    WorkshopBoard,
    board_state,
    get_board,
    get_effect,
    get_workshop_board,
    team_line,
)
from .rebuilding import note_season, rebuild, rebuild_season
from .updating import tick

__all__ = [
    "BoardView",
    "Row",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "board_state",
    "get_board",
    "get_effect",
    "get_workshop_board",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "note_season",
    "rebuild",
    "rebuild_season",
    "team_line",
    "tick",
]
