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
from .counting import spread_of_sums
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
from .rule_sets import drop_rules, forget_rules, plan_rules, rule_sets, rules_on
from .seasons import (
    SeasonView,
    get_season,
    latest_season,
    list_seasons,
    season_on,
    season_until,
    set_season,
)

__all__ = [
    "LedgerLine",
    "SeasonView",
    "active_weeks",
    "award",
    "award_all",
    "correct",
    "drop_rules",
    "find_missing",
    "forget_rules",
    "get_season",
    "latest_season",
    "list_entries",
    "list_entries_of",
    "list_seasons",
    "person_key",
    "plan_rules",
    "quantity_of_person",
    "reward_again",
    "reward_in_bulk",
    "rule_sets",
    "rules_on",
    "season_on",
    "season_until",
    "set_season",
    "spread_of_sums",
    "sum_of_person",
    "sums_of_unit_days",
    "sums_since",
]
