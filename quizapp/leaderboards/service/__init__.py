"""The front door of the boards: note what changed, bring them up to date, read them."""

from .boards import get_board
from .keeping import carry_on, keep_rankings
from .notes import note_dirty, note_dirty_since, note_named
from .reading import TeamEffect, TeamLine, get_effect, team_line
from .rows import BoardView, Row, WorkshopBoard
from .shown import ProfileView, board_state, profile_of
from .updating import rebuild, rebuild_season, tick
from .walls import get_workshop_board

__all__ = [
    "BoardView",
    "ProfileView",
    "Row",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "board_state",
    "carry_on",
    "get_board",
    "get_effect",
    "get_workshop_board",
    "keep_rankings",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "profile_of",
    "rebuild",
    "rebuild_season",
    "team_line",
    "tick",
]
