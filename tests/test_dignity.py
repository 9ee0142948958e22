"""Promise 6 over the whole product: nothing is stored, listed or exported that could shame anybody.

Rooms test their own pages; here stands what no room may ever add.
"""

from __future__ import annotations

import re

from quizapp.core.db import db

# What people type, tap and hand in has moments of its own: when it began, when it is due, when it
# was stored. What no column may hold is how long somebody stayed, or when they were last there.
DWELLING = re.compile(
    r"dwell|time_on|on_page|stay(ed)?_|online|idle_|active_seconds|reading_time|view(ed)?_(seconds|ms)"
    r"|duration|elapsed|spent|last_(seen|login|sign_in|visit|active)(_at|$)|visits?$|page_?views?"
)
# Each with its reason. Not one of them is about how long a person was somewhere.
ALLOWED = {"mastery_card.last_seen_on": "the day an item was shown, which the memory model needs"}
LOCATING = re.compile(r"latitude|longitude|geo(location)?$|gps|wifi|bssid")
SHAMING = re.compile(r"absentee|non_?participant|missed_by|streak_broken|inactive_people|loyalty")


def columns() -> set[str]:
    """Return every column of the product as ``table.column``."""
    return {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if table.name != "boards_display"  # a television is no person
    }


def found(pattern: re.Pattern[str]) -> set[str]:
    """Return the columns whose name matches."""
    return {name for name in columns() if pattern.search(name.split(".")[1])}


def test_no_table_stores_how_long_anybody_stayed(app):
    wrong = found(DWELLING) - ALLOWED.keys()
    assert not wrong, f"Time on a page is never stored (domain rule 2): {sorted(wrong)}"


def test_what_is_allowed_is_there(app):
    assert ALLOWED.keys() <= columns()


def test_no_table_stores_where_anybody_was_or_what_they_did_not_do(app):
    assert not found(LOCATING)
    assert not found(SHAMING)


def test_the_scan_would_notice(app):
    for name in ("dwell_seconds", "time_on_page", "online_minutes", "last_login_at", "page_views"):
        assert DWELLING.search(name), name
    for name in ("limit_seconds", "opens_at", "ends_on", "shown_at", "is_rapid"):
        assert not DWELLING.search(name), name


def test_no_address_asks_for_people_who_did_not_take_part(app):
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    assert rules
    assert not [rule for rule in rules if re.search(r"absent|missing|inactive|not-done|lazy", rule)]
