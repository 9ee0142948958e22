"""The front door of points: award and correct, read the ledger, keep the season."""

from .awarding import (
    award,
    award_all,
    correct,
    find_missing,
    person_key,
    reward_again,
    reward_in_bulk,
)
from .reading import (
    LedgerLine,
    active_weeks,
    list_entries,
    list_entries_of,
    quantity_of_person,
    sum_of_person,
    sums_of_unit_days,
    sums_since,
)
from .rehearsing import Cut, Rehearsal, rehearse_rules
from .replaying import Trial, Tried, effect_on_team, replay, try_week
from .rule_changes import RuleChange, list_rule_changes
from .rule_sets import (
    drop_rules,
    forget_rules,
    plan_rules,
    problems_in_words,
    rule_sets,
    rules_on,
)
from .seasons import (
    SeasonView,
    get_season,
    latest_season,
    list_seasons,
    season_on,
    season_until,
    set_season,
)
from .simulating import MOVES, Sums

__all__ = [
    "MOVES",
    "Cut",
    "LedgerLine",
    "Rehearsal",
    "RuleChange",
    "SeasonView",
    "Sums",
    "Trial",
    "Tried",
    "active_weeks",
    "award",
    "award_all",
    "correct",
    "drop_rules",
    "effect_on_team",
    "find_missing",
    "forget_rules",
    "get_season",
    "latest_season",
    "list_entries",
    "list_entries_of",
    "list_rule_changes",
    "list_seasons",
    "person_key",
    "plan_rules",
    "problems_in_words",
    "quantity_of_person",
    "rehearse_rules",
    "replay",
    "reward_again",
    "reward_in_bulk",
    "rule_sets",
    "rules_on",
    "season_on",
    "season_until",
    "set_season",
    "sum_of_person",
    "sums_of_unit_days",
    "sums_since",
    "try_week",
]
