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
from .effort import default_thresholds
from .freezing import freeze_boards, reveal_boards, reveal_due, schedule_reveal
from .improving import (
    ImprovedBoard,
    ImprovedRow,
    compared_until,
    count_improvements,
    get_improved,
)
from .keeping import carry_on, keep_rankings
from .nightly import count_by_day, count_by_minute, reveal_on_time
from .notes import note_dirty, note_dirty_since, note_named
from .own_ranks import OwnRankView, ask_own_rank, count_points, get_own_rank
from .profiles import ProfileChoice, set_profile
from .reading import TeamEffect, TeamLine, get_effect, team_line
from .rows import BoardView, Row, WorkshopBoard
from .scopes import CompanyBoard, WorkshopTeams, get_company_board, get_workshop_teams
from .shown import ProfileView, Shown, board_state, profile_of, shown_boards
from .updating import rebuild, rebuild_season, tick
from .walls import get_workshop_board

__all__ = [
    "BoardView",
    "CampaignBoard",
    "CampaignDraft",
    "CampaignLine",
    "CompanyBoard",
    "ImprovedBoard",
    "ImprovedRow",
    "OwnRankView",
    "ProfileChoice",
    "ProfileView",
    "Row",
    "Shown",
    "TeamEffect",
    "TeamLine",
    "WorkshopBoard",
    "WorkshopTeams",
    "ask_own_rank",
    "board_state",
    "carry_on",
    "compared_until",
    "count_by_day",
    "count_by_minute",
    "count_campaigns",
    "count_improvements",
    "count_points",
    "default_thresholds",
    "end_campaign",
    "freeze_boards",
    "get_board",
    "get_campaign",
    "get_campaign_board",
    "get_company_board",
    "get_effect",
    "get_improved",
    "get_own_rank",
    "get_workshop_board",
    "get_workshop_teams",
    "keep_rankings",
    "list_campaigns",
    "note_dirty",
    "note_dirty_since",
    "note_named",
    "open_campaign",
    "profile_of",
    "rebuild",
    "rebuild_season",
    "record_campaign",
    "reveal_boards",
    "reveal_due",
    "reveal_on_time",
    "schedule_reveal",
    "set_profile",
    "shown_boards",
    "team_line",
    "tick",
]
