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
from .updating import rebuild, rebuild_season, tick
from .wording import method_name, score_sentence, wall_sentence

__all__ = [
    "BoardView",
    "FinalBoards",
    "FinalBracket",
    "FinalTeam",
    "OwnPlace",
    "PastBoard",
    "PastRow",
    "PastSeason",
    "Row",
    "SeasonLine",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "board_state",
    "close_season",
    "closes_from",
    "freeze",
    "get_board",
    "get_effect",
    "get_final",
    "get_for_desk",
    "get_past",
    "get_workshop_board",
    "list_for_desk",
    "list_honours",
    "list_past",
    "method_name",
    "next_season",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "profile_of",
    "rebuild",
    "rebuild_season",
    "score_sentence",
    "seat_anew",
    "team_line",
    "tick",
    "wall_sentence",
]
