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
from .updating import rebuild, rebuild_season, tick
from .walls import get_workshop_boards

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
    "get_workshop_boards",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "rebuild",
    "rebuild_season",
    "team_line",
    "tick",
]
