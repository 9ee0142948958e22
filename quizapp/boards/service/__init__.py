"""The front door of the displays: pairing and settings, and what each of their pages shows."""

from .displays import (
    TRIES_PER_TEN_MINUTES,
    DisplayLine,
    Screen,
    change_display,
    find_screen,
    last_seen,
    list_displays,
    note_seen,
    offer_code,
    own_channel,
    pair,
    pair_demo,
    revoke,
)
from .preshift import (
    PreshiftWall,
    find_turn,
    get_preshift,
    prepare_walls,
    preshift_channel,
    publish_preshift,
    record_on_display,
)
from .walls import channel, current_state, publish_season, wall_state

__all__ = [
    "TRIES_PER_TEN_MINUTES",
    "DisplayLine",
    "PreshiftWall",
    "Screen",
    "change_display",
    "channel",
    "current_state",
    "find_screen",
    "find_turn",
    "get_preshift",
    "last_seen",
    "list_displays",
    "note_seen",
    "offer_code",
    "own_channel",
    "pair",
    "pair_demo",
    "prepare_walls",
    "preshift_channel",
    "publish_preshift",
    "publish_season",
    "record_on_display",
    "revoke",
    "wall_state",
]
