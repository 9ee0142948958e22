"""The one document a display draws its pages from: how it looks, and what there is to show."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from quizapp.core import clock
from quizapp.org import service as org

from .. import rules
from .displays import Screen, flash_channel, own_channel
from .news import current_news, news_channel
from .preshift import current_question, preshift_channel
from .walls import channel, current_state


def get_look(screen: Screen) -> dict[str, Any]:
    """Return how a display looks and what it turns through; minutes count from midnight there."""
    zone = ZoneInfo(org.get_organisation(screen.organisation_id).time_zone)
    awake = rules.read_awake(screen.awake)
    return {
        "assets": current_app.config["ASSET_HASH"],
        "name": screen.name,
        "theme": screen.theme,
        "distance_m": screen.distance_m,
        "pages": [list(page) for page in rules.read_pages(screen.pages)],
        "hours": [
            [_minutes(begin), _minutes(end)] for begin, end in rules.read_hours(screen.hours)
        ],
        "awake": [_minutes(edge) for edge in awake] if awake else None,
        "now": clock.now().astimezone(zone).isoformat(timespec="seconds"),
    }


def _minutes(moment: Any) -> int:
    return int(moment.hour) * 60 + int(moment.minute)


def get_document(screen: Screen) -> dict[str, Any]:
    """Return all a display can show: ``board``, ``news``, and ``question`` where it hangs.

    Board and bulletins together are at most 4 KB. There is no question for a display that does not
    show it.
    """
    is_asking = any(name == rules.PRESHIFT for name, _s in rules.read_pages(screen.pages))
    return {
        "board": current_state(screen.organisation_id, screen.unit_id),
        "news": current_news(screen.organisation_id, screen.unit_id),
        "question": current_question(screen.organisation_id, screen.unit_id) if is_asking else None,
    }


def channels_of(screen: Screen) -> dict[str, str]:
    """Return the channels a display listens to, with the part of its document that each brings."""
    return {
        channel(screen.unit_id): "board",
        news_channel(screen.unit_id): "news",
        preshift_channel(screen.unit_id): "question",
        flash_channel(screen.id): "flash",
        own_channel(screen.id): "gone",
    }
