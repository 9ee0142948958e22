"""The front door of the boards: note what changed, bring them up to date, read them."""

from .closing import (
    FinalBoards,
    FinalBracket,
    FinalTeam,
    close_season,
    closes_from,
    freeze,
    get_final,
    list_honours,
)
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
    "FinalBoards",
    "FinalBracket",
    "FinalTeam",
    "Place",
    "Row",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "board_state",
    "close_season",
    "closes_from",
    "find_place",
    "freeze",
    "get_board",
    "get_effect",
    "get_final",
    "get_workshop_board",
    "list_honours",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "rebuild",
    "rebuild_season",
    "sums_of_rows",
    "team_line",
    "tick",
]
