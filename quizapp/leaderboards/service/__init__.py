"""The front door of the boards: note what changed, bring them up to date, read them."""

from .boards import get_board
from .campaign_boards import CampaignBoard, count_campaigns, get_campaign_board
from .campaigns import (
    CampaignDraft,
    CampaignLine,
    end_campaign,
    get_campaign,
    list_campaigns,
    open_campaign,
    record_campaign,
)
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
from .effort import default_thresholds
from .freezing import freeze_boards, reveal_boards, reveal_due, schedule_reveal
from .improving import ImprovedBoard, ImprovedRow, compared_until, count_improvements, get_improved
from .keeping import carry_on, keep_rankings
from .many_walls import get_workshop_boards
from .nightly import count_by_day, count_by_minute, reveal_on_time
from .notes import note_dirty, note_dirty_since, note_named, seat_anew
from .own_ranks import OwnRankView, ask_own_rank, count_points, get_own_rank
from .past import OwnPlace, PastBoard, PastRow, PastSeason, get_past, list_past
from .planning import SeasonLine, get_for_desk, list_for_desk, next_season
from .profiles import ProfileChoice, set_profile
from .reading import TeamEffect, TeamLine, get_effect, team_line
from .rebuilding import note_season, rebuild, rebuild_season
from .rows import BoardView, Row, WorkshopBoard
from .scopes import CompanyBoard, WorkshopTeams, get_company_board, get_workshop_teams
from .shown import ProfileView, Shown, board_state, get_profile, profile_of, shown_boards
from .teams import DaySum, Place, find_place, sums_of_rows
from .updating import tick
from .walls import get_workshop_board
from .wording import method_name, score_sentence, wall_sentence

__all__ = [
    "BoardView",
    "CampaignBoard",
    "CampaignDraft",
    "CampaignLine",
    "CompanyBoard",
    "DaySum",
    "FinalBoards",
    "FinalBracket",
    "FinalTeam",
    "ImprovedBoard",
    "ImprovedRow",
    "OwnPlace",
    "OwnRankView",
    "PastBoard",
    "PastRow",
    "PastSeason",
    "Place",
    "ProfileChoice",
    "ProfileView",
    "Row",
    "SeasonLine",
    "Shown",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "WorkshopTeams",
    "ask_own_rank",
    "board_state",
    "carry_on",
    "close_season",
    "closes_from",
    "compared_until",
    "count_by_day",
    "count_by_minute",
    "count_campaigns",
    "count_improvements",
    "count_points",
    "default_thresholds",
    "end_campaign",
    "find_place",
    "freeze",
    "freeze_boards",
    "get_board",
    "get_campaign",
    "get_campaign_board",
    "get_company_board",
    "get_effect",
    "get_final",
    "get_for_desk",
    "get_improved",
    "get_own_rank",
    "get_past",
    "get_profile",
    "get_workshop_board",
    "get_workshop_boards",
    "get_workshop_teams",
    "keep_rankings",
    "list_campaigns",
    "list_for_desk",
    "list_honours",
    "list_past",
    "method_name",
    "next_season",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "note_season",
    "open_campaign",
    "profile_of",
    "rebuild",
    "rebuild_season",
    "record_campaign",
    "reveal_boards",
    "reveal_due",
    "reveal_on_time",
    "schedule_reveal",
    "score_sentence",
    "seat_anew",
    "set_profile",
    "shown_boards",
    "sums_of_rows",
    "team_line",
    "tick",
    "wall_sentence",
]
