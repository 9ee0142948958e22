"""Where one's own points lie: for the person who asks for it, and for nobody else.

It is worked out from a table that says how many people have how many points, made once a night.
Nobody's name or number is in it, and what is told is a coarse share, never a place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.org.rules import learning_day
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules
from ..models import OwnRank, PointCount


@dataclass(frozen=True)
class OwnRankView:
    """What a person sees of the own place.

    ``share`` 30: among about the first 30 %. None: not asked for, no points yet, fewer than five
    people with points, or behind; ``points`` and ``until`` are None before the first night.
    """

    is_asked: bool
    share: int | None
    points: int | None
    until: date | None
    is_enough: bool


def get_own_rank(viewer: Viewer) -> OwnRankView:
    """Return the viewer's own place this season; nothing is worked out unless they asked for it."""
    if db.session.get(OwnRank, viewer.id) is None:
        return OwnRankView(False, None, None, None, is_enough=False)
    season = points.season_until(
        viewer.organisation_id, learning_day(clock.now(), viewer.time_zone)
    )
    until = _counted_until(season.id) if season else None
    if season is None or until is None:
        return OwnRankView(True, None, None, None, is_enough=False)
    own = points.sum_of_person(viewer.id, season.starts_on, until)
    people, above = db.session.execute(
        select(
            func.coalesce(func.sum(PointCount.people), 0),
            func.coalesce(func.sum(PointCount.people).filter(PointCount.points > own), 0),
        ).where(PointCount.season_id == season.id)
    ).one()
    is_enough = int(people) >= rules.MIN_MEMBERS
    share = rules.top_share(int(above), int(people)) if own > 0 else None
    return OwnRankView(True, share, own, until, is_enough=is_enough)


@atomic
def ask_own_rank(viewer: Viewer, *, is_asked: bool) -> None:
    """Note that the viewer wants to see the own place, or does not any more."""
    if is_asked:
        statement = insert(OwnRank).values(person_id=viewer.id, asked_at=clock.now())
        db.session.execute(statement.on_conflict_do_nothing(index_elements=["person_id"]))
    else:
        db.session.execute(
            delete(OwnRank)
            .where(OwnRank.person_id == viewer.id)
            .execution_options(synchronize_session=False)
        )


def _counted_until(season_id: int) -> date | None:
    return db.session.scalar(
        select(PointCount.until).where(PointCount.season_id == season_id).limit(1)
    )


@atomic
def count_points(season: SeasonView, today: date) -> bool:
    """Write how points are spread over people up to yesterday; return whether it was to do."""
    until = min(today - timedelta(days=1), season.ends_on)
    if until < season.starts_on or _counted_until(season.id) == until:
        return False
    spread = points.spread_of_sums(season.organisation_id, season.starts_on, until)
    db.session.execute(
        delete(PointCount)
        .where(PointCount.season_id == season.id)
        .execution_options(synchronize_session=False)
    )
    if spread:
        db.session.execute(
            insert(PointCount),
            [
                {"season_id": season.id, "points": total, "people": people, "until": until}
                for total, people in spread.items()
            ],
        )
    return bool(spread)
