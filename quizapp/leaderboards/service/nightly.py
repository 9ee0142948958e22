"""What boards do by the clock: reveal when it is time, count campaigns, improvements, spreads."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from quizapp.core.db import db, end_read
from quizapp.org import service as org
from quizapp.org.models import Organisation

from .campaign_boards import count_campaigns
from .freezing import has_due, reveal_due
from .improving import count_improvements
from .own_ranks import count_points
from .shown import shown_boards


def reveal_on_time() -> int:
    """Reveal the boards whose moment has come; return how many."""
    is_due = has_due()
    end_read()
    return reveal_due() if is_due else 0


def count_by_minute() -> int:
    """Bring the boards of all running campaigns up to date; return how many moved."""
    moved = sum(count_campaigns(organisation_id) for organisation_id in _organisations())
    end_read()
    return moved


def count_by_day() -> int:
    """Count improvements and spreads of yesterday where that is not done; return how many.

    Improvements wait while the boards stand still before a ceremony.
    """
    done = 0
    for organisation_id in _organisations():
        today = org.today(organisation_id)
        shown = shown_boards(organisation_id, today)
        if shown is None:
            continue
        if not shown.freeze_id:
            done += count_improvements(shown.season, today)
        done += count_points(shown.season, today)
    end_read()
    return done


def _organisations() -> Iterator[int]:
    return iter(db.session.scalars(select(Organisation.id).order_by(Organisation.id)).all())
