"""A season with boards, and attempts at a chosen point of their way."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.items.service import get_stored
from quizapp.leaderboards import service as leaderboards
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, FormItem
from quizapp.quizzes.service import Submission


def open_season(organisation_id: int, *, age_days: int = 7, days: int = 28) -> int:
    """Open a season that began ``age_days`` ago, build its boards and return its id."""
    today = org.today(organisation_id)
    starts_on = today - timedelta(days=age_days)
    season_id = points.set_season(
        None,
        organisation_id,
        name="十一月",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=days - 1),
    )
    settle_boards()
    return season_id


def settle_boards() -> None:
    """Let the boards catch up with everything that happened."""
    while leaderboards.tick():
        continue


def _version_at(attempt_id: str, position: int) -> int:
    return db.session.scalars(
        select(FormItem.item_version_id)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(Attempt.public_id == attempt_id, FormItem.position == position)
    ).one()


def right_options(attempt_id: str, position: int) -> tuple[str, ...]:
    """Return the key of the item at a position of an attempt, in the order of its ids."""
    return tuple(sorted(get_stored(_version_at(attempt_id, position)).item.key_ids))


def wrong_options(attempt_id: str, position: int) -> tuple[str, ...]:
    """Return one option that is wrong at a position of an attempt."""
    version = _version_at(attempt_id, position)
    item = get_stored(version).item
    return (min(item.option_ids - item.key_ids),)


def answer(viewer: Viewer, attempt_id: str, position: int, options: tuple[str, ...] = ()) -> None:
    """Answer one position, rightly unless other options are given."""
    chosen = options or right_options(attempt_id, position)
    quizzes.answer(viewer, attempt_id, Submission(position, chosen, str(uuid4())))


def finished_set(viewer: Viewer) -> str:
    """Take today's set with every answer right and return its public id."""
    attempt_id = quizzes.start_daily(viewer)
    for position in range(1, quizzes.get_attempt(viewer, attempt_id).length + 1):
        answer(viewer, attempt_id, position)
    assert quizzes.get_attempt(viewer, attempt_id).is_final
    return attempt_id
