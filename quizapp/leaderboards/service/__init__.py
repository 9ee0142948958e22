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
from .notes import note_dirty, note_dirty_since, note_named, seat_anew
from .past import (
    OwnPlace,
    PastBoard,
    PastRow,
    PastSeason,
    get_past,
    list_past,
    profile_of,
)
from .planning import SeasonLine, get_for_desk, list_for_desk, next_season
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
from .teams import DaySum, Place, find_place, sums_of_rows
from .updating import tick
from .walls import get_workshop_boards
from .wording import method_name, score_sentence, wall_sentence

__all__ = [
    "BoardView",
    "DaySum",
    "FinalBoards",
    "FinalBracket",
    "FinalTeam",
    "OwnPlace",
    "PastBoard",
    "PastRow",
    "PastSeason",
    "Place",
    "Row",
    "SeasonLine",
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
    "get_for_desk",
    "get_past",
    "get_workshop_board",
    "get_workshop_boards",
    "list_for_desk",
    "list_honours",
    "list_past",
    "method_name",
    "next_season",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "note_season",
    "profile_of",
    "rebuild",
    "rebuild_season",
    "score_sentence",
    "seat_anew",
    "sums_of_rows",
    "team_line",
    "tick",
    "wall_sentence",
]
