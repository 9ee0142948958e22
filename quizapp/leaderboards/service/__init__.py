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
from .teams import DaySum, Place, find_place, sums_of_rows
from .updating import rebuild, rebuild_season, tick

__all__ = [
    "BoardView",
    "DaySum",
    "Place",
    "Row",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "board_state",
    "find_place",
    "get_board",
    "get_effect",
    "get_workshop_board",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "rebuild",
    "rebuild_season",
    "sums_of_rows",
    "team_line",
    "tick",
]
